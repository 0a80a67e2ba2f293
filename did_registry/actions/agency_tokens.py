"""Gives agencies their tokens, ends them, and knows them again."""

from collections.abc import Callable
from datetime import datetime, timedelta

from sqlalchemy import delete
from sqlalchemy.orm import Session

from did_registry import store
from did_registry.agency_token import SECRET_BYTES, build_token, digest_of
from did_registry.errors import TokenRefused, UnknownDid
from did_registry.models import AgencyToken


def give_token(
    session: Session,
    code: str,
    *,
    entropy: Callable[[int], bytes],
    lifetime: timedelta,
    now: datetime,
) -> str:
    """Make a token for the agency with this code. It can't be shown again. Raises UnknownDid."""
    if store.find_did_by_code(session, code) is None:
        raise UnknownDid("this registry has no DID with this code")
    token = build_token(entropy(SECRET_BYTES))
    row = AgencyToken(digest=digest_of(token), code=code, created=now, expires=now + lifetime)
    session.add(row)
    session.flush()
    return token


def end_tokens(session: Session, code: str) -> int:
    """End all tokens of an agency; returns how many there were."""
    ended = delete(AgencyToken).where(AgencyToken.code == code).returning(AgencyToken.digest)
    return len(session.scalars(ended).all())


def verify_token(session: Session, token: str, code: str, *, now: datetime) -> None:
    """Raises TokenRefused unless the token is this agency's, and lives."""
    row = session.get(AgencyToken, digest_of(token))
    if row is None or row.code != code or now >= row.expires:
        raise TokenRefused("the token is not one of this agency, or has expired")
