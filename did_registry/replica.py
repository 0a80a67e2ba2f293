"""Follows one log leaf by leaf, recomputing its chain and root, and checks what each leaf says.

Whoever keeps a replica trusts the log's operator for nothing but the signature on the checkpoint:
an entry that breaks a DID's history, or an accreditation that the root did not sign, stops it.
"""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Final

from credentials.encoding import decode_base64url
from credentials.errors import Error
from credentials.json_object import JsonObject
from credentials.keys import PublicKey
from credentials.model import Verified
from did_registry.accreditation import (
    Accreditation,
    VerifierRegistration,
    ended,
    read_accreditation,
    read_registration,
    verify_by_root,
)
from did_registry.admission import Admission, EndOfAdmission, own_key
from did_registry.directory import SUBJECT as DIRECTORY_SUBJECT
from did_registry.directory import Directory, DirectoryRow, row_of
from did_registry.errors import KeyCompromised, LeafRejected, LogInconsistent
from did_registry.leaf import EMPTY_CHAIN, ChainHead, Leaf, LeafKind, parse_leaf, verify_next
from did_registry.logged_list import LoggedList, read_logged_list
from did_registry.logged_root import (
    LoggedBatch,
    LoggedRoot,
    read_audit_head,
    read_batch,
    read_service_root,
)
from did_registry.notice import Compromise, read_notice, signing_key_of
from did_registry.tlog.checkpoint import Checkpoint, verify_checkpoint
from did_registry.tlog.merkle import EMPTY_FRONTIER, Frontier, leaf_hash
from did_registry.tlog.note import VerifierKey
from did_registry.view import RegistryView
from did_registry.webvh.did import Did
from did_registry.webvh.entry import read_entry
from did_registry.webvh.history import History, begin

CLOCK_SKEW: Final = timedelta(minutes=5)  # how far ahead of ours the log's clock may be


class Replica:
    """Everything that follows from the leaves appended so far; `confirm` makes it usable.

    root: the one DID whose accreditations count; notes_roots: whether a view should answer for the
    roots of batches, services and records of acts, of which there are more with every day.
    """

    def __init__(self, root: Did, *, notes_roots: bool = True) -> None:
        self._root = root
        self._notes_roots = notes_roots
        self._chain = EMPTY_CHAIN
        self._frontier = EMPTY_FRONTIER
        self._last_time: datetime | None = None
        self._histories: dict[str, History] = {}
        self._accreditations: dict[str, tuple[Accreditation, ...]] = {}
        self._registrations: dict[str, tuple[VerifierRegistration, ...]] = {}
        self._schemas: dict[str, bytes] = {}
        self._latest: dict[str, DirectoryRow] = {}
        self._lists: dict[str, LoggedList] = {}
        self._compromised: dict[PublicKey, datetime] = {}
        self._admitted: dict[str, datetime] = {}
        self._anchors: dict[str, bytes] = {}
        self._notices = 0
        self._batches: dict[tuple[str, bytes], LoggedBatch] = {}
        self._services: dict[str, tuple[LoggedRoot, ...]] = {}
        self._audits: dict[str, tuple[LoggedRoot, ...]] = {}

    @classmethod
    def resumed(
        cls, root: Did, leaves: Sequence[bytes], frontier: Frontier, now: datetime
    ) -> "Replica":
        """A replica that stands where it would after a log of which these leaves are remembered.

        leaves: those that `KeptLeaves` keeps, the log's last one at the end; frontier: of the whole
        log. What each leaf says is checked again; roots are not noted. Raises LeafRejected.
        """
        replica = cls(root, notes_roots=False)
        for data in leaves:
            leaf = parse_leaf(data)
            try:
                replica._take(leaf, now)
            except Error as error:
                raise LeafRejected(str(error), index=leaf.index) from error
            replica._last_time = leaf.time
        replica._chain = ChainHead(size=frontier.size, last=leaf_hash(leaves[-1]))
        replica._frontier = frontier
        return replica

    @property
    def size(self) -> int:
        """How many leaves it has seen: the index of the next."""
        return self._chain.size

    @property
    def tree_root(self) -> bytes:
        """The root over them."""
        return self._frontier.root()

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
        return self.peek(checkpoint, now)

    def peek(self, checkpoint: Checkpoint, now: datetime) -> RegistryView:
        """What follows from all leaves, whether a head over them is signed or not; it decides
        nothing. checkpoint: what is known to be signed."""
        return RegistryView(
            checkpoint=checkpoint,
            as_of=now,
            root=self._root,
            histories=dict(self._histories),
            accreditations=dict(self._accreditations),
            registrations=dict(self._registrations),
            schemas=dict(self._schemas),
            latest=dict(self._latest),
            lists=dict(self._lists),
            compromised=dict(self._compromised),
            admitted=dict(self._admitted),
            anchors=dict(self._anchors),
            notices=self._notices,
            batches=dict(self._batches),
            services=dict(self._services),
            audits=dict(self._audits),
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
            LeafKind.STATUS: lambda: self._take_status(leaf),
            LeafKind.DIRECTORY: lambda: self._take_directory(leaf),
            LeafKind.NOTICE: lambda: self._take_notice(leaf),
            LeafKind.BATCH: lambda: self._take_batch(leaf),
            LeafKind.SERVICE: lambda: self._take_root(self._services, leaf, read_service_root),
            LeafKind.AUDIT: lambda: self._take_root(self._audits, leaf, read_audit_head),
        }
        if leaf.kind in takers:
            takers[leaf.kind]()
        row = row_of(leaf)
        if row is not None:
            self._latest[row.key] = row

    def _take_entry(self, leaf: Leaf, now: datetime) -> None:
        before = self._histories.get(leaf.subject)
        number = 1 if before is None else before.latest.number + 1
        entry = read_entry(JsonObject(leaf.body["entry"]).members, number=number)
        after = begin(entry, now) if before is None else before.advance(entry, now)
        if after.scid != leaf.subject:
            raise LogInconsistent("the leaf's subject is not the SCID of its entry")
        self._histories[leaf.subject] = after

    def _take_accreditation(self, leaf: Leaf) -> None:
        verified = self._verify_by_root(leaf)
        found = read_accreditation(verified, logged_at=leaf.time)
        self._check_named(leaf, found.did)
        self._accreditations[found.did] = (*self._accreditations.get(found.did, ()), found)

    def _take_registration(self, leaf: Leaf) -> None:
        verified = self._verify_by_root(leaf)
        found = read_registration(verified, logged_at=leaf.time)
        self._check_named(leaf, found.did)
        self._registrations[found.did] = (*self._registrations.get(found.did, ()), found)

    def _take_schema(self, leaf: Leaf) -> None:
        if leaf.subject in self._schemas:
            raise LogInconsistent("a published document of a type has a second leaf")
        digest = leaf.body["h"]
        assert isinstance(digest, str)
        self._schemas[leaf.subject] = decode_base64url(digest)

    def _take_status(self, leaf: Leaf) -> None:
        before, after = self._lists.get(leaf.subject), read_logged_list(leaf)
        if before is not None and after.sequence <= before.sequence:
            raise LogInconsistent("the list was logged with this or a later sequence number")
        self._lists[leaf.subject] = after

    def _take_directory(self, leaf: Leaf) -> None:
        directory = Directory(self._latest.values())
        if leaf.subject != DIRECTORY_SUBJECT or leaf.body != directory.leaf_body(leaf.index):
            raise LogInconsistent("the leaf is not the directory of the leaves before it")

    def _take_batch(self, leaf: Leaf) -> None:
        """What is proven with it is proven by the first leaf that holds it."""
        root, batch = read_batch(leaf)
        if self._notes_roots:
            self._batches.setdefault((leaf.subject, root), batch)

    def _take_root(
        self,
        held: dict[str, tuple[LoggedRoot, ...]],
        leaf: Leaf,
        read: Callable[[Leaf], LoggedRoot],
    ) -> None:
        """Whether it is true is for whoever has what it stands for."""
        found = read(leaf)
        if self._notes_roots:
            held[leaf.subject] = (*held.get(leaf.subject, ()), found)

    def _take_notice(self, leaf: Leaf) -> None:
        statement = leaf.body["statement"]
        key = signing_key_of(statement, self._root_history(), logged_at=leaf.time)
        self._check_not_compromised(key)
        match read_notice(statement, key, logged_at=leaf.time):
            case Compromise() as found:
                self._take_compromise(leaf, found)
            case Admission() as found:
                self._take_admission(leaf, found)
            case EndOfAdmission() as found:
                self._take_end(leaf, found)
        self._notices += 1

    def _take_compromise(self, leaf: Leaf, found: Compromise) -> None:
        """Every key that ever stood under this name is meant, wherever it is listed."""
        if found.did in self._admitted:
            own = own_key(found.did, found.key)
            keys, subject = frozenset() if own is None else frozenset({own}), found.did
        else:
            history = self._histories.get(leaf.subject)
            if history is None or str(history.did) != found.did:
                raise LogInconsistent("the leaf's subject is not the SCID of a DID in the log")
            keys, subject = history.keys_named(found.key), leaf.subject
        if not keys or subject != leaf.subject:
            raise LogInconsistent("the DID never had the key that is declared compromised")
        for key in keys:
            self._compromised[key] = min(found.since, self._compromised.get(key, found.since))

    def _take_admission(self, leaf: Leaf, found: Admission) -> None:
        if leaf.subject != found.did:
            raise LogInconsistent("the leaf's subject is not the DID that is admitted")
        if found.did in {str(history.did) for history in self._histories.values()}:
            raise LogInconsistent("a DID of this log is accredited, not admitted")
        self._admitted.setdefault(found.did, leaf.time)
        if found.anchor is not None:
            self._anchors[found.did] = found.anchor
        accreditation = found.accreditation(leaf.time)
        registration = found.registration(leaf.time)
        if accreditation is not None:
            held = self._accreditations.get(found.did, ())
            self._accreditations[found.did] = (*held, accreditation)
        if registration is not None:
            asked = self._registrations.get(found.did, ())
            self._registrations[found.did] = (*asked, registration)

    def _take_end(self, leaf: Leaf, found: EndOfAdmission) -> None:
        if leaf.subject != found.did or found.did not in self._admitted:
            raise LogInconsistent("the leaf's subject is nobody who was admitted")
        accreditations = self._accreditations.get(found.did, ())
        registrations = self._registrations.get(found.did, ())
        left = ended(accreditations, found.since), ended(registrations, found.since)
        if left == (accreditations, registrations):
            raise LogInconsistent("no right is left that could end then")
        self._accreditations[found.did], self._registrations[found.did] = left

    def _verify_by_root(self, leaf: Leaf) -> Verified:
        root = self._root_history()
        verified, key = verify_by_root(leaf.body["credential"], root, logged_at=leaf.time)
        self._check_not_compromised(key)
        return verified

    def _check_not_compromised(self, key: PublicKey) -> None:
        """The log's own order says what came first, whatever `since` says."""
        if key in self._compromised:
            raise KeyCompromised("the root has declared this key of its own compromised")

    def _root_history(self) -> History:
        history = self._histories.get(self._root.scid)
        if history is None or history.did != self._root:
            raise LogInconsistent("the root's own DID is not in the log yet")
        return history

    def _check_named(self, leaf: Leaf, did: str) -> None:
        history = self._histories.get(leaf.subject)
        if history is None or str(history.did) != did:
            raise LogInconsistent("the leaf's subject is not the SCID of a DID in the log")
