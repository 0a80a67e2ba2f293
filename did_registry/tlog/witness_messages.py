"""The request that a log sends to a witness: `add-checkpoint`.

    old 20852014
    <a consistency proof from that size, one hash a line>

    <the checkpoint>

The answer is signature lines (`note.py`), or the size that the witness has signed last.
Spec: c2sp.org/tlog-witness, "add-checkpoint".
"""

import re
from dataclasses import dataclass
from typing import Final

from credentials.errors import Malformed, TooLarge
from did_registry.tlog.base64_standard import decode_digest, encode_base64
from did_registry.tlog.merkle import MAX_SIZE
from did_registry.tlog.note import MAX_NOTE_BYTES

MAX_CONSISTENCY_LINES: Final = 63
MAX_REQUEST_BYTES: Final = MAX_NOTE_BYTES + 4096
SIZE_TYPE: Final = "text/x.tlog.size"

_OLD: Final = re.compile(r"old (0|[1-9][0-9]{0,18})")
_SIZE: Final = re.compile(r"(0|[1-9][0-9]{0,18})\n")


@dataclass(frozen=True, slots=True, kw_only=True)
class AddCheckpoint:
    """A head for a witness to sign. old_size: of the last head that it signed, as the log believes;
    consistency: from there; checkpoint: the whole note, unverified."""

    old_size: int
    consistency: tuple[bytes, ...]
    checkpoint: bytes


def encode_add_checkpoint(request: AddCheckpoint) -> bytes:
    """Write the request's body. Raises what `parse_add_checkpoint` raises."""
    lines = [f"old {request.old_size}", *map(encode_base64, request.consistency), "", ""]
    data = "\n".join(lines).encode("ascii") + request.checkpoint
    if parse_add_checkpoint(data) != request:
        raise Malformed("not the parts of a request to a witness")
    return data


def parse_add_checkpoint(data: bytes) -> AddCheckpoint:
    """Read the request's body. Raises Malformed or TooLarge."""
    if len(data) > MAX_REQUEST_BYTES:
        raise TooLarge(f"a request to a witness has at most {MAX_REQUEST_BYTES} bytes")
    head, gap, checkpoint = data.partition(b"\n\n")
    try:
        first, *hashes = head.decode("ascii").split("\n")
    except UnicodeDecodeError as error:
        raise Malformed("a request to a witness is ASCII up to its checkpoint") from error
    old = _OLD.fullmatch(first)
    if not gap or old is None or int(old[1]) > MAX_SIZE:
        raise Malformed("a request to a witness begins with the old size")
    if len(hashes) > MAX_CONSISTENCY_LINES:
        raise TooLarge(f"a consistency proof has at most {MAX_CONSISTENCY_LINES} hashes")
    return AddCheckpoint(
        old_size=int(old[1]),
        consistency=tuple(map(decode_digest, hashes)),
        checkpoint=checkpoint,
    )


def encode_size(size: int) -> bytes:
    """The body of a conflict: the size that the witness has signed last."""
    return f"{size}\n".encode("ascii")


def parse_size(data: bytes) -> int:
    """Read the body of a conflict. Raises Malformed."""
    found = _SIZE.fullmatch(data[:32].decode("ascii", "replace"))
    if found is None or int(found[1]) > MAX_SIZE or len(data) > 32:
        raise Malformed("not a size of a log")
    return int(found[1])
