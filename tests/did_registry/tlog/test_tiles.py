"""Tiles: paths, bundles, and the same nodes and proofs from tiles as from the leaves."""

import contextlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from credentials.errors import Error, Malformed, TooLarge
from did_registry.tlog.merkle import EMPTY_FRONTIER, leaf_hash, root_of
from did_registry.tlog.proof import (
    build_consistency,
    build_inclusion,
    verify_consistency,
    verify_inclusion,
)
from did_registry.tlog.tiles import (
    Bundle,
    Tile,
    changed_bundles,
    changed_tiles,
    encode_bundle,
    grow,
    node_reader,
    parse_bundle,
    parse_path,
    parse_tile,
    width_at,
)

LEAVES = [leaf_hash(b"%d" % number) for number in range(70_000)]


class Shelf:
    """Tiles in memory, as a database keeps them: one row for each place, the right edge replaced.

    shelf = Shelf(); shelf.append(LEAVES[:5]); shelf.read(Tile(0, 0, 5)) -> the five hashes
    """

    def __init__(self) -> None:
        self.size = 0
        self.rows: dict[tuple[int, int], bytes] = {}
        self.reads: list[Tile] = []

    def append(self, hashes: list[bytes]) -> list[Tile]:
        grown = grow(self.size, hashes, self.read)
        self.rows |= {(tile.level, tile.index): data for tile, data in grown}
        self.size += len(hashes)
        return [tile for tile, _ in grown]

    def read(self, tile: Tile) -> bytes:
        self.reads.append(tile)
        return self.rows[tile.level, tile.index]


@pytest.fixture(scope="module")
def shelf() -> Shelf:
    shelf = Shelf()
    shelf.append(LEAVES)
    return shelf


@pytest.mark.parametrize(
    ("path", "tile"),
    [
        ("tile/0/000", Tile(0, 0, 256)),
        ("tile/2/000.p/1", Tile(2, 0, 1)),
        ("tile/0/x001/x234/067", Tile(0, 1_234_067, 256)),  # the example of c2sp.org/tlog-tiles
        ("tile/0/273.p/112", Tile(0, 273, 112)),
        ("tile/entries/x001/000.p/255", Bundle(1000, 255)),
        ("tile/7/000.p/127", Tile(7, 0, 127)),
    ],
)
def test_a_path_has_one_spelling(path: str, tile: Tile | Bundle) -> None:
    assert tile.path == path
    assert parse_path(path) == tile


@pytest.mark.parametrize(
    "path",
    [
        "tile/0/0",
        "tile/0/0000",
        "tile/0/x000/001",
        "tile/0/001/001",
        "tile/0/x001",
        "tile/00/000",
        "tile/8/000",
        "tile/-1/000",
        "tile/data/000",
        "tile/0/000.p/0",
        "tile/0/000.p/01",
        "tile/0/000.p/256",
        "tile/0/000/",
        "/tile/0/000",
        "tile/0/../000",
        "tile/0/٠٠٠",
        "tile/0/000\n",
        "tile/0/" + "x999/" * 6 + "999",
        "tile/7/001",
        "tile/0/" + "x999/" * 2000 + "999",
    ],
)
def test_refuses_every_other_path(path: str) -> None:
    with pytest.raises(Malformed):
        parse_path(path)


@given(st.integers(0, 2**55 - 1), st.integers(1, 256))
def test_reads_the_path_it_wrote(index: int, width: int) -> None:
    for tile in (Tile(0, index, width), Bundle(index, width)):
        assert parse_path(tile.path) == tile


@given(st.text(max_size=40) | st.text("tile/x0129.p", max_size=40).map("tile/0/".__add__))
def test_any_text_is_a_path_or_our_error(text: str) -> None:
    with contextlib.suppress(Error):
        assert parse_path(text).path == text


def test_a_log_of_70000_has_the_tiles_that_the_specification_counts(shelf: Shelf) -> None:
    widths = {place: len(data) // 32 for place, data in shelf.rows.items()}
    assert len([place for place, width in widths.items() if place[0] == 0 and width == 256]) == 273
    partial = {place: width for place, width in widths.items() if width < 256}
    assert partial == {(0, 273): 112, (1, 1): 17, (2, 0): 1}
    assert width_at(1, 0, 70_000) == 256
    assert width_at(3, 0, 70_000) == 0


@settings(max_examples=40)
@given(st.lists(st.integers(0, 700), max_size=6))
def test_growing_in_any_steps_gives_the_same_tiles(steps: list[int]) -> None:
    shelf, once = Shelf(), Shelf()
    for count in steps:
        before = shelf.size
        written = shelf.append(LEAVES[before : before + count])
        assert written == list(changed_tiles(before, before + count))
        bundles = [Bundle(tile.index, tile.width) for tile in written if tile.level == 0]
        assert bundles == list(changed_bundles(before, before + count))
    once.append(LEAVES[: shelf.size])
    assert shelf.rows == once.rows


def test_a_full_tile_is_never_written_again() -> None:
    full: set[tuple[int, int]] = set()
    for size in range(600):
        for tile in changed_tiles(size, size + 1):
            assert (tile.level, tile.index) not in full
            if tile.width == 256:
                full.add((tile.level, tile.index))
    assert full == {(0, 0), (0, 1)}


@settings(max_examples=60)
@given(data=st.data(), size=st.integers(1, 70_000))
def test_tiles_of_a_grown_log_prove_every_earlier_size(
    shelf: Shelf, data: st.DataObject, size: int
) -> None:
    index = data.draw(st.integers(0, size - 1))
    old = data.draw(st.integers(0, size))
    node = node_reader(size, shelf.read)
    root = EMPTY_FRONTIER.extend(LEAVES[:size]).root()
    verify_inclusion(LEAVES[index], index, size, build_inclusion(index, size, node), root)
    verify_consistency(old, root_of(LEAVES[:old]), size, root, build_consistency(old, size, node))


def test_a_proof_reads_each_tile_once(shelf: Shelf) -> None:
    shelf.reads.clear()
    build_inclusion(12_345, 70_000, node_reader(70_000, shelf.read))
    assert 0 < len(shelf.reads) == len(set(shelf.reads)) <= 5


def test_refuses_a_node_that_the_tree_does_not_have(shelf: Shelf) -> None:
    node = node_reader(1000, shelf.read)
    assert node(3, 124) == root_of(LEAVES[992:1000])
    with pytest.raises(Malformed):
        node(3, 125)


def test_refuses_to_grow_by_what_is_no_hash() -> None:
    with pytest.raises(Malformed):
        Shelf().append([LEAVES[0] + LEAVES[1][:31], LEAVES[1][31:]])


def test_refuses_a_stored_tile_that_is_too_short() -> None:
    def cut(_: Tile) -> bytes:
        return b"".join(LEAVES[:4])

    with pytest.raises(Malformed):
        grow(5, LEAVES[5:6], cut)
    with pytest.raises(Malformed):
        node_reader(5, cut)(0, 4)


@given(st.lists(st.binary(max_size=300), max_size=8))
def test_reads_the_bundle_it_wrote(entries: list[bytes]) -> None:
    assert parse_bundle(encode_bundle(entries), len(entries)) == tuple(entries)


def test_an_entry_is_bounded_by_its_length_field() -> None:
    largest = bytes(65_535)
    assert parse_bundle(encode_bundle([largest]), 1) == (largest,)
    with pytest.raises(TooLarge):
        encode_bundle([largest + b"\0"])


@pytest.mark.parametrize(
    ("data", "width"),
    [
        pytest.param(b"\0\1a\0\1b", 1, id="something behind"),
        pytest.param(b"\0\1a\0\1b", 3, id="an entry missing"),
        pytest.param(b"\0\1a\0\2b", 2, id="entry cut short"),
        pytest.param(b"\0\1a\0", 2, id="length cut short"),
    ],
)
def test_refuses_a_bundle_of_another_width(data: bytes, width: int) -> None:
    assert parse_bundle(b"\0\1a\0\1b", 2) == (b"a", b"b")
    with pytest.raises(Malformed):
        parse_bundle(data, width)


@given(st.binary(max_size=100), st.integers(1, 256))
def test_any_bytes_are_a_bundle_or_our_error(data: bytes, width: int) -> None:
    with contextlib.suppress(Error):
        assert encode_bundle(parse_bundle(data, width)) == data


def test_a_tile_has_exactly_its_hashes() -> None:
    data = b"".join(LEAVES[:3])
    assert parse_tile(data, 3) == tuple(LEAVES[:3])
    for width in (2, 4):
        with pytest.raises(Malformed):
            parse_tile(data, width)
