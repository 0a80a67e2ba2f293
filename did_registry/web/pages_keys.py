"""Key histories as the public pages draw them: one bar for each key, on one scale of time.

No Flask in here. Only keys that somebody verifies with are drawn; what else a document holds can be
read in its log.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from credentials.errors import Error
from credentials.keys import KeyType, PublicKey
from credentials.multikey import encode_multikey
from did_registry.document import Purpose
from did_registry.webvh.history import History, KeyAt
from did_registry.webvh.version import Version

SCALE: Final = 1000  # the width of a drawing, in its own units
LEAST_WIDTH: Final = 12  # a key of a minute is still seen

_PURPOSES: Final = (Purpose.ASSERTION, Purpose.AUTHENTICATION)
_ALGORITHMS: Final = {KeyType.ED25519: "Ed25519", KeyType.P256: "P-256 (ES256)"}


class KeyState(StrEnum):
    """What a key is now."""

    CURRENT = "current"
    RETIRED = "retired"
    COMPROMISED = "compromised"


class Change(StrEnum):
    """What a version of a DID did."""

    CREATED = "created"
    KEYS = "keys"
    EDITED = "edited"
    DEACTIVATED = "deactivated"


@dataclass(frozen=True, slots=True, kw_only=True)
class KeySpan:
    """One key under one name, from when to when. name: the fragment; until: None while it holds;
    compromised: since when it may not be its owner's alone, or None."""

    name: str
    purposes: tuple[Purpose, ...]
    multikey: str
    algorithm: str
    since: datetime
    until: datetime | None
    compromised: datetime | None

    @property
    def state(self) -> KeyState:
        if self.compromised is not None:
            return KeyState.COMPROMISED
        return KeyState.CURRENT if self.until is None else KeyState.RETIRED


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """Where a span is drawn: from x, that wide, of SCALE."""

    x: int
    width: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Timeline:
    """A scale of time from the oldest to now."""

    start: datetime
    end: datetime

    def bar(self, since: datetime, until: datetime | None) -> Bar:
        """Where a span lies."""
        left = self._place(since)
        right = SCALE if until is None else self._place(until)
        width = max(LEAST_WIDTH, right - left)
        return Bar(x=min(left, SCALE - width), width=width)

    def _place(self, time: datetime) -> int:
        whole = self.end - self.start
        if whole <= timedelta(0):
            return 0
        return min(SCALE, max(0, round(SCALE * ((time - self.start) / whole))))


@dataclass(frozen=True, slots=True, kw_only=True)
class VersionLine:
    """One version of a DID, for the table of its log."""

    number: int
    version_id: str
    time: datetime
    change: Change


def key_spans(history: History, compromised: Mapping[PublicKey, datetime]) -> list[KeySpan]:
    """Every key that a DID has signed with, those that hold first, then the latest first."""
    found: dict[tuple[str, datetime], dict[Purpose, KeyAt]] = {}
    for version in history.versions:
        for method_id, purpose, key in _listed(history, version):
            found.setdefault((method_id, key.valid_from), {})[purpose] = key
    spans = [_span(name, by_purpose, compromised) for (name, _), by_purpose in found.items()]
    return sorted(spans, key=lambda one: (one.until is not None, -one.since.timestamp(), one.name))


def version_lines(history: History) -> list[VersionLine]:
    """The versions of a DID, the latest first."""
    lines, before = [], None
    for version in history.versions:
        lines.append(
            VersionLine(
                number=version.number,
                version_id=version.version_id,
                time=version.time,
                change=_change(before, version),
            )
        )
        before = version
    return lines[::-1]


def _listed(history: History, version: Version) -> Iterator[tuple[str, Purpose, KeyAt]]:
    for purpose in _PURPOSES:
        try:
            methods = version.document.methods(purpose)
        except Error:
            continue  # a document whose list can't be read names no key
        for method_id in methods:
            try:
                yield method_id, purpose, history.key_at(method_id, purpose, version.time)
            except Error:
                continue  # of a kind that nobody verifies with, or of a DID that has ended


def _span(
    method_id: str, found: Mapping[Purpose, KeyAt], compromised: Mapping[PublicKey, datetime]
) -> KeySpan:
    ends = [key.retired_at for key in found.values()]
    last = next(iter(found.values()))
    return KeySpan(
        name=method_id.rpartition("#")[2],
        purposes=tuple(found),
        multikey=encode_multikey(last.key),
        algorithm=_ALGORITHMS[last.key.type],
        since=last.valid_from,
        until=None if None in ends else max(end for end in ends if end is not None),
        compromised=compromised.get(last.key),
    )


def _change(before: Version | None, version: Version) -> Change:
    if before is None:
        return Change.CREATED
    if version.parameters.deactivated:
        return Change.DEACTIVATED
    names = ("verificationMethod", *(purpose.value for purpose in _PURPOSES))
    old, new = before.document.members, version.document.members
    same = all(old.get(name) == new.get(name) for name in names)
    return Change.EDITED if same else Change.KEYS
