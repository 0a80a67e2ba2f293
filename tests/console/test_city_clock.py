from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from console.city_clock import CLOCK_FILE, MAX_CLOCK_BYTES, city_clock, set_clock
from credentials.errors import Malformed, TooLarge
from storage.errors import PermissionsTooOpen
from tests.simulators.clock import START, SimulatedClock

WANTED = datetime(2028, 2, 29, 14, 59, 59, tzinfo=UTC)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    tmp_path.chmod(0o700)
    return tmp_path


def test_a_clock_that_was_never_set_is_the_machines(folder: Path) -> None:
    machine = SimulatedClock()
    assert city_clock(folder, machine) == (machine, False)
    assert city_clock(folder / "missing", machine) == (machine, False)


def test_a_clock_starts_where_it_was_set_and_runs_for_every_process(folder: Path) -> None:
    machine = SimulatedClock(START + timedelta(microseconds=7))
    set_clock(folder, WANTED, machine)
    machine.advance(days=1)
    for _ in range(2):
        clock, is_set = city_clock(folder, machine)
        assert is_set
        assert clock() == WANTED + timedelta(days=1)
    machine.advance(seconds=1)
    assert clock() == WANTED + timedelta(days=1, seconds=1)


def test_setting_it_again_to_the_same_instant_does_not_restart_it(folder: Path) -> None:
    machine = SimulatedClock()
    set_clock(folder, WANTED, machine)
    machine.advance(hours=1)
    set_clock(folder, WANTED, machine)
    assert city_clock(folder, machine)[0]() == WANTED + timedelta(hours=1)


def test_it_is_not_set_to_another_instant(folder: Path) -> None:
    machine = SimulatedClock()
    set_clock(folder, WANTED, machine)
    with pytest.raises(Malformed, match="another instant"):
        set_clock(folder, WANTED + timedelta(seconds=1), machine)
    assert city_clock(folder, machine)[0]() == WANTED


def test_its_file_is_private_and_written_whole(folder: Path) -> None:
    set_clock(folder, WANTED, SimulatedClock())
    path = folder / CLOCK_FILE
    assert path.stat().st_mode & 0o777 == 0o600
    assert [found.name for found in folder.iterdir()] == [CLOCK_FILE]
    path.chmod(0o644)
    with pytest.raises(PermissionsTooOpen):
        city_clock(folder, SimulatedClock())


def test_its_folder_is_private(folder: Path) -> None:
    folder.chmod(0o750)
    with pytest.raises(PermissionsTooOpen):
        set_clock(folder, WANTED, SimulatedClock())
    assert list(folder.iterdir()) == []


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"[]",
        b"{}",
        b'{"began":"2026-03-13T03:00:00Z"}',
        b'{"began":"2026-03-13T03:00:00Z","city":"tomorrow"}',
        b'{"began":"2026-03-13T03:00:00","city":"2028-02-29T00:00:00Z"}',
    ],
)
def test_a_damaged_file_is_refused(folder: Path, data: bytes) -> None:
    path = folder / CLOCK_FILE
    path.write_bytes(data)
    path.chmod(0o600)
    with pytest.raises(Malformed):
        city_clock(folder, SimulatedClock())


def test_a_file_is_read_to_its_bound(folder: Path) -> None:
    path = folder / CLOCK_FILE
    path.write_bytes(b" " * (MAX_CLOCK_BYTES + 1))
    path.chmod(0o600)
    with pytest.raises(TooLarge):
        city_clock(folder, SimulatedClock())
