"""Proofs for every leaf and every pair of sizes up to 300, against RFC 9162's recursive text."""

from collections.abc import Callable
from functools import cache

import pytest
from hypothesis import given
from hypothesis import strategies as st

from credentials.errors import Error, Malformed
from did_registry.tlog.errors import ConsistencyInvalid, InclusionInvalid
from did_registry.tlog.merkle import EMPTY_ROOT, MAX_SIZE, leaf_hash, node_hash, root_of
from did_registry.tlog.proof import (
    build_consistency,
    build_inclusion,
    root_before,
    verify_consistency,
    verify_inclusion,
)

LARGEST = 300
LEAVES = [leaf_hash(b"%d" % number) for number in range(LARGEST)]
DIGESTS = st.binary(min_size=32, max_size=32)


@cache
def root(low: int, high: int) -> bytes:
    """MTH(D[low:high]), RFC 9162 §2.1.1."""
    if high - low == 1:
        return LEAVES[low]
    middle = low + split(high - low)
    return node_hash(root(low, middle), root(middle, high))


def split(count: int) -> int:
    return next(1 << n for n in range(64) if count <= 2 << n)


def path(index: int, low: int, high: int) -> list[bytes]:
    """PATH(m, D_n), RFC 9162 §2.1.3.1."""
    if high - low == 1:
        return []
    middle = low + split(high - low)
    if index < middle:
        return [*path(index, low, middle), root(middle, high)]
    return [*path(index, middle, high), root(low, middle)]


def subproof(old: int, low: int, high: int, *, whole: bool) -> list[bytes]:
    """SUBPROOF(m, D_n, b), RFC 9162 §2.1.4.1."""
    if old == high:
        return [] if whole else [root(low, high)]
    middle = low + split(high - low)
    if old <= middle:
        return [*subproof(old, low, middle, whole=whole), root(middle, high)]
    return [*subproof(old, middle, high, whole=False), root(low, middle)]


def stored(size: int) -> Callable[[int, int], bytes]:
    """Reads the nodes that a tree of this size stores; it has no others."""

    def node(level: int, index: int) -> bytes:
        assert (index + 1) << level <= size
        return root(index << level, (index + 1) << level)

    return node


def test_every_leaf_of_every_tree_has_the_defined_inclusion_proof() -> None:
    for size in range(1, LARGEST + 1):
        for index in range(size):
            proof = build_inclusion(index, size, stored(size))
            assert proof == path(index, 0, size)
            verify_inclusion(LEAVES[index], index, size, proof, root(0, size))


def test_every_pair_of_trees_has_the_defined_consistency_proof() -> None:
    for new in range(1, LARGEST + 1):
        for old in range(1, new + 1):
            proof = build_consistency(old, new, stored(new))
            assert proof == subproof(old, 0, new, whole=True)
            verify_consistency(old, root(0, old), new, root(0, new), proof)


def test_an_empty_tree_is_continued_by_every_tree() -> None:
    for new in range(LARGEST + 1):
        new_root = root(0, new) if new else EMPTY_ROOT
        assert build_consistency(0, new, stored(new)) == []
        verify_consistency(0, EMPTY_ROOT, new, new_root, [])


# Proofs in the tree of Certificate Transparency's reference tests (google/certificate-transparency,
# merkletree/merkle_tree_test.cc), named there by 1-based index and size; see test_merkle.py.
CT_LEAVES = ("", "00", "10", "2021", "3031", "40414243", "5051525354555657")
CT_LEAF_HASHES = [leaf_hash(bytes.fromhex(text)) for text in CT_LEAVES]
CT_LEAF_HASHES.append(leaf_hash(bytes.fromhex("606162636465666768696a6b6c6d6e6f")))
CT_INCLUSION = {
    (0, 1): (),
    (0, 8): ("96a296d224f285c6", "5f083f0a1a33ca07", "6b47aaf29ee3c2af"),
    (5, 8): ("bc1a0643b12e4d2d", "ca854ea128ed050b", "d37ee418976dd957"),
    (2, 3): ("fac54203e7cc696c",),
    (1, 5): ("6e340b9cffb37a98", "5f083f0a1a33ca07", "bc1a0643b12e4d2d"),
}
CT_CONSISTENCY = {
    (1, 1): (),
    (1, 8): ("96a296d224f285c6", "5f083f0a1a33ca07", "6b47aaf29ee3c2af"),
    (6, 8): ("0ebc5d3437fbe2db", "ca854ea128ed050b", "d37ee418976dd957"),
    (2, 5): ("5f083f0a1a33ca07", "bc1a0643b12e4d2d"),
}


def ct_node(level: int, index: int) -> bytes:
    return root_of(CT_LEAF_HASHES[index << level : (index + 1) << level])


@pytest.mark.parametrize(("place", "starts"), CT_INCLUSION.items(), ids=str)
def test_reproduces_inclusion_proofs_of_certificate_transparency(
    place: tuple[int, int], starts: tuple[str, ...]
) -> None:
    assert tuple(hash_.hex()[:16] for hash_ in build_inclusion(*place, ct_node)) == starts


@pytest.mark.parametrize(("sizes", "starts"), CT_CONSISTENCY.items(), ids=str)
def test_reproduces_consistency_proofs_of_certificate_transparency(
    sizes: tuple[int, int], starts: tuple[str, ...]
) -> None:
    assert tuple(hash_.hex()[:16] for hash_ in build_consistency(*sizes, ct_node)) == starts


@pytest.mark.parametrize(
    ("index", "size"), [(-1, 5), (5, 5), (1, 1), (0, 0), (0, MAX_SIZE + 1)], ids=str
)
def test_there_is_no_proof_of_a_leaf_outside_the_tree(index: int, size: int) -> None:
    with pytest.raises(Malformed):
        build_inclusion(index, size, stored(5))
    for length in range(70):
        with pytest.raises(Malformed):
            verify_inclusion(LEAVES[0], index, size, LEAVES[:length], LEAVES[0])


@pytest.mark.parametrize(("old", "new"), [(-1, 5), (5, MAX_SIZE + 1), (0, MAX_SIZE + 1)], ids=str)
def test_there_is_no_proof_between_impossible_sizes(old: int, new: int) -> None:
    with pytest.raises(Malformed):
        build_consistency(old, new, stored(5))
    for length in range(70):
        with pytest.raises(Malformed):
            verify_consistency(old, EMPTY_ROOT, new, EMPTY_ROOT, LEAVES[:length])


def test_refuses_a_tree_that_shrank() -> None:
    proof = build_consistency(5, 6, stored(6))
    with pytest.raises(Malformed):
        build_consistency(6, 5, stored(6))
    with pytest.raises(ConsistencyInvalid):
        verify_consistency(6, root(0, 6), 5, root(0, 5), proof)


def test_refuses_another_root_for_the_empty_tree() -> None:
    with pytest.raises(ConsistencyInvalid):
        verify_consistency(0, LEAVES[0], 5, root(0, 5), [])


def test_refuses_two_roots_for_one_size() -> None:
    with pytest.raises(ConsistencyInvalid):
        verify_consistency(5, root(0, 5), 5, LEAVES[0], [])
    with pytest.raises(ConsistencyInvalid):
        verify_consistency(0, EMPTY_ROOT, 0, LEAVES[0], [])


def test_refuses_a_path_where_none_is_needed() -> None:
    for old in (0, 5):
        with pytest.raises(Malformed):
            verify_consistency(old, root(0, 5) if old else EMPTY_ROOT, 5, root(0, 5), [LEAVES[0]])


def test_refuses_a_leaf_in_place_of_its_hash() -> None:
    with pytest.raises(Malformed):
        verify_inclusion(b"0", 0, 5, build_inclusion(0, 5, stored(5)), root(0, 5))


PLACES = st.integers(1, LARGEST).flatmap(lambda n: st.tuples(st.integers(0, n - 1), st.just(n)))
PAIRS = st.integers(2, LARGEST).flatmap(lambda n: st.tuples(st.integers(1, n - 1), st.just(n)))


@given(place=PLACES, other=st.integers(0, LARGEST - 1))
def test_a_proof_holds_for_its_own_place_only(place: tuple[int, int], other: int) -> None:
    index, size = place
    proof = build_inclusion(index, size, stored(size))
    if other < size and other != index:
        with pytest.raises(Error):
            verify_inclusion(LEAVES[index], other, size, proof, root(0, size))
        with pytest.raises(InclusionInvalid):
            verify_inclusion(LEAVES[other], index, size, proof, root(0, size))


@given(place=PLACES, data=st.data(), digest=DIGESTS)
def test_refuses_an_inclusion_proof_with_one_thing_changed(
    place: tuple[int, int], data: st.DataObject, digest: bytes
) -> None:
    index, size = place
    proof = build_inclusion(index, size, stored(size))
    leaf, top = LEAVES[index], root(0, size)
    with pytest.raises(InclusionInvalid):
        verify_inclusion(digest, index, size, proof, top)
    with pytest.raises(InclusionInvalid):
        verify_inclusion(leaf, index, size, proof, digest)
    with pytest.raises(Malformed):
        verify_inclusion(leaf, index, size, [*proof, digest], top)
    if proof:
        at = data.draw(st.integers(0, len(proof) - 1))
        with pytest.raises(Malformed):
            verify_inclusion(leaf, index, size, proof[:-1], top)
        with pytest.raises(InclusionInvalid):
            verify_inclusion(leaf, index, size, [*proof[:at], digest, *proof[at + 1 :]], top)
        with pytest.raises(Malformed):
            verify_inclusion(leaf, index, size, [*proof[:at], digest[:31], *proof[at + 1 :]], top)


@given(pair=PAIRS, data=st.data(), digest=DIGESTS)
def test_refuses_a_consistency_proof_with_one_thing_changed(
    pair: tuple[int, int], data: st.DataObject, digest: bytes
) -> None:
    old, new = pair
    proof = build_consistency(old, new, stored(new))
    old_root, new_root = root(0, old), root(0, new)
    at = data.draw(st.integers(0, len(proof) - 1))
    with pytest.raises(ConsistencyInvalid):
        verify_consistency(old, digest, new, new_root, proof)
    with pytest.raises(ConsistencyInvalid):
        verify_consistency(old, old_root, new, digest, proof)
    changed = [*proof[:at], digest, *proof[at + 1 :]]
    with pytest.raises(ConsistencyInvalid):
        verify_consistency(old, old_root, new, new_root, changed)
    with pytest.raises(Malformed):
        verify_consistency(old, old_root, new, new_root, [*proof, digest])
    with pytest.raises(Malformed):
        verify_consistency(old, old_root, new, new_root, proof[:-1])


@given(pair=PAIRS, size=st.integers(2, LARGEST))
def test_refuses_a_consistency_proof_for_another_size(pair: tuple[int, int], size: int) -> None:
    old, new = pair
    proof = build_consistency(old, new, stored(new))
    if size not in {old, new}:
        with pytest.raises(Error):
            verify_consistency(size, root(0, old), new, root(0, new), proof)


@given(
    index=st.integers(-1, 1 << 64),
    size=st.integers(-1, 1 << 64),
    proof=st.lists(st.binary(max_size=33), max_size=70),
)
def test_anything_is_refused_with_our_error(index: int, size: int, proof: list[bytes]) -> None:
    with pytest.raises(Error):
        verify_inclusion(LEAVES[0], index, size, proof, EMPTY_ROOT)
    with pytest.raises(Error):
        verify_consistency(index, LEAVES[0], size, LEAVES[1], proof)


@given(st.integers(4, LARGEST), st.data())
def test_a_consistency_proof_shows_the_older_root(new: int, data: st.DataObject) -> None:
    old = data.draw(st.integers(3, new - 1).filter(lambda size: size & (size - 1)))
    found = build_consistency(old, new, stored(new))
    assert root_before(old, new, root(0, new), found) == root(0, old)
    with pytest.raises(ConsistencyInvalid):
        root_before(old, new, bytes(32), found)
    with pytest.raises(Malformed):
        root_before(old, new, root(0, new), found[1:])


@pytest.mark.parametrize("old", [0, 1, 2, 4, 8, 9, 12])
def test_not_every_proof_shows_the_older_root(old: int) -> None:
    with pytest.raises(Malformed):
        root_before(old, 9, bytes(32), [])
