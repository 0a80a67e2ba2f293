"""Grow the log's Merkle tree: one hash for each leaf, and one for each inner node."""

import hashlib
from typing import Final

from benchmarks.workload import Contender, Workload
from benchmarks.world import World
from did_registry.tlog.merkle import EMPTY_FRONTIER, leaf_hash, root_of

_LEAVES: Final = 4096  # a power of two has one inner node less than leaves
_LEAF: Final = bytes(290)


def build(world: World) -> Workload:
    """From nothing to the root, the leaves at once."""
    del world  # The tree is the same in every city.
    return Workload(
        title=f"hash {_LEAVES} leaves into a tree; figures for a leaf",
        limit=Contender(name="SHA-256 of each leaf and node", run=_hashes, check=_check),
        ours=(Contender(name="leaf_hash, Frontier.extend", run=_root, check=_check),),
        units=_LEAVES,
    )


def _hashes() -> None:
    node = bytes(65)
    for _ in range(_LEAVES):
        hashlib.sha256(_LEAF).digest()
        hashlib.sha256(node).digest()


def _root() -> bytes:
    return EMPTY_FRONTIER.extend(leaf_hash(_LEAF) for _ in range(_LEAVES)).root()


def _check() -> None:
    level = [leaf_hash(_LEAF)] * _LEAVES
    while len(level) > 1:
        level = [
            hashlib.sha256(b"\1" + level[at] + level[at + 1]).digest()
            for at in range(0, len(level), 2)
        ]
    assert level == [_root()]
    assert root_of([leaf_hash(_LEAF + b"!"), *[leaf_hash(_LEAF)] * (_LEAVES - 1)]) != level[0]
