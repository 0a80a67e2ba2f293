"""The vault as a file on this machine, for the command line: read whole, written whole, locked."""

import fcntl
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from credentials.securing.mechanism import Entropy
from storage.errors import StorageUnavailable
from storage.private_files import make_private_folder, read_private, replace_private
from wallet.errors import VaultUnreadable, VaultWeakened
from wallet.held_credential import VaultContent, encode_content, parse_content
from wallet.vault import (
    MAX_VAULT_BYTES,
    NONCE_BYTES,
    SALT_BYTES,
    Hardness,
    open_vault,
    seal_vault,
)


class FileStore:
    """One vault file. A missing file is an empty vault; its folder must be private (0700), and is
    made if it is missing."""

    def __init__(self, path: Path, passphrase: bytes, entropy: Entropy) -> None:
        self._path = path
        self._passphrase = passphrase
        self._entropy = entropy

    def read(self) -> VaultContent:
        """What the vault holds. Raises what `open_vault` and `read_private` raise."""
        try:
            data = read_private(self._path, max_bytes=MAX_VAULT_BYTES)
        except FileNotFoundError:
            return VaultContent()
        try:
            return parse_content(open_vault(data, self._passphrase))
        except (VaultUnreadable, VaultWeakened) as error:
            raise type(error)(f"{self._path.name}: {error.detail}") from error

    def change(self, edit: Callable[[VaultContent], VaultContent]) -> VaultContent:
        """Replace the content by what `edit` makes of it; two processes never lose each other's.

        Raises what `read` raises, and Malformed or TooLarge for what could not be read again.
        """
        with self._locked():
            content = edit(self.read())
            encoded = encode_content(content)
            parse_content(encoded)  # What its reader would refuse would be lost with all the rest.
            sealed = seal_vault(
                encoded,
                self._passphrase,
                salt=self._entropy(SALT_BYTES),
                nonce=self._entropy(NONCE_BYTES),
                hardness=Hardness(),
            )
            replace_private(self._path, sealed)
        return content

    @contextmanager
    def _locked(self) -> Iterator[None]:
        self._make_folder()
        lock = self._path.with_name(self._path.name + ".lock")
        try:
            handle = os.open(lock, os.O_CREAT | os.O_RDWR | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
        except OSError as error:
            raise StorageUnavailable(f"{lock.name} can't be used: {error.strerror}") from error
        try:
            fcntl.flock(handle, fcntl.LOCK_EX)
            yield
        finally:
            os.close(handle)

    def _make_folder(self) -> None:
        try:
            make_private_folder(self._path.parent)
        except FileNotFoundError as error:
            raise StorageUnavailable(
                "the vault's folder can't be made: its own is missing"
            ) from error
