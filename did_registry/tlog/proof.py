"""Inclusion and consistency proofs: building them from stored nodes, and verifying them.

A proof is a list of 32-byte node hashes from the leaves upwards. Whether the root is the log's is
for `checkpoint.py`: a proof verified against a root that nobody signed proves nothing.
"""

from collections.abc import Callable, Sequence
from typing import TypeAlias

from credentials.errors import Malformed
from did_registry.tlog.errors import ConsistencyInvalid, InclusionInvalid
from did_registry.tlog.merkle import DIGEST_BYTES, EMPTY_ROOT, MAX_SIZE, fold_right, node_hash

# Reads the stored hash of the perfect subtree (level, index); see merkle.py for the numbering.
NodeReader: TypeAlias = Callable[[int, int], bytes]


def build_inclusion(index: int, size: int, node: NodeReader) -> list[bytes]:
    """The proof that leaf `index` is in the tree of `size` leaves.

    Raises Malformed when there is no such leaf. Spec: RFC 9162 §2.1.3.1.
    """
    if not 0 <= index < size <= MAX_SIZE:
        raise Malformed("no leaf of this index in a tree of this size")
    path: list[bytes] = []
    low, high = 0, size
    while high - low > 1:
        middle = low + _split(high - low)
        if index < middle:
            path.append(range_root(middle, high, node))
            high = middle
        else:
            path.append(range_root(low, middle, node))
            low = middle
    return path[::-1]


def verify_inclusion(
    leaf_hash: bytes, index: int, size: int, path: Sequence[bytes], root: bytes
) -> None:
    """Prove that a leaf is in the tree that a root commits to.

    leaf_hash, root: 32 bytes, leaf prefix applied; index: 0-based, below size.
    path: sibling hashes from the leaf upwards.
    Raises Malformed if the path cannot be one for this place, InclusionInvalid if it leads
    elsewhere. Spec: RFC 9162 §2.1.3.2.
    """
    if not 0 <= index < size <= MAX_SIZE:
        raise Malformed("no leaf of this index in a tree of this size")
    # Below the level where the leaf's way up meets the tree's right edge, siblings stand on either
    # side by the bits of the index; above it, only left siblings exist.
    meet = (index ^ (size - 1)).bit_length()
    _check_path((leaf_hash, *path), 1 + meet + (index >> meet).bit_count())
    found = _climb(leaf_hash, path[:meet], index)
    for sibling in path[meet:]:
        found = node_hash(sibling, found)
    if found != root:
        raise InclusionInvalid("the proof leads to another root")


def build_consistency(old_size: int, new_size: int, node: NodeReader) -> list[bytes]:
    """The proof that the tree of `new_size` leaves begins with the tree of `old_size`.

    Empty for an empty or equal old tree. Raises Malformed when the old tree is the larger one.
    Spec: RFC 9162 §2.1.4.1.
    """
    if not 0 <= old_size <= new_size <= MAX_SIZE:
        raise Malformed("a tree only grows")
    path: list[bytes] = []
    if old_size in {0, new_size}:
        return path
    low, high, whole = 0, new_size, True  # whole: the old tree is a subtree; its root is known
    while old_size != high:
        middle = low + _split(high - low)
        if old_size <= middle:
            path.append(range_root(middle, high, node))
            high = middle
        else:
            path.append(range_root(low, middle, node))
            low, whole = middle, False
    return ([] if whole else [range_root(low, high, node)]) + path[::-1]


def verify_consistency(
    old_size: int, old_root: bytes, new_size: int, new_root: bytes, path: Sequence[bytes]
) -> None:
    """Prove that the newer tree continues the older one, leaf by leaf.

    An empty old tree, or one of equal size, takes an empty path and is compared by root.
    Raises Malformed if the path cannot be one for these sizes, ConsistencyInvalid if the trees
    differ or the tree shrank. Spec: RFC 9162 §2.1.4.2.
    """
    if not (0 <= old_size <= MAX_SIZE and 0 <= new_size <= MAX_SIZE):
        raise Malformed("not the sizes of trees")
    if old_size > new_size:
        raise ConsistencyInvalid("the newer tree is the smaller one")
    if 0 < old_size < new_size:
        _climb_to_both(old_size, old_root, new_size, new_root, path)
        return
    _check_path(path, 0)
    if old_size == 0 and old_root != EMPTY_ROOT:
        raise ConsistencyInvalid("the older root is not the root of an empty tree")
    if old_size == new_size and old_root != new_root:
        raise ConsistencyInvalid("one size, but two roots")


def root_before(old_size: int, new_size: int, new_root: bytes, path: Sequence[bytes]) -> bytes:
    """The root that the newer tree had at an older size, as a consistency proof from there shows.

    old_size: no power of two, as the proof does not hold the root then. Raises Malformed if the
    path cannot be one for these sizes, ConsistencyInvalid if it does not lead to the newer root.
    """
    if not 0 < old_size < new_size <= MAX_SIZE or not old_size & (old_size - 1):
        raise Malformed("a proof between these sizes does not show the older root")
    old, new = _climbed(old_size, EMPTY_ROOT, new_size, path)
    if new != new_root:
        raise ConsistencyInvalid("the proof does not lead to the newer root")
    return old


def range_root(low: int, high: int, node: NodeReader) -> bytes:
    """The root over the leaves from `low` up to `high`; the range is not empty.

    It must be one that a tree has as a subtree, such as the whole tree, from 0 to its size.
    """
    nodes: list[bytes] = []
    while low < high:
        level = (high - low).bit_length() - 1  # low is a multiple of this power of two
        nodes.append(node(level, low >> level))
        low += 1 << level
    return fold_right(tuple(nodes))


def _climb_to_both(
    old_size: int, old_root: bytes, new_size: int, new_root: bytes, path: Sequence[bytes]
) -> None:
    if _climbed(old_size, old_root, new_size, path) != (old_root, new_root):
        raise ConsistencyInvalid("the proof leads to other roots")


def _climbed(
    old_size: int, old_root: bytes, new_size: int, path: Sequence[bytes]
) -> tuple[bytes, bytes]:
    """Climb from the last perfect subtree of the old tree towards both roots at once."""
    height = (old_size & -old_size).bit_length() - 1  # of that subtree
    place = (old_size - 1) >> height  # its index on its level
    meet = (place ^ ((new_size - 1) >> height)).bit_length()
    if place:
        _check_path(path, 1 + meet + (place >> meet).bit_count())
        start, siblings = path[0], path[1:]
    else:  # The old tree is that subtree: its root is known and not sent.
        _check_path(path, meet)
        start, siblings = old_root, path
    old = _climb(start, [s for level, s in enumerate(siblings[:meet]) if place >> level & 1], -1)
    new = _climb(start, siblings[:meet], place)
    for sibling in siblings[meet:]:
        old, new = node_hash(sibling, old), node_hash(sibling, new)
    return old, new


def _climb(start: bytes, siblings: Sequence[bytes], index: int) -> bytes:
    """Hash upwards; bit l of the index tells whether we come from the right on level l."""
    for level, sibling in enumerate(siblings):
        start = node_hash(sibling, start) if index >> level & 1 else node_hash(start, sibling)
    return start


def _split(count: int) -> int:
    """The largest power of two below `count`: how many leaves stand in the left subtree."""
    return 1 << ((count - 1).bit_length() - 1)


def _check_path(path: Sequence[bytes], length: int) -> None:
    if len(path) != length:
        raise Malformed("a proof of another length than this place in this tree has")
    if any(len(sibling) != DIGEST_BYTES for sibling in path):
        raise Malformed("a proof holds hashes of 32 bytes")
