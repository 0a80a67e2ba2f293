"""Cosignatures: a witness's statement that a head continues every head of the log it saw before.

A quorum of them turns one operator's word into one that nobody can hear otherwise. Signature type
0x04, Ed25519 over a header, the time and the checkpoint's text. Spec: c2sp.org/tlog-cosignature.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from credentials.errors import KeyMismatch, Malformed, TooLarge
from credentials.keys import KeyType, PublicKey, Signer
from did_registry.tlog.base64_standard import encode_base64
from did_registry.tlog.errors import QuorumMissing
from did_registry.tlog.note import Note, NoteSignature, check_name, key_id_of, parse_vkey

MAX_WITNESSES: Final = 32  # a note has 64 lines at most, and the log may have several

_TYPE: Final = b"\x04"
_TIME_BYTES: Final = 8
_MAX_TIME: Final = 253_402_300_799  # the last second of the year 9999


@dataclass(frozen=True, slots=True)
class WitnessKey:
    """A witness's name and Ed25519 key. Built by `witness_key` and `parse_witness_key` only."""

    name: str
    key: PublicKey

    @property
    def key_id(self) -> bytes:
        """The 4 bytes by which signature lines name this key."""
        return key_id_of(self.name, _TYPE, self.key)

    def __str__(self) -> str:
        """The text form (vkey): `name+hex(key id)+base64(type, key)`."""
        return f"{self.name}+{self.key_id.hex()}+{encode_base64(_TYPE + self.key.raw)}"


@dataclass(frozen=True, slots=True, kw_only=True)
class WitnessPolicy:
    """Which witnesses count, and how many of them must have signed: at least `quorum`, each with a
    key of its own. A quorum of 0 with no witnesses says openly that nobody watches this log."""

    witnesses: tuple[WitnessKey, ...]
    quorum: int

    def __post_init__(self) -> None:
        if len(self.witnesses) > MAX_WITNESSES:
            raise TooLarge(f"a policy has at most {MAX_WITNESSES} witnesses")
        keys = {witness.key for witness in self.witnesses}
        names = {witness.name for witness in self.witnesses}
        if len(keys) != len(self.witnesses) or len(names) != len(self.witnesses):
            raise Malformed("a witness counts once, under one name and one key")
        if not min(1, len(self.witnesses)) <= self.quorum <= len(self.witnesses):
            raise Malformed("a quorum is at least one of the witnesses and at most all of them")

    def verify(self, note: Note) -> Mapping[str, datetime]:
        """When each witness that signed this head saw it, by name.

        Lines by others are ignored. Raises SignatureInvalid for a line by one of these keys that
        does not verify, and QuorumMissing when too few signed.
        """
        times = cosignature_times(note, self.witnesses)
        if len(times) < self.quorum:
            raise QuorumMissing(f"{len(times)} of {self.quorum} witnesses have signed the head")
        return times


NO_WITNESSES: Final = WitnessPolicy(witnesses=(), quorum=0)


def witness_key(name: str, key: PublicKey) -> WitnessKey:
    """The key of a witness. Raises Malformed for the name, KeyMismatch for the key."""
    check_name(name)
    if key.type is not KeyType.ED25519:
        raise KeyMismatch("cosignatures of type 0x04 are made with Ed25519")
    return WitnessKey(name, key)


def parse_witness_key(text: str) -> WitnessKey:
    """Read a vkey of type 0x04. Raises Malformed, or Unsupported for another type."""
    return witness_key(*parse_vkey(text, _TYPE))


def cosign(text: bytes, name: str, signer: Signer, time: datetime) -> NoteSignature:
    """Sign a checkpoint's text as a witness. time: aware, cut to seconds."""
    seconds = int(time.timestamp())
    value = seconds.to_bytes(_TIME_BYTES) + signer.sign(_message(text, seconds))
    return NoteSignature(name=name, key_id=witness_key(name, signer.public_key).key_id, value=value)


def find_cosignature(note: Note, witness: WitnessKey) -> datetime | None:
    """When a witness signed this note; None if it did not.

    Of several lines by one key the earliest counts, and every one must verify. Raises Malformed or
    SignatureInvalid.
    """
    named = (witness.name, witness.key_id)
    lines = [line for line in note.signatures if (line.name, line.key_id) == named]
    return min((_verify(note.text, line, witness) for line in lines), default=None)


def cosignature_times(note: Note, witnesses: Iterable[WitnessKey]) -> Mapping[str, datetime]:
    """Who has signed a note so far, and when, whatever a quorum would demand.

    Raises Malformed or SignatureInvalid for a line by one of these keys that does not verify.
    """
    found = {witness.name: find_cosignature(note, witness) for witness in witnesses}
    return {name: time for name, time in found.items() if time is not None}


def _verify(text: bytes, line: NoteSignature, witness: WitnessKey) -> datetime:
    seconds = int.from_bytes(line.value[:_TIME_BYTES])
    if seconds > _MAX_TIME:
        raise Malformed("a cosignature's time is no date")
    witness.key.verify(line.value[_TIME_BYTES:], _message(text, seconds))
    return datetime.fromtimestamp(seconds, UTC)


def _message(text: bytes, seconds: int) -> bytes:
    return b"cosignature/v1\ntime %d\n" % seconds + text
