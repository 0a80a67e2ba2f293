"""Witnesses without sockets: each with a database of its own, reached over HTTP as the log does it.

town = SimulatedWitnesses(folder, clock)          # SEL-WIT1, SEL-WIT2, SEL-WIT3; quorum 2
town.cosign(database)                 # asks all three to sign the newest head
town.away.add("SEL-WIT3")
town.witness("SEL-WIT1").evidence()
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from flask import Flask

from credentials.did_key import encode_did_key
from credentials.keys import Ed25519Signer
from did_registry import witness_store
from did_registry.actions.collect_approvals import collect_approvals
from did_registry.actions.collect_cosignatures import collect_cosignatures
from did_registry.actions.witness_head import Witness
from did_registry.tlog.cosignature import WitnessPolicy, witness_key
from did_registry.tlog.note import VerifierKey
from did_registry.web import witness as witness_pages
from did_registry.web.witness import EXTENSION, WitnessService
from did_registry.webvh.witness import WitnessRule
from did_registry.witness_peers import WitnessPeer, WitnessPeers
from did_registry.witness_store import WITNESS_TABLES
from storage.engine import build_engine
from storage.transaction import Database
from tests.simulators.network import SimulatedNetwork
from tests.simulators.registry_log import ORIGIN, log_key
from tests.simulators.stranger import stranger
from web.errors import FetchFailed
from web.fetched import Fetched
from web.install import WebSettings, install
from web.origin import parse_origin
from web.outbound import Outbound, tls_context

NAMES = ("SEL-WIT1", "SEL-WIT2", "SEL-WIT3")


def cosigner(name: str) -> Ed25519Signer:
    """The key with which a witness of this name signs heads."""
    return Ed25519Signer(name.encode().ljust(32, b"w"))


def approver(name: str) -> Ed25519Signer:
    """The key with which a witness of this name approves versions of DIDs."""
    return Ed25519Signer(name.encode().ljust(32, b"d"))


def policy_of(names: Sequence[str]) -> WitnessPolicy:
    """A policy that wants two of these."""
    keys = tuple(witness_key(name, cosigner(name).public_key) for name in names)
    return WitnessPolicy(witnesses=keys, quorum=2)


POLICY = policy_of(NAMES)


class SimulatedWitness:
    """One witness of the simulated log."""

    def __init__(
        self, name: str, folder: Path, clock: Callable[[], datetime], key: VerifierKey
    ) -> None:
        self.name = name
        self.url = f"https://{name.lower()}.example"
        self.signer, self.approver = cosigner(name), approver(name)
        self.did = encode_did_key(self.approver.public_key)
        self.key = witness_key(name, self.signer.public_key)
        self.database = Database(build_engine(f"sqlite:///{folder / name}.sqlite"))
        self.database.create_tables(WITNESS_TABLES)
        self.app = self._app(clock, key)
        self.http = stranger(self.app, self.url)
        self.outbound = Outbound(
            allowed=frozenset(),
            network=SimulatedNetwork().network,
            tls=tls_context(None),
            own_origin=parse_origin(self.url),
            own_app=self.app,
        )

    def evidence(self) -> Sequence[bytes]:
        """What it holds against the log."""
        with self.database.reading() as session:
            return witness_store.evidence(session, ORIGIN)

    def approve_with(self, other: Ed25519Signer) -> None:
        """Sign approvals with another key than its own from now on."""
        service: WitnessService = self.app.extensions[EXTENSION]
        witness = replace(service.witness, approver=other)
        self.app.extensions[EXTENSION] = replace(service, witness=witness)

    def forget(self) -> None:
        """Lose everything, as after a disk failure."""
        with self.database.writing() as session:
            for table in WITNESS_TABLES.sorted_tables:
                session.execute(table.delete())

    def _app(self, clock: Callable[[], datetime], key: VerifierKey) -> Flask:
        app = Flask("witness", static_folder=None)
        url = parse_origin(self.url)
        install(app, WebSettings(public_url=url, trusted_proxies=0, rate_limits=True), lambda: 0.0)
        app.extensions[EXTENSION] = WitnessService(
            witness=Witness(
                name=self.name,
                signer=self.signer,
                approver=self.approver,
                logs={key.name: key},
            ),
            database=self.database,
            clock=clock,
        )
        app.register_blueprint(witness_pages.bp)
        return app


class SimulatedWitnesses:
    """Witnesses, three unless named; `away` has the names of those that do not answer; while they
    are `deaf`, all sign heads and approve no versions."""

    def __init__(
        self,
        folder: Path,
        clock: Callable[[], datetime],
        key: VerifierKey | None = None,
        names: Sequence[str] = NAMES,
    ) -> None:
        self.all = [SimulatedWitness(name, folder, clock, key or log_key()) for name in names]
        self.away: set[str] = set()
        self.deaf = False
        self.clock, self.log_key = clock, key or log_key()

    @property
    def rule(self) -> WitnessRule:
        """What a DID says that wants two of them to approve it."""
        keys = {one.did: one.approver.public_key for one in self.all}
        return WitnessRule(threshold=2, witnesses=keys)

    @property
    def peers(self) -> WitnessPeers:
        """What a log knows of them."""
        peers = tuple(WitnessPeer(key=one.key, url=one.url, did=one.did) for one in self.all)
        return WitnessPeers(
            rule=self.rule, policy=policy_of([one.name for one in self.all]), peers=peers
        )

    def cosign(self, database: Database) -> tuple[str, ...]:
        """Ask all of them to sign a log's newest head, as its writer does."""
        return collect_cosignatures(database, self.peers, self, key=self.log_key, now=self.clock())

    def approve(self, database: Database, peers: WitnessPeers | None = None) -> tuple[str, ...]:
        """Ask them to approve what is not shown yet; returns the SCIDs of what still waits."""
        return collect_approvals(database, peers or self.peers, self, now=self.clock())

    def witness(self, name: str) -> SimulatedWitness:
        """One of them."""
        return next(one for one in self.all if one.name == name)

    def post(
        self, url: str, body: bytes, *, content_type: str, accept: Sequence[str], max_bytes: int
    ) -> Fetched:
        """Reach the witness that a URL names."""
        found = next(one for one in self.all if url.startswith(f"{one.url}/"))
        if found.name in self.away or (self.deaf and url.endswith("/add-did-version")):
            raise FetchFailed("nobody answers")
        return found.outbound.post(
            url, body, content_type=content_type, accept=accept, max_bytes=max_bytes
        )

    def get(self, url: str, *, accept: Sequence[str], max_bytes: int) -> Fetched:
        """Read what the witness that a URL names serves."""
        found = next(one for one in self.all if url.startswith(f"{one.url}/"))
        if found.name in self.away:
            raise FetchFailed("nobody answers")
        return found.outbound.get(url, accept=accept, max_bytes=max_bytes)

    def close(self) -> None:
        """Close their databases."""
        for one in self.all:
            one.database.close()
