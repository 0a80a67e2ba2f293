"""A DID's history: its versions in order, and what held when.

    begin(first entry) ── advance(entry) ── advance(entry) ──> History ── key_at(method, time)

A History is known to be valid up to its last version, save for witnesses, who approve entries
after the fact: `check_witnessed`. Values are immutable; advancing costs what one entry costs,
so that a replica can follow a log for ever. did:webvh 1.0, "Read (Resolve)".
"""

from bisect import bisect_right
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime

from credentials.errors import Error
from credentials.keys import PublicKey
from did_registry.document import Purpose
from did_registry.errors import (
    LogDocumentInvalid,
    LogInvalid,
    LogScidMismatch,
    LogWitnessMissing,
    UnknownKey,
    VersionNotFound,
)
from did_registry.webvh.did import Did
from did_registry.webvh.entry import Entry, parse_entry, split_log
from did_registry.webvh.version import Version, verify_entry
from did_registry.webvh.witness import WitnessFile, last_approvals


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyAt:
    """A key that was valid at some time. retired_at: when it left its purpose; None: it has not."""

    key: PublicKey
    valid_from: datetime
    retired_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    """All versions of one DID, in order, at least one. Built by `begin`, `advance` and `replay`."""

    versions: tuple[Version, ...]
    # What `key_at` has found: at most one for each place where a document lists a method.
    _found: dict[tuple[str, Purpose, int], KeyAt] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )

    @property
    def latest(self) -> Version:
        return self.versions[-1]

    @property
    def did(self) -> Did:
        """The DID as the latest version names it."""
        return self.latest.did

    @property
    def scid(self) -> str:
        return self.latest.parameters.scid

    @property
    def deactivated(self) -> bool:
        return self.latest.parameters.deactivated

    def advance(self, entry: Entry, now: datetime) -> "History":
        """The history with one more entry, if it may follow; nothing before it is verified again.

        Raises a leaf of LogInvalid. Spec: "Read (Resolve)".
        """
        return History(versions=(*self.versions, verify_entry(entry, self.latest, now)))

    def check_witnessed(self, witnesses: WitnessFile | None) -> None:
        """Check that every version that needs it has its threshold of approvals.

        Raises LogWitnessMissing for the first that has not. Spec: "Verifying Witness Proofs".
        """
        number = _first_unwitnessed(self.versions, witnesses)
        if number is not None:
            raise LogWitnessMissing("too few witnesses have approved it", entry=number)

    def approved_by(self, witnesses: WitnessFile) -> int:
        """How many versions, from the first on, have the approvals that they need."""
        number = _first_unwitnessed(self.versions, witnesses)
        return len(self.versions) if number is None else number - 1

    def version(self, version_id: str) -> Version:
        """The version with this versionId. Raises VersionNotFound."""
        for version in self.versions:
            if version.version_id == version_id:
                return version
        raise VersionNotFound("the DID has no version with this versionId")

    def number(self, number: int) -> Version:
        """The version with this number, from 1. Raises VersionNotFound."""
        if not 1 <= number <= len(self.versions):
            raise VersionNotFound("the DID has no version with this number")
        return self.versions[number - 1]

    def version_at(self, time: datetime) -> Version:
        """The version that was current at a time. Raises VersionNotFound before the first."""
        index = bisect_right(self.versions, time, key=_time)
        if index == 0:
            raise VersionNotFound("the DID did not exist at that time")
        return self.versions[index - 1]

    def key_at(self, method_id: str, purpose: Purpose, time: datetime) -> KeyAt:
        """The key of a method that was listed for a purpose at a time, and how long it was.

        Whoever signed at `time` is another question: a thief can write any time he likes, so for
        a key that is retired by now, `time` must come from the log and not from the signature.
        Raises UnknownKey if the method was not listed then, the DID was deactivated or did not
        exist; KeyMismatch, Unsupported or Malformed as `DidDocument.method`.
        """
        index = bisect_right(self.versions, time, key=_time) - 1
        if index < 0:
            raise UnknownKey("the DID did not exist at that time")
        place = (method_id, purpose, index)
        if place not in self._found:
            self._found[place] = self._find_key(method_id, purpose, index)
        return self._found[place]

    def keys_named(self, method_id: str) -> frozenset[PublicKey]:
        """Every key that ever stood under this name to sign with; empty if there is none."""
        found = set()
        for version in self.versions:
            for purpose in (Purpose.ASSERTION, Purpose.AUTHENTICATION):
                with suppress(Error):  # not listed there, or of a kind that nobody verifies with
                    found.add(version.document.method(method_id, purpose))
        return frozenset(found)

    def _find_key(self, method_id: str, purpose: Purpose, index: int) -> KeyAt:
        """The key of a method in one version, and between which others it stayed the same."""
        if self.versions[index].parameters.deactivated:
            raise UnknownKey("the DID was deactivated at that time")
        key = self.versions[index].document.method(method_id, purpose)
        first = index
        while first and _lists(self.versions[first - 1], method_id, purpose, key):
            first -= 1
        later = self.versions[index + 1 :]
        ends = (v.time for v in later if not _lists(v, method_id, purpose, key))
        return KeyAt(key=key, valid_from=self.versions[first].time, retired_at=next(ends, None))


@dataclass(frozen=True, slots=True, kw_only=True)
class Replayed:
    """What a log came to: the history before its first fault, and that fault.

    history: None if the first entry is wrong already; failure: None if all is well.
    """

    history: History | None
    failure: LogInvalid | None


def begin(entry: Entry, now: datetime) -> History:
    """The history of one entry, the first. Raises a leaf of LogInvalid."""
    return History(versions=(verify_entry(entry, None, now),))


def replay(log: bytes, *, did: Did, now: datetime, witnesses: WitnessFile | None) -> History:
    """Verify a whole did.jsonl for the DID that was asked for.

    witnesses: what did-witness.json holds; None if there is no such file.
    Raises a leaf of LogInvalid that names the first entry that is wrong.
    """
    replayed = replay_prefix(log, did=did, now=now, witnesses=witnesses)
    if replayed.failure is not None:
        raise replayed.failure
    assert replayed.history is not None
    return replayed.history


def replay_entries(log: bytes, now: datetime) -> History:
    """Verify every entry of a did.jsonl, whoever may have to approve it.

    For those who come before the approvals, the DID's controller and its witnesses; everybody
    else asks `replay`. Raises a leaf of LogInvalid that names the first entry that is wrong.
    """
    history, failure = _advance_through(log, now)
    if history is None or failure is not None:
        assert failure is not None
        raise failure
    return history


def replay_prefix(
    log: bytes, *, did: Did, now: datetime, witnesses: WitnessFile | None
) -> Replayed:
    """Verify did.jsonl up to its first fault; never raises for what is in the log.

    A version that somebody asks for by its name is served even if later ones are invalid.
    Spec: "Read (Resolve)".
    """
    history, failure = _advance_through(log, now)
    if history is None:
        return Replayed(history=None, failure=failure)
    number = _first_unwitnessed(history.versions, witnesses)
    if number is not None:
        failure = LogWitnessMissing("too few witnesses have approved it", entry=number)
        if number == 1:
            return Replayed(history=None, failure=failure)
        history = History(versions=history.versions[: number - 1])
    if all(version.did != did for version in history.versions):
        return Replayed(history=None, failure=_other_did(history, did))
    return Replayed(history=history, failure=failure)


def _advance_through(log: bytes, now: datetime) -> tuple[History | None, LogInvalid | None]:
    history: History | None = None
    try:
        for number, line in enumerate(split_log(log), start=1):
            entry = parse_entry(line, number=number)
            history = begin(entry, now) if history is None else history.advance(entry, now)
    except LogInvalid as error:
        return history, error
    return history, None


def _first_unwitnessed(versions: Sequence[Version], witnesses: WitnessFile | None) -> int | None:
    """The number of the first version without its threshold of different witnesses."""
    file = WitnessFile(proofs={}) if witnesses is None else witnesses
    rules = [version.witnesses for version in versions if version.witnesses is not None]
    listed = {did: key for rule in rules for did, key in rule.witnesses.items()}
    approved = last_approvals([version.version_id for version in versions], listed, file)
    for version in versions:
        rule = version.witnesses
        if rule is None:
            continue
        if sum(approved[did] >= version.number for did in rule.witnesses) < rule.threshold:
            return version.number
    return None


def _other_did(history: History, did: Did) -> LogInvalid:
    if history.scid != did.scid:
        return LogScidMismatch("the log belongs to a DID with another SCID", entry=1)
    return LogDocumentInvalid("no version has the DID that was asked for", entry=1)


def _time(version: Version) -> datetime:
    return version.time


def _lists(version: Version, method_id: str, purpose: Purpose, key: PublicKey) -> bool:
    """Whether a version lists the same key under the same name; the name alone proves nothing."""
    try:
        found = version.document.method(method_id, purpose)
    except Error:
        return False
    return found == key and not version.parameters.deactivated
