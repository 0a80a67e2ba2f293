"""One process's city: each part built from the settings when it is first needed, and never twice.

What is joined into an application or a command is for `app.py`.
"""

import os
from contextlib import suppress
from datetime import timedelta
from functools import cached_property
from pathlib import Path

from argon2 import PasswordHasher
from flask import Flask
from sqlalchemy.exc import OperationalError, ProgrammingError

from city_services.seoul.commands import KEYSTORE
from city_services.seoul.data import load_city
from city_services.seoul.errors import NotSeeded
from city_services.seoul.log_office import LogOffice
from city_services.seoul.root_office import AT_THE_MACHINE, CityTenants, RootOffice
from city_services.seoul.seed import LOG_ORIGIN, ROOT, Seeding, log_signer
from city_services.seoul.seed_staff import LOGINS_FILE, seed_staff, write_logins
from city_services.seoul.settings import Settings
from city_services.seoul.web.registry_desk.service import RegistryDesk
from console.city_clock import city_clock
from console.clock import Clock, system_clock
from did_registry.actions.collect_approvals import collect_approvals
from did_registry.actions.collect_cosignatures import collect_cosignatures
from did_registry.actions.connect import (
    TRUST_FILE,
    read_trust_file,
    read_witness_peers,
)
from did_registry.actions.follow import Freshness, RegistryFollower
from did_registry.actions.foreign_dids import ForeignDids
from did_registry.actions.guard_file import GUARD_FILE, FileSignGuard
from did_registry.actions.open_witness import open_witness
from did_registry.actions.publish_checkpoint import settle_guard
from did_registry.actions.registry_writer import RegistryWriter
from did_registry.actions.replay import replay
from did_registry.actions.root_desk import RootDesk
from did_registry.actions.sequencer import SEQUENCER
from did_registry.errors import NoTrustFile
from did_registry.sign_guard import SignGuard
from did_registry.store import find_did, find_head, latest_checkpoint
from did_registry.tlog.errors import QuorumMissing
from did_registry.tlog.note import Ed25519NoteSigner, verifier_key
from did_registry.trust import TrustAnchor, encode_trust_anchor
from did_registry.view import RegistryView
from did_registry.web.pages_service import RegistryPages
from did_registry.web.service import RegistryService
from did_registry.web.witness import WitnessService
from did_registry.witness_peers import WITNESSES_FILE, WitnessPeers
from did_registry.witness_store import WITNESS_TABLES
from issuer.actions.context import NO_LOG, IssuerContext
from issuer.actions.service import IssuerService
from issuer.secret_macs import SecretMacs
from issuer.settings import IssuerSettings
from staff.actions.service import StaffService
from storage.base import Base
from storage.engine import build_engine
from storage.epoch import current_epoch, key_name
from storage.integrity import check_integrity, check_ready
from storage.keystore import Keystore, open_keystore
from storage.master_key import read_passphrase
from storage.private_files import check_not_writable, check_private, replace_private
from storage.sealed import Sealer
from storage.transaction import Database
from verifier.actions.gather_evidence import OnlineEvidence
from verifier.actions.service import VerifierService
from verifier.actions.status_lists import StatusLists
from verifier.policy import ONLINE
from verifier.settings import VerifierSettings
from wallet.web.service import WalletService
from web.errors import SettingRefused
from web.guarded_connection import system_network
from web.outbound import Outbound, tls_context

_OTHER_CITY = (
    "the data folder and the database are of different cities;"
    " name the right ones in GWANIN_DATA_DIR and GWANIN_DATABASE_URL"
)
DEMO_STATUS_TTL = timedelta(seconds=5)


class City:
    """One process's city. own_app answers requests to our own address without a socket; clock is
    the machine's but in tests."""

    def __init__(
        self, settings: Settings, *, own_app: Flask | None = None, clock: Clock = system_clock
    ) -> None:
        self.settings = settings
        self._own_app = own_app
        self._machine_clock = clock
        self.public_url = str(settings.addresses.public_url)
        self.registry_url = str(settings.addresses.registry_url)

    @cached_property
    def clock(self) -> Clock:
        return city_clock(self.settings.data_dir, self._machine_clock)[0]

    @cached_property
    def clock_is_set(self) -> bool:
        return city_clock(self.settings.data_dir, self._machine_clock)[1]

    @cached_property
    def database(self) -> Database:
        return Database(build_engine(self.settings.database_url))

    @cached_property
    def epoch(self) -> int:
        """How often the database was put back from a backup; a new one is seen by the next start.

        Raises NotSeeded before there are tables.
        """
        try:
            with self.database.reading() as session:
                return current_epoch(session)
        except (OperationalError, ProgrammingError) as error:
            raise NotSeeded("the database holds no city: run `gwanin seed`") from error

    @cached_property
    def keystore(self) -> Keystore:
        try:
            passphrase = read_passphrase(self.settings.passphrase_file)
        except FileNotFoundError as error:
            raise NotSeeded("there is no passphrase file: run `gwanin seed`") from error
        return open_keystore(self.settings.data_dir / KEYSTORE, passphrase)

    @cached_property
    def outbound(self) -> Outbound:
        addresses = self.settings.addresses
        return Outbound(
            allowed=addresses.allowed,
            network=system_network(),
            tls=tls_context(addresses.ca_file),
            own_origin=addresses.public_url if self._own_app else None,
            own_app=self._own_app,
        )

    @cached_property
    def anchor(self) -> TrustAnchor:
        """What wallets and verifiers pin; we do not believe our own database more than they do."""
        try:
            return read_trust_file(self._trust_file)
        except NoTrustFile as error:
            raise NotSeeded("there is no city here yet: run `gwanin seed`") from error

    @cached_property
    def follower(self) -> RegistryFollower:
        return RegistryFollower(self.anchor, self.outbound, Freshness())

    @cached_property
    def elsewhere(self) -> ForeignDids:
        return ForeignDids(self.outbound)

    @cached_property
    def issuer(self) -> IssuerService:
        return IssuerService(
            context=self._issuer_context,
            database=self.database,
            registry=self.follower,
            clock=self.clock,
        )

    @cached_property
    def verifier(self) -> VerifierService:
        lists = StatusLists(self.outbound)
        return VerifierService(
            settings=VerifierSettings(public_url=self.public_url, registry_url=self.registry_url),
            database=self.database,
            keystore=self.keystore,
            sealer=self._sealer,
            evidence=OnlineEvidence(self.follower, lists, self.elsewhere, self.registry_url),
            policy=ONLINE,
            entropy=os.urandom,
            clock=self.clock,
        )

    @cached_property
    def registry(self) -> RegistryService:
        return RegistryService(
            url=self.registry_url,
            database=self.database,
            witnesses=self.witness_peers.policy,
            sequencer=self.log_office.sequencer,
            clock=self.clock,
            outbound=self.outbound,
        )

    @cached_property
    def log_office(self) -> LogOffice:
        """Where agencies' own software offers entries, and where what a crash has left is done."""
        return LogOffice(
            database=self.database,
            sequencer_lead=self.database.leadership(SEQUENCER),
            writer=self.registry_writer,
            clock=self.clock,
        )

    @cached_property
    def registry_pages(self) -> RegistryPages:
        return RegistryPages(
            anchor=self.anchor, follower=self.follower, database=self.database, clock=self.clock
        )

    @cached_property
    def witness_peers(self) -> WitnessPeers:
        """The witnesses of our log, if there are any."""
        return read_witness_peers(self.settings.data_dir / WITNESSES_FILE)

    @cached_property
    def witness(self) -> WitnessService:
        """Ourselves as the witness of other logs; in a data folder that has nothing else."""
        self.database.create_tables(WITNESS_TABLES)
        return WitnessService(
            witness=open_witness(self.settings.data_dir), database=self.database, clock=self.clock
        )

    @cached_property
    def wallet(self) -> WalletService:
        return WalletService(
            own_origin=self.settings.addresses.public_url,
            anchor=self.anchor,
            registry=self.follower,
            outbound=self.outbound,
            clock=self.clock,
        )

    @cached_property
    def staff(self) -> StaffService:
        hasher = PasswordHasher(time_cost=3, memory_cost=64 * 1024, parallelism=1)
        return StaffService(
            database=self.database,
            mac_key=self.keystore.derive(key_name("staff-sessions", self.epoch)),
            hasher=hasher,
            dummy_hash=hasher.hash("nobody"),
            entropy=os.urandom,
            clock=self.clock,
        )

    def seed(self) -> RegistryView:
        """Make what is missing, verify the whole of it, and only then keep it.

        Raises SettingRefused when the data folder belongs to another city than the database.
        """
        self.database.create_tables(Base.metadata)
        issuer, staff = self._issuer_context, self.staff  # each looks up the epoch by itself
        with self.database.writing() as session:
            if self._trust_file.exists() and find_head(session) is None:
                raise SettingRefused("the data folder and the database are of different cities")
            anchor = Seeding(
                session=session,
                keystore=self.keystore,
                issuer=issuer,
                registry_url=self.settings.addresses.registry_url,
                witnesses=self.witness_peers.policy,
                did_witnesses=self.witness_peers.rule,
                guard=self.sign_guard,
                now=self.clock(),
            ).seed(load_city())
            if self._trust_file.exists() and self.anchor != anchor:
                raise SettingRefused(_OTHER_CITY)
            view = replay(session, root=anchor.root, key=anchor.log_key, now=self.clock())
            write_logins(self.settings.data_dir, seed_staff(session, staff))
        replace_private(self._trust_file, encode_trust_anchor(anchor))
        self.settle_guard()
        self.collect_cosignatures()
        return view

    @cached_property
    def sign_guard(self) -> SignGuard:
        return FileSignGuard(self.settings.data_dir / GUARD_FILE)

    @cached_property
    def registry_writer(self) -> RegistryWriter:
        """Who signs the heads of our log."""
        signer = log_signer(self.keystore)
        return RegistryWriter(
            database=self.database,
            signer=Ed25519NoteSigner(LOG_ORIGIN, signer),
            key=verifier_key(LOG_ORIGIN, signer.public_key),
            guard=self.sign_guard,
            peers=self.witness_peers,
            outbound=self.outbound,
        )

    @cached_property
    def root_office(self) -> RootOffice:
        """Where the acts of the registry's root are done, by two people of its own."""
        return RootOffice(
            database=self.database,
            desk=RootDesk(
                keystore=self.keystore,
                tenants=CityTenants(self._issuer_context),
                root_code=ROOT,
                did_witnesses=self.witness_peers.rule,
                registry_url=self.registry_url,
            ),
            writer=self.registry_writer,
            clock=self.clock,
            address=AT_THE_MACHINE,
        )

    @cached_property
    def registry_desk(self) -> RegistryDesk:
        """The pages on which the same is done."""
        return RegistryDesk(office=self.root_office, pages=self.registry_pages)

    def settle_guard(self) -> None:
        """Compare the database with what the log has signed here; a machine that never signed has
        nothing to compare with. Raises LogInconsistent."""
        if not (self.settings.data_dir / GUARD_FILE).exists():
            return
        with self.database.writing() as session:
            settle_guard(session, self.sign_guard)

    def collect_cosignatures(self) -> None:
        """Have the newest head signed by our witnesses, and the DIDs under it approved.

        Raises QuorumMissing or LogInconsistent.
        """
        if not self.witness_peers.peers:
            return
        peers, now = self.witness_peers, self.clock()
        key = self.registry_writer.key
        collect_cosignatures(self.database, peers, self.outbound, key=key, now=now)
        waiting = collect_approvals(self.database, peers, self.outbound, now=now)
        if waiting:
            raise QuorumMissing(f"{len(waiting)} DIDs wait for their witnesses to approve them")

    def ask_witnesses(self) -> None:
        """Ask the witnesses again for what was missing when we ended; see `RegistryWriter`."""
        if self.witness_peers.peers and (self.settings.data_dir / GUARD_FILE).exists():
            self.registry_writer.publish(self.clock())

    def replay(self) -> RegistryView:
        """Verify everything that the registry has stored."""
        anchor, now = self.anchor, self.clock()
        try:
            with self.database.reading() as session:
                if find_did(session, anchor.root.scid) is None and latest_checkpoint(session):
                    raise SettingRefused(_OTHER_CITY)
                return replay(session, root=anchor.root, key=anchor.log_key, now=now)
        except (OperationalError, ProgrammingError) as error:
            # A database that is away has its own errors, so this one lacks our tables.
            raise NotSeeded("the database holds no city: run `gwanin seed`") from error

    def check_ready(self) -> None:
        """Raises StorageUnavailable or StorageBusy while the database is away, if there is one."""
        if not self.settings.keeps_data:
            return
        check_ready(self.database)

    def check_keys(self) -> None:
        """Open every key, and see that our own files are ours alone.

        Raises KeystoreLocked, KeyFileDamaged or PermissionsTooOpen, which names the file.
        """
        check_private(self.settings.data_dir)
        self.keystore.check_files()
        for check, name in ((check_private, LOGINS_FILE), (check_not_writable, TRUST_FILE)):
            with suppress(FileNotFoundError):
                check(self.settings.data_dir / name)

    def check_database(self) -> None:
        """Raises DatabaseDamaged, or StorageUnavailable."""
        check_integrity(self.database)

    @property
    def _trust_file(self) -> Path:
        return self.settings.data_dir / TRUST_FILE

    @cached_property
    def _issuer_context(self) -> IssuerContext:
        loopback = self.settings.addresses.public_url.is_loopback
        ttl = {"status_ttl": DEMO_STATUS_TTL} if loopback else {}
        return IssuerContext(
            settings=IssuerSettings(
                public_url=self.public_url, registry_url=self.registry_url, **ttl
            ),
            keystore=self.keystore,
            entropy=os.urandom,
            macs=SecretMacs(self.keystore.derive(key_name("issuer-secrets", self.epoch))),
            sealer=self._sealer,
            epoch=self.epoch,
            log=self.registry_writer if "registry" in self.settings.roles else NO_LOG,
        )

    @cached_property
    def _sealer(self) -> Sealer:
        return Sealer({1: self.keystore.derive("fields-1")}, current=1)
