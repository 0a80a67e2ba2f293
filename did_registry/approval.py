"""What a witness of a DID must see before it approves a version: a valid log, and a log that cannot
be taken back.

Pure: what the witness has approved before comes in, what it may approve now goes out. A version is
approved together with all before it (did:webvh 1.0, "DID Witnesses"), so a witness that approves
only what lies under a head that it has cosigned, and never two versions with one number, lets no
plain resolver be shown another history than the log's.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from credentials.errors import Error, Malformed
from credentials.jcs import canonicalize
from credentials.json_object import JsonObject
from did_registry.approval_request import ApprovalRequest
from did_registry.errors import (
    EntryNotLogged,
    HeadNotCosigned,
    LogUnknown,
    VersionForked,
    WitnessNotNamed,
)
from did_registry.leaf import Leaf, LeafKind, parse_leaf
from did_registry.tlog.checkpoint import Checkpoint, parse_checkpoint, verify_checkpoint
from did_registry.tlog.cosignature import WitnessKey, find_cosignature
from did_registry.tlog.errors import CheckpointNotSigned
from did_registry.tlog.merkle import leaf_hash
from did_registry.tlog.note import VerifierKey, parse_note
from did_registry.tlog.proof import verify_inclusion
from did_registry.tlog.tlog_proof import TlogProof, parse_tlog_proof
from did_registry.webvh.entry import split_log
from did_registry.webvh.history import History, replay_entries


@dataclass(frozen=True, slots=True, kw_only=True)
class Approver:
    """Who is asked: the key with which it cosigns heads, the did:key with which it approves
    versions, and the logs that it watches, by origin."""

    cosigner: WitnessKey
    did: str
    logs: Mapping[str, VerifierKey]


def judge_version(request: ApprovalRequest, approver: Approver, now: datetime) -> History:
    """Return the DID's history, whose latest version the witness may approve as far as this
    request tells; `check_no_fork` compares it with what was approved before.

    The cheap checks come first: a stranger can make nobody replay what is not in the log.
    Raises Malformed or TooLarge; LogUnknown, CheckpointNotSigned, HeadNotCosigned or
    InclusionInvalid for the proof; EntryNotLogged when its leaf is not the last entry; a leaf of
    LogInvalid; WitnessNotNamed when the version is not this witness's to approve.
    """
    proof = parse_tlog_proof(request.proof)
    head = _cosigned_head(proof, approver)
    leaf = _proven_leaf(proof, head)
    _check_last_entry(leaf, request.log)
    history = replay_entries(request.log, now)
    if leaf.subject != history.scid:
        raise EntryNotLogged("the leaf is about another DID")
    rule = history.latest.witnesses
    if rule is None or approver.did not in rule.witnesses:
        raise WitnessNotNamed("the DID does not ask this witness to approve this version")
    return history


def check_no_fork(history: History, approved: Mapping[int, str]) -> None:
    """Compare a history with the versionIds that were approved of this DID, by their numbers.

    Raises VersionForked for a version with a number that another one has had.
    """
    for version in history.versions:
        if approved.get(version.number, version.version_id) != version.version_id:
            raise VersionForked(f"another version {version.number} was approved before")


def _cosigned_head(proof: TlogProof, approver: Approver) -> Checkpoint:
    """The head of the proof, signed by its log and, some time ago, by this very witness."""
    note = parse_note(proof.checkpoint)
    key = approver.logs.get(parse_checkpoint(note.text).origin)
    if key is None:
        raise LogUnknown("this witness does not watch this log")
    try:
        head = verify_checkpoint(proof.checkpoint, key)
    except Error as error:
        raise CheckpointNotSigned("no signature of the log on the head verifies") from error
    try:
        signed = find_cosignature(note, approver.cosigner)
    except Error as error:
        raise HeadNotCosigned("the line of this witness on the head does not verify") from error
    if signed is None:
        raise HeadNotCosigned("this witness has not signed the head")
    return head


def _proven_leaf(proof: TlogProof, head: Checkpoint) -> Leaf:
    if proof.extra is None:
        raise Malformed("the proof comes without its leaf")
    verify_inclusion(leaf_hash(proof.extra), proof.index, head.size, proof.path, head.root)
    leaf = parse_leaf(proof.extra)
    if leaf.kind is not LeafKind.DID or leaf.index != proof.index:
        raise EntryNotLogged("the leaf holds no entry of a DID, or stands at another place")
    return leaf


def _check_last_entry(leaf: Leaf, log: bytes) -> None:
    """Our own log is canonical JSON, line by line, so that bytes can be compared."""
    if canonicalize(JsonObject(leaf.body["entry"]).members) != split_log(log)[-1]:
        raise EntryNotLogged("the leaf holds another entry than the last of the DID log")
