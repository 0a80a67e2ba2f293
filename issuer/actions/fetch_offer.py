"""Answers an offer link: the offer, with a pre-authorized code that lives ten minutes."""

from datetime import datetime

from sqlalchemy.orm import Session

from credentials.securing import mechanisms
from issuer import store
from issuer.actions.context import IssuerContext
from issuer.actions.entitlements import get_entitlement
from issuer.actions.make_offer import TX_CODE_DIGITS
from issuer.agency import Agency
from issuer.catalogue import configuration_id
from issuer.errors import OfferExpired, OfferNotFound, OfferNotOpen
from issuer.issuance_session import CODE_LIFETIME, LIVE, Event, State
from issuer.models import OfferRow
from issuer.secret_macs import SecretKind
from openid4vc.offer import CredentialOffer, InputMode, PreAuthorizedGrant, TxCode


def fetch_offer(
    session: Session, context: IssuerContext, agency: Agency, secret: str, *, now: datetime
) -> CredentialOffer:
    """The offer behind a link, as often as it is asked for.

    While a code lives, it is the same one; afterwards a new one is minted, as long as nothing was
    issued. Raises OfferNotFound, OfferNotOpen or OfferExpired.
    """
    row = store.lock_offer_by_secret(
        session, agency.code, context.macs.digest(SecretKind.OFFER, secret)
    )
    if row is None:
        raise OfferNotFound("there is no offer at this address")
    if State(row.state) not in LIVE:
        raise OfferNotOpen("the offer was used, withdrawn or locked")
    if now >= row.expires_at:
        raise OfferExpired("the offer's time is over")
    code = _live_code(session, context, row, now)
    entitlement = get_entitlement(session, context, row.entitlement_id)
    return CredentialOffer(
        credential_issuer=agency.credential_issuer,
        configuration_ids=(configuration_id(entitlement.type, mechanisms()[row.mechanism]),),
        pre_authorized=PreAuthorizedGrant(
            code=code, tx_code=_tx_code(row), authorization_server=None
        ),
    )


def _live_code(session: Session, context: IssuerContext, row: OfferRow, now: datetime) -> str:
    if _is_over(row, now):
        if State(row.state) is State.REDEEMED:
            store.move_offer(session, row, Event.RENEW)
        row.serial += 1
        row.code_expires_at = min(now + CODE_LIFETIME, row.expires_at)
        row.code_mac = context.macs.digest(
            SecretKind.CODE, context.macs.derive_code(row.id, row.serial)
        )
        session.flush()
    return context.macs.derive_code(row.id, row.serial)


def _is_over(row: OfferRow, now: datetime) -> bool:
    """Whether neither the code nor the token that it was redeemed for can be used any more."""
    ends = row.token_expires_at if State(row.state) is State.REDEEMED else row.code_expires_at
    return ends is None or now >= ends


def _tx_code(row: OfferRow) -> TxCode | None:
    if row.tx_code_mac is None:
        return None
    return TxCode(input_mode=InputMode.NUMERIC, length=TX_CODE_DIGITS, description=None)
