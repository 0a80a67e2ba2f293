"""did:webvh logs made to order, right or wrong in one place.

Drafts are entries before hashing and signing; `seal` gives them SCID, entry hashes and proofs, so
that a change to a draft is the only thing wrong with the log. Hashes come from other libraries
than ours.

    drafts = plain_drafts()
    drafts[1].parameters["ttl"] = -1
    log = to_log(seal(drafts))
"""

import copy
import hashlib
import json
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, TypeAlias

import base58
import rfc8785

from credentials.data_integrity import format_timestamp, sign_document
from credentials.did_key import did_key_method, encode_did_key
from credentials.keys import Ed25519Signer, P256Signer, Signer
from credentials.multikey import encode_multikey

# A sealed entry: tests reach into it everywhere, so its members stay untyped.
Sealed: TypeAlias = "dict[str, Any]"

START = datetime(2026, 3, 13, 3, 4, 5, tzinfo=UTC)
NOW = START + timedelta(days=365)
HOST = "registry.gwanin.example"
DID = f"did:webvh:{{SCID}}:{HOST}:dids:SEL-DIG"


def signer(number: int) -> Ed25519Signer:
    """One of 256 keys that stay the same."""
    return Ed25519Signer(bytes([number]) * 32)


def multikey(key: Signer) -> str:
    return encode_multikey(key.public_key)


def next_hash(key: Signer) -> str:
    """What `nextKeyHashes` holds for a key."""
    return multihash(multikey(key).encode())


def multihash(data: bytes) -> str:
    return base58.b58encode(b"\x12\x20" + hashlib.sha256(data).digest()).decode()


def document(did: str = DID, *, keys: int = 1) -> dict[str, Any]:
    """A DID document with Ed25519 keys `#key-0`, … for assertion and a P-256 key for holders."""
    methods = [_method(did, f"key-{n}", signer(100 + n)) for n in range(keys)]
    p256 = _method(did, "p256", P256Signer(b"\1" * 32))
    return {
        "@context": ["https://www.w3.org/ns/did/v1", "https://w3id.org/security/multikey/v1"],
        "id": did,
        "verificationMethod": [*methods, p256],
        "assertionMethod": [method["id"] for method in methods],
        "authentication": [p256["id"]],
    }


def _method(did: str, name: str, key: Signer) -> dict[str, Any]:
    return {
        "id": f"{did}#{name}",
        "type": "Multikey",
        "controller": did,
        "publicKeyMultibase": multikey(key),
    }


@dataclass
class Draft:
    """An entry before it is hashed and signed; tests change it at will."""

    parameters: dict[str, Any]
    state: dict[str, Any] = field(default_factory=document)
    time: str = ""
    signers: list[Signer] = field(default_factory=lambda: [signer(0)])
    number: int | None = None


def plain_drafts() -> list[Draft]:
    """Three entries without pre-rotation: create, give another name, hand over to key 1."""
    named = {**document(), "alsoKnownAs": [f"https://{HOST}/"]}
    return _timed(
        Draft(
            parameters={
                "method": "did:webvh:1.0",
                "scid": "{SCID}",
                "updateKeys": [multikey(signer(0))],
            }
        ),
        Draft(parameters={}, state=named),
        Draft(parameters={"updateKeys": [multikey(signer(1))]}, state=named),
    )


def rotating_drafts() -> list[Draft]:
    """Three entries with pre-rotation, signed by keys 0, 1 and 2."""
    return _timed(
        Draft(
            parameters={"method": "did:webvh:1.0", "scid": "{SCID}", **_rotation(0)},
        ),
        Draft(parameters=_rotation(1), signers=[signer(1)]),
        Draft(parameters=_rotation(2), signers=[signer(2)]),
    )


def _rotation(number: int) -> dict[str, Any]:
    return {
        "updateKeys": [multikey(signer(number))],
        "nextKeyHashes": [next_hash(signer(number + 1)), next_hash(signer(number + 51))],
    }


def _timed(*drafts: Draft) -> list[Draft]:
    for days, draft in enumerate(drafts):
        draft.time = format_timestamp(START + timedelta(days=days))
    return list(drafts)


def seal(drafts: list[Draft]) -> list[Sealed]:
    """Hash, chain and sign drafts, each by its own signers; `{SCID}` is replaced everywhere."""
    first = {"versionId": "{SCID}", **_unsigned(drafts[0])}
    scid = multihash(rfc8785.dumps(first))
    entries: list[Sealed] = []
    previous = scid
    for place, draft in enumerate(drafts, start=1):
        text = json.dumps(_unsigned(draft)).replace("{SCID}", scid)
        unsigned = json.loads(text)
        digest = multihash(rfc8785.dumps({**unsigned, "versionId": previous}))
        unsigned["versionId"] = previous = f"{draft.number or place}-{digest}"
        entries.append(sign(unsigned, draft.signers))
    return entries


def sign(unsigned: Sealed, signers: list[Signer], **options: Any) -> Sealed:
    """Give an entry one proof by each signer; options replace the usual ones."""
    proofs = []
    for one in signers:
        usual: Sealed = {
            "verificationMethod": did_key_method(encode_did_key(one.public_key)),
            "created": unsigned["versionTime"],
            "proofPurpose": "assertionMethod",
        }
        proofs.append(sign_document(unsigned, {**usual, **options}, one)["proof"])
    return {**unsigned, "proof": proofs}


def resign(entry: Sealed, signers: list[Signer], **options: Any) -> Sealed:
    """The same entry with other proofs."""
    unsigned = {name: copy.deepcopy(value) for name, value in entry.items() if name != "proof"}
    return sign(unsigned, signers, **options)


def to_log(entries: list[Sealed]) -> bytes:
    """did.jsonl, one line an entry."""
    return b"".join(json.dumps(entry, ensure_ascii=False).encode() + b"\n" for entry in entries)


def scid_of(entries: list[Sealed]) -> str:
    return str(entries[0]["parameters"]["scid"])


def did_of(entries: list[Sealed], place: int = 0) -> str:
    return str(entries[place]["state"]["id"])


def _unsigned(draft: Draft) -> dict[str, Any]:
    return {
        "versionTime": draft.time,
        "parameters": copy.deepcopy(draft.parameters),
        "state": copy.deepcopy(draft.state),
    }
