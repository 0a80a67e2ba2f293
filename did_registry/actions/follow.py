"""Follows the registry over HTTP: the checkpoint, then every leaf that has not been seen yet.

Nobody learns which issuer is being checked, because everybody fetches the same files.
"""

import threading
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from credentials.errors import Error
from did_registry.errors import RegistryUnavailable
from did_registry.replica import Replica
from did_registry.tlog.checkpoint import Checkpoint, verify_checkpoint
from did_registry.tlog.tiles import WIDTH, Bundle, parse_bundle, width_at
from did_registry.trust import TrustAnchor
from did_registry.view import RegistryView
from web.outbound import Outbound

CHECKPOINT_TYPE: Final = "text/plain"
BUNDLE_TYPE: Final = "application/octet-stream"
MAX_CHECKPOINT_BYTES: Final = 16 * 1024
MAX_BUNDLE_BYTES: Final = WIDTH * (16 * 1024 + 2)
MAX_LEAVES_AT_ONCE: Final = 1_000_000  # a first contact beyond this needs a bundle, not a replay


@dataclass(frozen=True, slots=True, kw_only=True)
class Freshness:
    """refresh_after: how old a view may be before the checkpoint is asked for again;
    usable_for: how old it may be when the registry does not answer."""

    refresh_after: timedelta = timedelta(seconds=5)
    usable_for: timedelta = timedelta(hours=1)


class RegistryFollower:
    """One process's replica of the registry; safe to share between threads.

    A registry that contradicts what it signed before is not followed any further, until a person
    has looked at it: `view` then raises LogInconsistent each time.
    """

    def __init__(self, anchor: TrustAnchor, outbound: Outbound, freshness: Freshness) -> None:
        self._anchor = anchor
        self._outbound = outbound
        self._freshness = freshness
        self._lock = threading.Lock()
        self._replica = Replica(anchor.root)
        self._view: RegistryView | None = None
        self._contradiction: Error | None = None

    def view(self, now: datetime) -> RegistryView:
        """What the registry says now, or said so recently that it may still be used.

        Raises RegistryUnavailable when it can't be reached and what is known is too old;
        LogInconsistent, LeafRejected or SignatureInvalid when it can't be believed.
        """
        with self._lock:
            if self._contradiction is not None:
                raise self._contradiction
            if self._view is not None and self._age(now) <= self._freshness.refresh_after:
                return self._view
            try:
                note = self._fetch_checkpoint()
                leaves = self._fetch_leaves(verify_checkpoint(note, self._anchor.log_key))
            except Error as error:
                return self._last_usable(now, error)
            return self._advance(note, leaves, now)

    def _age(self, now: datetime) -> timedelta:
        assert self._view is not None
        return now - self._view.as_of

    def _last_usable(self, now: datetime, error: Error) -> RegistryView:
        if self._view is None or self._age(now) > self._freshness.usable_for:
            raise RegistryUnavailable("the registry could not be followed") from error
        return self._view

    def _fetch_checkpoint(self) -> bytes:
        fetched = self._outbound.get(
            f"{self._anchor.registry_url}/log/checkpoint",
            accept=(CHECKPOINT_TYPE,),
            max_bytes=MAX_CHECKPOINT_BYTES,
        )
        if fetched.status != 200:
            raise RegistryUnavailable("the registry has no checkpoint")
        return fetched.body

    def _fetch_leaves(self, checkpoint: Checkpoint) -> list[bytes]:
        """The leaves from the replica's end to the checkpoint's."""
        start, size = self._replica.size, checkpoint.size
        if size < start:
            # A cache may serve an old head; what is known already is worth more.
            raise RegistryUnavailable("the registry served a head that is older than ours")
        if size - start > MAX_LEAVES_AT_ONCE:
            raise RegistryUnavailable("the log has grown too much to be followed leaf by leaf")
        leaves: list[bytes] = []
        for index in range(start // WIDTH, -(-size // WIDTH)):
            bundle = Bundle(index, width_at(0, index, size))
            leaves += self._fetch_bundle(bundle)[max(0, start - index * WIDTH) :]
        return leaves

    def _fetch_bundle(self, bundle: Bundle) -> tuple[bytes, ...]:
        fetched = self._outbound.get(
            f"{self._anchor.registry_url}/log/{bundle.path}",
            accept=(BUNDLE_TYPE,),
            max_bytes=MAX_BUNDLE_BYTES,
        )
        if fetched.status != 200:
            raise RegistryUnavailable("the registry does not serve the leaves it has signed")
        return parse_bundle(fetched.body, bundle.width)

    def _advance(self, note: bytes, leaves: list[bytes], now: datetime) -> RegistryView:
        try:
            for leaf in leaves:
                self._replica.append(leaf, now)
            self._view = self._replica.confirm(note, self._anchor.log_key, now)
        except Error as error:
            self._contradiction = error
            raise
        return self._view


def audit_over_http(anchor: TrustAnchor, outbound: Outbound, now: datetime) -> RegistryView:
    """Replay the whole log from a registry's public files, with nothing remembered.

    Raises what `RegistryFollower.view` raises.
    """
    return RegistryFollower(anchor, outbound, Freshness()).view(now)
