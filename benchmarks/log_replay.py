"""Replay a log whose leaves are DID entries: chain, tree, and all that an entry must hold to.

The limit is one signature for each leaf.
"""

from typing import Final

from benchmarks.did_log import rotating_log
from benchmarks.raw import HASH_DATA, raw_verify
from benchmarks.workload import Contender, Workload, assert_refused
from benchmarks.world import World
from credentials.json_object import parse_object
from credentials.keys import KeyType
from did_registry.errors import LeafRejected
from did_registry.leaf import Leaf, LeafKind, build_leaf
from did_registry.replica import Replica
from did_registry.tlog.merkle import leaf_hash
from tests.simulators.webvh_log import NOW

_ENTRIES: Final = 100  # of one DID; the next ten thousand cost the same each


def build(world: World) -> Workload:
    """One DID's hundred entries as the leaves of a log."""
    del world
    log, history = rotating_log(_ENTRIES)
    leaves = _leaves(log, history.scid)

    def run() -> int:
        replica = Replica(history.did)
        for data in leaves:
            replica.append(data, NOW)
        return replica.size

    def check() -> None:
        assert run() == _ENTRIES
        tampered = leaves[50].replace(b"#key-1", b"#key-9")
        assert tampered != leaves[50]
        replica = Replica(history.did)
        for data in leaves[:50]:
            replica.append(data, NOW)
        assert_refused(lambda: replica.append(tampered, NOW), LeafRejected)

    return Workload(
        title=f"replay a log of {_ENTRIES} DID entries; figures for a leaf",
        limit=raw_verify(KeyType.ED25519, HASH_DATA, times=_ENTRIES),
        ours=(Contender(name="Replica.append", run=run, check=check, goal=0.55),),
        units=_ENTRIES,
    )


def _leaves(log: bytes, scid: str) -> list[bytes]:
    leaves: list[bytes] = []
    previous = bytes(32)
    for index, line in enumerate(log.splitlines()):
        leaf = Leaf(
            index=index,
            previous=previous,
            kind=LeafKind.DID,
            subject=scid,
            time=NOW.replace(microsecond=0),
            body={"entry": parse_object(line).members},
        )
        leaves.append(build_leaf(leaf))
        previous = leaf_hash(leaves[-1])
    return leaves
