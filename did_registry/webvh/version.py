"""One version of a DID: all that the specification demands of an entry after its predecessor.

did:webvh 1.0, "Read (Resolve)", the steps for each entry, whose numbers stand at the line's end.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from credentials.data_integrity import Proof, verify_text
from credentials.errors import Error, Malformed
from credentials.jcs import canonicalize
from credentials.json_object import JsonObject
from credentials.keys import PublicKey
from did_registry.document import DidDocument, parse_document
from did_registry.errors import (
    LogDeactivated,
    LogDocumentInvalid,
    LogHashMismatch,
    LogKeyNotAuthorised,
    LogMalformed,
    LogOutOfSequence,
    LogProofInvalid,
    LogScidMismatch,
    LogTimeInvalid,
)
from did_registry.webvh.did import SCID_PLACEHOLDER, Did, parse_did
from did_registry.webvh.entry import (
    MAX_ENTRIES,
    MAX_LOG_BYTES,
    Entry,
    entry_hash_of,
    genesis_scid,
    unsigned_text,
)
from did_registry.webvh.parameters import (
    Parameters,
    authorised_keys,
    first_parameters,
    next_parameters,
    required_witnesses,
)
from did_registry.webvh.witness import ASSERTION, WitnessRule

CLOCK_SKEW: Final = timedelta(minutes=5)  # the most that the specification lets clocks differ


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """One verified version: its entry, what it says, and the parameters that hold after it.

    time: from when on it is the current one; witnesses: who must approve it, None for nobody;
    log_size: the bytes of the log as far as this version.
    """

    entry: Entry
    did: Did
    document: DidDocument
    parameters: Parameters
    witnesses: WitnessRule | None
    log_size: int

    @property
    def number(self) -> int:
        return self.entry.number

    @property
    def version_id(self) -> str:
        return self.entry.version_id

    @property
    def time(self) -> datetime:
        return self.entry.time


def verify_entry(entry: Entry, previous: Version | None, now: datetime) -> Version:
    """Prove that an entry may follow the version before it; None for the first of a log.

    Costs one verification for each of the entry's proofs. Witnesses are not looked at: they
    approve afterwards. Raises a leaf of LogInvalid.
    """
    number = 1 if previous is None else previous.number + 1
    if entry.number != number:
        raise LogOutOfSequence("the version number is not the next one", entry=number)
    if previous is not None and previous.parameters.deactivated:
        raise LogDeactivated("the DID was deactivated before", entry=number)
    log_size = entry.size + (0 if previous is None else previous.log_size)
    if number > MAX_ENTRIES or log_size > MAX_LOG_BYTES:
        # A log that may grow further than it may be read would be lost with its next entry.
        raise LogMalformed("the log is full", entry=number)
    before = None if previous is None else previous.parameters
    changes = JsonObject(entry.parameters, "parameters")
    if before is None:
        parameters = first_parameters(changes)  # 1
    else:
        parameters = next_parameters(changes, before, number=number)  # 1, 7
    _check_time(entry, previous, now)  # 4
    if previous is None:
        _check_scid(entry, parameters.scid)  # 5
    text = _unsigned_text(entry)
    _check_hash(entry, text, parameters.scid if previous is None else previous.version_id)  # 3
    _check_proofs(entry, text, authorised_keys(parameters, before))  # 2
    did, document = _check_document(entry, parameters, previous)  # 6
    return Version(
        entry=entry,
        did=did,
        document=document,
        parameters=parameters,
        witnesses=required_witnesses(parameters, before),
        log_size=log_size,
    )


def _check_time(entry: Entry, previous: Version | None, now: datetime) -> None:
    if previous is not None and entry.time <= previous.time:
        raise LogTimeInvalid("versionTime is not after its predecessor's", entry=entry.number)
    if entry.time > now + CLOCK_SKEW:
        raise LogTimeInvalid("versionTime lies in the future", entry=entry.number)


def _check_scid(entry: Entry, scid: str) -> None:
    try:
        text = canonicalize(entry.unsigned)
        expected = genesis_scid(entry.unsigned, scid)
    except Malformed as error:
        raise LogMalformed(error.detail, entry=1) from error
    if SCID_PLACEHOLDER.encode("ascii") in text:
        # It can't be told from a replaced SCID, so two first entries would have the same hash.
        raise LogScidMismatch("the first entry holds the placeholder of the SCID", entry=1)
    if expected != scid:
        raise LogScidMismatch("the SCID is not the hash of the first entry", entry=1)


def _unsigned_text(entry: Entry) -> bytes:
    try:
        return unsigned_text(entry)
    except Malformed as error:
        raise LogMalformed(error.detail, entry=entry.number) from error


def _check_hash(entry: Entry, text: bytes, previous: str) -> None:
    expected = entry_hash_of(entry, text, previous)
    if entry.version_id != f"{entry.number}-{expected}":
        raise LogHashMismatch("the entry hash is not that of the entry", entry=entry.number)


def _check_proofs(entry: Entry, text: bytes, keys: Mapping[str, PublicKey]) -> None:
    """Every proof must hold, each by another authorised key. Spec: "Authorized Keys"."""
    signed: set[str] = set()
    for proof in entry.proofs:
        multikey = _signer(proof, entry.number)
        if multikey in signed:
            raise LogProofInvalid("one key has signed twice", entry=entry.number)
        signed.add(multikey)
        if multikey not in keys:
            raise LogKeyNotAuthorised("the key is not an active update key", entry=entry.number)
        try:
            verify_text(text, entry.unsigned, proof, keys[multikey])
        except Error as error:
            raise LogProofInvalid(error.detail, entry=entry.number) from error


def _signer(proof: Proof, number: int) -> str:
    """The Multikey that a proof names, as did:key:K#K with the same K twice.

    The part before # says which key it is, the part after only names it: were they allowed to
    differ, one key could be shown to the authorisation check and another to the signature check.
    """
    if proof.purpose != ASSERTION:
        raise LogProofInvalid("the proof's purpose is not assertionMethod", entry=number)
    if proof.expires is not None:
        # A log is verified for ever, so an entry can't be valid for a while only.
        raise LogProofInvalid("the proof of an entry can't expire", entry=number)
    body, _, fragment = proof.verification_method.partition("#")
    if body != f"did:key:{fragment}":
        raise LogProofInvalid("the proof's key is not named as did:key:K#K", entry=number)
    return fragment


def _check_document(
    entry: Entry, parameters: Parameters, previous: Version | None
) -> tuple[Did, DidDocument]:
    try:
        document = parse_document(JsonObject(entry.state, "state"))
        if previous is not None and document.id == previous.document.id:
            return previous.did, document
        if not document.id.startswith(f"did:webvh:{parameters.scid}:"):
            raise LogScidMismatch("the document's id has another SCID", entry=entry.number)
        did = parse_did(document.id)
    except Malformed as error:
        raise LogDocumentInvalid(error.detail, entry=entry.number) from error
    if previous is not None:
        _check_move(document, parameters, previous)
    return did, document


def _check_move(document: DidDocument, parameters: Parameters, previous: Version) -> None:
    """Let a DID go to another address only as "DID Portability" says."""
    number = previous.number + 1
    if not parameters.portable:
        raise LogDocumentInvalid("the DID has moved and is not portable", entry=number)
    if previous.document.id not in document.also_known_as:
        raise LogDocumentInvalid("the DID has moved without naming the old one", entry=number)
