"""The store of states that both status list formats are written from, and what both are read as.

Inside, entries stand in a byte from its lowest bit upwards, as the token format has them.
"""

import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from credentials.errors import Error, Malformed, TooLarge, Unsupported
from credentials.model import StatusPurpose

# Fewer entries, and a status index tells who is meant. Bitstring Status List 1.0 §3.2, §5.1.
MIN_ENTRIES: Final = 131_072
MAX_INFLATED_BYTES: Final = 8 * 1024 * 1024  # 2^26 entries of one bit; a bomb stops here
MAX_ENTRIES: Final = MAX_INFLATED_BYTES * 4  # at two bits, the wider of our two formats
MAX_LIST_CHARS: Final = 1024 * 1024  # compressed, in base64url: what one guarded fetch may bring
ZLIB: Final = zlib.MAX_WBITS
GZIP: Final = zlib.MAX_WBITS | 16


class StatusListTooShort(Malformed):
    """A status list with too few entries to hide among. STATUS_LIST_LENGTH_ERROR of the W3C."""

    code = "status-list-too-short"


class StatusIndexOutOfRange(Malformed):
    """A place in a status list that the list does not have. RANGE_ERROR of the W3C."""

    code = "status-index-out-of-range"


class StatusListMismatch(Error):
    """A genuine status list, but not the one that was asked for: another address or purpose."""

    code = "status-list-mismatch"


class State(StrEnum):
    """What a status list says of one credential."""

    VALID = "valid"
    SUSPENDED = "suspended"
    REVOKED = "revoked"


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusBits:
    """The states of all credentials that point at one list.

    size: number of entries, a multiple of 8 from 131,072 to 2^25; marked: index → state, of
    entries that are not simply valid. Raises StatusListTooShort, TooLarge or
    StatusIndexOutOfRange.
    """

    size: int
    marked: Mapping[int, State]

    def __post_init__(self) -> None:
        if self.size < MIN_ENTRIES:
            raise StatusListTooShort(f"a status list has at least {MIN_ENTRIES} entries")
        if self.size > MAX_ENTRIES:
            raise TooLarge(f"a status list has at most {MAX_ENTRIES} entries")
        if self.size % 8:
            raise Malformed("the size of a status list is a multiple of 8")
        if not all(0 <= index < self.size for index in self.marked):
            raise StatusIndexOutOfRange("a state is marked beyond the list")
        object.__setattr__(self, "marked", MappingProxyType(dict(self.marked)))

    def pack(self, *, bits: int, values: Mapping[State, int]) -> bytes:
        """Write the entries, `bits` wide each; a state without a value is written as 0."""
        packed = bytearray(self.size * bits // 8)
        for index, state in self.marked.items():
            offset = index * bits
            packed[offset >> 3] |= values.get(state, 0) << (offset & 7)
        return bytes(packed)


@dataclass(frozen=True, slots=True, kw_only=True)
class VerifiedStatusList:
    """A status list whose signature, address and time have been verified.

    issued_at: when it was signed, for the policy on stale lists; expires, ttl: None if not stated.
    packed: the entries, `bits` wide each; meanings: what each value says, as far as it is defined.
    """

    uri: str
    purpose: StatusPurpose
    issuer: str
    key_id: str
    issued_at: datetime
    expires: datetime | None
    ttl: timedelta | None
    bits: int
    packed: bytes
    meanings: Mapping[int, State]

    def value(self, index: int) -> int:
        """The number at a place in the list. Raises StatusIndexOutOfRange."""
        if not 0 <= index < len(self.packed) * 8 // self.bits:
            raise StatusIndexOutOfRange("the status list has no such entry")
        offset = index * self.bits
        return self.packed[offset >> 3] >> (offset & 7) & ((1 << self.bits) - 1)

    def state(self, index: int) -> State:
        """What the list says of the credential at a place.

        Raises StatusIndexOutOfRange, or Unsupported for a number whose meaning only its issuer
        knows: that is neither valid nor invalid.
        """
        value = self.value(index)
        if value not in self.meanings:
            raise Unsupported("the status has a meaning of its issuer's own")
        return self.meanings[value]


def compress(packed: bytes, wbits: int) -> bytes:
    """Compress a list as zlib or gzip, as small as it gets and without a date in it."""
    compressor = zlib.compressobj(zlib.Z_BEST_COMPRESSION, zlib.DEFLATED, wbits)
    return compressor.compress(packed) + compressor.flush()


def inflate(data: bytes, wbits: int) -> bytes:
    """Decompress one whole zlib or gzip stream of at most 8 MiB.

    Raises TooLarge beyond that; Malformed if the stream is broken, cut off, or followed by more.
    """
    decompressor = zlib.decompressobj(wbits)
    try:
        inflated = decompressor.decompress(data, MAX_INFLATED_BYTES + 1)
    except zlib.error as error:
        raise Malformed("the status list is not compressed as it should be") from error
    if len(inflated) > MAX_INFLATED_BYTES:
        raise TooLarge(f"the status list inflates to more than {MAX_INFLATED_BYTES} bytes")
    if not decompressor.eof or decompressor.unused_data:
        raise Malformed("the compressed status list is cut off, or followed by something else")
    return inflated
