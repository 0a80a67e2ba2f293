"""The vault as a file on this machine, for the command line: read whole, written whole, locked."""

import fcntl
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from credentials.securing.mechanism import Entropy
from storage.private_files import read_private, replace_private
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
    """One vault file. A missing file is an empty vault; its folder must be private (0700)."""

    def __init__(self, path: Path, passphrase: bytes, entropy: Entropy) -> None:
        self._path = path
        self._passphrase = passphrase
        self._entropy = entropy

    def read(self) -> VaultContent:
        """What the vault holds. Raises what `open_vault` and `read_private` raise."""
        if not self._path.exists():
            return VaultContent()
        data = read_private(self._path, max_bytes=MAX_VAULT_BYTES)
        return parse_content(open_vault(data, self._passphrase))

    def change(self, edit: Callable[[VaultContent], VaultContent]) -> VaultContent:
        """Replace the content by what `edit` makes of it; two processes never lose each other's."""
        with self._locked():
            content = edit(self.read())
            sealed = seal_vault(
                encode_content(content),
                self._passphrase,
                salt=self._entropy(SALT_BYTES),
                nonce=self._entropy(NONCE_BYTES),
                hardness=Hardness(),
            )
            replace_private(self._path, sealed)
        return content

    @contextmanager
    def _locked(self) -> Iterator[None]:
        lock = self._path.with_name(self._path.name + ".lock")
        handle = os.open(lock, os.O_CREAT | os.O_RDWR | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX)
            yield
        finally:
            os.close(handle)
