"""Logs that somebody else may hold a key, and finds what that puts in doubt."""

import re
from collections.abc import Iterator
from datetime import datetime

from sqlalchemy.orm import Session

from credentials.claims import Claims
from credentials.data_integrity import format_timestamp
from credentials.errors import Error
from did_registry import store
from did_registry.actions.append import LeafDraft, append
from did_registry.actions.root_desk import RootDesk, get_root
from did_registry.admission import own_key
from did_registry.errors import ActRefused, UnknownDid
from did_registry.leaf import Leaf, LeafKind, parse_leaf
from did_registry.notice import Compromise, sign_notice
from did_registry.root_act import DeclareCompromise
from did_registry.webvh.history import replay_entries


def declare_compromise(
    session: Session, desk: RootDesk, terms: DeclareCompromise, *, now: datetime
) -> Claims:
    """Log the notice; returns its leaf's index, and the batches and status lists of the agency that
    were logged since then.

    Raises UnknownDid, or ActRefused for a key that the DID never had and for a time to come.
    """
    did, subject = _find(session, terms, now)
    notice = Compromise(did=did, key=f"{did}#{terms.key}", since=terms.since.replace(microsecond=0))
    affected = find_affected(session, terms, now=now)
    root = get_root(session, desk, now=now)
    statement = sign_notice(
        notice, root=str(root.did), key_id=root.key_id, signer=root.signer, now=now
    )
    draft = LeafDraft(kind=LeafKind.NOTICE, subject=subject, body={"statement": statement})
    (index,) = append(session, [draft], now=now)
    return {"did": did, "key": notice.key, "index": index, "affected": [*affected]}


def find_affected(session: Session, terms: DeclareCompromise, *, now: datetime) -> list[Claims]:
    """What a declaration would put in doubt: the batches and status lists that were logged since.

    Raises UnknownDid, or ActRefused for a key that the DID never had and for a time to come.
    """
    _find(session, terms, now)
    since = terms.since.replace(microsecond=0)
    if since > now:
        raise ActRefused("a key can't be compromised from a time to come")
    return [_described(leaf) for leaf in _affected(session, terms.code, since)]


def _find(session: Session, terms: DeclareCompromise, now: datetime) -> tuple[str, str]:
    """The DID whose key it is, and the subject of the notice."""
    if terms.code.startswith("did:"):
        if not store.leaves_about(session, LeafKind.NOTICE, terms.code):
            raise UnknownDid("the registry has admitted no such DID")
        _check_own_key(terms.code, terms.key)
        return terms.code, terms.code
    row = store.find_did_by_code(session, terms.code)
    if row is None:
        raise UnknownDid("the registry has no DID with this code")
    # A DID that has ended is none to refuse: its keys may have been stolen before. Nor is a version
    # that its witnesses have not approved yet: a thief may have caused it.
    history = replay_entries(store.did_log(session, row.scid), now)
    if not history.keys_named(f"{row.did}#{terms.key}"):
        raise ActRefused("the DID never had a key of this name")
    return row.did, row.scid


def _check_own_key(did: str, fragment: str) -> None:
    try:
        key = own_key(did, f"{did}#{fragment}")
    except Error as error:
        raise ActRefused("the DID never had a key of this name") from error
    if key is None:
        raise ActRefused("the keys of this DID stand in another registry")


def _affected(session: Session, code: str, since: datetime) -> Iterator[Leaf]:
    """What the key may have signed, as far as the log knows of it."""
    of_list = re.compile(rf"(?:.*/)?{re.escape(code)}-[0-9]+(?:/[a-z]+)?")
    for row in store.leaves_since(session, LeafKind.BATCH, since):
        if row.subject == code:
            yield parse_leaf(row.leaf)
    for row in store.leaves_since(session, LeafKind.STATUS, since):
        if of_list.fullmatch(row.subject):
            yield parse_leaf(row.leaf)


def _described(leaf: Leaf) -> Claims:
    return {
        "kind": leaf.kind.value,
        "subject": leaf.subject,
        "index": leaf.index,
        "logged": format_timestamp(leaf.time),
    }
