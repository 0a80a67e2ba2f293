"""The keystore: keys that are made once, found by name and purpose, and never shown."""

import threading
from pathlib import Path

import pytest

from credentials.errors import KeyMismatch, Malformed, Unsupported
from credentials.keys import KeyType
from storage.errors import (
    KeyExists,
    KeyFileDamaged,
    KeyNotFound,
    KeystoreExists,
    KeystoreLocked,
    KeystoreNotFound,
    PermissionsTooOpen,
)
from storage.key_file import KeyPurpose
from storage.keystore import Keystore, create_keystore, open_keystore
from storage.master_key import MIN_MEMORY_BYTES, MIN_PASSES, Cost

PASSPHRASE = b"a passphrase for tests"
CHEAP = Cost(passes=MIN_PASSES, memory_bytes=MIN_MEMORY_BYTES)
NAME = "GU-11620/es256-1"
KEY_FILE = "GU-11620_es256-1.json"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "keys"


@pytest.fixture
def keystore(folder: Path) -> Keystore:
    return create_keystore(folder, PASSPHRASE, CHEAP)


def test_a_key_signs_the_same_after_the_keystore_is_opened_again(
    keystore: Keystore, folder: Path
) -> None:
    made = keystore.generate(NAME, KeyPurpose.ASSERTION, KeyType.P256)
    reopened = open_keystore(folder, PASSPHRASE)
    signature = reopened.signer(NAME, KeyPurpose.ASSERTION).sign(b"message")
    made.public_key.verify(signature, b"message")
    assert reopened.public(NAME) == made.public_key


@pytest.mark.parametrize("key_type", KeyType)
def test_every_key_is_of_its_type_and_new(keystore: Keystore, key_type: KeyType) -> None:
    first = keystore.generate("GU-11620/a", KeyPurpose.DID_UPDATE, key_type).public_key
    second = keystore.generate("GU-11620/b", KeyPurpose.DID_UPDATE, key_type).public_key
    assert first.type is second.type is key_type
    assert first != second


def test_a_key_serves_its_own_purpose_only(keystore: Keystore) -> None:
    keystore.generate(NAME, KeyPurpose.DID_UPDATE, KeyType.ED25519)
    for purpose in set(KeyPurpose) - {KeyPurpose.DID_UPDATE}:
        with pytest.raises(KeyMismatch):
            keystore.signer(NAME, purpose)


def test_a_key_is_never_overwritten(keystore: Keystore, folder: Path) -> None:
    made = keystore.generate(NAME, KeyPurpose.ASSERTION, KeyType.P256)
    for other in (keystore, open_keystore(folder, PASSPHRASE)):
        with pytest.raises(KeyExists):
            other.generate(NAME, KeyPurpose.ASSERTION, KeyType.P256)
    assert open_keystore(folder, PASSPHRASE).public(NAME) == made.public_key


def test_of_several_threads_one_makes_the_key(keystore: Keystore) -> None:
    outcomes: list[bool] = []
    start = threading.Barrier(8)

    def generate() -> None:
        start.wait()
        try:
            keystore.generate(NAME, KeyPurpose.ASSERTION, KeyType.ED25519)
            outcomes.append(True)
        except KeyExists:
            outcomes.append(False)

    threads = [threading.Thread(target=generate) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == [False] * 7 + [True]


def test_an_unknown_key_is_not_found(keystore: Keystore) -> None:
    with pytest.raises(KeyNotFound):
        keystore.signer(NAME, KeyPurpose.ASSERTION)
    with pytest.raises(KeyNotFound):
        keystore.public(NAME)


@pytest.mark.parametrize(
    "key_id",
    [
        "",
        "GU-11620",
        "GU-11620/",
        "/es256-1",
        "../es256-1",
        "GU-11620/../master",
        "GU-11620/a/b",
        "GU-11620/a_b",
        "GU-11620/a.b",
        "GU-11620/a\0",
        "GU-11620/a\n",
        "GU-11620/-a",
        "GU-11620/가",
        "GU-11620/" + "a" * 65,
    ],
)
def test_refuses_what_is_no_name_of_a_key(keystore: Keystore, key_id: str) -> None:
    with pytest.raises(Malformed):
        keystore.public(key_id)
    with pytest.raises(Malformed):
        keystore.generate(key_id, KeyPurpose.ASSERTION, KeyType.ED25519)


def test_refuses_the_file_of_another_key_in_its_place(keystore: Keystore, folder: Path) -> None:
    keystore.generate("GU-11620/other", KeyPurpose.ASSERTION, KeyType.ED25519)
    (folder / "GU-11620_other.json").rename(folder / KEY_FILE)
    with pytest.raises(KeyFileDamaged):
        keystore.public(NAME)


def test_refuses_a_key_file_that_was_changed(keystore: Keystore, folder: Path) -> None:
    keystore.generate(NAME, KeyPurpose.ASSERTION, KeyType.ED25519)
    text = (folder / KEY_FILE).read_text()
    (folder / KEY_FILE).write_text(text.replace("assertion", "did-update"))
    with pytest.raises(KeyFileDamaged):
        open_keystore(folder, PASSPHRASE).signer(NAME, KeyPurpose.DID_UPDATE)


@pytest.mark.parametrize("name", ["master.json", KEY_FILE])
def test_refuses_a_file_that_others_can_read(keystore: Keystore, folder: Path, name: str) -> None:
    keystore.generate(NAME, KeyPurpose.ASSERTION, KeyType.ED25519)
    (folder / name).chmod(0o644)
    with pytest.raises(PermissionsTooOpen):
        open_keystore(folder, PASSPHRASE).public(NAME)


def test_there_is_one_keystore_in_a_folder(keystore: Keystore, folder: Path) -> None:
    before = (folder / "master.json").read_bytes()
    with pytest.raises(KeystoreExists):
        create_keystore(folder, PASSPHRASE, CHEAP)
    assert (folder / "master.json").read_bytes() == before


def test_a_missing_keystore_is_not_found(tmp_path: Path) -> None:
    with pytest.raises(KeystoreNotFound):
        open_keystore(tmp_path, PASSPHRASE)


def test_another_passphrase_does_not_open_it(keystore: Keystore, folder: Path) -> None:
    with pytest.raises(KeystoreLocked):
        open_keystore(folder, PASSPHRASE[::-1])


def test_derived_keys_are_the_same_whenever_it_is_open(keystore: Keystore, folder: Path) -> None:
    pepper = keystore.derive("code-pepper")
    assert open_keystore(folder, PASSPHRASE).derive("code-pepper") == pepper
    assert keystore.derive("sealed-fields-1") != pepper
    assert len(pepper) == 32


def test_derived_keys_are_another_keystores_others(keystore: Keystore, tmp_path: Path) -> None:
    other = create_keystore(tmp_path / "other", PASSPHRASE, CHEAP)
    assert other.derive("code-pepper") != keystore.derive("code-pepper")


@pytest.mark.parametrize("label", ["", "Upper", "two words", "-a", "a" * 65, "페퍼"])
def test_refuses_what_is_no_label(keystore: Keystore, label: str) -> None:
    with pytest.raises(Malformed):
        keystore.derive(label)


def test_shows_no_secret(keystore: Keystore) -> None:
    signer = keystore.generate(NAME, KeyPurpose.ASSERTION, KeyType.ED25519)
    assert "object at" in repr(keystore)
    assert "object at" in repr(signer)


@pytest.mark.parametrize("place", range(0, 300, 23))
def test_a_flipped_bit_in_any_key_file_is_found_and_the_file_is_named(
    keystore: Keystore, folder: Path, place: int
) -> None:
    keystore.generate(NAME, KeyPurpose.ASSERTION, KeyType.ED25519)
    keystore.generate("GU-11620/other", KeyPurpose.DID_UPDATE, KeyType.P256)
    open_keystore(folder, PASSPHRASE).check_files()
    _flip(folder / KEY_FILE, place)
    with pytest.raises(KeyFileDamaged) as refused:
        open_keystore(folder, PASSPHRASE).check_files()
    assert f"{folder.name}/{KEY_FILE}" in refused.value.detail


@pytest.mark.parametrize("place", range(0, 200, 23))
def test_a_flipped_bit_in_the_header_is_found_and_the_header_is_named(
    keystore: Keystore, folder: Path, place: int
) -> None:
    _flip(folder / "master.json", place)
    with pytest.raises((KeyFileDamaged, KeystoreLocked, Unsupported)) as refused:
        open_keystore(folder, PASSPHRASE)
    assert "master.json" in str(refused.value)


@pytest.mark.parametrize("name", ["notes.txt", "GU-11620_a_b.json", "copy.json"])
def test_a_file_that_is_no_keys_is_named(keystore: Keystore, folder: Path, name: str) -> None:
    (folder / name).touch(mode=0o600)
    with pytest.raises(KeyFileDamaged) as refused:
        keystore.check_files()
    assert name in refused.value.detail


def test_what_a_broken_off_write_left_is_no_key_file(keystore: Keystore, folder: Path) -> None:
    (folder / f".{KEY_FILE}.0123456789abcdef").touch(mode=0o600)
    keystore.check_files()


def test_an_open_key_file_is_found_before_the_key_is_needed(
    keystore: Keystore, folder: Path
) -> None:
    keystore.generate(NAME, KeyPurpose.ASSERTION, KeyType.ED25519)
    (folder / KEY_FILE).chmod(0o640)
    with pytest.raises(PermissionsTooOpen, match=KEY_FILE):
        open_keystore(folder, PASSPHRASE).check_files()


def _flip(path: Path, place: int) -> None:
    data = bytearray(path.read_bytes())
    data[place % len(data)] ^= 1
    path.write_bytes(data)
