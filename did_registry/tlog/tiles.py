"""C2SP tiles: the tree cut into files of at most 256 hashes, which never change once full.

Tile (L, N) holds the nodes of tree level 8·L from the 256·N-th on; a bundle holds the entries
below a tile of level 0. Which files a growing log must write is computed here; where they are
kept is the caller's concern. Spec: c2sp.org/tlog-tiles.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Final, TypeAlias

from credentials.errors import Malformed, TooLarge
from did_registry.tlog.merkle import DIGEST_BYTES, MAX_SIZE, perfect_root, split_hashes
from did_registry.tlog.proof import NodeReader

WIDTH: Final = 256
HEIGHT: Final = 8  # levels of the tree in one tile: 2^8 = 256
MAX_LEVEL: Final = 7  # a tree of 2^63-1 leaves has no tile above
MAX_ENTRY_BYTES: Final = 65_535  # what a bundle's 16-bit length can say

_FULL: Final = WIDTH * DIGEST_BYTES
_MAX_PATH_CHARS: Final = 64  # the longest that is possible has 47
_PATH: Final = re.compile(
    r"tile/(entries|[0-7])/((?:x[0-9]{3}/)*[0-9]{3})(?:\.p/([1-9][0-9]{0,2}))?"
)


@dataclass(frozen=True, slots=True)
class Tile:
    """A row of hashes. level: 0 to 7; index: within the level; width: 1 to 256, full at 256."""

    level: int
    index: int
    width: int

    @property
    def path(self) -> str:
        """Where it is served, below the log's URL: `tile/0/x001/234.p/5`."""
        return _path(str(self.level), self.index, self.width)


@dataclass(frozen=True, slots=True)
class Bundle:
    """The entries of tile (0, index), each with its length; width: how many, 1 to 256."""

    index: int
    width: int

    @property
    def path(self) -> str:
        """Where it is served, below the log's URL: `tile/entries/x001/234`."""
        return _path("entries", self.index, self.width)


# Reads a stored tile: as many hashes as its width says, or more if the log has grown meanwhile.
TileReader: TypeAlias = Callable[[Tile], bytes]


def parse_path(text: str) -> Tile | Bundle:
    """Read the path of a tile or a bundle, in the one spelling it has. Raises Malformed."""
    match = _PATH.fullmatch(text) if len(text) <= _MAX_PATH_CHARS else None
    if match is None:
        raise Malformed("not the path of a tile")
    level, number, width = match.groups(default=str(WIDTH))
    index = int(re.sub("[x/]", "", number))
    height = 0 if level == "entries" else int(level)
    found = Bundle(index, int(width)) if level == "entries" else Tile(height, index, int(width))
    if found.path != text or not width_at(height, index, MAX_SIZE):
        raise Malformed("not the path of a tile of any log")
    return found


def width_at(level: int, index: int, size: int) -> int:
    """How many hashes tile (level, index) holds in a tree of this size: 0 (no such tile) to 256."""
    return min(WIDTH, max(0, (size >> HEIGHT * level) - index * WIDTH))


def changed_tiles(old_size: int, new_size: int) -> Iterator[Tile]:
    """The tiles to write when a tree grows: new ones, and the right edge in its new width."""
    for level in range(MAX_LEVEL + 1):
        for index, width in _changed(level, old_size, new_size):
            yield Tile(level, index, width)


def changed_bundles(old_size: int, new_size: int) -> Iterator[Bundle]:
    """The bundles to write when a log grows."""
    return (Bundle(index, width) for index, width in _changed(0, old_size, new_size))


def grow(size: int, leaf_hashes: Sequence[bytes], read: TileReader) -> list[tuple[Tile, bytes]]:
    """The changed tiles with their contents, when these leaf hashes follow a tree of `size`.

    read: gives the partial tiles at the right edge of the old tree.
    Raises Malformed for a hash that has not 32 bytes, or a stored tile that is too short.
    """
    if any(len(leaf) != DIGEST_BYTES for leaf in leaf_hashes):
        raise Malformed("a leaf hash has 32 bytes")
    grown: list[tuple[Tile, bytes]] = []
    added = b"".join(leaf_hashes)
    for level in range(MAX_LEVEL + 1):
        if not added:
            break
        index, kept = divmod(size >> HEIGHT * level, WIDTH)
        row = (_read(Tile(level, index, kept), read) if kept else b"") + added
        tiles = [row[at : at + _FULL] for at in range(0, len(row), _FULL)]
        grown += [
            (Tile(level, index + offset, len(tile) // DIGEST_BYTES), tile)
            for offset, tile in enumerate(tiles)
        ]
        added = b"".join(perfect_root(tile) for tile in tiles if len(tile) == _FULL)
    return grown


def node_reader(size: int, read: TileReader) -> NodeReader:
    """Reads any node of a tree of `size` from its tiles; each tile is read once.

    The reader raises Malformed for a node that the tree does not have, or a stored tile that is
    too short. It is for one proof: it keeps what it read.
    """
    read_once = cache(read)

    def node(level: int, index: int) -> bytes:
        if (index + 1) << level > size:
            raise Malformed("a tree of this size has no such node")
        tile_level, inside = divmod(level, HEIGHT)
        number, first = divmod(index << inside, WIDTH)
        tile = Tile(tile_level, number, width_at(tile_level, number, size))
        row = _read(tile, read_once)
        return perfect_root(row[first * DIGEST_BYTES : (first + (1 << inside)) * DIGEST_BYTES])

    return node


def encode_bundle(entries: Sequence[bytes]) -> bytes:
    """Write entries, each after its length in 2 bytes. Raises TooLarge beyond 65,535 bytes each."""
    if any(len(entry) > MAX_ENTRY_BYTES for entry in entries):
        raise TooLarge(f"an entry of a log has at most {MAX_ENTRY_BYTES} bytes")
    return b"".join(len(entry).to_bytes(2) + entry for entry in entries)


def parse_bundle(data: bytes, width: int) -> tuple[bytes, ...]:
    """Read a bundle of exactly `width` entries with nothing behind them. Raises Malformed."""
    entries: list[bytes] = []
    at = 0
    for _ in range(width):
        start = at + 2
        at = start + int.from_bytes(data[at:start])
        entries.append(data[start:at])
    if at != len(data):
        raise Malformed("not a bundle of this many entries")
    return tuple(entries)


def parse_tile(data: bytes, width: int) -> tuple[bytes, ...]:
    """Read a tile of exactly `width` hashes. Raises Malformed."""
    if len(data) != width * DIGEST_BYTES:
        raise Malformed("not a tile of this many hashes")
    return split_hashes(data)


def _read(tile: Tile, read: TileReader) -> bytes:
    """The hashes that a stored tile had when it was as wide as this."""
    row = read(tile)[: tile.width * DIGEST_BYTES]
    if len(row) != tile.width * DIGEST_BYTES:
        raise Malformed("a stored tile is shorter than the log")
    return row


def _changed(level: int, old_size: int, new_size: int) -> Iterator[tuple[int, int]]:
    """Index and new width of the changed tiles of one level."""
    old, new = old_size >> HEIGHT * level, new_size >> HEIGHT * level
    if old < new:
        for index in range(old // WIDTH, (new - 1) // WIDTH + 1):
            yield index, width_at(level, index, new_size)


def _path(level: str, index: int, width: int) -> str:
    index, digits = divmod(index, 1000)
    number = f"{digits:03}"
    while index:
        index, digits = divmod(index, 1000)
        number = f"x{digits:03}/{number}"
    return f"tile/{level}/{number}" + (f".p/{width}" if width < WIDTH else "")
