"""Writing entries. Whatever is built here has passed the same checks as a stranger's entry.

Stricter than did:webvh 1.0: pre-rotation is always on, as a stolen update key must not be able to
choose its successor, and each entry names one update key, the one that signs it. Only the end of a
DID goes without a next key.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from credentials.claims import Claims
from credentials.data_integrity import format_timestamp, sign_document
from credentials.did_key import did_key_method, encode_did_key
from credentials.errors import KeyMismatch
from credentials.jcs import canonicalize
from credentials.json_object import parse_object
from credentials.keys import KeyType, PublicKey, Signer
from credentials.multikey import encode_multikey
from credentials.strict_json import JsonValue
from did_registry.errors import PreRotationRequired
from did_registry.webvh.did import SCID_PLACEHOLDER
from did_registry.webvh.entry import encode_entry, entry_hash, hash_text, parse_entry
from did_registry.webvh.history import History, begin
from did_registry.webvh.parameters import METHOD, key_hash
from did_registry.webvh.witness import ASSERTION, WitnessRule

_ONE_SECOND: Final = timedelta(seconds=1)


def next_key_hash(key: PublicKey) -> str:
    """What an entry publishes of the key that may sign the next one. Raises KeyMismatch."""
    if key.type is not KeyType.ED25519:
        raise KeyMismatch("did:webvh 1.0 signs with Ed25519")
    return key_hash(encode_multikey(key))


def build_genesis(
    *,
    document: Claims,
    signer: Signer,
    next_key_hashes: Sequence[str],
    now: datetime,
    portable: bool = False,
    witness: WitnessRule | None = None,
    ttl: int | None = None,
) -> bytes:
    """The first line of a new DID's log; its DID follows from the line itself.

    document: the DID document with `{SCID}` wherever the SCID shall stand, as `placeholder_did`
    has it; signer: the update key; next_key_hashes: at least one, none of the signer's own.
    Raises PreRotationRequired, KeyMismatch, Malformed, or a leaf of LogInvalid.
    Spec: did:webvh 1.0, "Create (Register)".
    """
    parameters: Claims = {
        "method": METHOD,
        "scid": SCID_PLACEHOLDER,
        "portable": portable,
        **_keys(signer, next_key_hashes),
    }
    if witness is not None:
        parameters["witness"] = witness.to_json()
    if ttl is not None:
        parameters["ttl"] = ttl
    preliminary: Claims = {
        "versionId": SCID_PLACEHOLDER,
        "versionTime": format_timestamp(now),
        "parameters": parameters,
        "state": document,
    }
    text = canonicalize(preliminary)
    scid = hash_text(text)
    replaced = text.replace(SCID_PLACEHOLDER.encode("ascii"), scid.encode("ascii"))
    line = _sign(parse_object(replaced).members, 1, scid, signer)
    begin(parse_entry(line.rstrip(b"\n"), number=1), now)
    return line


def build_next(
    history: History,
    *,
    document: Claims,
    signer: Signer,
    next_key_hashes: Sequence[str],
    now: datetime,
    witness: WitnessRule | None = None,
) -> bytes:
    """The next line: another document, and the next update key takes over.

    signer: a key that the last entry committed to; next_key_hashes: as in `build_genesis`;
    witness: the rule for later entries, None to keep the one there is.
    Raises PreRotationRequired, KeyMismatch, Malformed, or a leaf of LogInvalid, such as
    LogTimeInvalid within the second of the last entry. Spec: "Update (Rotate)".
    """
    parameters = _keys(signer, next_key_hashes)
    if witness is not None:
        parameters["witness"] = witness.to_json()
    line, _ = _append(history, parameters, document, signer, now)
    return line


def build_deactivation(history: History, *, signer: Signer, now: datetime) -> tuple[bytes, ...]:
    """The last lines of a DID: one that ends pre-rotation, and a second later the end itself.

    An entry may not drop all update keys while pre-rotation is on, hence two; only the second is
    returned if the first is there already. The last document holds no keys.
    signer: a key that the last entry committed to. Raises as `build_next`. Spec: "Deactivate".
    """
    lines = []
    if history.latest.parameters.next_key_hashes:
        parameters: Claims = {"updateKeys": [_multikey(signer)], "nextKeyHashes": []}
        document = history.latest.document.members
        line, history = _append(history, parameters, document, signer, now)
        lines.append(line)
        now += _ONE_SECOND
    last = history.latest.document
    bare: Claims = {name: last.members[name] for name in ("@context", "id") if name in last.members}
    line, _ = _append(history, {"updateKeys": [], "deactivated": True}, bare, signer, now)
    return (*lines, line)


def _append(
    history: History, parameters: Claims, document: Claims, signer: Signer, now: datetime
) -> tuple[bytes, History]:
    number = history.latest.number + 1
    preliminary: Claims = {
        "versionTime": format_timestamp(now),
        "parameters": parameters,
        "state": document,
    }
    line = _sign(preliminary, number, history.latest.version_id, signer)
    return line, history.advance(parse_entry(line.rstrip(b"\n"), number=number), now)


def _sign(preliminary: Claims, number: int, previous: str, signer: Signer) -> bytes:
    """Give an entry its versionId and its proof."""
    unsigned = {**preliminary, "versionId": f"{number}-{entry_hash(preliminary, previous)}"}
    options: Claims = {
        "verificationMethod": did_key_method(encode_did_key(signer.public_key)),
        "created": preliminary["versionTime"],
        "proofPurpose": ASSERTION,
    }
    signed = sign_document(unsigned, options, signer)
    return encode_entry({**signed, "proof": [signed["proof"]]})


def _keys(signer: Signer, next_key_hashes: Sequence[str]) -> Claims:
    hashes: list[JsonValue] = list(next_key_hashes)
    if not hashes:
        raise PreRotationRequired("an entry must commit to the key that may sign the next one")
    if next_key_hash(signer.public_key) in hashes:
        # A key that is in use may be stolen; committing to it again would let the thief go on.
        raise PreRotationRequired("the next update key must be another one than the signer's")
    return {"updateKeys": [_multikey(signer)], "nextKeyHashes": hashes}


def _multikey(signer: Signer) -> str:
    return encode_multikey(signer.public_key)
