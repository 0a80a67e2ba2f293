"""The vault file: private, whole, and never changed by two at once."""

import os
import stat
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from multiprocessing import get_context
from pathlib import Path

import pytest

from credentials.errors import Malformed, TooLarge
from credentials.keys import KeyType
from storage.errors import PermissionsTooOpen, StorageUnavailable
from tests.simulators.clock import START
from wallet.errors import VaultUnreadable, VaultWeakened
from wallet.held_credential import Shown, VaultContent
from wallet.store import FileStore

PASSPHRASE = b"a passphrase for tests only"


def store(path: Path, passphrase: bytes = PASSPHRASE) -> FileStore:
    return FileStore(path, passphrase, os.urandom)


def keep(content: VaultContent) -> VaultContent:
    return content.keep("eyJ~", key_type=KeyType.P256, key_secret=bytes(32), now=START)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    folder = tmp_path / "me"
    folder.mkdir(mode=0o700)
    return folder / "vault"


def test_a_missing_file_is_an_empty_vault(path: Path) -> None:
    assert store(path).read() == VaultContent()
    assert not path.exists()


def test_reads_what_was_written(path: Path) -> None:
    written = store(path).change(keep)
    assert store(path).read() == written
    assert len(written.held) == 1
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_seals_every_change_anew(path: Path) -> None:
    """A salt and nonce of their own each time, and none of the content in the file."""
    files = []
    for _ in range(2):
        store(path).change(lambda content: content)
        files.append(path.read_bytes())
    assert files[0] != files[1]
    assert files[0].partition(b"\n")[0] != files[1].partition(b"\n")[0]


def test_makes_its_folder_but_not_the_one_above(tmp_path: Path) -> None:
    store(tmp_path / "new" / "vault").change(keep)
    assert stat.S_IMODE((tmp_path / "new").stat().st_mode) == 0o700
    with pytest.raises(StorageUnavailable):
        store(tmp_path / "a" / "b" / "vault").change(keep)


def test_refuses_a_folder_that_others_can_enter(path: Path) -> None:
    path.parent.chmod(0o755)
    with pytest.raises(PermissionsTooOpen):
        store(path).read()
    with pytest.raises(PermissionsTooOpen):
        store(path).change(keep)
    assert list(path.parent.iterdir()) == []


def test_refuses_a_file_that_others_can_read(path: Path) -> None:
    store(path).change(keep)
    path.chmod(0o644)
    with pytest.raises(PermissionsTooOpen):
        store(path).read()


@pytest.mark.parametrize("dangling", [False, True])
def test_refuses_a_link(path: Path, dangling: bool) -> None:
    target = path.with_name("target")
    if not dangling:
        store(target).change(keep)
    path.symlink_to(target)
    with pytest.raises(Malformed):
        store(path).read()
    with pytest.raises(Malformed):
        store(path).change(keep)
    assert path.is_symlink()


def test_refuses_a_link_in_place_of_its_lock(path: Path) -> None:
    path.with_name("vault.lock").symlink_to(path.with_name("elsewhere"))
    with pytest.raises(StorageUnavailable):
        store(path).change(keep)
    assert not path.with_name("elsewhere").exists()


def test_refuses_a_folder_and_a_pipe(path: Path) -> None:
    path.mkdir(mode=0o700)
    with pytest.raises(Malformed):
        store(path).read()
    path.rmdir()
    os.mkfifo(path, 0o600)
    with pytest.raises(Malformed):
        store(path).read()


def test_a_flipped_bit_in_the_header_names_the_file(path: Path) -> None:
    store(path).change(keep)
    sealed = bytearray(path.read_bytes())
    for place in range(0, sealed.index(b"\n") + 1, 7):
        changed = bytearray(sealed)
        changed[place] ^= 1
        path.write_bytes(changed)
        with pytest.raises((VaultUnreadable, VaultWeakened)) as refused:
            store(path).read()
        assert refused.value.detail.startswith(f"{path.name}: ")


def test_another_passphrase_changes_nothing(path: Path) -> None:
    store(path).change(keep)
    before = path.read_bytes()
    with pytest.raises(VaultUnreadable):
        store(path, b"another").change(keep)
    assert path.read_bytes() == before


def test_a_change_that_is_refused_changes_nothing(path: Path) -> None:
    store(path).change(keep)
    before = path.read_bytes()

    def refuse(content: VaultContent) -> VaultContent:
        raise Malformed("no")

    with pytest.raises(Malformed):
        store(path).change(refuse)
    assert path.read_bytes() == before
    assert {entry.name for entry in path.parent.iterdir()} == {"vault", "vault.lock"}


def test_writes_nothing_that_could_not_be_read_again(path: Path) -> None:
    """One line too long must not take the whole vault with it."""
    before = store(path).change(keep)
    line = Shown(at=START, verifier="v" * 9000, purpose="p", claims=())
    with pytest.raises(Malformed):
        store(path).change(lambda content: content.record(line))
    full = Shown(at=START, verifier="v", purpose="p", claims=("c" * 8000,) * 4000)
    with pytest.raises(TooLarge):
        store(path).change(lambda content: content.record(full))
    assert store(path).read() == before


def _change_from_another_process(path: Path, number: int) -> None:
    line = Shown(at=START + timedelta(seconds=number), verifier="v", purpose="p", claims=())
    store(path).change(lambda content: content.record(line))


def test_no_change_is_lost_between_threads(path: Path) -> None:
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda n: _change_from_another_process(path, n), range(8)))
    found = sorted(line.at for line in store(path).read().shown)
    assert found == [START + timedelta(seconds=number) for number in range(8)]


def test_no_change_is_lost_between_processes(path: Path) -> None:
    processes = [
        get_context("fork").Process(target=_change_from_another_process, args=(path, number))
        for number in range(4)
    ]
    for process in processes:
        process.start()
    for process in processes:
        process.join()
    assert [process.exitcode for process in processes] == [0] * 4
    found = sorted(line.at for line in store(path).read().shown)
    assert found == [START + timedelta(seconds=number) for number in range(4)]
