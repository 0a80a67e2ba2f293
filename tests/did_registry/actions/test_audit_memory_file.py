import json
from pathlib import Path

import pytest

from did_registry.actions.audit_memory_file import keep_evidence, read_memory, write_memory
from did_registry.audit_errors import AuditMemoryDamaged
from did_registry.audit_memory import AuditMemory
from did_registry.rewriting import Manner, Rewriting
from storage.errors import PermissionsTooOpen, StorageUnavailable

ONE = AuditMemory(note=b"one", leaves=(b"{}",))
TWO = AuditMemory(note=b"two", leaves=(b"{}", b"[]"))


def test_there_is_nothing_before_the_first_audit(tmp_path: Path) -> None:
    assert read_memory(tmp_path / "memory") is None


def test_a_memory_replaces_the_one_before(tmp_path: Path) -> None:
    path = tmp_path / "memory"
    for memory in (ONE, TWO):
        write_memory(path, memory)
        assert read_memory(path) == memory
    assert [file.name for file in tmp_path.iterdir()] == ["memory"]


def test_a_memory_that_cannot_be_written_leaves_the_one_before(tmp_path: Path) -> None:
    path = tmp_path / "memory"
    path.mkdir()
    with pytest.raises(StorageUnavailable):
        write_memory(path, ONE)
    assert [file.name for file in tmp_path.iterdir()] == ["memory"]
    with pytest.raises(StorageUnavailable):
        write_memory(tmp_path / "nowhere" / "memory", ONE)
    with pytest.raises(StorageUnavailable):
        read_memory(path)


def test_a_memory_that_others_may_change_is_not_believed(tmp_path: Path) -> None:
    path = tmp_path / "memory"
    write_memory(path, ONE)
    path.chmod(0o666)
    with pytest.raises(PermissionsTooOpen):
        read_memory(path)


def test_damage_is_told(tmp_path: Path) -> None:
    path = tmp_path / "memory"
    path.write_bytes(b"nothing\n")
    with pytest.raises(AuditMemoryDamaged):
        read_memory(path)


def test_evidence_is_kept_beside_the_memory_once_for_the_same_heads(tmp_path: Path) -> None:
    path = tmp_path / "memory"
    first = Rewriting(manner=Manner.TWO_ROOTS, before=b"a", now=b"b")
    other = Rewriting(
        manner=Manner.FORKED, before=b"a", now=b"c", root=b"r" * 32, proof=[b"p" * 32]
    )
    kept = {keep_evidence(path, rewriting) for rewriting in (first, first, other)}
    assert set(tmp_path.iterdir()) == kept
    assert len(kept) == 2
    assert all(file.name.startswith("memory.evidence-") for file in kept)
    documents = [json.loads(file.read_bytes()) for file in sorted(kept)]
    heads: dict[str, object] = {
        "before": "a",
        "now": "b",
        "proof": [],
        "root": None,
        "v": 1,
        "what": "two-roots",
    }
    assert heads in documents
    forked = next(found for found in documents if found["what"] == "forked")
    assert (forked["root"], len(forked["proof"])) == (
        "cnJycnJycnJycnJycnJycnJycnJycnJycnJycnJycnI=",
        1,
    )
