"""Issuers that name their key by certificates (`x5c`): the key of a DID, or one below an anchor.

A leaf that names a DID is a pointer and nothing else: its key must stand in that DID's
`assertionMethod` at the time, as any other key. A leaf that names none must lead to an anchor that
the root has admitted; who has signed is then the anchor's name and the leaf's first name,
`x509-sha256:<hex>#https://issuer.example`, and the rights are the anchor's. Decision 0018.
"""

import hashlib
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from credentials.certificates import Leaf, read_leaf, verify_path
from credentials.errors import CertificateOfAnother, CertificateUntrusted, Error
from credentials.keys import PublicKey
from did_registry.admission import anchor_name
from did_registry.document import DidDocument, Purpose
from did_registry.errors import UnknownKey
from did_registry.view import RegistryView
from did_registry.webvh.history import KeyAt

_HTTPS: Final = "https://"
_LEAF: Final = "x509-sha256:"


@dataclass(frozen=True, slots=True, kw_only=True)
class CertifiedSigner:
    """Whose a certified key is, as the registry has it: who, under which name, and for how long."""

    issuer: str
    key_id: str
    at: KeyAt


def named_did(certificates: tuple[bytes, ...]) -> str | None:
    """The DID that a leaf names, None where it names none.

    Raises CertificateOfAnother for more than one, or as `read_leaf`.
    """
    dids = read_leaf(certificates[0]).dids
    if len(dids) > 1:
        raise CertificateOfAnother("the leaf certificate names more than one DID")
    return dids[0] if dids else None


def find_signer(
    certificates: tuple[bytes, ...],
    issuer: str | None,
    view: RegistryView,
    *,
    time: datetime,
    now: datetime,
) -> CertifiedSigner:
    """The owner of a leaf's key at a time, for signing credentials.

    issuer: what `iss` says, None or empty if nothing; it must be an https URL that the leaf names.
    view: with the keys of the DID that the leaf names, if that stands elsewhere. Once the leaf has
    expired its key counts as retired: its authority vouches for it no longer.
    Raises leaves of CertificateInvalid, and what `RegistryView.key_of` raises.
    Spec: SD-JWT VC §2.5, HAIP 1.0 §6.1.1.
    """
    leaf = read_leaf(certificates[0])
    leaf.check_time(time)
    if issuer and not (issuer.startswith(_HTTPS) and issuer in leaf.uris):
        raise CertificateOfAnother("iss is no https URL that the leaf certificate names")
    did = named_did(certificates)
    if did is not None:
        return _of_did(did, leaf.key, view, time)
    return _of_anchor(certificates, leaf, view, time, now)


def _of_did(did: str, key: PublicKey, view: RegistryView, time: datetime) -> CertifiedSigner:
    document = view.document_at(did, time)
    for key_id in _methods_with(document, key):
        at = view.key_of(did, key_id, Purpose.ASSERTION, time)
        return CertifiedSigner(issuer=did, key_id=key_id, at=at)
    raise UnknownKey("the DID that the leaf certificate names did not list its key then")


def _methods_with(document: DidDocument, key: PublicKey) -> Iterator[str]:
    for key_id in document.methods(Purpose.ASSERTION):
        with suppress(Error):  # of a kind that nobody verifies with
            if document.method(key_id, Purpose.ASSERTION) == key:
                yield key_id


def _of_anchor(
    certificates: tuple[bytes, ...], leaf: Leaf, view: RegistryView, time: datetime, now: datetime
) -> CertifiedSigner:
    if not view.anchors:
        raise CertificateUntrusted("no trust anchor is admitted here")
    anchor = verify_path(certificates, view.anchors.values(), time)
    name = (*leaf.uris, *leaf.dns_names)[0]
    retired_at = leaf.not_after if leaf.not_after < now else None
    return CertifiedSigner(
        issuer=f"{anchor_name(anchor)}#{name}",
        key_id=_LEAF + hashlib.sha256(certificates[0]).hexdigest(),
        at=view.unless_compromised(
            KeyAt(key=leaf.key, valid_from=leaf.not_before, retired_at=retired_at), time
        ),
    )
