"""Two signed heads of one log of which the newer does not continue the older, as a file to keep.

    {"before":"<note>","now":"<note>","proof":["<hash>",…],"root":"<hash>","v":1,"what":"forked"}

The notes alone show it when they give one size two roots. When the newer one is larger, `proof`
leads from `root`, which the newer tree has at the older size, to the newer root (RFC 9162 §2.1.4):
the log has signed another root for that size. A head that is smaller than one before is kept as it
is; whether it was rolled back or an old copy is shown, both were signed.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from credentials.errors import Error, Unsupported
from credentials.jcs import canonicalize
from credentials.json_object import parse_object
from credentials.strict_json import JsonValue
from did_registry.errors import EvidenceInvalid
from did_registry.tlog.base64_standard import decode_digest, encode_base64
from did_registry.tlog.checkpoint import Checkpoint, verify_checkpoint
from did_registry.tlog.note import MAX_NOTE_BYTES, VerifierKey
from did_registry.tlog.proof import verify_consistency

MAX_REWRITING_BYTES: Final = 3 * MAX_NOTE_BYTES

_VERSION: Final = 1
_MAX_PROOF: Final = 64


class Manner(StrEnum):
    """In which way a log does not continue what it said."""

    SHORTENED = "shortened"
    TWO_ROOTS = "two-roots"
    FORKED = "forked"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rewriting:
    """before, now: the notes as they were served; root: which the newer tree has at the older size,
    and proof: that it does, both for a fork only."""

    manner: Manner
    before: bytes
    now: bytes
    root: bytes | None = None
    proof: Sequence[bytes] = ()

    def encode(self) -> bytes:
        """The file; the same for the same heads."""
        hashes: list[JsonValue] = [encode_base64(node) for node in self.proof]
        return canonicalize(
            {
                "before": self.before.decode(),
                "now": self.now.decode(),
                "proof": hashes,
                "root": None if self.root is None else encode_base64(self.root),
                "v": _VERSION,
                "what": self.manner.value,
            }
        )


def parse_rewriting(data: bytes) -> Rewriting:
    """Read the file; nothing in it is verified. Raises Malformed, TooLarge, or Unsupported for
    another version."""
    fields = parse_object(data, max_bytes=MAX_REWRITING_BYTES, where="evidence")
    if fields.integer("v") != _VERSION:
        raise Unsupported("evidence of another version")
    fields.only("before", "now", "proof", "root", "v", "what")
    root = None if fields.members.get("root") is None else decode_digest(fields.text("root"))
    return Rewriting(
        manner=_manner(fields.text("what")),
        before=fields.text("before", max_chars=MAX_NOTE_BYTES).encode(),
        now=fields.text("now", max_chars=MAX_NOTE_BYTES).encode(),
        root=root,
        proof=tuple(map(decode_digest, fields.texts("proof", max_items=_MAX_PROOF))),
    )


def verify_rewriting(found: Rewriting, key: VerifierKey) -> tuple[Checkpoint, Checkpoint]:
    """Prove that a log has signed two heads of which only one can be true; returns both.

    A smaller head after a larger one proves nothing: both can be true. Raises EvidenceInvalid, or
    what `verify_checkpoint` raises.
    """
    before, now = (verify_checkpoint(note, key) for note in (found.before, found.now))
    match found.manner:
        case Manner.TWO_ROOTS:
            is_shown = before.size == now.size and before.root != now.root
        case Manner.FORKED:
            is_shown = found.root not in {None, before.root} and _leads(found, before, now)
        case Manner.SHORTENED:
            is_shown = False
    if not is_shown:
        raise EvidenceInvalid("the two heads do not contradict each other")
    return before, now


def _leads(found: Rewriting, before: Checkpoint, now: Checkpoint) -> bool:
    if found.root is None or not 0 < before.size < now.size:
        return False
    try:
        verify_consistency(before.size, found.root, now.size, now.root, found.proof)
    except Error:
        return False
    return True


def _manner(text: str) -> Manner:
    try:
        return Manner(text)
    except ValueError as error:
        raise Unsupported("evidence of an unknown kind") from error
