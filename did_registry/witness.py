"""A witness's whole duty: never to sign two heads of one log of which neither continues the other.

Pure: what the witness signed last comes in, what it may sign now goes out. Spec: c2sp.org/
tlog-witness, "add-checkpoint", whose order of checks is kept.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from credentials.errors import Error, Malformed
from did_registry.errors import HeadConflict, LogUnknown, NotConsistent
from did_registry.rewriting import Manner, Rewriting
from did_registry.split_view import SplitView
from did_registry.tlog.checkpoint import Checkpoint, parse_checkpoint, verify_checkpoint
from did_registry.tlog.errors import CheckpointNotSigned
from did_registry.tlog.merkle import EMPTY_ROOT
from did_registry.tlog.note import VerifierKey, parse_note
from did_registry.tlog.proof import root_before, verify_consistency
from did_registry.tlog.witness_messages import AddCheckpoint


@dataclass(frozen=True, slots=True, kw_only=True)
class WitnessedHead:
    """The last head of a log that a witness has signed. note: as the log signed it; empty for
    none."""

    size: int
    root: bytes
    note: bytes


NEVER: WitnessedHead = WitnessedHead(size=0, root=EMPTY_ROOT, note=b"")


def origin_of(request: AddCheckpoint) -> str:
    """Which log a request says it is about; unverified. Raises Malformed or TooLarge."""
    return parse_checkpoint(parse_note(request.checkpoint).text).origin


def judge(request: AddCheckpoint, key: VerifierKey | None, latest: WitnessedHead) -> Checkpoint:
    """Return the head that the witness may sign, and must remember before it answers.

    key: that of the log which the head names; None for a log that is not watched here.
    Raises LogUnknown (404), CheckpointNotSigned (403), Malformed (400), HeadConflict (409) with the
    size that was signed last, NotConsistent (422), or SplitView (409, 422): two signed heads of
    which only one is true, with what shows it. A proof that leads nowhere shows nothing: anybody
    could send it with a head that is true.
    """
    if key is None:
        raise LogUnknown("this witness does not watch this log")
    checkpoint = _signed(request, key)
    if request.old_size > checkpoint.size:
        raise Malformed("the old size is larger than the new one")
    if request.old_size != latest.size:
        raise HeadConflict("another head was signed last", size=latest.size)
    if checkpoint.size == latest.size and checkpoint.root != latest.root:
        found = _contradiction(Manner.TWO_ROOTS, latest, request)
        raise SplitView("the log has signed two roots for one size", status=409, rewriting=found)
    try:
        verify_consistency(
            latest.size, latest.root, checkpoint.size, checkpoint.root, request.consistency
        )
    except Error as error:
        raise _not_continuing(request, latest, checkpoint) from error
    return checkpoint


def _not_continuing(
    request: AddCheckpoint, latest: WitnessedHead, checkpoint: Checkpoint
) -> NotConsistent | SplitView:
    """What is wrong with a proof: the proof itself, or the log."""
    try:
        root = root_before(latest.size, checkpoint.size, checkpoint.root, request.consistency)
    except Error:
        return NotConsistent("the proof does not show that the head continues the last one")
    found = _contradiction(Manner.FORKED, latest, request, root=root, proof=request.consistency)
    return SplitView("the log has signed two histories", status=422, rewriting=found)


def _contradiction(
    manner: Manner,
    latest: WitnessedHead,
    request: AddCheckpoint,
    *,
    root: bytes | None = None,
    proof: Sequence[bytes] = (),
) -> Rewriting:
    return Rewriting(
        manner=manner, before=latest.note, now=request.checkpoint, root=root, proof=proof
    )


def _signed(request: AddCheckpoint, key: VerifierKey) -> Checkpoint:
    try:
        return verify_checkpoint(request.checkpoint, key)
    except Error as error:
        raise CheckpointNotSigned("no signature of the log on the head verifies") from error
