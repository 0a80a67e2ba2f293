import pytest
from hypothesis import given
from hypothesis import strategies as st

from credentials.errors import Malformed
from did_registry.tlog.merkle import EMPTY_FRONTIER, leaf_hash
from did_registry.tlog.tile_stream import TileStream, edge_reader, frontier_of, right_edge
from did_registry.tlog.tiles import Tile, changed_tiles, grow

HASHES = [leaf_hash(b"%d" % number) for number in range(70_000)]
SIZES = [0, 1, 2, 255, 256, 257, 511, 512, 513, 1000, 65_535, 65_536, 65_537, 65_793]


def _tiles(size: int) -> dict[Tile, bytes]:
    return dict(grow(0, HASHES[:size], lambda _: b""))


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("step", [1, 7, 256, 70_000])
def test_gives_every_tile_of_the_tree_whatever_the_steps(size: int, step: int) -> None:
    if step == 1 and size > 1000:
        step = 251
    stream, seen = TileStream(0, ()), []
    for start in range(0, size, step):
        seen += stream.extend(HASHES[start : min(size, start + step)])
    assert stream.size == size
    assert dict([*seen, *stream.edge()]) == _tiles(size)
    assert len(seen) == len(dict(seen))


@given(st.integers(0, 700), st.integers(0, 700))
def test_goes_on_from_the_edge_of_a_smaller_tree(old: int, more: int) -> None:
    before = _tiles(old)
    stream = TileStream(old, [(tile, before[tile]) for tile in right_edge(old)])
    seen = stream.extend(HASHES[old : old + more])
    after = _tiles(old + more)
    assert {tile for tile, _ in seen} <= set(changed_tiles(old, old + more))
    assert all(after[tile] == data for tile, data in [*seen, *stream.edge()])
    assert {tile for tile, _ in stream.edge()} == set(right_edge(old + more))


@pytest.mark.parametrize("size", SIZES)
def test_the_edge_holds_all_that_the_frontier_needs(size: int) -> None:
    tiles = _tiles(size)
    edge = [(tile, tiles[tile]) for tile in right_edge(size)]
    assert frontier_of(size, edge) == EMPTY_FRONTIER.extend(HASHES[:size])
    assert all(tile.width < 256 for tile, _ in edge)


def test_an_edge_that_is_not_whole_gives_no_frontier() -> None:
    tiles = _tiles(300)
    low, high = ((tile, tiles[tile]) for tile in right_edge(300))
    for edge in ((), (low,), (high,), (low, (high[0], b"")), ((low[0], low[1][:-32]), high)):
        with pytest.raises(Malformed):
            frontier_of(300, edge)
    with pytest.raises(Malformed):
        edge_reader(300, (low, high))(0, 0)  # it stands in a full tile


def test_refuses_a_hash_of_another_length() -> None:
    with pytest.raises(Malformed):
        TileStream(0, ()).extend([b"short"])
