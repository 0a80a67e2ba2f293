"""C2SP checkpoints: a log's size and root under its name, as a signed note.

Only `verify_checkpoint` returns something to rely on. Spec: c2sp.org/tlog-checkpoint.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from credentials.errors import KeyMismatch, Malformed
from did_registry.tlog.base64_standard import decode_digest, encode_base64
from did_registry.tlog.merkle import EMPTY_ROOT, MAX_SIZE
from did_registry.tlog.note import NoteSigner, VerifierKey, encode_note, parse_note, verify_note

_SIZE: Final = re.compile(r"0|[1-9][0-9]{0,18}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Checkpoint:
    """The head of a log: that the log `origin` had this size and this root (32 bytes).

    extension: opaque lines that other logs may add; ours writes none, as no monitor audits them.
    """

    origin: str
    size: int
    root: bytes
    extension: tuple[str, ...]


def build_checkpoint(origin: str, size: int, root: bytes, signers: Sequence[NoteSigner]) -> bytes:
    """Write the signed head of a log, one signature line per signer, in their order.

    Every signer bears the log's name. Raises KeyMismatch if one does not, Malformed for values
    that no checkpoint can hold.
    """
    if any(signer.name != origin for signer in signers):
        raise KeyMismatch("a log's checkpoint is signed under the log's name")
    text = f"{origin}\n{size}\n{encode_base64(root)}\n".encode()
    if parse_checkpoint(text) != Checkpoint(origin=origin, size=size, root=root, extension=()):
        raise Malformed("not the origin, size and root of a log")
    return encode_note(text, [signer.sign_note(text) for signer in signers])


def verify_checkpoint(data: bytes, key: VerifierKey) -> Checkpoint:
    """Return what the log that this key belongs to has signed.

    data: the whole note. Signatures by other keys, such as witnesses, are ignored here.
    Raises Malformed, TooLarge, CheckpointNotSigned, SignatureInvalid, or KeyMismatch when the
    key's owner signed the head of a log of another name.
    """
    checkpoint = parse_checkpoint(verify_note(parse_note(data), key))
    if checkpoint.origin != key.name:
        raise KeyMismatch("the checkpoint is of another log than the key")
    return checkpoint


def parse_checkpoint(text: bytes) -> Checkpoint:
    """Read a note's text as a checkpoint. It says what is claimed, and proves nothing.

    Raises Malformed. Spec: c2sp.org/tlog-checkpoint, "Note text".
    """
    try:
        lines = text.decode("utf-8").split("\n")
    except UnicodeDecodeError as error:
        raise Malformed("a checkpoint is UTF-8") from error
    if len(lines) < 4 or lines.pop() or not all(lines):
        raise Malformed("a checkpoint is three or more lines, none of them empty")
    origin, size, root, *extension = lines
    if not _SIZE.fullmatch(size) or int(size) > MAX_SIZE:
        raise Malformed("a checkpoint's size is a decimal number without leading zeros")
    checkpoint = Checkpoint(
        origin=origin, size=int(size), root=decode_digest(root), extension=tuple(extension)
    )
    if checkpoint.size == 0 and checkpoint.root != EMPTY_ROOT:
        raise Malformed("an empty log has the root of the empty tree")
    return checkpoint
