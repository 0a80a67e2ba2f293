"""Private keys in a folder: one encrypted file each, under a master key that a passphrase opens.

Private keys leave this module as `Signer` only, never as bytes or text.
"""

import re
from pathlib import Path
from typing import Final

from credentials.errors import Error, KeyMismatch, Malformed, TooLarge, Unsupported
from credentials.keys import KeyType, PublicKey, Signer, is_secret
from storage.crypto_module import KEY_BYTES, random_bytes, subkey
from storage.errors import KeyExists, KeyFileDamaged, KeyNotFound, KeystoreExists, KeystoreNotFound
from storage.key_file import (
    MAX_KEY_FILE_BYTES,
    KeyPurpose,
    StoredKey,
    decode_key_file,
    encode_key_file,
)
from storage.master_key import (
    MAX_HEADER_BYTES,
    STANDARD_COST,
    Cost,
    unwrap_master_key,
    wrap_master_key,
)
from storage.private_files import create_private, make_private_folder, read_private

_HEADER: Final = "master.json"
# Two names of letters, digits and hyphens: neither dots nor anything else that paths know.
_KEY_ID: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9-]{0,63}/[A-Za-z0-9][A-Za-z0-9-]{0,63}")
_LABEL: Final = re.compile(r"[a-z0-9][a-z0-9-]{0,63}")


def create_keystore(folder: Path, passphrase: bytes, cost: Cost = STANDARD_COST) -> "Keystore":
    """Make a keystore in a private folder, which is made if it is missing, and open it.

    Raises KeystoreExists, PassphraseTooShort, PermissionsTooOpen, Unsupported for the cost.
    """
    header = wrap_master_key(random_bytes(KEY_BYTES), passphrase, cost)
    make_private_folder(folder)
    try:
        create_private(folder / _HEADER, header)
    except FileExistsError as error:
        raise KeystoreExists("there is a keystore in this folder already") from error
    return open_keystore(folder, passphrase)


def open_keystore(folder: Path, passphrase: bytes) -> "Keystore":
    """Open a keystore; this takes as long as the cost it was made with.

    Raises KeystoreNotFound, KeystoreLocked, PermissionsTooOpen, KeyFileDamaged, Unsupported.
    """
    try:
        header = read_private(folder / _HEADER, max_bytes=MAX_HEADER_BYTES)
        return Keystore(folder, unwrap_master_key(header, passphrase))
    except FileNotFoundError as error:
        raise KeystoreNotFound("there is no keystore in this folder") from error
    except Unsupported as error:
        raise Unsupported(f"{folder.name}/{_HEADER}: {error.detail}") from error
    except (Malformed, TooLarge) as error:
        raise _damaged(folder / _HEADER, "was changed") from error


class Keystore:
    """An open keystore; made by `create_keystore` and `open_keystore`.

    Keys are named `AGENCY/name`, such as `GU-11620/es256-1`. May be used by several threads, and
    its folder by several processes: a key file is written whole, once, and never changed.
    """

    __slots__ = ("_folder", "_loaded", "_master")

    def __init__(self, folder: Path, master: bytes) -> None:
        self._folder = folder
        self._master = master
        self._loaded: dict[str, StoredKey] = {}

    def generate(self, key_id: str, purpose: KeyPurpose, key_type: KeyType) -> Signer:
        """Make a new key, durably, and return its signer.

        Raises KeyExists when the name is taken, Malformed when it is no key's name.
        """
        secret = random_bytes(KEY_BYTES)
        while not is_secret(key_type, secret):
            secret = random_bytes(KEY_BYTES)
        data = encode_key_file(self._wrapping_key(), key_id, purpose, key_type, secret)
        try:
            create_private(self._path(key_id), data)
        except FileExistsError as error:
            raise KeyExists(f"there is a key {key_id} already") from error
        return self.signer(key_id, purpose)  # From the file, so that it is known to be readable.

    def signer(self, key_id: str, purpose: KeyPurpose) -> Signer:
        """The signer of a key that was made for this purpose.

        Raises KeyNotFound, KeyMismatch for a key of another purpose, KeyFileDamaged,
        PermissionsTooOpen, Malformed for what is no key's name.
        """
        key = self._key(key_id)
        if key.purpose is not purpose:
            raise KeyMismatch(f"the key {key_id} is for {key.purpose}, not for {purpose}")
        return key.signer

    def public(self, key_id: str) -> PublicKey:
        """The public half of a key, whatever its purpose. Raises as `signer` does."""
        return self._key(key_id).signer.public_key

    def derive(self, label: str) -> bytes:
        """32 secret bytes for this label, the same whenever this keystore is open: for MACs, and
        for sealed fields. Raises Malformed for what is no label."""
        if not _LABEL.fullmatch(label):
            raise Malformed("a label has 1 to 64 lower-case letters, digits and hyphens")
        return subkey(self._master, f"derived key: {label}")

    def check_files(self) -> None:
        """Open every key file, so that none is found damaged when it is needed.

        Raises KeyFileDamaged for a file that was changed or is none of a key, which it names;
        PermissionsTooOpen.
        """
        for path in sorted(self._folder.glob("[!.]*")):
            if path.name != _HEADER:
                self._key(_key_id(path))

    def _wrapping_key(self) -> bytes:
        return subkey(self._master, "key files")

    def _key(self, key_id: str) -> StoredKey:
        if key_id not in self._loaded:
            self._loaded[key_id] = self._load(key_id)
        return self._loaded[key_id]

    def _load(self, key_id: str) -> StoredKey:
        path = self._path(key_id)
        try:
            data = read_private(path, max_bytes=MAX_KEY_FILE_BYTES)
        except FileNotFoundError as error:
            raise KeyNotFound(f"there is no key {key_id}") from error
        except (Malformed, TooLarge) as error:
            raise _damaged(path, "is no key's file") from error
        try:
            key = decode_key_file(self._wrapping_key(), data)
        except Error as error:
            raise _damaged(path, "was changed") from error
        if key.key_id != key_id:
            raise _damaged(path, "is that of another key")
        return key

    def _path(self, key_id: str) -> Path:
        if not _KEY_ID.fullmatch(key_id):
            raise Malformed("a key is named AGENCY/name, in letters, digits and hyphens")
        return self._folder / f"{key_id.replace('/', '_')}.json"


def _key_id(path: Path) -> str:
    key_id = path.name.removesuffix(".json").replace("_", "/")
    if path.suffix != ".json" or not _KEY_ID.fullmatch(key_id):
        raise _damaged(path, "is no key's file")
    return key_id


def _damaged(path: Path, how: str) -> KeyFileDamaged:
    return KeyFileDamaged(f"{path.parent.name}/{path.name} {how}")
