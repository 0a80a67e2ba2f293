"""The guard file: what may follow what was signed, whatever the database says."""

from pathlib import Path

import pytest

from did_registry.actions.guard_file import FileSignGuard
from did_registry.errors import LogInconsistent
from did_registry.sign_guard import GuardedHead

FIRST = GuardedHead(size=3, root=b"\x01" * 32)
SECOND = GuardedHead(size=5, root=b"\x02" * 32)
FORK = GuardedHead(size=5, root=b"\x03" * 32)
THIRD = GuardedHead(size=9, root=b"\x04" * 32)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "log-guard.json"


@pytest.fixture
def guard(path: Path) -> FileSignGuard:
    """A guard that has seen two heads."""
    guard = FileSignGuard(path)
    guard.begin(None, FIRST)
    guard.settle(FIRST)
    guard.begin(FIRST, SECOND)
    guard.settle(SECOND)
    return guard


def test_the_file_is_private_and_says_what_was_signed(guard: FileSignGuard, path: Path) -> None:
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.read_bytes() == (
        b'{"pending":null,"signed":{"root":"AgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgI=","size":5}}'
    )


@pytest.mark.parametrize("stored", [None, FIRST, FORK, THIRD], ids=["empty", "old", "fork", "new"])
def test_another_database_than_the_last_one_is_refused(
    guard: FileSignGuard, stored: GuardedHead | None
) -> None:
    with pytest.raises(LogInconsistent, match="backup"):
        guard.begin(stored, THIRD)
    with pytest.raises(LogInconsistent, match="backup"):
        guard.settle(stored)
    guard.begin(SECOND, THIRD)


def test_a_transaction_that_was_lost_may_be_repeated_otherwise(guard: FileSignGuard) -> None:
    guard.begin(SECOND, THIRD)
    other = GuardedHead(size=8, root=b"\x05" * 32)
    guard.begin(SECOND, other)
    guard.settle(other)
    with pytest.raises(LogInconsistent):
        guard.settle(THIRD)


def test_a_crash_after_the_commit_is_settled_at_the_next_start(guard: FileSignGuard) -> None:
    guard.begin(SECOND, THIRD)
    guard.settle(THIRD)
    with pytest.raises(LogInconsistent):
        guard.settle(SECOND)


def test_a_crash_before_the_commit_leaves_what_was_signed(guard: FileSignGuard, path: Path) -> None:
    guard.begin(SECOND, THIRD)
    again = FileSignGuard(path)
    again.settle(SECOND)
    with pytest.raises(LogInconsistent):
        again.settle(THIRD)


@pytest.mark.parametrize(
    "damage",
    [b"", b"{}", b'{"pending":null}', b'{"pending":null,"signed":{"size":5}}', b"\x00" * 5000],
    ids=["empty", "no members", "one member", "no root", "zeros"],
)
def test_a_damaged_guard_lets_nothing_pass(guard: FileSignGuard, path: Path, damage: bytes) -> None:
    path.write_bytes(damage)
    with pytest.raises(LogInconsistent, match="log-guard"):
        guard.begin(SECOND, THIRD)


def test_a_lost_guard_is_noticed(guard: FileSignGuard, path: Path) -> None:
    path.unlink()
    with pytest.raises(LogInconsistent):
        guard.begin(SECOND, THIRD)
