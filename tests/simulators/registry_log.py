"""A registry's log made to order, in memory: right, or wrong in one leaf.

    log = RegistryLog()                                # leaf 0: the root's DID
    agency = log.member("GU-11620")                    # leaf 1: an agency's DID
    log.accredit(agency, "SeoulResidencyCredential")   # leaf 2
    view = log.view()                                  # what a replica makes of it

`build` makes the next leaf without taking it, so that a test can change it first. Nothing here is
stored or served; `tests/simulators/log_files.py` serves such a log.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from credentials.claims import Claims
from credentials.jcs import canonicalize
from credentials.json_object import parse_object
from credentials.keys import Ed25519Signer, P256Signer, Signer
from credentials.validity import Validity
from did_registry.accreditation import ISSUER_TYPE, VERIFIER_TYPE, sign_by_root
from did_registry.agency_document import build_agency_document
from did_registry.document import Purpose
from did_registry.leaf import EMPTY_CHAIN, ChainHead, Leaf, LeafKind, build_leaf, verify_chain
from did_registry.notice import Compromise, Notice, sign_notice
from did_registry.replica import Replica
from did_registry.tlog.base64_standard import encode_base64
from did_registry.tlog.checkpoint import build_checkpoint
from did_registry.tlog.cosignature import NO_WITNESSES
from did_registry.tlog.merkle import leaf_hash, root_of
from did_registry.tlog.note import Ed25519NoteSigner, VerifierKey, verifier_key
from did_registry.tlog.proof import build_inclusion
from did_registry.tlog.tiles import grow, node_reader
from did_registry.tlog.tlog_proof import TlogProof, encode_tlog_proof
from did_registry.trust import TrustAnchor
from did_registry.view import RegistryView
from did_registry.webvh.did import Did, placeholder_did
from did_registry.webvh.entry import parse_entry
from did_registry.webvh.history import History, begin
from did_registry.webvh.writer import (
    build_deactivation,
    build_genesis,
    build_next,
    next_key_hash,
)
from tests.simulators.clock import SimulatedClock

HOST: Final = "registry.gwanin.example"
URL: Final = f"https://{HOST}"
ORIGIN: Final = f"{HOST}/2026"
LOG_KEY: Final = Ed25519Signer(b"\xf0" * 32)
FRAGMENT: Final = "eddsa-1"
YEAR: Final = timedelta(days=365)


@dataclass
class Member:
    """A DID in the log; `number` makes its keys, which are the same in every run."""

    code: str
    number: int
    history: History
    keys: int = 1

    @property
    def did(self) -> Did:
        return self.history.did

    @property
    def key_id(self) -> str:
        """The DID URL of its signing key, an Ed25519 key."""
        return f"{self.did}#{FRAGMENT}"

    @property
    def signer(self) -> Ed25519Signer:
        """Its signing key of today."""
        return signing_key(self.number, self.keys)


class RegistryLog:
    """Leaves in order, and the root that may accredit; `clock` is the log's."""

    def __init__(self, start: datetime | None = None) -> None:
        self.clock = SimulatedClock() if start is None else SimulatedClock(start)
        self.leaves: list[bytes] = []
        self._members = 0
        self.root = self.member("SEL-DIG")

    @property
    def anchor(self) -> TrustAnchor:
        """What a follower of this log pins."""
        return TrustAnchor(
            registry_url=URL, log_key=log_key(), witnesses=NO_WITNESSES, root=self.root.did
        )

    def build(
        self, kind: LeafKind, subject: str, body: Claims, *, time: datetime | None = None
    ) -> bytes:
        """The next leaf, well-formed, not taken."""
        head = self._head()
        leaf = Leaf(
            index=head.size,
            previous=head.last,
            kind=kind,
            subject=subject,
            time=self.clock().replace(microsecond=0) if time is None else time,
            body=body,
        )
        return build_leaf(leaf)

    def add(self, kind: LeafKind, subject: str, body: Claims) -> bytes:
        """Take the next leaf."""
        self.leaves.append(self.build(kind, subject, body))
        return self.leaves[-1]

    def member(self, code: str) -> Member:
        """Log the first entry of a new DID that ends with `code`."""
        self._members += 1
        number = self._members
        line = genesis(code, number, self.clock())
        member = Member(code, number, begin(parse_entry(line[:-1], number=1), self.clock()))
        self._add_entry(member, line)
        return member

    def rotate(self, member: Member) -> None:
        """Log an entry in which the signing key is another one."""
        member.keys += 1
        self._add_entry(member, next_line(member, self.clock()))

    def deactivate(self, member: Member) -> None:
        """Log the last two entries of a DID, a second apart."""
        signer = update_key(member.number, len(member.history.versions) + 1)
        lines = build_deactivation(member.history, signer=signer, now=self.clock())
        self._add_entry(member, lines[0])
        self.clock.advance(seconds=1)
        self._add_entry(member, lines[1])

    def accredit(self, member: Member, *types: str, **changes: Any) -> None:
        """Log a right to issue; `changes` as in `accreditation`."""
        credential = self.accreditation(member, *types, **changes)
        self.add(LeafKind.ACCREDITATION, member.did.scid, {"credential": credential})

    def register(self, member: Member, *attributes: str, **changes: Any) -> None:
        """Log a right to ask; `changes` as in `registration`."""
        credential = self.registration(member, *attributes, **changes)
        self.add(LeafKind.VERIFIER, member.did.scid, {"credential": credential})

    def compromise(self, member: Member, since: datetime) -> None:
        """Declare a member's signing key of this name compromised."""
        notice = Compromise(did=str(member.did), key=member.key_id, since=since)
        self.give_notice(notice, member.did.scid)

    def give_notice(self, notice: Notice, subject: str | None = None, **changes: Any) -> None:
        """Log a notice; `changes` as in `statement`."""
        statement = self.statement(notice, **changes)
        self.add(LeafKind.NOTICE, subject or notice.did, {"statement": statement})

    def statement(self, notice: Notice, **changes: Any) -> Claims:
        """A notice, signed by the root; changes: arguments of `sign_notice`."""
        usual: dict[str, Any] = {
            "root": str(self.root.did),
            "key_id": self.root.key_id,
            "signer": self.root.signer,
            "now": self.clock(),
        }
        return sign_notice(notice, **(usual | changes))

    def accreditation(self, member: Member, *types: str, **changes: Any) -> Claims:
        """The credential of a right to issue for a year, signed by the root.

        changes: `claims` replaces some of the usual ones; others are those of `sign_by_root`.
        """
        claims: Claims = {
            "issuerDid": str(member.did),
            "allowedTypes": list(types),
            "nameKo": "관악구",
            "nameEn": "Gwanak-gu",
        }
        return self._sign(ISSUER_TYPE, claims, changes)

    def registration(self, member: Member, *attributes: str, **changes: Any) -> Claims:
        """The credential of a right to ask for a year, signed by the root."""
        claims: Claims = {
            "verifierDid": str(member.did),
            "nameKo": "서울도서관",
            "nameEn": "Seoul Metropolitan Library",
            "purpose": "회원 가입 자격 확인",
            "purposeEn": "Checking who may join",
            "legalBasis": "도서관법",
            "attributes": list(attributes),
            "retentionDays": 0,
        }
        return self._sign(VERIFIER_TYPE, claims, changes)

    def note(
        self, size: int | None = None, *, origin: str = ORIGIN, key: Signer = LOG_KEY
    ) -> bytes:
        """The head over the first `size` leaves, signed."""
        leaves = self.leaves[:size]
        root = root_of(map(leaf_hash, leaves))
        return build_checkpoint(origin, len(leaves), root, [Ed25519NoteSigner(origin, key)])

    def prove(self, index: int) -> bytes:
        """Where a leaf stands under the newest head: a tlog-proof that brings the leaf along."""
        leaves = self.leaves
        tiles = dict(grow(0, [*map(leaf_hash, leaves)], lambda _: b""))
        path = build_inclusion(index, len(leaves), node_reader(len(leaves), tiles.__getitem__))
        return encode_tlog_proof(
            TlogProof(index=index, path=tuple(path), checkpoint=self.note(), extra=leaves[index])
        )

    def replica(self) -> Replica:
        """A replica that has taken all leaves."""
        replica = Replica(self.root.did)
        for leaf in self.leaves:
            replica.append(leaf, self.clock())
        return replica

    def view(self) -> RegistryView:
        """What follows from all leaves."""
        return self.replica().confirm(self.note(), log_key(), self.clock())

    def _sign(self, type_name: str, claims: Claims, changes: dict[str, Any]) -> Claims:
        now = self.clock().replace(microsecond=0)
        usual: dict[str, Any] = {
            "integrity": {},
            "root": str(self.root.did),
            "key_id": self.root.key_id,
            "signer": self.root.signer,
            "validity": Validity(now, now + YEAR),
            "now": now,
        }
        claims = claims | changes.pop("claims", {})
        type_url = f"{URL}/types/{type_name}/v1"
        return sign_by_root(type_url, type_name, claims, **(usual | changes))

    def _add_entry(self, member: Member, line: bytes) -> None:
        number = parse_object(line).text("versionId").partition("-")[0]
        if number != "1":
            entry = parse_entry(line[:-1], number=int(number))
            member.history = member.history.advance(entry, self.clock() + timedelta(seconds=1))
        self.add(LeafKind.DID, member.did.scid, {"entry": parse_object(line).members})

    def _head(self) -> ChainHead:
        if not self.leaves:
            return EMPTY_CHAIN
        return ChainHead(size=len(self.leaves), last=leaf_hash(self.leaves[-1]))


def rechained(leaves: list[bytes], **changes: Any) -> list[bytes]:
    """The same leaves with indexes and predecessors made right again; for a rewritten history.

    changes: members to replace in the first leaf, such as `t`.
    """
    head, result = EMPTY_CHAIN, []
    for data in leaves:
        members = parse_object(data).members | changes
        changes = {}
        members = members | {"i": head.size, "prev": encode_base64(head.last)}
        result.append(canonicalize(members))
        head = verify_chain(result[-1:], head)
    return result


def log_key() -> VerifierKey:
    """The key of the simulated log, as followers pin it."""
    return verifier_key(ORIGIN, LOG_KEY.public_key)


def signing_key(number: int, keys: int = 1) -> Ed25519Signer:
    """The signing key of member `number` after `keys - 1` rotations."""
    return Ed25519Signer(bytes([number, keys]) * 16)


def update_key(number: int, version: int) -> Ed25519Signer:
    """The update key of member `number` that signs its version."""
    return Ed25519Signer(bytes([number, version, 0xAA, 0x55]) * 8)


def genesis(code: str, number: int, now: datetime) -> bytes:
    """The first line of a member's did.jsonl."""
    name = placeholder_did(HOST, None, ("dids", code))
    return build_genesis(
        document=_document(name, number, 1),
        signer=update_key(number, 1),
        next_key_hashes=[next_key_hash(update_key(number, 2).public_key)],
        now=now,
    )


def next_line(member: Member, now: datetime) -> bytes:
    """The next line of a member's did.jsonl, with its signing key of today."""
    version = len(member.history.versions) + 1
    return build_next(
        member.history,
        document=_document(str(member.did), member.number, member.keys),
        signer=update_key(member.number, version),
        next_key_hashes=[next_key_hash(update_key(member.number, version + 1).public_key)],
        now=now,
    )


def _document(did: str, number: int, keys: int) -> Claims:
    return build_agency_document(
        did,
        {
            FRAGMENT: signing_key(number, keys).public_key,
            "es256-1": P256Signer(bytes([number, keys]) * 16).public_key,
        },
        purposes=(Purpose.ASSERTION,),
        credential_issuer=f"https://gwanin.example/issuers/{number}",
    )
