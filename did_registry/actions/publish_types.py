"""Logs the digest of every document that the catalogue publishes."""

import hashlib
from datetime import datetime

from sqlalchemy.orm import Session

from credentials.encoding import encode_base64url
from did_registry import store
from did_registry.actions.append import LeafDraft, append
from did_registry.errors import LogInconsistent
from did_registry.leaf import LeafKind, parse_leaf
from schemas.catalogue import load_all
from schemas.published_documents import published_documents


def publish_types(session: Session, registry_url: str, *, now: datetime) -> int:
    """Log what is not logged yet of all types; returns how many documents there are.

    Raises LogInconsistent for a document that differs from its leaf: published documents do not
    change, and every replica would stop for ever at a second leaf for one.
    """
    drafts = [
        LeafDraft(
            kind=LeafKind.SCHEMA,
            subject=path,
            body={"h": encode_base64url(hashlib.sha256(document).digest())},
        )
        for credential_type in load_all().values()
        for path, document in published_documents(credential_type, registry_url).items()
    ]
    for draft in drafts:
        _check_unchanged(session, draft)
    append(session, drafts, now=now)
    return len(drafts)


def _check_unchanged(session: Session, draft: LeafDraft) -> None:
    logged = store.find_schema(session, draft.subject)
    if logged is not None and parse_leaf(logged).body != draft.body:
        raise LogInconsistent(
            f"{draft.subject} was published with another content or for another address"
        )
