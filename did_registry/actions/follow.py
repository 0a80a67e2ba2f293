"""Follows the registry over HTTP: the checkpoint, then every leaf that has not been seen yet.

Nobody learns which issuer is being checked, because everybody fetches the same files.
"""

import threading
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from credentials.errors import Error
from credentials.keys import PublicKey
from did_registry.errors import LogInconsistent, RegistryUnavailable
from did_registry.leaf import MAX_LEAF_BYTES
from did_registry.replica import Replica
from did_registry.tlog.checkpoint import Checkpoint, verify_checkpoint
from did_registry.tlog.note import parse_note
from did_registry.tlog.tiles import WIDTH, Bundle, parse_bundle, width_at
from did_registry.trust import TrustAnchor
from did_registry.urgent import MAX_URGENT_BYTES, read_urgent
from did_registry.view import RegistryView
from web.outbound import Outbound

CHECKPOINT_TYPE: Final = "text/plain"
BUNDLE_TYPE: Final = "application/octet-stream"
URGENT_TYPE: Final = "application/json"
MAX_CHECKPOINT_BYTES: Final = 16 * 1024
MAX_BUNDLE_BYTES: Final = WIDTH * (MAX_LEAF_BYTES + 2)  # each leaf after its length
MAX_LEAVES_AT_ONCE: Final = 1_000_000  # a first contact beyond this needs a bundle, not a replay


@dataclass(frozen=True, slots=True, kw_only=True)
class Freshness:
    """refresh_after: how old a view may be before the checkpoint is asked for again; at_once_after:
    how long ago it was asked for at once, before it is again; usable_for: how old a view may be
    when the registry does not answer."""

    refresh_after: timedelta = timedelta(seconds=5)
    at_once_after: timedelta = timedelta(seconds=1)
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
        self._contradiction: str | None = None
        self._asked_at_once: datetime | None = None
        self._urgent: dict[PublicKey, datetime] = {}

    def view(self, now: datetime) -> RegistryView:
        """What the registry says now, or said so recently that it may still be used.

        Raises RegistryUnavailable when no head that it signed can be had and what is known is too
        old; LeafRejected or LogInconsistent when it can't be believed.
        """
        with self._lock:
            self._check_followed()
            if self._view is not None and self._age(now) <= self._freshness.refresh_after:
                return self._view
            try:
                note, leaves = self._fetch()
            except Error as error:
                return self._last_usable(now, error)
            return self._advance(note, leaves, now)

    def newer(self, than: RegistryView, now: datetime) -> RegistryView | None:
        """What the registry says beyond a view, for whoever has met what that one does not know;
        None if there is nothing, or nobody answers.

        It is asked at once, but not twice within a second, however many strangers come with keys
        that nobody knows. Raises as `view`, when it can't be believed.
        """
        with self._lock:
            self._check_followed()
            if not _is_beyond(self._view, than) and self._may_ask_at_once(now):
                self._asked_at_once = now
                try:
                    note, leaves = self._fetch()
                except Error:
                    return None
                self._advance(note, leaves, now)
            return self._view if _is_beyond(self._view, than) else None

    def _check_followed(self) -> None:
        if self._contradiction is not None:
            raise LogInconsistent(f"the registry is not followed since {self._contradiction}")

    def _may_ask_at_once(self, now: datetime) -> bool:
        asked = self._asked_at_once
        return asked is None or abs(now - asked) >= self._freshness.at_once_after

    def _age(self, now: datetime) -> timedelta:
        assert self._view is not None
        return now - self._view.as_of

    def _last_usable(self, now: datetime, error: Error) -> RegistryView:
        if self._view is None or self._age(now) > self._freshness.usable_for:
            raise RegistryUnavailable(f"the registry could not be followed: {error}") from error
        return self._view

    def _fetch(self) -> tuple[bytes, list[bytes]]:
        """The signed head, and all leaves from the replica's end to it."""
        note = _fetch_checkpoint(self._anchor, self._outbound)
        checkpoint = verify_head(note, self._anchor)
        if checkpoint.size < self._replica.size:
            # A cache may serve an old head; what is known already is worth more.
            raise RegistryUnavailable("the registry served a head that is older than ours")
        return note, list(
            _fetch_leaves(self._anchor, self._outbound, self._replica.size, checkpoint.size)
        )

    def _advance(self, note: bytes, leaves: list[bytes], now: datetime) -> RegistryView:
        try:
            for leaf in leaves:
                self._replica.append(leaf, now)
            self._view = self._replica.confirm(note, self._anchor.log_key, now)
        except Error as error:
            self._contradiction = str(error)
            raise
        self._view = self._with_urgent(self._view, now)
        return self._view

    def _with_urgent(self, view: RegistryView, now: datetime) -> RegistryView:
        """The view with the compromises that too few witnesses have seen yet: see `urgent.py`.

        Whoever does not answer here, or with what does not hold, has said nothing. A log without
        witnesses has nothing that they have not seen.
        """
        if self._anchor.witnesses.quorum:
            with suppress(Error):
                data = _fetch_urgent(self._anchor, self._outbound)
                for key, since in read_urgent(data, view, self._anchor.log_key, now).items():
                    self._urgent[key] = min(since, self._urgent.get(key, since))
        known = dict(view.compromised)
        for key, since in self._urgent.items():
            known[key] = min(since, known.get(key, since))
        return replace(view, compromised=known)


def _is_beyond(view: RegistryView | None, than: RegistryView) -> bool:
    return view is not None and view.checkpoint.size > than.checkpoint.size


def fetch_log(anchor: TrustAnchor, outbound: Outbound) -> tuple[bytes, list[bytes]]:
    """A registry's signed head and all leaves under it, as served; only the head is verified.

    Raises what `verify_head` raises; FetchRefused, FetchFailed or RegistryUnavailable.
    """
    note = _fetch_checkpoint(anchor, outbound)
    size = verify_head(note, anchor).size
    return note, list(_fetch_leaves(anchor, outbound, 0, size))


def replay_over_http(anchor: TrustAnchor, outbound: Outbound, now: datetime) -> RegistryView:
    """Replay a registry's log from nothing, for somebody who asks about a leaf; what is served
    beside the log is looked at by an audit.

    Raises LeafRejected, LogInconsistent, what `verify_head` raises; FetchRefused, FetchFailed or
    RegistryUnavailable.
    """
    note = _fetch_checkpoint(anchor, outbound)
    checkpoint = verify_head(note, anchor)
    replica = Replica(anchor.root)
    for leaf in _fetch_leaves(anchor, outbound, 0, checkpoint.size):
        replica.append(leaf, now)
    return replica.confirm(note, anchor.log_key, now)


def verify_head(note: bytes, anchor: TrustAnchor) -> Checkpoint:
    """Return what the log has signed and a quorum of its witnesses has seen.

    Raises what `verify_checkpoint` and `WitnessPolicy.verify` raise.
    """
    checkpoint = verify_checkpoint(note, anchor.log_key)
    anchor.witnesses.verify(parse_note(note))
    return checkpoint


def _fetch_checkpoint(anchor: TrustAnchor, outbound: Outbound) -> bytes:
    fetched = outbound.get(
        f"{anchor.registry_url}/log/checkpoint",
        accept=(CHECKPOINT_TYPE,),
        max_bytes=MAX_CHECKPOINT_BYTES,
    )
    if fetched.status != 200:
        raise RegistryUnavailable("the registry has no checkpoint")
    return fetched.body


def _fetch_urgent(anchor: TrustAnchor, outbound: Outbound) -> bytes:
    fetched = outbound.get(
        f"{anchor.registry_url}/log/urgent", accept=(URGENT_TYPE,), max_bytes=MAX_URGENT_BYTES
    )
    if fetched.status != 200:
        raise RegistryUnavailable("the registry does not say what is urgent")
    return fetched.body


def _fetch_leaves(
    anchor: TrustAnchor, outbound: Outbound, start: int, size: int
) -> Iterator[bytes]:
    """The leaves from `start` up to, not including, `size`; where there are none, no request."""
    if size - start > MAX_LEAVES_AT_ONCE:
        raise RegistryUnavailable("the log has grown too much to be followed leaf by leaf")
    while start < size:
        index = start // WIDTH
        bundle = Bundle(index, width_at(0, index, size))
        yield from _fetch_bundle(anchor, outbound, bundle)[start - index * WIDTH :]
        start = (index + 1) * WIDTH


def _fetch_bundle(anchor: TrustAnchor, outbound: Outbound, bundle: Bundle) -> tuple[bytes, ...]:
    fetched = outbound.get(
        f"{anchor.registry_url}/log/{bundle.path}",
        accept=(BUNDLE_TYPE,),
        max_bytes=MAX_BUNDLE_BYTES,
    )
    if fetched.status != 200:
        raise RegistryUnavailable("the registry does not serve the leaves it has signed")
    return parse_bundle(fetched.body, bundle.width)
