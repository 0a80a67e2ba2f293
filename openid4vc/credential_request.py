"""Credential request and immediate credential response. OpenID4VCI 1.0 §8.2 and §8.3."""

from dataclasses import dataclass
from typing import Final

from credentials.claims import Claims
from credentials.errors import Malformed, Unsupported
from credentials.json_object import JsonObject, parse_object
from credentials.model import Serialized
from openid4vc.errors import (
    InvalidCredentialRequest,
    InvalidEncryptionParameters,
    InvalidProof,
    refused_as,
)
from openid4vc.key_proof import MAX_KEY_PROOF_CHARS
from openid4vc.offer import MAX_CONFIGURATION_ID_CHARS

MAX_BATCH: Final = 20  # each key proof costs a verification and a signature
MAX_REQUEST_BYTES: Final = 256 * 1024
MAX_RESPONSE_BYTES: Final = 1024 * 1024
MAX_CREDENTIAL_CHARS: Final = 64 * 1024  # the bound that our own SD-JWT parser has
MAX_NOTIFICATION_ID_CHARS: Final = 256


@dataclass(frozen=True, slots=True, kw_only=True)
class CredentialRequest:
    """Which credential, and for which keys. Exactly one of the two names is set.

    proofs: key proofs of type `jwt`, unverified; empty if the credential is to be bound to no key.
    """

    configuration_id: str | None
    identifier: str | None
    proofs: tuple[str, ...]

    def to_json(self) -> Claims:
        """The body of the request. Spec: OpenID4VCI 1.0 §8.2."""
        body: Claims = {}
        if self.configuration_id is not None:
            body["credential_configuration_id"] = self.configuration_id
        if self.identifier is not None:
            body["credential_identifier"] = self.identifier
        if self.proofs:
            body["proofs"] = {"jwt": list(self.proofs)}
        return body


@dataclass(frozen=True, slots=True, kw_only=True)
class CredentialResponse:
    """The issued credentials, one for each key proof and in that order, or fewer."""

    credentials: tuple[Serialized, ...]
    notification_id: str | None

    def to_json(self) -> Claims:
        """The body of the response. Spec: OpenID4VCI 1.0 §8.3."""
        body: Claims = {"credentials": [{"credential": issued} for issued in self.credentials]}
        if self.notification_id is not None:
            body["notification_id"] = self.notification_id
        return body


def parse_credential_request(body: bytes, *, max_proofs: int) -> CredentialRequest:
    """Read a credential request with at most `max_proofs` key proofs (20 if that is less).

    max_proofs: the `batch_size` of the issuer's metadata, 1 if it publishes none.
    Raises InvalidCredentialRequest, InvalidProof or InvalidEncryptionParameters. Whether proofs had
    to come depends on the configuration, so it is for whoever knows that.
    """
    with refused_as(InvalidCredentialRequest):
        request = parse_object(body, max_bytes=MAX_REQUEST_BYTES)
        _refuse_encryption(request)
        configuration_id, identifier = _names(request)
    return CredentialRequest(
        configuration_id=configuration_id,
        identifier=identifier,
        proofs=_proofs(request, min(max_proofs, MAX_BATCH)),
    )


def parse_credential_response(data: bytes) -> CredentialResponse:
    """Read a credential response of at most 1 MiB and 20 credentials.

    Raises Malformed, TooLarge, or Unsupported for an issuer that wants to issue later.
    """
    body = parse_object(data, max_bytes=MAX_RESPONSE_BYTES)
    if "transaction_id" in body:
        raise Unsupported("the issuer answers that it will issue later")
    entries = body.objects("credentials", max_items=MAX_BATCH)
    if not entries:
        raise Malformed("credentials must hold at least one credential")
    return CredentialResponse(
        credentials=tuple(_credential(entry) for entry in entries),
        notification_id=body.text_or_none("notification_id", max_chars=MAX_NOTIFICATION_ID_CHARS),
    )


def _refuse_encryption(request: JsonObject) -> None:
    # A wallet that asks for encryption must not be answered in the clear.
    if "credential_response_encryption" in request:
        raise InvalidEncryptionParameters("this issuer does not encrypt its responses")


def _names(request: JsonObject) -> tuple[str | None, str | None]:
    configuration_id = request.text_or_none(
        "credential_configuration_id", max_chars=MAX_CONFIGURATION_ID_CHARS
    )
    identifier = request.text_or_none("credential_identifier", max_chars=MAX_CONFIGURATION_ID_CHARS)
    if (configuration_id is None) == (identifier is None):
        hint = " ('format' was that name in drafts)" if "format" in request else ""
        raise Malformed(
            "a credential request has either credential_configuration_id or credential_identifier"
            + hint
        )
    return configuration_id, identifier


def _proofs(request: JsonObject, max_proofs: int) -> tuple[str, ...]:
    with refused_as(InvalidProof):
        if "proofs" not in request:
            if "proof" in request:
                raise Malformed("key proofs come in 'proofs'; 'proof' was its name in drafts")
            return ()
        proofs = request.object("proofs")
        if list(proofs) != ["jwt"]:
            raise Unsupported("proofs must hold key proofs of type jwt, and nothing else")
        found = proofs.array("jwt", max_items=max_proofs)
        if not found:
            raise Malformed("proofs.jwt must hold at least one key proof")
        return tuple(_proof(proof) for proof in found)


def _proof(proof: object) -> str:
    if not isinstance(proof, str) or not 0 < len(proof) <= MAX_KEY_PROOF_CHARS:
        raise Malformed("a key proof is a JWT of at most 16 KiB")
    return proof


def _credential(entry: JsonObject) -> Serialized:
    if isinstance(entry.members.get("credential"), dict):
        return entry.object("credential").members
    return entry.text("credential", max_chars=MAX_CREDENTIAL_CHARS)
