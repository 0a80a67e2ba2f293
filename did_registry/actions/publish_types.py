"""Logs the digest of every document that the catalogue publishes."""

import hashlib
from datetime import datetime

from sqlalchemy.orm import Session

from credentials.encoding import encode_base64url
from did_registry.actions.append import LeafDraft, append
from did_registry.leaf import LeafKind
from schemas.catalogue import load_all
from schemas.published_documents import published_documents


def publish_types(session: Session, registry_url: str, *, now: datetime) -> int:
    """Log what is not logged yet of all types; returns how many documents there are.

    A document that differs from its leaf makes a second leaf for one subject, at which every
    replica stops: published documents do not change.
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
    append(session, drafts, now=now)
    return len(drafts)
