import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from did_registry.audit_errors import AuditMemoryDamaged
from did_registry.audit_memory import (
    AuditMemory,
    KeptLeaves,
    encode_memory,
    parse_memory,
    remembered_leaves,
)
from did_registry.leaf import LeafKind, parse_leaf
from tests.simulators.audited import AuditedLog


@pytest.fixture(scope="module")
def memory() -> AuditMemory:
    return AuditedLog(300).audit().memory


def test_what_is_written_is_read(memory: AuditMemory) -> None:
    data = encode_memory(memory)
    assert parse_memory(data) == memory
    assert data.count(b"\n") == len(memory.leaves) + 1
    assert json.loads(data.splitlines()[-1])["note"] == memory.note.decode()


def test_leaves_that_a_later_one_outdates_are_forgotten(memory: AuditMemory) -> None:
    """300 leaves, of which two hundred and more are batches of one agency."""
    leaves = remembered_leaves(memory, 300)
    kinds = [leaf.kind for leaf in leaves]
    assert kinds.count(LeafKind.BATCH) == 1
    assert kinds.count(LeafKind.STATUS) == 2
    assert kinds.count(LeafKind.DID) == 11
    assert kinds[-1] is LeafKind.DIRECTORY
    assert kinds.count(LeafKind.DIRECTORY) == 1
    assert [leaf.index for leaf in leaves if leaf.kind is LeafKind.BATCH] == [298]


def test_the_last_leaf_is_kept_once_whatever_it_is() -> None:
    log = AuditedLog(40).log
    for end in range(1, len(log.leaves) + 1):
        kept = KeptLeaves()
        for data in log.leaves[:end]:
            kept.take(parse_leaf(data), data)
        leaves = kept.leaves()
        assert leaves[-1] == log.leaves[end - 1]
        assert len(set(leaves)) == len(leaves)


def test_nothing_seen_is_nothing_kept() -> None:
    assert KeptLeaves().leaves() == ()


def test_one_changed_byte_is_damage(memory: AuditMemory) -> None:
    data = encode_memory(memory)
    note = data.rindex(b'{"note"')
    for at in (*range(0, note, 97), note - 1, *range(len(data) - 60, len(data))):
        with pytest.raises(AuditMemoryDamaged):
            parse_memory(data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :])


@pytest.mark.parametrize("change", ["cut", "headless", "version", "member", "digest", "empty"])
def test_what_was_not_written_like_this_is_damage(memory: AuditMemory, change: str) -> None:
    data = encode_memory(memory)
    damaged = {
        "cut": data[:-1],
        "headless": data[: data.rindex(b'{"note"')],
        "version": data[:-3] + b"2}\n",
        "member": data[:-2] + b',"x":1}\n',
        "digest": data.replace(b'"sha256":"', b'"sha256":"A'),
        "empty": b"",
    }[change]
    assert damaged != data
    with pytest.raises(AuditMemoryDamaged):
        parse_memory(damaged)


@given(st.binary(max_size=200) | st.binary(max_size=200).map(lambda data: data + b"\n"))
def test_any_bytes_are_a_memory_or_damage(data: bytes) -> None:
    with pytest.raises(AuditMemoryDamaged):
        parse_memory(data)
