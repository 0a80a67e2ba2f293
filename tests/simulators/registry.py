"""A registry over a database of the test's own: the actions, and what strangers see of them.

    registry = SimulatedRegistry(database)      # the root is there and may accredit
    did = registry.create("GU-11620")
    registry.accredit(did, "SeoulResidencyCredential")
    registry.publish()
    registry.http().get("/log/checkpoint")
    registry.replay()

Each method is one transaction. Smaller and faster than a city: no keystore, no issuer, no verifier.
"""

import copy
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import cached_property
from typing import Any, Final, TypeVar

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text
from sqlalchemy.orm import Session

from credentials.encoding import encode_base64url
from credentials.keys import Ed25519Signer
from did_registry import store
from did_registry.actions.accredit import RootAuthority, accredit_issuer, register_verifier
from did_registry.actions.append import LeafDraft, append
from did_registry.actions.create_did import create_did, log_entry
from did_registry.actions.head_publisher import HeadPublisher
from did_registry.actions.publish_checkpoint import publish_checkpoint, settle_guard
from did_registry.actions.publish_types import publish_types
from did_registry.actions.replay import replay
from did_registry.actions.sequencer import SEQUENCER, Sequencer
from did_registry.agency_document import build_agency_document
from did_registry.document import Purpose
from did_registry.errors import LogInconsistent
from did_registry.leaf import LeafKind
from did_registry.sign_guard import GuardedHead, SignGuard
from did_registry.tlog.cosignature import NO_WITNESSES, WitnessPolicy
from did_registry.tlog.note import Ed25519NoteSigner
from did_registry.trust import TrustAnchor
from did_registry.view import RegistryView
from did_registry.web import dids, entries, log, proof, types
from did_registry.web.service import EXTENSION, RegistryService
from did_registry.webvh.did import Did, placeholder_did
from did_registry.webvh.entry import parse_entry
from did_registry.webvh.history import History, replay_entries
from did_registry.webvh.witness import WitnessRule
from did_registry.webvh.writer import build_deactivation, build_next, next_key_hash
from storage.transaction import Database
from tests.simulators.clock import SimulatedClock
from tests.simulators.network import SimulatedNetwork
from tests.simulators.registry_log import (
    FRAGMENT,
    LOG_KEY,
    ORIGIN,
    log_key,
    signing_key,
    update_key,
)
from tests.simulators.stranger import stranger
from web.health import serve_health
from web.install import WebSettings, install
from web.origin import parse_origin
from web.outbound import Outbound, tls_context

HOST: Final = "registry.gwanin.example"
T = TypeVar("T")


class SimulatedRegistry:
    """A registry in an empty database. port: of its address, None for the one of https; witnesses:
    who must have signed a head before it is shown."""

    def __init__(
        self,
        database: Database,
        *,
        port: int | None = None,
        witnesses: WitnessPolicy = NO_WITNESSES,
    ) -> None:
        self.database = database
        self.witnesses = witnesses
        self.guard: SignGuard = MemorySignGuard()
        self.clock = SimulatedClock()
        self.port = port
        self.url = f"https://{HOST}" + ("" if port is None else f":{port}")
        self._codes: list[str] = []
        self.root = self.create("SEL-DIG")

    def over(self, database: Database) -> "SimulatedRegistry":
        """The same registry, with a clock of its own, over a copy of its database."""
        twin = copy.copy(self)
        twin.__dict__.pop("sequencer", None)
        twin.database, twin.clock = database, SimulatedClock(self.clock())
        twin.guard = MemorySignGuard()
        return twin

    @property
    def anchor(self) -> TrustAnchor:
        """What a follower pins."""
        return TrustAnchor(
            registry_url=self.url, log_key=log_key(), witnesses=NO_WITNESSES, root=self.root
        )

    @property
    def authority(self) -> RootAuthority:
        """The root's right to accredit."""
        return RootAuthority(
            did=self.root,
            key_id=f"{self.root}#{FRAGMENT}",
            signer=signing_key(1),
            registry_url=self.url,
        )

    def create(self, code: str, witness: WitnessRule | None = None) -> Did:
        """Make a DID that ends with `code`; witness: who must approve its versions."""
        self._codes.append(code)
        number = len(self._codes)
        document = build_agency_document(
            placeholder_did(HOST, self.port, ("dids", code)),
            {FRAGMENT: signing_key(number).public_key},
            purposes=(Purpose.ASSERTION,),
            credential_issuer=None,
        )
        history = self.write(
            lambda session: create_did(
                session,
                code=code,
                document=document,
                signer=update_key(number, 1),
                next_key_hashes=[next_key_hash(update_key(number, 2).public_key)],
                witness=witness,
                now=self.clock(),
            )
        )
        return history.did

    def rotate(self, did: Did) -> None:
        """Log the next version of a DID, with another signing key."""
        self._log(did, self.next_line(did))

    def next_line(self, did: Did, *, keys: int | None = None) -> bytes:
        """The line of the next version of a DID, as its agency makes it. keys: which signing key it
        lists, the one of the version's number when it is not said."""
        history = self._history(did)
        number, version = self._number(did), len(history.versions) + 1
        return build_next(
            history,
            document=build_agency_document(
                str(did),
                {FRAGMENT: signing_key(number, keys or version).public_key},
                purposes=(Purpose.ASSERTION,),
                credential_issuer=None,
            ),
            signer=update_key(number, version),
            next_key_hashes=[next_key_hash(update_key(number, version + 1).public_key)],
            now=self.clock(),
        )

    def version_id(self, did: Did) -> str:
        """The versionId of the last version of a DID."""
        return self._history(did).latest.version_id

    def history(self, did: Did) -> History:
        """All versions of a DID."""
        return self._history(did)

    def deactivate(self, did: Did) -> None:
        """Log the end of a DID, in two entries a second apart."""
        history = self._history(did)
        signer: Ed25519Signer = update_key(self._number(did), len(history.versions) + 1)
        for line in build_deactivation(history, signer=signer, now=self.clock()):
            self._log(did, line)
            self.clock.advance(seconds=1)

    def accredit(self, did: Did, *type_names: str) -> int:
        """Let an agency issue."""
        claims: dict[str, Any] = {
            "issuerDid": str(did),
            "allowedTypes": list(type_names),
            "nameKo": "관악구",
            "nameEn": "Gwanak-gu",
        }
        return self.write(
            lambda session: accredit_issuer(
                session, self.authority, claims, subject=did, now=self.clock()
            )
        )

    def register(self, did: Did, *attributes: str) -> int:
        """Let a verifier ask."""
        claims: dict[str, Any] = {
            "verifierDid": str(did),
            "nameKo": "서울도서관",
            "nameEn": "Seoul Metropolitan Library",
            "purpose": "회원 가입 자격 확인",
            "purposeEn": "Checking who may join",
            "legalBasis": "도서관법",
            "attributes": list(attributes),
            "retentionDays": 0,
        }
        return self.write(
            lambda session: register_verifier(
                session, self.authority, claims, subject=did, now=self.clock()
            )
        )

    def append(self, drafts: Sequence[LeafDraft]) -> list[int]:
        """Append leaves."""
        return self.write(lambda session: append(session, drafts, now=self.clock()))

    def fill(self, size: int) -> None:
        """Append small leaves until there are so many."""
        have = self.read(
            lambda session: session.execute(text("SELECT size FROM log_head"))
        ).scalar()
        self.append([draft(number) for number in range(int(have or 0), size)])

    def publish_types(self) -> int:
        """Log the digests of the catalogue."""
        return self.write(lambda session: publish_types(session, self.url, now=self.clock()))

    def publish(self) -> bytes:
        """Sign the head."""
        signer = Ed25519NoteSigner(ORIGIN, LOG_KEY)
        note = self.write(
            lambda session: publish_checkpoint(session, signer, self.guard, now=self.clock())
        )
        self.write(lambda session: settle_guard(session, self.guard))
        return note

    def replay(self) -> RegistryView:
        """Verify everything that is stored."""
        return self.read(
            lambda session: replay(session, root=self.root, key=log_key(), now=self.clock())
        )

    def write(self, act: Callable[[Session], T]) -> T:
        """One writing transaction."""
        with self.database.writing() as session:
            return act(session)

    def read(self, act: Callable[[Session], T]) -> T:
        """One reading transaction."""
        with self.database.reading() as session:
            return act(session)

    def tamper(self, statement: str, **values: Any) -> None:
        """Change what is stored behind everybody's back; refused unless it changes something."""
        with without_triggers(self.database) as session:
            result = session.execute(text(statement), values)
            assert result.rowcount  # type: ignore[attr-defined]

    def flip(self, table: str, column: str, at: int, where: str) -> None:
        """Turn one bit of byte `at` of one stored value."""
        select = text(f"SELECT {column} FROM {table} WHERE {where}")
        value = bytearray(self.read(lambda session: session.execute(select).scalar_one()))
        value[at] ^= 1
        self.tamper(f"UPDATE {table} SET {column} = :value WHERE {where}", value=bytes(value))

    def app(self) -> Flask:
        """What strangers see, and nothing of an issuer or verifier."""
        app = Flask("registry", static_folder=None)
        settings = WebSettings(
            public_url=parse_origin(self.url), trusted_proxies=0, rate_limits=True
        )
        install(app, settings, lambda: 0.0)
        serve_health(app, check_ready=lambda: None, clock=self.clock, clock_is_set=False)
        app.extensions[EXTENSION] = RegistryService(
            url=self.url,
            database=self.database,
            witnesses=self.witnesses,
            sequencer=self.sequencer,
            clock=self.clock,
        )
        for blueprint in (dids.bp, entries.bp, log.bp, proof.bp, types.bp):
            app.register_blueprint(blueprint)
        return app

    @cached_property
    def sequencer(self) -> Sequencer:
        """One process's part of sequencing. It signs no head: `publish` does."""
        leadership = self.database.leadership(SEQUENCER)
        return Sequencer(self.database, leadership, HeadPublisher(lambda: None), self.clock)

    def close(self) -> None:
        """End what offering entries over HTTP has begun."""
        self.sequencer.close()

    def http(self) -> FlaskClient:
        """A stranger's client, over https."""
        return stranger(self.app(), self.url)

    def outbound(self) -> Outbound:
        """A fetcher to which this registry is a server."""
        return Outbound(
            allowed=frozenset(),
            network=SimulatedNetwork().network,
            tls=tls_context(None),
            own_origin=parse_origin(self.url),
            own_app=self.app(),
        )

    def _history(self, did: Did) -> History:
        data = self.read(lambda session: store.did_log(session, did.scid))
        return replay_entries(data, self.clock())

    def _log(self, did: Did, line: bytes) -> None:
        history = self._history(did)
        number = len(history.versions) + 1
        after = history.advance(parse_entry(line[:-1], number=number), self.clock())
        self.write(
            lambda session: log_entry(
                session, after.latest, history.latest.version_id, line, now=self.clock()
            )
        )

    def _number(self, did: Did) -> int:
        return self._codes.index(did.path[-1]) + 1


@contextmanager
def without_triggers(database: Database) -> Iterator[Session]:
    """A writing transaction on a database whose tables are append-only no more."""
    with database.writing() as session:
        drop_triggers(session)
        yield session


def drop_triggers(session: Session) -> None:
    """Let every row be changed, until the transaction is rolled back or for ever."""
    if session.get_bind().dialect.name == "sqlite":
        found = session.execute(text("SELECT name FROM sqlite_master WHERE type = 'trigger'"))
        for name in found.scalars().all():
            session.execute(text(f"DROP TRIGGER {name}"))
        return
    for table in ("log_leaf", "log_checkpoint", "did_version", "did_witness_proof"):
        session.execute(text(f"ALTER TABLE {table} DISABLE TRIGGER USER"))


class MemorySignGuard:
    """A guard that forgets everything with its process; it takes the first head that it is told."""

    def __init__(self) -> None:
        self.signed: GuardedHead | None = None
        self.pending: GuardedHead | None = None
        self._is_new = True

    def begin(self, stored: GuardedHead | None, head: GuardedHead) -> None:
        """As every guard does."""
        self.settle(stored)
        self.pending = head

    def settle(self, stored: GuardedHead | None) -> None:
        """As every guard does."""
        known = self.signed if self.pending is None else self.pending
        if not self._is_new and stored not in {self.signed, known}:
            raise LogInconsistent("the database is not where the log was signed last")
        self._is_new, self.signed, self.pending = False, stored, None


def draft(number: int) -> LeafDraft:
    """A small leaf that differs by its number."""
    digest = encode_base64url(number.to_bytes(32))
    return LeafDraft(kind=LeafKind.SCHEMA, subject=f"types/N{number}/v1", body={"h": digest})
