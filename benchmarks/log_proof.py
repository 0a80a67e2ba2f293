"""Prove that a leaf is in a log of a million, from tiles in SQLite. The limit is the hashing that
no prover can leave out: the tiles on the way are hashed, 20 levels in three tiles."""

import hashlib
from functools import partial
from itertools import count
from typing import Final

from benchmarks.big_log import build_log, leaf_hash_of
from benchmarks.workload import Contender, Workload, assert_refused
from benchmarks.world import World
from did_registry import store
from did_registry.tlog.errors import InclusionInvalid
from did_registry.tlog.merkle import decode_frontier
from did_registry.tlog.proof import build_inclusion, verify_inclusion
from did_registry.tlog.tiles import node_reader

_STEP: Final = 61_803  # to leaves far from each other, so that no two share a tile


def build(world: World, size: int) -> Workload:
    """Another leaf each time, and a new transaction: nothing is remembered."""
    database = build_log(world.scratch / f"log-{size}.sqlite", size)
    world.resources.callback(database.close)
    numbers = count()

    def run() -> tuple[int, list[bytes]]:
        index = next(numbers) * _STEP % size
        with database.reading() as session:
            node = node_reader(size, partial(store.read_tile, session))
            return index, build_inclusion(index, size, node)

    def check() -> None:
        with database.reading() as session:
            head = store.find_head(session)
        assert head is not None
        root = decode_frontier(head.frontier).root()
        index, path = run()
        verify_inclusion(leaf_hash_of(index), index, size, path, root)
        other = leaf_hash_of(index + 1)
        assert_refused(lambda: verify_inclusion(other, index, size, path, root), InclusionInvalid)

    def hashes() -> None:
        node = bytes(65)
        for _ in range(3 * 255):
            hashlib.sha256(node).digest()

    return Workload(
        title=f"inclusion proof in a log of {size:,} leaves",
        limit=Contender(name="SHA-256 of three tiles' nodes", run=hashes, check=check),
        ours=(Contender(name="build_inclusion", run=run, check=check, most_us=1000.0),),
    )
