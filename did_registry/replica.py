"""Follows one log leaf by leaf, recomputing its chain and root, and checks what each leaf says.

Whoever keeps a replica trusts the log's operator for nothing but the signature on the checkpoint:
an entry that breaks a DID's history, or an accreditation that the root did not sign, stops it.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final

from credentials.encoding import decode_base64url
from credentials.errors import Error
from credentials.json_object import JsonObject
from credentials.strict_json import JsonValue
from did_registry.accreditation import (
    Accreditation,
    VerifierRegistration,
    read_accreditation,
    read_registration,
    verify_by_root,
)
from did_registry.errors import LeafRejected, LogInconsistent
from did_registry.leaf import EMPTY_CHAIN, Leaf, LeafKind, verify_next
from did_registry.tlog.checkpoint import Checkpoint, verify_checkpoint
from did_registry.tlog.merkle import EMPTY_FRONTIER
from did_registry.tlog.note import VerifierKey
from did_registry.view import RegistryView
from did_registry.webvh.did import Did
from did_registry.webvh.entry import read_entry
from did_registry.webvh.history import History, begin

CLOCK_SKEW: Final = timedelta(minutes=5)  # how far ahead of ours the log's clock may be


class Replica:
    """Everything that follows from the leaves appended so far; `confirm` makes it usable.

    root: the one DID whose accreditations count.
    """

    def __init__(self, root: Did) -> None:
        self._root = root
        self._chain = EMPTY_CHAIN
        self._frontier = EMPTY_FRONTIER
        self._last_time: datetime | None = None
        self._histories: dict[str, History] = {}
        self._accreditations: dict[str, tuple[Accreditation, ...]] = {}
        self._registrations: dict[str, tuple[VerifierRegistration, ...]] = {}
        self._schemas: dict[str, bytes] = {}

    @property
    def size(self) -> int:
        """How many leaves it has seen: the index of the next."""
        return self._chain.size

    def append(self, data: bytes, now: datetime) -> Leaf:
        """Take the next leaf. Raises LeafRejected, and then takes nothing from it."""
        try:
            leaf, chain = verify_next(data, self._chain)
            self._check_time(leaf, now)
            self._take(leaf, now)
        except Error as error:
            raise LeafRejected(str(error), index=self.size) from error
        self._chain = chain
        self._frontier = self._frontier.append(chain.last)
        self._last_time = leaf.time
        return leaf

    def confirm(self, note: bytes, key: VerifierKey, now: datetime) -> RegistryView:
        """What is known, if the log has signed exactly these leaves.

        Raises LogInconsistent if the signed head is another, or what `verify_checkpoint` raises.
        """
        checkpoint = verify_checkpoint(note, key)
        self._check_head(checkpoint)
        return RegistryView(
            checkpoint=checkpoint,
            as_of=now,
            root=self._root,
            histories=dict(self._histories),
            accreditations=dict(self._accreditations),
            registrations=dict(self._registrations),
            schemas=dict(self._schemas),
        )

    def _check_head(self, checkpoint: Checkpoint) -> None:
        if checkpoint.size != self.size:
            raise LogInconsistent(f"{self.size} leaves, but {checkpoint.size} are signed")
        if checkpoint.root != self._frontier.root():
            raise LogInconsistent("the leaves do not give the root that is signed")

    def _check_time(self, leaf: Leaf, now: datetime) -> None:
        if self._last_time is not None and leaf.time < self._last_time:
            raise LogInconsistent("the leaf is dated before its predecessor")
        if leaf.time > now + CLOCK_SKEW:
            raise LogInconsistent("the leaf is dated in the future")

    def _take(self, leaf: Leaf, now: datetime) -> None:
        takers: dict[LeafKind, Callable[[], None]] = {
            LeafKind.DID: lambda: self._take_entry(leaf, now),
            LeafKind.ACCREDITATION: lambda: self._take_accreditation(leaf),
            LeafKind.VERIFIER: lambda: self._take_registration(leaf),
            LeafKind.SCHEMA: lambda: self._take_schema(leaf),
        }
        # The other kinds change nothing that a view answers: their bodies were checked on parsing.
        if leaf.kind in takers:
            takers[leaf.kind]()

    def _take_entry(self, leaf: Leaf, now: datetime) -> None:
        before = self._histories.get(leaf.subject)
        number = 1 if before is None else before.latest.number + 1
        entry = read_entry(JsonObject(leaf.body["entry"]).members, number=number)
        after = begin(entry, now) if before is None else before.advance(entry, now)
        if after.scid != leaf.subject:
            raise LogInconsistent("the leaf's subject is not the SCID of its entry")
        self._histories[leaf.subject] = after

    def _take_accreditation(self, leaf: Leaf) -> None:
        verified = verify_by_root(self._credential(leaf), self._root_history(), logged_at=leaf.time)
        found = read_accreditation(verified, logged_at=leaf.time)
        self._check_named(leaf, found.did)
        self._accreditations[found.did] = (*self._accreditations.get(found.did, ()), found)

    def _take_registration(self, leaf: Leaf) -> None:
        verified = verify_by_root(self._credential(leaf), self._root_history(), logged_at=leaf.time)
        found = read_registration(verified, logged_at=leaf.time)
        self._check_named(leaf, found.did)
        self._registrations[found.did] = (*self._registrations.get(found.did, ()), found)

    def _take_schema(self, leaf: Leaf) -> None:
        if leaf.subject in self._schemas:
            raise LogInconsistent("a published document of a type has a second leaf")
        digest = leaf.body["h"]
        assert isinstance(digest, str)
        self._schemas[leaf.subject] = decode_base64url(digest)

    def _credential(self, leaf: Leaf) -> JsonValue:
        return leaf.body["credential"]

    def _root_history(self) -> History:
        history = self._histories.get(self._root.scid)
        if history is None or history.did != self._root:
            raise LogInconsistent("the root's own DID is not in the log yet")
        return history

    def _check_named(self, leaf: Leaf, did: str) -> None:
        history = self._histories.get(leaf.subject)
        if history is None or str(history.did) != did:
            raise LogInconsistent("the leaf's subject is not the SCID of a DID in the log")
