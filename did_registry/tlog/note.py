"""C2SP signed notes: a text, a blank line, and signature lines; and the verifier keys for them.

What a text says is `checkpoint.py`'s concern. Spec: c2sp.org/signed-note.
"""

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Protocol

from credentials.errors import KeyMismatch, Malformed, TooLarge, Unsupported
from credentials.keys import KeyType, PublicKey, Signer, ed25519_key
from did_registry.tlog.base64_standard import decode_base64, encode_base64
from did_registry.tlog.errors import CheckpointNotSigned

MAX_NOTE_BYTES: Final = 256 * 1024  # 64 lines with the largest signature in use, ML-DSA-44
MAX_SIGNATURES: Final = 64

_ED25519: Final = b"\x01"
_KEY_ID_BYTES: Final = 4
_NAME: Final = re.compile(r"[^\s+\ud800-\udfff]{1,255}")  # \s are the Unicode spaces
_KEY_ID: Final = re.compile(r"[0-9a-f]{8}")
_CONTROL: Final = re.compile(rb"[\x00-\x09\x0b-\x1f]")
_DASH: Final = "\u2014 "  # em dash and space


@dataclass(frozen=True, slots=True, kw_only=True)
class NoteSignature:
    """One signature line, unverified. key_id: 4 bytes; value: what the key's algorithm wrote."""

    name: str
    key_id: bytes
    value: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """A parsed, unverified note. text: the signed bytes, with their final newline."""

    text: bytes
    signatures: tuple[NoteSignature, ...]


@dataclass(frozen=True, slots=True)
class VerifierKey:
    """An Ed25519 key (type 0x01) under a name, as verifiers are configured with it.

    Built by `verifier_key` and `parse_verifier_key` only, which check both.
    """

    name: str
    key: PublicKey

    @property
    def key_id(self) -> bytes:
        """The 4 bytes by which signature lines name this key."""
        return key_id_of(self.name, _ED25519, self.key)

    def __str__(self) -> str:
        """The text form: `name+hex(key id)+base64(type, key)`."""
        return f"{self.name}+{self.key_id.hex()}+{encode_base64(_ED25519 + self.key.raw)}"


class NoteSigner(Protocol):
    """Something that signs notes under a name; one class per signature type."""

    @property
    def name(self) -> str: ...

    def sign_note(self, text: bytes) -> NoteSignature:
        """Sign this text, final newline included."""
        ...


class Ed25519NoteSigner:
    """Signs notes with signature type 0x01. Raises KeyMismatch for a key that is not Ed25519."""

    __slots__ = ("_key_id", "_signer", "name")

    def __init__(self, name: str, signer: Signer) -> None:
        self.name = name
        self._key_id = verifier_key(name, signer.public_key).key_id
        self._signer = signer

    def sign_note(self, text: bytes) -> NoteSignature:
        """An Ed25519 signature over the text itself."""
        return NoteSignature(name=self.name, key_id=self._key_id, value=self._signer.sign(text))


def verifier_key(name: str, key: PublicKey) -> VerifierKey:
    """The verifier key of this name. Raises Malformed for the name, KeyMismatch for the key."""
    check_name(name)
    if key.type is not KeyType.ED25519:
        raise KeyMismatch("notes of signature type 0x01 are signed with Ed25519")
    return VerifierKey(name, key)


def parse_verifier_key(text: str) -> VerifierKey:
    """Read a verifier key (`vkey`). Raises Malformed, or Unsupported for another signature type."""
    return verifier_key(*parse_vkey(text, _ED25519))


def parse_vkey(text: str, signature_type: bytes) -> tuple[str, PublicKey]:
    """Read `name+hex(key id)+base64(type, key)` of this type of Ed25519 signatures: name and key.

    Raises Malformed, or Unsupported for another type. Spec: c2sp.org/signed-note, "Verifier keys".
    """
    parts = text.split("+", 2)  # base64 may hold a plus sign, a name may not
    if len(parts) != 3:
        raise Malformed("not a verifier key: name+id+key")
    name, key_id, encoded = parts
    data = decode_base64(encoded)
    if data[:1] != signature_type:
        raise Unsupported("not a verifier key of the signature type that is wanted here")
    key = ed25519_key(data[1:])
    check_name(name)
    expected = key_id_of(name, signature_type, key)
    if not _KEY_ID.fullmatch(key_id) or bytes.fromhex(key_id) != expected:
        raise Malformed("the verifier key's id does not belong to its name and key")
    return name, key


def key_id_of(name: str, signature_type: bytes, key: PublicKey) -> bytes:
    """The 4 bytes by which signature lines name a key. Spec: c2sp.org/signed-note."""
    material = name.encode() + b"\n" + signature_type + key.raw
    return hashlib.sha256(material).digest()[:_KEY_ID_BYTES]


def parse_note(data: bytes) -> Note:
    """Read a note of at most 256 KiB with 1 to 64 signature lines. Raises Malformed or TooLarge."""
    if len(data) > MAX_NOTE_BYTES:
        raise TooLarge(f"a note has at most {MAX_NOTE_BYTES} bytes")
    if _CONTROL.search(data):
        raise Malformed("a note has no control characters but newlines")
    try:
        text, _, lines = data.decode("utf-8").rpartition("\n\n")
    except UnicodeDecodeError as error:
        raise Malformed("a note is UTF-8") from error
    if not text:
        raise Malformed("a note is a text, a blank line and signature lines")
    return Note(text=f"{text}\n".encode(), signatures=_parse_lines(lines))


def encode_note(text: bytes, signatures: Sequence[NoteSignature]) -> bytes:
    """Write a note. Raises what `parse_note` raises, since a note nobody can read is none."""
    data = text + b"\n" + encode_signature_lines(signatures)
    if parse_note(data) != Note(text=text, signatures=tuple(signatures)):
        raise Malformed("not the text and the signatures of a note")
    return data


def encode_signature_lines(signatures: Sequence[NoteSignature]) -> bytes:
    """Write signature lines alone, as a witness answers with them."""
    return "".join(
        f"{_DASH}{line.name} {encode_base64(line.key_id + line.value)}\n" for line in signatures
    ).encode()


def parse_signature_lines(data: bytes) -> tuple[NoteSignature, ...]:
    """Read 1 to 64 signature lines, unverified. Raises Malformed or TooLarge."""
    if len(data) > MAX_NOTE_BYTES:
        raise TooLarge(f"signature lines have at most {MAX_NOTE_BYTES} bytes")
    try:
        return _parse_lines(data.decode("utf-8"))
    except UnicodeDecodeError as error:
        raise Malformed("signature lines are UTF-8") from error


def verify_note(note: Note, key: VerifierKey) -> bytes:
    """Return the note's text, signed by this key's owner; lines of other keys are ignored.

    Raises CheckpointNotSigned when no line is by this key, SignatureInvalid when one is and does
    not verify, whatever the others say. Spec: c2sp.org/signed-note, "Signatures".
    """
    key_id = key.key_id
    by_key = [line for line in note.signatures if (line.name, line.key_id) == (key.name, key_id)]
    if not by_key:
        raise CheckpointNotSigned("the note has no signature by the key that is wanted")
    for line in by_key:
        key.key.verify(line.value, note.text)
    return note.text


def _parse_lines(text: str) -> tuple[NoteSignature, ...]:
    if not text.endswith("\n"):
        raise Malformed("signature lines end with a newline, each")
    lines = text[:-1].split("\n")
    if len(lines) > MAX_SIGNATURES:
        raise TooLarge(f"a note has at most {MAX_SIGNATURES} signatures")
    return tuple(map(_parse_signature, lines))


def _parse_signature(line: str) -> NoteSignature:
    dash, name, encoded = line[: len(_DASH)], *line[len(_DASH) :].partition(" ")[::2]
    check_name(name)
    data = decode_base64(encoded)
    if dash != _DASH or len(data) <= _KEY_ID_BYTES:
        raise Malformed("not a signature line: dash, name, key id with signature")
    return NoteSignature(name=name, key_id=data[:_KEY_ID_BYTES], value=data[_KEY_ID_BYTES:])


def check_name(name: str) -> None:
    """Refuse, as Malformed, what no signature line can be signed as."""
    if not _NAME.fullmatch(name):
        raise Malformed("a key name has 1 to 255 characters without spaces and plus signs")
