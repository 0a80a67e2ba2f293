"""What the log remembers of its own signatures outside of its database.

The commonest end of a public log is its own operator: a backup is put back, other leaves are
appended, and one size is signed twice with two roots. So the last head that was signed stands where
no backup of the database reaches, and nothing is signed that does not follow from it.
"""

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True, kw_only=True)
class GuardedHead:
    """A head of the log: how many leaves, and their root."""

    size: int
    root: bytes


class SignGuard(Protocol):
    """Stands between the log's key and a second history."""

    def begin(self, stored: GuardedHead | None, head: GuardedHead) -> None:
        """Note that a head is about to be signed.

        stored: the last head that the database knows as signed. The caller has proven that `head`
        continues it. Raises LogInconsistent when that is not the last one that was signed.
        """
        ...

    def settle(self, stored: GuardedHead | None) -> None:
        """Note what the database holds, now that no transaction is open.

        Raises LogInconsistent when a later head was signed: the database is an old one.
        """
        ...
