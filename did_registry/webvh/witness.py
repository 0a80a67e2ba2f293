"""Witnesses: who must approve a DID's entries, and whether enough of them did. did:webvh 1.0,
"DID Witnesses".

A witness signs no more than a versionId, and thereby everything before it. Its key is its did:key
and nothing else; a proof that can't be attributed to a witness of this very log counts for nobody.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from credentials.claims import Claims
from credentials.data_integrity import (
    format_timestamp,
    parse_proof,
    sign_document,
    verify_document,
)
from credentials.did_key import did_key_method, encode_did_key
from credentials.errors import Error, KeyMismatch, Malformed
from credentials.jcs import canonicalize
from credentials.json_object import JsonObject
from credentials.keys import KeyType, PublicKey, Signer
from credentials.multikey import parse_multikey
from credentials.strict_json import JsonValue, parse_json

ASSERTION: Final = "assertionMethod"  # the purpose of every proof in a log and beside it
MAX_WITNESSES: Final = 32
MAX_WITNESS_FILE_BYTES: Final = 1024 * 1024
MAX_WITNESSED_VERSIONS: Final = 1000
MAX_PROOFS_PER_VERSION: Final = 64  # two each for as many witnesses as there may be

_DID_KEY: Final = "did:key:"


@dataclass(frozen=True, slots=True, kw_only=True)
class WitnessRule:
    """How many of which witnesses must approve. witnesses: did:key → its Ed25519 key."""

    threshold: int
    witnesses: Mapping[str, PublicKey]

    def to_json(self) -> Claims:
        """The `witness` parameter."""
        listed: list[JsonValue] = [{"id": witness} for witness in self.witnesses]
        return {"threshold": self.threshold, "witnesses": listed}


@dataclass(frozen=True, slots=True, kw_only=True)
class WitnessFile:
    """did-witness.json as it was read: versionId → proof objects, none of them verified."""

    proofs: Mapping[str, tuple[JsonObject, ...]]


def parse_witness_rule(witness: JsonObject) -> WitnessRule | None:
    """Read a `witness` parameter; None for `{}`, which says that nobody needs to approve.

    Raises Malformed for an id twice, an id that is no Ed25519 did:key, or a threshold that is not
    between 1 and the number of witnesses. Spec: "The `witness` Parameter".
    """
    if not witness.members:
        return None
    witness.only("threshold", "witnesses")
    threshold = witness.integer("threshold")
    listed = witness.objects("witnesses", max_items=MAX_WITNESSES)
    witnesses = dict(map(_parse_witness, listed))
    if len(witnesses) != len(listed):
        raise Malformed("a witness is listed twice")
    if not 1 <= threshold <= len(listed):
        raise Malformed("the threshold is not between 1 and the number of witnesses")
    return WitnessRule(threshold=threshold, witnesses=witnesses)


def parse_witness_file(data: bytes) -> WitnessFile:
    """Read did-witness.json: at most 1 MiB, 1,000 versions, 64 proofs each. Raises Malformed.

    Single proofs are looked at when they are counted: one that is not well-formed is discarded
    there, as the specification wants, for the file may hold proofs of entries still to come.
    """
    listed = JsonObject({"file": parse_json(data, max_bytes=MAX_WITNESS_FILE_BYTES)})
    proofs: dict[str, tuple[JsonObject, ...]] = {}
    for version in listed.objects("file", max_items=MAX_WITNESSED_VERSIONS):
        version.only("versionId", "proof")
        version_id = version.text("versionId")
        if version_id in proofs:
            raise Malformed("did-witness.json names a version twice")
        found = (
            version.objects("proof", max_items=MAX_PROOFS_PER_VERSION) if "proof" in version else []
        )
        proofs[version_id] = tuple(found)
    return WitnessFile(proofs=proofs)


def last_approvals(
    versions: Sequence[str], witnesses: Mapping[str, PublicKey], file: WitnessFile
) -> dict[str, int]:
    """The number of the last version that each witness has approved, and with it all before; or 0.

    versions: the versionIds of this log in order; proofs of any other version are left aside.
    Each proof is looked at once, however many witnesses and versions there are.
    """
    methods = {did_key_method(did): did for did in witnesses}
    approved = dict.fromkeys(witnesses, 0)
    for number in range(len(versions), 0, -1):
        version_id = versions[number - 1]
        for proof in file.proofs.get(version_id, ()):
            did = methods.get(str(proof.members.get("verificationMethod")))
            if did and not approved[did] and _verifies(version_id, proof, witnesses[did]):
                approved[did] = number
    return approved


def ed25519_multikey(multikey: str) -> PublicKey:
    """The key of a Multikey that can make eddsa-jcs-2022 proofs.

    Raises Malformed, Unsupported, or KeyMismatch for a key of another type.
    """
    key = parse_multikey(multikey)
    if key.type is not KeyType.ED25519:
        raise KeyMismatch("did:webvh 1.0 signs with Ed25519")
    return key


def build_witness_proof(version_id: str, signer: Signer, now: datetime) -> Claims:
    """A witness's approval of a version and all before it. Raises KeyMismatch."""
    options: Claims = {
        "verificationMethod": did_key_method(encode_did_key(signer.public_key)),
        "created": format_timestamp(now),
        "proofPurpose": ASSERTION,
    }
    proof = sign_document({"versionId": version_id}, options, signer)["proof"]
    return JsonObject(proof).members


def encode_witness_file(proofs: Mapping[str, Sequence[Claims]]) -> bytes:
    """Write did-witness.json from versionId → proofs."""
    versions: list[JsonValue] = [
        {"versionId": version_id, "proof": list(found)} for version_id, found in proofs.items()
    ]
    return canonicalize(versions)


def _parse_witness(witness: JsonObject) -> tuple[str, PublicKey]:
    witness.only("id")
    did = witness.text("id")
    if not did.startswith(_DID_KEY):
        raise Malformed("a witness is not named by a did:key")
    try:
        return did, ed25519_multikey(did[len(_DID_KEY) :])
    except Error as error:
        raise Malformed("a witness's did:key is not that of an Ed25519 key") from error


def _verifies(version_id: str, proof: JsonObject, witness: PublicKey) -> bool:
    """Whether a proof counts. One that does not is discarded and fails nothing: the file may be
    ahead of the log, and a witness's mistake must not undo what the others have approved."""
    try:
        parsed = parse_proof(proof)
        verify_document({"versionId": version_id}, parsed, witness)
    except Error:
        return False
    # A log is verified for ever, so an approval can't be one for a while.
    return parsed.purpose == ASSERTION and parsed.expires is None
