"""Offline proofs that a leaf is in a log: index, path and signed head in one text.

    c2sp.org/tlog-proof@v1
    index 73894
    <the path, one hash a line>

    <the checkpoint, verbatim, with the signatures of the log and of its witnesses>

Spec: c2sp.org/tlog-proof.
"""

import re
from dataclasses import dataclass
from typing import Final

from credentials.errors import Malformed, TooLarge
from did_registry.tlog.base64_standard import decode_base64, decode_digest, encode_base64
from did_registry.tlog.merkle import MAX_SIZE
from did_registry.tlog.note import MAX_NOTE_BYTES

MAX_PATH: Final = 63
MAX_EXTRA_BYTES: Final = 64 * 1024
MAX_PROOF_BYTES: Final = MAX_NOTE_BYTES + 2 * MAX_EXTRA_BYTES

_HEADER: Final = "c2sp.org/tlog-proof@v1"
_INDEX: Final = re.compile(r"index (0|[1-9][0-9]{0,18})")
_EXTRA: Final = "extra "


@dataclass(frozen=True, slots=True, kw_only=True)
class TlogProof:
    """An unverified proof. path: 32-byte hashes from the leaf upwards; checkpoint: the whole note;
    extra: what the application put beside it, authenticated by nothing; None for none."""

    index: int
    path: tuple[bytes, ...]
    checkpoint: bytes
    extra: bytes | None


def encode_tlog_proof(proof: TlogProof) -> bytes:
    """Write a proof. Raises what `parse_tlog_proof` raises, for one that nobody could read."""
    lines = [_HEADER]
    if proof.extra is not None:
        lines.append(_EXTRA + encode_base64(proof.extra))
    lines += [f"index {proof.index}", *map(encode_base64, proof.path), "", ""]
    data = "\n".join(lines).encode("ascii") + proof.checkpoint
    if parse_tlog_proof(data) != proof:
        raise Malformed("not the parts of a proof")
    return data


def parse_tlog_proof(data: bytes) -> TlogProof:
    """Read a proof; its checkpoint is neither parsed nor verified here.

    Raises Malformed, or TooLarge beyond 63 hashes, 64 KiB of extra data or 256 KiB of checkpoint.
    """
    if len(data) > MAX_PROOF_BYTES:
        raise TooLarge(f"a proof has at most {MAX_PROOF_BYTES} bytes")
    head, gap, checkpoint = data.partition(b"\n\n")
    try:
        lines = head.decode("ascii").split("\n")
    except UnicodeDecodeError as error:
        raise Malformed("a proof is ASCII up to its checkpoint") from error
    if not gap or lines.pop(0) != _HEADER:
        raise Malformed("not a proof of c2sp.org/tlog-proof@v1")
    extra = _take_extra(lines)
    index = _take_index(lines)
    if len(lines) > MAX_PATH:
        raise TooLarge(f"an inclusion proof has at most {MAX_PATH} hashes")
    path = tuple(map(decode_digest, lines))
    return TlogProof(index=index, path=path, checkpoint=checkpoint, extra=extra)


def _take_extra(lines: list[str]) -> bytes | None:
    if not lines or not lines[0].startswith(_EXTRA):
        return None
    extra = decode_base64(lines.pop(0).removeprefix(_EXTRA))
    if len(extra) > MAX_EXTRA_BYTES:
        raise TooLarge(f"extra data has at most {MAX_EXTRA_BYTES} bytes")
    return extra


def _take_index(lines: list[str]) -> int:
    found = _INDEX.fullmatch(lines.pop(0)) if lines else None
    if found is None or int(found[1]) >= MAX_SIZE:
        raise Malformed("a proof says the leaf's index, in decimal without leading zeros")
    return int(found[1])
