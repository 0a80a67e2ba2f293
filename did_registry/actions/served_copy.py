"""The public files of one registry, as an audit fetches them: each refusal names its file."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Final

from credentials.errors import Error
from did_registry.actions.follow import (
    BUNDLE_TYPE,
    CHECKPOINT_TYPE,
    MAX_BUNDLE_BYTES,
    MAX_CHECKPOINT_BYTES,
    verify_head,
)
from did_registry.audit_errors import FileRejected, SignerUnknown
from did_registry.errors import RegistryUnavailable
from did_registry.tlog.checkpoint import Checkpoint, verify_checkpoint
from did_registry.tlog.cosignature import cosignature_times
from did_registry.tlog.note import parse_note
from did_registry.tlog.tile_stream import MAX_TILE_BYTES
from did_registry.tlog.tiles import Bundle, Tile, parse_bundle
from did_registry.trust import TrustAnchor
from web.outbound import Outbound

CHECKPOINT: Final = "/log/checkpoint"
_GONE: Final = (404, 410)
_SLACK: Final = 2  # what is twice as long as it should be is still fetched, to say so


class ServedCopy:
    """Fetches files below one address. anchor: whose `registry_url` is the address to audit;
    home: the address that the registry gives itself, which a mirror stands in for."""

    def __init__(self, anchor: TrustAnchor, home: str, outbound: Outbound) -> None:
        self._anchor = anchor
        self._home = home
        self._outbound = outbound

    def head(self) -> tuple[bytes, Checkpoint]:
        """The newest signed head, of which every line is verified.

        Raises what `verify_head` raises, and SignerUnknown for a signature that is of neither the
        log nor one of the witnesses that are pinned: nobody could say whether it was changed.
        """
        note = self.get(CHECKPOINT, (CHECKPOINT_TYPE,), MAX_CHECKPOINT_BYTES)
        with _naming(CHECKPOINT):
            checkpoint = verify_head(note, self._anchor)
            self.check_signatures(note)
        return note, checkpoint

    def tile(self, tile: Tile) -> bytes:
        """A tile's bytes, which may be any."""
        path = f"/log/{tile.path}"
        return self.get(path, (BUNDLE_TYPE,), _SLACK * MAX_TILE_BYTES)

    def bundle(self, bundle: Bundle) -> tuple[bytes, ...]:
        """The leaves of a bundle. Raises FileRejected if it does not hold so many."""
        path = bundle_file(bundle)
        data = self.get(path, (BUNDLE_TYPE,), _SLACK * MAX_BUNDLE_BYTES)
        try:
            return parse_bundle(data, bundle.width)
        except Error as error:
            raise FileRejected(error.detail, file=path) from error

    def get(self, file: str, accept: Sequence[str], max_bytes: int) -> bytes:
        """A file, by its path or whole address.

        Raises FileRejected if there is none, RegistryUnavailable for any other refusal,
        FetchRefused or FetchFailed.
        """
        with _naming(file):
            fetched = self._outbound.get(self._address(file), accept=accept, max_bytes=max_bytes)
        if fetched.status in _GONE:
            raise FileRejected("it is not served, and the head says that it exists", file=file)
        if fetched.status != 200:
            raise RegistryUnavailable(f"{file}: the answer has the status {fetched.status}")
        return fetched.body

    def _address(self, file: str) -> str:
        path = file.removeprefix(self._home) if file.startswith(f"{self._home}/") else file
        return f"{self._anchor.registry_url}{path}" if path.startswith("/") else file

    def check_signatures(self, note: bytes) -> None:
        """Verify every line under a head, whatever a quorum would demand.

        Raises SignerUnknown, and what `cosignature_times` and `verify_checkpoint` raise.
        """
        verify_checkpoint(note, self._anchor.log_key)
        cosignature_times(parse_note(note), self._anchor.witnesses.witnesses)
        log, witnesses = self._anchor.log_key, self._anchor.witnesses.witnesses
        known = {(key.name, key.key_id) for key in witnesses} | {(log.name, log.key_id)}
        for line in parse_note(note).signatures:
            if (line.name, line.key_id) not in known:
                raise SignerUnknown("a signature under it is by no key of the trust file")
            known.remove((line.name, line.key_id))  # who signs twice has said nothing more


def bundle_file(bundle: Bundle) -> str:
    """The path of a bundle."""
    return f"/log/{bundle.path}"


@contextmanager
def _naming(file: str) -> Iterator[None]:
    """Say in an error which file it is about, without making another error of it."""
    try:
        yield
    except Error as error:
        error.detail = f"{file}: {error.detail}"
        raise
