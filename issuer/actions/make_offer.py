"""Makes the link under which one person may fetch one credential."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy.orm import Session

from credentials.encoding import encode_base64url
from credentials.securing.mechanism import Mechanism
from issuer import store
from issuer.actions.context import IssuerContext
from issuer.actions.entitlements import lock_entitlement
from issuer.agency import Agency
from issuer.entitlement import Entitlement
from issuer.errors import OfferExpired, TypeNotIssued, UnknownEntitlement
from issuer.issuance_session import Event, State
from issuer.models import OfferRow
from issuer.secret_macs import SecretKind
from openid4vc.offer import OfferReference, build_offer_link

TX_CODE_DIGITS: Final = 6

_ID_BYTES: Final = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class MadeOffer:
    """What the clerk hands over: the link (for a QR code) and, by another way, the tx_code."""

    entitlement_id: str
    offer_uri: str
    link: str
    tx_code: str | None
    expires_at: datetime


def make_offer(
    session: Session,
    context: IssuerContext,
    agency: Agency,
    entitlement: Entitlement,
    mechanism: Mechanism,
    *,
    needs_tx_code: bool,
    now: datetime,
) -> MadeOffer:
    """Make an offer; one that the person has not used yet stops working.

    needs_tx_code: False only where the clerk sees the person; such a link lives for minutes.
    Raises TypeNotIssued for a format that the type does not have, OfferExpired when the
    entitlement's own time is over, UnknownEntitlement for another agency's.
    """
    current = lock_entitlement(session, context, entitlement.id)
    if current.agency != agency.code:
        raise UnknownEntitlement("there is no entitlement with this id")
    if mechanism.name not in current.type.mechanisms:
        raise TypeNotIssued("the type is not issued in this format")
    if not current.is_open(now):
        raise OfferExpired("the entitlement was used or its time to be claimed is over")
    _withdraw_earlier(session, current)
    offer_id = "o_" + encode_base64url(context.entropy(_ID_BYTES))
    tx_code = context.macs.derive_tx_code(offer_id, TX_CODE_DIGITS) if needs_tx_code else None
    row = OfferRow(
        id=offer_id,
        entitlement_id=entitlement.id,
        agency=agency.code,
        mechanism=mechanism.name,
        secret_mac=context.macs.digest(
            SecretKind.OFFER, context.macs.derive_offer_secret(offer_id)
        ),
        tx_code_tries=0,
        state=State.OFFERED.value,
        expires_at=min(now + _life(context, tx_code), current.claim_by),
        serial=0,
    )
    if tx_code is not None:
        row.tx_code_mac = context.macs.digest(SecretKind.TX_CODE, row.id, tx_code)
    session.add(row)
    session.flush()
    return hand_over(context, agency, row)


def hand_over(context: IssuerContext, agency: Agency, row: OfferRow) -> MadeOffer:
    """What a clerk hands over for an offer: worked out anew each time, and so never stored."""
    offer_uri = agency.offer_uri(context.macs.derive_offer_secret(row.id))
    wallet = f"{context.settings.public_url}/wallet"
    has_code = row.tx_code_mac is not None
    return MadeOffer(
        entitlement_id=row.entitlement_id,
        offer_uri=offer_uri,
        link=build_offer_link(OfferReference(uri=offer_uri), wallet),
        tx_code=context.macs.derive_tx_code(row.id, TX_CODE_DIGITS) if has_code else None,
        expires_at=row.expires_at,
    )


def _withdraw_earlier(session: Session, entitlement: Entitlement) -> None:
    earlier = store.lock_live_offer(session, entitlement.id)
    if earlier is not None:
        store.move_offer(session, earlier, Event.CANCEL)


def _life(context: IssuerContext, tx_code: str | None) -> timedelta:
    """Whoever finds a link without a tx_code can use it, so it must not lie about for days."""
    return context.settings.counter_life if tx_code is None else context.settings.offer_life
