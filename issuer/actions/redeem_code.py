"""The token endpoint's act: a code, once, and the tx_code that came another way."""

import hmac
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from credentials.encoding import encode_base64url
from issuer import store
from issuer.actions.context import IssuerContext
from issuer.agency import Agency
from issuer.issuance_session import ACCESS_TOKEN_LIFETIME, MAX_TX_CODE_TRIES, Event, State
from issuer.models import OfferRow
from issuer.secret_macs import SecretKind
from openid4vc.access_token import TokenRequest, TokenResponse
from openid4vc.errors import InvalidGrant, InvalidRequest, OAuthError

_TOKEN_BYTES = 32


@dataclass(frozen=True, slots=True)
class Refused:
    """A refusal that has been counted: the transaction must commit before `error` is raised."""

    error: OAuthError


def redeem_code(
    session: Session, context: IssuerContext, agency: Agency, request: TokenRequest, now: datetime
) -> TokenResponse | Refused:
    """Give an access token for a code and its tx_code; of any number of tries, one succeeds.

    A wrong tx_code is counted and does not use up the code; the fifth ends the offer. Raises
    InvalidGrant or InvalidRequest for what is not counted. Spec: OpenID4VCI 1.0 §6.1, §6.3.
    """
    row = store.lock_offer_by_code(
        session, agency.code, context.macs.digest(SecretKind.CODE, request.code)
    )
    if row is None or State(row.state) is not State.OFFERED or _is_expired(row, now):
        raise InvalidGrant("the code is wrong, used or expired")
    if (row.tx_code_mac is None) != (request.tx_code is None):
        raise InvalidRequest("a tx_code is needed exactly when the offer says so")
    if request.client_id is not None and not _is_client_id(request.client_id):
        raise InvalidRequest("a client_id is printable ASCII")
    if request.tx_code is not None and not _fits(context, row, request.tx_code):
        return _count_wrong_try(session, row)
    if not store.move_offer(session, row, Event.REDEEM):
        raise InvalidGrant("the code is used")
    token = encode_base64url(context.entropy(_TOKEN_BYTES))
    row.token_mac = context.macs.digest(SecretKind.ACCESS_TOKEN, token)
    row.token_expires_at = now + ACCESS_TOKEN_LIFETIME
    row.client_id = request.client_id
    session.flush()
    return TokenResponse(access_token=token, expires_in=int(ACCESS_TOKEN_LIFETIME.total_seconds()))


def _is_expired(row: OfferRow, now: datetime) -> bool:
    return row.code_expires_at is None or now >= row.code_expires_at


def _is_client_id(text: str) -> bool:
    """Spec: RFC 6749 appendix A.1. It is stored, and not every database takes every character."""
    return text.isascii() and text.isprintable()


def _fits(context: IssuerContext, row: OfferRow, tx_code: str) -> bool:
    assert row.tx_code_mac is not None
    digest = context.macs.digest(SecretKind.TX_CODE, row.id, tx_code)
    return hmac.compare_digest(digest, row.tx_code_mac)


def _count_wrong_try(session: Session, row: OfferRow) -> Refused:
    row.tx_code_tries += 1  # the row is locked, so no two tries count as one
    session.flush()
    if row.tx_code_tries >= MAX_TX_CODE_TRIES:
        store.move_offer(session, row, Event.LOCK)
    return Refused(InvalidGrant("the tx_code is wrong"))
