"""A DID document, read as what it says about keys. DID Core §5, Controlled Identifiers 1.0 §2.

Strict only where it is asked: a document may hold methods of kinds that we don't know, but a key
that comes out of it is listed for its purpose, belongs to the DID and is of a kind we verify with.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from credentials.claims import Claims
from credentials.errors import KeyMismatch, Malformed, Unsupported
from credentials.json_object import JsonObject
from credentials.jwk import parse_jwk
from credentials.keys import PublicKey
from credentials.multikey import parse_multikey
from did_registry.errors import UnknownKey

MAX_METHODS: Final = 128  # more than any registry entry can hold; bounds each look-up
MAX_ALIASES: Final = 64


class Purpose(StrEnum):
    """What a verification method may be used for: the verification relationships of DID Core."""

    AUTHENTICATION = "authentication"
    ASSERTION = "assertionMethod"
    KEY_AGREEMENT = "keyAgreement"
    CAPABILITY_INVOCATION = "capabilityInvocation"
    CAPABILITY_DELEGATION = "capabilityDelegation"


@dataclass(frozen=True, slots=True, kw_only=True)
class DidDocument:
    """A DID document: its `id`, its other names, and all its members as they were signed."""

    id: str
    also_known_as: tuple[str, ...]
    members: Claims

    def methods(self, purpose: Purpose) -> tuple[str, ...]:
        """The absolute ids of the methods listed for a purpose, in order. Raises Malformed."""
        return tuple(method_id for method_id, _ in self._listed(purpose))

    def method(self, method_id: str, purpose: Purpose) -> PublicKey:
        """The key of the one method with this absolute id, if it is listed for this purpose.

        Raises UnknownKey if it is not listed; KeyMismatch if another DID controls it; Unsupported
        for a kind of key or method that we don't verify with; Malformed for anything else.
        Spec: DID Core §5.2, §5.3; Controlled Identifiers 1.0 §3.3.
        """
        listed = [method for listed_id, method in self._listed(purpose) if listed_id == method_id]
        if not listed:
            raise UnknownKey(f"the DID document does not list this method for {purpose}")
        if len(listed) > 1:
            raise Malformed("the DID document lists a method twice for one purpose")
        method = self._defined(method_id) if listed[0] is None else listed[0]
        return _parse_method(method, self.id)

    def _listed(self, purpose: Purpose) -> Iterator[tuple[str, JsonObject | None]]:
        """The methods of a relationship: absolute id, and the method where it is embedded."""
        whole = JsonObject(self.members, "DID document")
        if purpose not in whole:
            return
        for i, value in enumerate(whole.array(purpose, max_items=MAX_METHODS)):
            if isinstance(value, str):
                yield self._absolute(value), None
            else:
                method = JsonObject(value, f"{purpose}[{i}]")
                yield self._absolute(method.text("id")), method

    def _defined(self, method_id: str) -> JsonObject:
        whole = JsonObject(self.members, "DID document")
        found = [
            method
            for method in whole.objects("verificationMethod", max_items=MAX_METHODS)
            if self._absolute(method.text("id")) == method_id
        ]
        if len(found) != 1:
            raise Malformed("the DID document does not define the listed method exactly once")
        return found[0]

    def _absolute(self, method_id: str) -> str:
        return self.id + method_id if method_id.startswith("#") else method_id


def parse_document(document: JsonObject) -> DidDocument:
    """Read a DID document: `id` is required. Raises Malformed.

    Its methods are read when they are asked for, as one that we can't read must not hide another.
    """
    aliases = (
        document.texts("alsoKnownAs", max_items=MAX_ALIASES) if "alsoKnownAs" in document else []
    )
    return DidDocument(
        id=document.text("id"), also_known_as=tuple(aliases), members=document.members
    )


def _parse_method(method: JsonObject, did: str) -> PublicKey:
    if method.text("controller") != did:
        raise KeyMismatch("the verification method is controlled by another DID")
    if "revoked" in method or "expires" in method:
        # A log says by its versions until when a key holds; a second clock could contradict it.
        raise Unsupported("the verification method carries its own end")
    kind = method.text("type")
    if kind == "Multikey" and "publicKeyJwk" not in method:
        return parse_multikey(method.text("publicKeyMultibase"))
    if kind == "JsonWebKey" and "publicKeyMultibase" not in method:
        return parse_jwk(method.object("publicKeyJwk"))
    raise Unsupported("the verification method is neither one Multikey nor one JsonWebKey")
