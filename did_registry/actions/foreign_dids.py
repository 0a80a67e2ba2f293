"""Asks the hosts of admitted DIDs for their keys, through the one guarded client.

    view = foreign.know(view, did, key_id, now)  # the same view for every DID that is not elsewhere
    view.key_of(did, key_id, purpose, issued_at)

Only hosts of DIDs that the root has admitted are asked, before any transaction, and what they said
is used for minutes: a key that its owner took back must not count for long. A key that they did not
name is asked for again at once, as it may be new. What they said before is never used instead of an
answer that did not come.
"""

import threading
from collections import OrderedDict
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, TypeVar

from credentials.errors import Error, Malformed
from did_registry.actions.resolve_elsewhere import (
    Getter,
    Unreachable,
    fetch_web,
    fetch_webvh,
)
from did_registry.did_web import WEB
from did_registry.elsewhere import KeysElsewhere, LoggedKeys, ShownKeys
from did_registry.errors import DidInvalid, DidNotProven, DidUnavailable
from did_registry.view import RegistryView
from did_registry.webvh.did import parse_did

MAX_AGE: Final = timedelta(minutes=5)  # as long as a status list, which can be as urgent
MAX_KEPT: Final = 64  # logs of 2 MiB at most, and a city admits a handful
RECENT: Final = timedelta(seconds=5)  # what was asked so lately is not asked again for a new key
FAILURE_AGE: Final = timedelta(seconds=10)  # how long a host that failed is left alone


T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class _Failed:
    as_of: datetime
    error: Error


class ForeignDids:
    """What one process knows of admitted DIDs elsewhere; safe to share between threads."""

    def __init__(self, getter: Getter) -> None:
        self._getter = getter
        self._lock = threading.Lock()
        self._known: OrderedDict[str, KeysElsewhere] = OrderedDict()
        self._failed: OrderedDict[str, _Failed] = OrderedDict()

    def know(self, view: RegistryView, did: str, key_id: str, now: datetime) -> RegistryView:
        """The view with the keys of a DID, if it is admitted and stands elsewhere.

        key_id: the key that is looked for; empty where nobody knows its name yet.
        Raises DidUnavailable when its host is away, slow or has nothing; DidNotProven when what
        it says breaks a rule of the DID's method, and DidRolledBack when its log has lost what was
        seen in it.
        """
        if not view.stands_elsewhere(did):
            return view
        return view.knowing(self._keys(did, key_id, now))

    def _keys(self, did: str, key_id: str, now: datetime) -> KeysElsewhere:
        with self._lock:
            known, failed = self._known.get(did), self._failed.get(did)
        if known is not None and _is_enough(known, key_id, now):
            return known
        if failed is not None and timedelta(0) <= now - failed.as_of < FAILURE_AGE:
            raise type(failed.error)(failed.error.detail)
        try:
            found = _continuing(known, self._ask(did, now))
        except Error as error:
            with self._lock:
                _keep(self._failed, did, _Failed(now, error))
            raise
        with self._lock:
            self._failed.pop(did, None)
            _keep(self._known, did, found)
        return found

    def _ask(self, did: str, now: datetime) -> KeysElsewhere:
        try:
            if did.startswith(WEB):
                return ShownKeys(did=did, as_of=now, document=fetch_web(did, self._getter))
            found = fetch_webvh(parse_did(did), self._getter, now)
        except DidInvalid as error:
            # Of no method that anybody is asked for here, though the root may admit it.
            raise DidUnavailable("nobody is asked for the keys of this DID") from error
        except Malformed as error:
            raise DidNotProven(f"the DID's document is not valid: {error.detail}") from error
        except Unreachable as error:
            raise DidUnavailable(error.answer.detail) from error
        if found.failure is not None or found.history is None:
            raise DidNotProven(f"the DID's log is not valid: {found.failure}")
        return LoggedKeys(did=did, as_of=now, history=found.history)


def _is_enough(known: KeysElsewhere, key_id: str, now: datetime) -> bool:
    if not _is_fresh(known.as_of, known.ttl, now):
        return False
    return not key_id or now - known.as_of < RECENT or known.names(key_id)


def _is_fresh(as_of: datetime, ttl: timedelta | None, now: datetime) -> bool:
    """Whether it may be used without asking again; not if the clock was set back meanwhile."""
    return timedelta(0) <= now - as_of < (MAX_AGE if ttl is None else min(ttl, MAX_AGE))


def _continuing(before: KeysElsewhere | None, after: KeysElsewhere) -> KeysElsewhere:
    if isinstance(before, LoggedKeys) and isinstance(after, LoggedKeys):
        after.check_continues(before)
    return after


def _keep(kept: OrderedDict[str, T], did: str, value: T) -> None:
    kept[did] = value
    kept.move_to_end(did)
    while len(kept) > MAX_KEPT:
        kept.popitem(last=False)
