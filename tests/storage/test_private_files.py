"""Private files: whole or absent, never followed through links, refused when they stand open."""

import os
import stat
import threading
from pathlib import Path

import pytest

from credentials.errors import Malformed, TooLarge
from storage.errors import PermissionsTooOpen, StorageUnavailable
from storage.private_files import (
    check_not_writable,
    check_private,
    create_private,
    make_private_folder,
    read_private,
    replace_private,
)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "secret"


@pytest.mark.parametrize("write", [create_private, replace_private])
def test_writes_a_file_that_only_its_owner_can_read(file: Path, write: type) -> None:
    umask = os.umask(0)
    try:
        write(file, b"content")
    finally:
        os.umask(umask)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert read_private(file, max_bytes=7) == b"content"
    assert list(file.parent.iterdir()) == [file]


def test_replaces_a_file_whole(file: Path) -> None:
    create_private(file, b"old")
    before = file.stat().st_ino
    replace_private(file, b"new")
    assert read_private(file, max_bytes=10) == b"new"
    assert file.stat().st_ino != before


def test_never_creates_over_a_file(file: Path) -> None:
    create_private(file, b"first")
    with pytest.raises(FileExistsError):
        create_private(file, b"second")
    assert read_private(file, max_bytes=10) == b"first"
    assert list(file.parent.iterdir()) == [file]


def test_of_several_creators_one_succeeds(file: Path) -> None:
    outcomes: list[str] = []
    start = threading.Barrier(8)

    def create(name: str) -> None:
        start.wait()
        try:
            create_private(file, name.encode())
            outcomes.append(name)
        except FileExistsError:
            outcomes.append("")

    threads = [threading.Thread(target=create, args=(f"{n}" * 1000,)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    winners = list(filter(None, outcomes))
    assert [read_private(file, max_bytes=1000).decode()] == winners


def test_a_failed_write_leaves_nothing_behind(file: Path) -> None:
    file.mkdir()
    (file / "in the way").touch()
    with pytest.raises(StorageUnavailable):
        replace_private(file, b"content")
    assert list(file.parent.iterdir()) == [file]


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o610, 0o620, 0o601])
def test_refuses_a_file_with_any_permission_for_others(file: Path, mode: int) -> None:
    create_private(file, b"content")
    file.chmod(mode)
    with pytest.raises(PermissionsTooOpen):
        read_private(file, max_bytes=10)


@pytest.mark.parametrize("mode", [0o400, 0o600, 0o700])
def test_reads_a_file_with_fewer_permissions(file: Path, mode: int) -> None:
    create_private(file, b"content")
    file.chmod(mode)
    assert read_private(file, max_bytes=10) == b"content"


@pytest.mark.parametrize("mode", [0o750, 0o701, 0o777])
def test_refuses_a_folder_that_others_can_enter(file: Path, mode: int) -> None:
    create_private(file, b"content")
    file.parent.chmod(mode)
    with pytest.raises(PermissionsTooOpen):
        read_private(file, max_bytes=10)
    with pytest.raises(PermissionsTooOpen):
        replace_private(file, b"content")
    with pytest.raises(PermissionsTooOpen):
        create_private(file.with_name("other"), b"content")
    with pytest.raises(PermissionsTooOpen):
        make_private_folder(file.parent)
    with pytest.raises(PermissionsTooOpen):
        check_private(file.parent)


def test_makes_a_folder_that_only_its_owner_can_enter(tmp_path: Path) -> None:
    for _ in range(2):
        make_private_folder(tmp_path / "keys")
    assert stat.S_IMODE((tmp_path / "keys").stat().st_mode) == 0o700


def test_does_not_make_more_than_one_folder(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        make_private_folder(tmp_path / "missing" / "keys")


def test_a_missing_file_is_not_found(file: Path) -> None:
    with pytest.raises(FileNotFoundError):
        read_private(file, max_bytes=10)


def test_refuses_a_file_beyond_its_size(file: Path) -> None:
    create_private(file, b"eleven more")
    with pytest.raises(TooLarge):
        read_private(file, max_bytes=10)


def test_refuses_a_link(file: Path) -> None:
    create_private(file, b"content")
    link = file.with_name("link")
    link.symlink_to(file)
    with pytest.raises(Malformed):
        read_private(link, max_bytes=10)


def test_refuses_a_pipe_without_waiting_for_its_writer(file: Path) -> None:
    os.mkfifo(file, 0o600)
    with pytest.raises(Malformed):
        read_private(file, max_bytes=10)


def test_refuses_a_folder_in_place_of_a_file(file: Path) -> None:
    file.mkdir(mode=0o700)
    with pytest.raises(Malformed):
        read_private(file, max_bytes=10)


@pytest.mark.parametrize(("mode", "is_refused"), [(0o600, False), (0o644, False), (0o666, True)])
def test_a_public_file_is_changed_by_its_owner_only(
    file: Path, mode: int, is_refused: bool
) -> None:
    file.touch()
    file.chmod(mode)
    if not is_refused:
        check_not_writable(file)
        return
    with pytest.raises(PermissionsTooOpen, match="secret"):
        check_not_writable(file)
