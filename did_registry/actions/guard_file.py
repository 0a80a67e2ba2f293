"""The sign guard as one private file in the data folder.

    {"pending": {"root": "…", "size": 9} or null, "signed": {"root": "…", "size": 5} or null}

A head is `pending` from before it is signed until the transaction that stores it has ended. A note
is only ever read from the database, so one whose transaction was lost has been seen by nobody.
"""

from pathlib import Path
from typing import Final

from credentials.claims import Claims
from credentials.errors import Error
from credentials.jcs import canonicalize
from credentials.json_object import JsonObject, parse_object
from did_registry.errors import LogInconsistent
from did_registry.sign_guard import GuardedHead
from did_registry.tlog.base64_standard import decode_digest, encode_base64
from storage.file_lock import exclusive
from storage.private_files import read_private, replace_private

GUARD_FILE: Final = "log-guard.json"
MAX_GUARD_BYTES: Final = 4096


class FileSignGuard:
    """A guard in one private file. Whoever calls it holds the lock on the log's head.

    That lock can be lost unnoticed, by one who is stopped and woken later; so reading and writing
    the file is one step, under a lock of its own, and an older head never replaces a newer one.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = path.with_name(f"{path.name}.lock")

    def begin(self, stored: GuardedHead | None, head: GuardedHead) -> None:
        """See SignGuard. Raises StorageBusy when another one does not let go of the file."""
        with exclusive(self._lock):
            self._write(signed=self._settled(stored), pending=head)

    def settle(self, stored: GuardedHead | None) -> None:
        """See SignGuard. Raises StorageBusy as well."""
        with exclusive(self._lock):
            self._write(signed=self._settled(stored), pending=None)

    def _settled(self, stored: GuardedHead | None) -> GuardedHead | None:
        signed, pending = self._read()
        if stored != signed and (pending is None or stored != pending):
            raise LogInconsistent(
                f"the database knows {_name(stored)} as signed last, {self._path.name} knows"
                f" {_name(pending or signed)}: is it a backup? Nothing is signed over it"
            )
        return stored

    def _read(self) -> tuple[GuardedHead | None, GuardedHead | None]:
        if not self._path.exists():
            return None, None
        try:
            fields = parse_object(read_private(self._path, max_bytes=MAX_GUARD_BYTES))
            fields.only("pending", "signed")
            return _head(fields, "signed"), _head(fields, "pending")
        except Error as error:
            raise LogInconsistent(f"{self._path.name} is damaged: {error.detail}") from error

    def _write(self, *, signed: GuardedHead | None, pending: GuardedHead | None) -> None:
        document: Claims = {"pending": _encode(pending), "signed": _encode(signed)}
        replace_private(self._path, canonicalize(document))


def _head(fields: JsonObject, name: str) -> GuardedHead | None:
    if name in fields.members and fields.members[name] is None:
        return None
    head = fields.object(name)
    head.only("root", "size")
    return GuardedHead(size=head.integer("size"), root=decode_digest(head.text("root")))


def _encode(head: GuardedHead | None) -> Claims | None:
    return None if head is None else {"root": encode_base64(head.root), "size": head.size}


def _name(head: GuardedHead | None) -> str:
    return "nothing" if head is None else f"the head over {head.size} leaves"
