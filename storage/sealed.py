"""Fields that are encrypted in the database, each bound to its own table, row and column.

Whoever can write to the database can thus neither read such a field nor move it elsewhere.
"""

from collections.abc import Mapping

from credentials.jcs import canonicalize
from storage.crypto_module import decrypt, encrypt
from storage.errors import SealBroken


class Sealer:
    """Encrypts fields with the current key, and decrypts those sealed with an earlier one.

    keys: number (0 to 255) → 32 secret bytes; current: the number of the key that seals.
    A key is rotated by adding one, sealing every field anew, and removing the old one.
    """

    __slots__ = ("_current", "_keys")

    def __init__(self, keys: Mapping[int, bytes], *, current: int) -> None:
        self._keys = dict(keys)
        self._current = current

    def seal(self, plaintext: bytes, *, table: str, row: str | int, column: str) -> bytes:
        """Encrypt a field: the key's number (1 byte), then 40 bytes more than the plaintext."""
        number = self._current
        context = _context(number, table, row, column)
        return bytes((number,)) + encrypt(self._keys[number], plaintext, context)

    def unseal(self, sealed: bytes, *, table: str, row: str | int, column: str) -> bytes:
        """Return what was sealed for this place.

        Raises SealBroken when it was changed, moved, or sealed with a key that is not here.
        """
        key = self._keys.get(sealed[0]) if sealed else None
        if key is None:
            raise SealBroken("the field is sealed with a key that is not here")
        return decrypt(key, sealed[1:], _context(sealed[0], table, row, column))


def _context(number: int, table: str, row: str | int, column: str) -> bytes:
    """JSON keeps the parts apart: no table and row can be read as another pair."""
    return canonicalize(["gwanin field", number, table, row, column])
