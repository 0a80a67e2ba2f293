"""Lets an agency sign with other keys, which the registry's root has given it."""

from datetime import datetime, timedelta
from typing import Final

from sqlalchemy.orm import Session

from issuer import batch_store, store
from issuer.actions.agencies import get_agency
from issuer.actions.close_batches import close_batches
from issuer.actions.context import IssuerContext
from issuer.actions.publish_status_list import publish_status_list
from issuer.errors import KeysInUse

_SECOND: Final = timedelta(seconds=1)


def hold_keys(session: Session, context: IssuerContext, code: str) -> None:
    """Wait for whoever signs for the agency, and let nobody else begin; before the log is locked,
    as those who publish a list have it before they log it."""
    if store.lock_agency(session, code) is not None:
        store.lock_status_list(session, get_agency(session, context.settings, code).status_list)


def adopt_keys(
    session: Session, context: IssuerContext, code: str, generation: int, *, now: datetime
) -> None:
    """Sign with the keys of this generation, and sign the agency's status list anew, as nobody
    believes a list that a retired key has signed. What the old keys have issued until now gets its
    `batch` leaf. Nothing happens for who is no agency here.

    The keys must be in the keystore. Raises what `Keystore.signer` raises, and KeysInUse when they
    have signed a credential in this very second: times are whole seconds, and from this one on the
    DID lists the new keys alone.
    """
    row = store.lock_agency(session, code)
    if row is None:
        return
    if batch_store.has_issued(session, code, since=now.replace(microsecond=0)):
        raise KeysInUse("a credential is being signed with these keys; try again in a second")
    # While the old keys' time is not over yet: with tomorrow's leaf they would prove nothing.
    close_batches(session, context, code, until=now.replace(microsecond=0) + _SECOND, now=now)
    row.keys, row.keys_since = generation, now
    session.flush()
    publish_status_list(session, context, get_agency(session, context.settings, code), now=now)
