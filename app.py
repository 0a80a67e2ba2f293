"""The composition root: the only place where things are built and joined.

environment ──> Settings ──> City (each part built when it is first needed) ──> app, commands
"""

import logging
import os
import sys
import time
from datetime import timedelta
from functools import cache, cached_property
from pathlib import Path

import click
from argon2 import PasswordHasher
from flask import Flask
from sqlalchemy import select
from sqlalchemy.exc import OperationalError, ProgrammingError

from city_services.seoul.commands import KEYSTORE, seed_command, serve_command
from city_services.seoul.data import load_city
from city_services.seoul.errors import NotSeeded
from city_services.seoul.seed import Seeding
from city_services.seoul.seed_staff import seed_staff, write_logins
from city_services.seoul.settings import Settings
from city_services.seoul.web import home
from console.city_clock import city_clock
from console.clock import Clock, system_clock
from console.commands import RefusingGroup
from did_registry.actions.connect import TRUST_FILE, connect, read_trust_file
from did_registry.actions.follow import Freshness, RegistryFollower
from did_registry.actions.replay import replay
from did_registry.cli import registry_commands
from did_registry.errors import NoTrustFile
from did_registry.trust import TrustAnchor, encode_trust_anchor
from did_registry.view import RegistryView
from did_registry.web import dids, log, types
from did_registry.web.service import EXTENSION as REGISTRY
from did_registry.web.service import RegistryService
from issuer.actions.context import IssuerContext
from issuer.actions.service import IssuerService
from issuer.cli import issuer_commands
from issuer.secret_macs import SecretMacs
from issuer.settings import IssuerSettings
from issuer.web import metadata, oid4vci, status
from issuer.web.service import EXTENSION as ISSUER
from staff.actions.service import StaffService
from staff.web import sign_in
from staff.web.guard import EXTENSION as STAFF
from storage.base import Base
from storage.engine import build_engine
from storage.keystore import Keystore, open_keystore
from storage.master_key import read_passphrase
from storage.private_files import replace_private
from storage.sealed import Sealer
from storage.transaction import Database
from verifier.actions.gather_evidence import OnlineEvidence
from verifier.actions.service import VerifierService
from verifier.actions.status_lists import StatusLists
from verifier.cli.desk import verifier_commands
from verifier.policy import ONLINE
from verifier.settings import VerifierSettings
from verifier.web import oid4vp
from verifier.web.service import EXTENSION as VERIFIER
from web.errors import SettingRefused
from web.guarded_connection import system_network
from web.health import serve_health
from web.install import install
from web.logs import json_lines_handler
from web.outbound import Outbound, tls_context
from web.pages import serve_pages
from web.same_origin import EXTENSION as ORIGIN
from web.words import use_words

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
            evidence=OnlineEvidence(self.follower, lists, self.registry_url),
            policy=ONLINE,
            entropy=os.urandom,
            clock=self.clock,
        )

    @cached_property
    def registry(self) -> RegistryService:
        return RegistryService(url=self.registry_url, database=self.database, clock=self.clock)

    @cached_property
    def staff(self) -> StaffService:
        hasher = PasswordHasher(time_cost=3, memory_cost=64 * 1024, parallelism=1)
        return StaffService(
            database=self.database,
            mac_key=self.keystore.derive("staff-sessions"),
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
        with self.database.writing() as session:
            anchor = Seeding(
                session=session,
                keystore=self.keystore,
                issuer=self._issuer_context,
                registry_url=self.settings.addresses.registry_url,
                now=self.clock(),
            ).seed(load_city())
            if self._trust_file.exists() and self.anchor != anchor:
                raise SettingRefused("the data folder and the database are of different cities")
            view = replay(session, root=anchor.root, key=anchor.log_key, now=self.clock())
            write_logins(self.settings.data_dir, seed_staff(session, self.staff))
        replace_private(self._trust_file, encode_trust_anchor(anchor))
        return view

    def replay(self) -> RegistryView:
        """Verify everything that the registry has stored."""
        anchor, now = self.anchor, self.clock()
        try:
            with self.database.reading() as session:
                return replay(session, root=anchor.root, key=anchor.log_key, now=now)
        except (OperationalError, ProgrammingError) as error:
            # A database that is away has its own errors, so this one lacks our tables.
            raise NotSeeded("the database holds no city: run `gwanin seed`") from error

    def check_ready(self) -> None:
        """Raises StorageUnavailable or StorageBusy while the database is away."""
        with self.database.reading() as session:
            session.execute(select(1))

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
            macs=SecretMacs(self.keystore.derive("issuer-secrets")),
            sealer=self._sealer,
        )

    @cached_property
    def _sealer(self) -> Sealer:
        return Sealer({1: self.keystore.derive("fields-1")}, current=1)


def create_app(settings: Settings | None = None, *, clock: Clock = system_clock) -> Flask:
    """The application of one worker, with the blueprints of its roles."""
    settings = settings or Settings.from_env(os.environ)
    app = Flask("gwanin", static_folder=None)
    install(app, settings.web, time.monotonic)
    city = City(settings, own_app=app, clock=clock)
    app.extensions["gwanin.city"] = city
    serve_health(
        app, check_ready=city.check_ready, clock=city.clock, clock_is_set=city.clock_is_set
    )
    app.extensions[ORIGIN] = settings.addresses.public_url
    serve_pages(app, clock=city.clock, clock_is_set=city.clock_is_set)
    use_words(app, "city_services.seoul.web", "templates/seoul/words.toml")
    app.register_blueprint(home.bp)
    if settings.roles & {"issuer", "verifier"}:
        app.extensions[STAFF] = city.staff
        use_words(app, "staff.web", "templates/staff/words.toml")
        app.register_blueprint(sign_in.bp)
    for role, extension, blueprints in _ROLE_PARTS:
        if role in settings.roles:
            app.extensions[extension] = getattr(city, role)
            for blueprint in blueprints:
                app.register_blueprint(blueprint)
    return app


def serve_app() -> Flask:
    """What a worker of the server runs: the application, with its log on stderr as JSON lines."""
    logging.basicConfig(level=logging.INFO, handlers=[json_lines_handler(sys.stderr)], force=True)
    return create_app()


_ROLE_PARTS = (
    ("registry", REGISTRY, (dids.bp, log.bp, types.bp)),
    ("issuer", ISSUER, (oid4vci.bp, metadata.bp, status.bp)),
    ("verifier", VERIFIER, (oid4vp.bp,)),
)


@cache
def _city() -> City:
    return City(Settings.from_env(os.environ))


@click.group(cls=RefusingGroup)
def cli() -> None:
    """Gwanin: a city's verifiable credentials, checked against a hash-chained registry."""


cli.add_command(seed_command(_city))
cli.add_command(serve_command(_city))
cli.add_command(issuer_commands(lambda: _city().issuer))
cli.add_command(verifier_commands(lambda: _city().verifier))
cli.add_command(
    registry_commands(
        lambda: connect(os.environ, None, system_clock),
        lambda: _city().replay(),
        lambda: _city().clock,
    )
)
