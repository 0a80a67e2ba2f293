"""The tiles of a log, computed while its leaf hashes go by, in memory that does not grow."""

from collections.abc import Iterable, Sequence
from typing import Final

from did_registry.tlog.merkle import DIGEST_BYTES, Frontier
from did_registry.tlog.proof import NodeReader
from did_registry.tlog.tiles import HEIGHT, MAX_LEVEL, WIDTH, Tile, grow, node_reader, width_at

MAX_TILE_BYTES: Final = WIDTH * DIGEST_BYTES


class TileStream:
    """Every tile of a tree that grows: full ones as they are completed, the others at any time.

    size: of the tree that was there before; edge: the unfinished tiles of that tree. It holds one
    row for each level, at most 64 KiB in all.
    """

    def __init__(self, size: int, edge: Iterable[tuple[Tile, bytes]]) -> None:
        self._size = size
        self._rows = {tile.level: (tile, data) for tile, data in edge}

    @property
    def size(self) -> int:
        """How many leaf hashes have gone by."""
        return self._size

    def extend(self, leaf_hashes: Sequence[bytes]) -> list[tuple[Tile, bytes]]:
        """Take the next leaf hashes; returns the full tiles that they complete, the lowest first.

        Raises Malformed for a hash that has not 32 bytes.
        """
        grown = grow(self._size, leaf_hashes, lambda tile: self._rows[tile.level][1])
        self._size += len(leaf_hashes)
        for tile, data in grown:
            if tile.width < WIDTH:
                self._rows[tile.level] = (tile, data)
            else:
                self._rows.pop(tile.level, None)
        return [(tile, data) for tile, data in grown if tile.width == WIDTH]

    def edge(self) -> list[tuple[Tile, bytes]]:
        """The unfinished tiles at the right edge, the lowest first."""
        return [self._rows[level] for level in sorted(self._rows)]


def right_edge(size: int) -> list[Tile]:
    """The tiles of a tree of this size that are not full, the lowest first."""
    tiles = []
    for level in range(MAX_LEVEL + 1):
        index = (size >> HEIGHT * level) // WIDTH
        width = width_at(level, index, size)
        if width:
            tiles.append(Tile(level, index, width))
    return tiles


def edge_reader(size: int, edge: Iterable[tuple[Tile, bytes]]) -> NodeReader:
    """Reads those nodes of a tree that stand in its unfinished tiles: all that its frontier needs.

    The reader raises Malformed for any other node.
    """
    rows = {(tile.level, tile.index): data for tile, data in edge}
    return node_reader(size, lambda tile: rows.get((tile.level, tile.index), b""))


def frontier_of(size: int, edge: Iterable[tuple[Tile, bytes]]) -> Frontier:
    """The frontier from which a tree grows on, from its unfinished tiles. Raises Malformed."""
    node = edge_reader(size, edge)
    levels = [level for level in reversed(range(size.bit_length())) if size >> level & 1]
    return Frontier(size, tuple(node(level, (size >> level) - 1) for level in levels))
