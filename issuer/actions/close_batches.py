"""Ends a period of issuing: one `batch` leaf for each day of it in which anything was issued.

Nothing about a person or a credential is in the leaf: it is the root of a padded tree over salted
digests, which stay here. Salt and path are the holder's to ask for.
"""

from datetime import datetime, timedelta
from typing import Final

from sqlalchemy.orm import Session

from credentials.claims import Claims
from credentials.data_integrity import format_timestamp
from credentials.encoding import encode_base64url
from credentials.issuance_proof import issuance_leaf
from did_registry.actions.append import LeafDraft
from did_registry.issuance_tree import IssuanceTree, build_issuance_tree
from did_registry.leaf import LeafKind
from issuer import batch_store, store
from issuer.actions.context import NO_LOG, IssuerContext
from issuer.models import IssuanceBatch
from schemas.seoul_calendar import day_in_seoul, start_of_day

_ID_BYTES: Final = 16


def close_batches(
    session: Session, context: IssuerContext, code: str, *, until: datetime, now: datetime
) -> int:
    """Log the roots over what an agency has issued before a time and no root holds yet.

    until: aware UTC, whole seconds; now: when it is logged. Returns how many leaves that took: one
    for each day in Seoul, none for days without. Whoever issues for the agency waits meanwhile.
    Nothing is closed where no log is ours to write. Raises what the log raises.
    """
    if context.log is NO_LOG:
        return 0
    store.lock_agency(session, code)
    days = {day_in_seoul(time) for time in batch_store.open_times(session, code, before=until)}
    drafts = []
    for day in sorted(days):
        begins, ends = start_of_day(day), start_of_day(day + timedelta(days=1))
        drafts.append(_close(session, context, code, begins, min(ends, until)))
    if drafts:
        context.log.record(session, drafts, now=now)
    return len(drafts)


def _close(
    session: Session, context: IssuerContext, code: str, begins: datetime, ends: datetime
) -> LeafDraft:
    issued = batch_store.open_credentials(session, code, begins, ends)
    tree = build_issuance_tree(
        (issuance_leaf(salt, digest) for salt, digest in issued), context.entropy
    )
    batch_store.close(
        session,
        IssuanceBatch(
            id=encode_base64url(context.entropy(_ID_BYTES)),
            agency=code,
            begins=begins,
            ends=ends,
            leaves=tree.row,
        ),
    )
    return _draft(code, tree, begins, ends)


def _draft(code: str, tree: IssuanceTree, begins: datetime, ends: datetime) -> LeafDraft:
    body: Claims = {
        "agency": code,
        "root": encode_base64url(tree.root()),
        "n": tree.size,
        "from": format_timestamp(begins),
        "until": format_timestamp(ends),
    }
    return LeafDraft(kind=LeafKind.BATCH, subject=code, body=body)
