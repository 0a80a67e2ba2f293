"""Signs an agency's status list in all its forms, from one store of states, before anybody is told
that a status has changed."""

import hashlib
from datetime import datetime
from enum import StrEnum
from typing import Final

from sqlalchemy.orm import Session

from credentials.data_integrity import format_timestamp
from credentials.encoding import encode_base64url
from credentials.jcs import canonicalize
from credentials.keys import KeyType
from credentials.model import StatusPurpose
from credentials.status.bits import State, StatusBits
from credentials.status.bitstring import sign_bitstring_list
from credentials.status.token_list import sign_token_list
from did_registry.actions.append import LeafDraft
from did_registry.leaf import LeafKind
from issuer import store
from issuer.actions.context import IssuerContext
from issuer.agency import Agency
from issuer.errors import StatusListNotFound
from issuer.models import PublishedList, StatusListRow


class ListForm(StrEnum):
    """The documents that one list is published as, by the end of their addresses."""

    TOKEN = ""
    REVOCATION = "/revocation"
    SUSPENSION = "/suspension"


_PURPOSES: Final = {
    ListForm.REVOCATION: StatusPurpose.REVOCATION,
    ListForm.SUSPENSION: StatusPurpose.SUSPENSION,
}


def publish_status_list(
    session: Session, context: IssuerContext, agency: Agency, *, now: datetime
) -> int:
    """Sign the list as it stands in this transaction and return its new sequence number.

    The token list is signed with ES256, as wallets check it with the key of the credential; the
    Bitstring lists with eddsa-jcs-2022. Raises StatusListNotFound.
    """
    row = store.lock_status_list(session, agency.status_list)
    if row is None:
        raise StatusListNotFound("the agency has no status list")
    row.sequence += 1
    states = _states(session, row)
    issued_at = now.replace(microsecond=0)
    published = [
        PublishedList(
            list_id=row.id,
            form=form.value,
            sequence=row.sequence,
            body=_sign(context, agency, states, form, issued_at),
            issued_at=issued_at,
            expires_at=issued_at + context.settings.status_life,
        )
        for form in ListForm
    ]
    for document in published:
        session.merge(document)
    session.flush()
    context.log.record(session, [_leaf(agency, document) for document in published], now=now)
    return row.sequence


def is_half_over(published: PublishedList, now: datetime) -> bool:
    """Whether a list should be signed anew although nothing has changed."""
    return now >= published.issued_at + (published.expires_at - published.issued_at) / 2


def _leaf(agency: Agency, document: PublishedList) -> LeafDraft:
    """Which list is the latest, for everybody to know; nothing of what it says."""
    uri = agency.status_uri() + document.form
    return LeafDraft(
        kind=LeafKind.STATUS,
        subject=uri,
        body={
            "list": uri,
            "h": encode_base64url(hashlib.sha256(document.body).digest()),
            "seq": document.sequence,
            "from": format_timestamp(document.issued_at),
            "until": format_timestamp(document.expires_at),
        },
    )


def _states(session: Session, row: StatusListRow) -> StatusBits:
    marked = {entry.idx: State(entry.state) for entry in store.marked_entries(session, row.id)}
    return StatusBits(size=row.size, marked=marked)


def _sign(
    context: IssuerContext, agency: Agency, states: StatusBits, form: ListForm, issued_at: datetime
) -> bytes:
    uri = agency.status_uri() + form.value
    key_type = KeyType.P256 if form is ListForm.TOKEN else KeyType.ED25519
    signer, key_id = context.signer(agency, key_type), agency.key_id(key_type)
    expires, ttl = issued_at + context.settings.status_life, context.settings.status_ttl
    if form is ListForm.TOKEN:
        token = sign_token_list(
            states,
            uri=uri,
            issued_at=issued_at,
            expires=expires,
            ttl=ttl,
            signer=signer,
            key_id=key_id,
        )
        return token.encode("ascii")
    signed = sign_bitstring_list(
        states,
        uri=uri,
        purpose=_PURPOSES[form],
        issued_at=issued_at,
        expires=expires,
        ttl=ttl,
        signer=signer,
        key_id=key_id,
    )
    return canonicalize(signed)
