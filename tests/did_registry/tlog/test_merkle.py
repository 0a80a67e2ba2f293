"""Merkle hashing against known answers and against the recursive definition of RFC 6962 §2.1."""

import contextlib
import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from credentials.errors import Error, Malformed
from did_registry.tlog.merkle import (
    EMPTY_FRONTIER,
    EMPTY_ROOT,
    MAX_SIZE,
    Frontier,
    decode_frontier,
    leaf_hash,
    node_hash,
    perfect_root,
    root_of,
)

# The eight leaves and the roots of their nine trees, as Certificate Transparency's reference tests
# have them (google/trillian, merkle/testonly/constants.go at 54870a44, Apache-2.0).
LEAVES = tuple(
    bytes.fromhex(text)
    for text in (
        "",
        "00",
        "10",
        "2021",
        "3031",
        "40414243",
        "5051525354555657",
        "606162636465666768696a6b6c6d6e6f",
    )
)
ROOTS = (
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
)

HASHES = [leaf_hash(b"%d" % number) for number in range(300)]


def defined_root(hashes: list[bytes]) -> bytes:
    """MTH of RFC 6962 §2.1, word for word and slow."""
    if not hashes:
        return hashlib.sha256(b"").digest()
    if len(hashes) == 1:
        return hashes[0]
    split = 1
    while split * 2 < len(hashes):
        split *= 2
    left, right = defined_root(hashes[:split]), defined_root(hashes[split:])
    return hashlib.sha256(b"\x01" + left + right).digest()


@pytest.mark.parametrize("size", range(9))
def test_reproduces_the_roots_of_certificate_transparency(size: int) -> None:
    assert root_of(map(leaf_hash, LEAVES[:size])).hex() == ROOTS[size]


def test_every_frontier_up_to_300_leaves_has_the_defined_root() -> None:
    frontier = EMPTY_FRONTIER
    for size in range(301):
        assert frontier.size == size
        assert frontier.root() == defined_root(HASHES[:size])
        assert decode_frontier(frontier.encode()) == frontier
        if size < 300:
            frontier = frontier.append(HASHES[size])


@given(cut=st.integers(0, 300))
def test_appending_in_two_parts_is_appending_at_once(cut: int) -> None:
    parts = EMPTY_FRONTIER.extend(HASHES[:cut]).extend(HASHES[cut:])
    assert parts == EMPTY_FRONTIER.extend(HASHES)


@pytest.mark.parametrize("height", range(9))
def test_a_perfect_subtree_has_the_defined_root(height: int) -> None:
    hashes = HASHES[: 1 << height]
    assert perfect_root(b"".join(hashes)) == defined_root(hashes)


def test_a_frontier_is_a_value() -> None:
    before = EMPTY_FRONTIER.extend(HASHES[:3])
    after = before.append(HASHES[3])
    assert (before.size, len(before.nodes)) == (3, 2)
    assert after.nodes == (root_of(HASHES[:4]),)


def test_the_largest_frontier_is_read_back() -> None:
    largest = Frontier(MAX_SIZE, tuple(HASHES[:63]))
    assert len(largest.encode()) == 2024
    assert decode_frontier(largest.encode()) == largest


def test_leaves_and_nodes_are_hashed_apart() -> None:
    left, right = HASHES[:2]
    assert leaf_hash(left + right) != node_hash(left, right)
    assert root_of([]) == EMPTY_ROOT


def test_refuses_to_append_what_is_no_hash() -> None:
    with pytest.raises(Malformed):
        EMPTY_FRONTIER.append(b"a leaf, not its hash")


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(b"", id="empty"),
        pytest.param(bytes(7), id="size cut short"),
        pytest.param((3).to_bytes(8) + bytes(63), id="hash cut short"),
        pytest.param((3).to_bytes(8) + bytes(96), id="a hash too many"),
        pytest.param((1 << 63).to_bytes(8) + bytes(32), id="beyond the largest size"),
    ],
)
def test_refuses_a_frontier_that_does_not_fit_its_size(data: bytes) -> None:
    with pytest.raises(Malformed):
        decode_frontier(data)


@given(st.binary(max_size=200))
def test_any_bytes_are_a_frontier_or_our_error(data: bytes) -> None:
    with contextlib.suppress(Error):
        assert decode_frontier(data).encode() == data
