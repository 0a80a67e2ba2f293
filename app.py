"""The composition root: the only place where things are built and joined.

environment ──> Settings ──> City (`city_services/seoul/city.py`) ──> app, commands
"""

import logging
import os
import sys
import time
from functools import cache
from pathlib import Path

import click
from flask import Flask

from city_services.jobs.cli import JobOffice, jobs_commands
from city_services.ledger.cli import ledger_commands
from city_services.seoul.checks_of_roots import ledger_office, record_office
from city_services.seoul.city import City
from city_services.seoul.commands import log_key_command, seed_command, serve_command
from city_services.seoul.nightly import job_office
from city_services.seoul.restored_command import restored_command
from city_services.seoul.settings import Settings
from city_services.seoul.staff_commands import staff_commands
from city_services.seoul.token_command import token_command
from city_services.seoul.web import home
from city_services.seoul.web.registry_desk import pages as registry_desk
from city_services.seoul.web.registry_desk.service import EXTENSION as REGISTRY_DESK
from city_services.seoul.witness_commands import witness_commands
from city_services.staff_record.cli import verify_record_command
from console.clock import Clock, system_clock
from console.commands import RefusingGroup, with_version
from did_registry.actions.connect import (
    Connection,
    connect,
)
from did_registry.cli import registry_commands
from did_registry.cli_audit import audit_command
from did_registry.cli_bundle import bundle_command
from did_registry.cli_root import add_root_commands
from did_registry.web import dids, entries, log, pages_apply, proof, types, witness
from did_registry.web import pages as registry_pages
from did_registry.web.pages_service import EXTENSION as REGISTRY_PAGES
from did_registry.web.service import EXTENSION as REGISTRY
from did_registry.web.witness import EXTENSION as WITNESS
from issuer.cli import issuer_commands
from issuer.web import issuance_proof, metadata, oid4vci, status
from issuer.web.desk import pages as desk
from issuer.web.service import EXTENSION as ISSUER
from staff.web import sign_in
from staff.web.guard import EXTENSION as STAFF
from verifier.cli.desk import verifier_commands
from verifier.web import check_page, oid4vp, records, scan
from verifier.web import desk as verifier_desk
from verifier.web.service import EXTENSION as VERIFIER
from wallet.web import pages, relay
from wallet.web.service import EXTENSION as WALLET
from web.health import serve_health
from web.install import install
from web.logs import json_lines_handler
from web.pages import serve_pages
from web.same_origin import EXTENSION as ORIGIN
from web.whole_requests import Patience, WholeRequests
from web.words import use_words


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
    if "registry" in settings.roles:
        app.extensions[REGISTRY_PAGES] = city.registry_pages
        use_words(app, "did_registry.web", "templates/registry/words.toml")
        app.register_blueprint(registry_pages.bp)
        app.register_blueprint(pages_apply.bp)
        app.extensions[REGISTRY_DESK] = city.registry_desk
        use_words(app, "city_services.seoul.web", "templates/registry_desk/words.toml")
        app.register_blueprint(registry_desk.bp)
    if settings.roles & {"issuer", "verifier", "registry"}:
        app.extensions[STAFF] = city.staff
        use_words(app, "staff.web", "templates/staff/words.toml")
        app.register_blueprint(sign_in.bp)
    if "verifier" in settings.roles:
        use_words(app, "verifier.web", "templates/verifier/words.toml")
    if "wallet" in settings.roles:
        use_words(app, "wallet.web", "templates/wallet/words.toml")
    if "issuer" in settings.roles:
        use_words(app, "issuer.web", "templates/desk/words.toml")
    for role, extension, blueprints in _ROLE_PARTS:
        if role in settings.roles:
            app.extensions[extension] = getattr(city, role)
            for blueprint in blueprints:
                app.register_blueprint(blueprint)
    return app


def serve_app() -> WholeRequests:
    """What a worker of the server runs: the application, with its log on stderr as JSON lines."""
    _log_json_lines()
    settings = Settings.from_env(os.environ)
    patience = Patience() if settings.web.rate_limits else Patience(senders_a_client=None)
    return WholeRequests(
        create_app(settings), trusted_proxies=settings.web.trusted_proxies, patience=patience
    )


AUDIT_PAUSE_SECONDS = 2.0  # between two looks at a registry that is publishing


def _log_json_lines() -> None:
    logging.basicConfig(level=logging.INFO, handlers=[json_lines_handler(sys.stderr)], force=True)


_VERIFIER_PAGES = (oid4vp.bp, verifier_desk.bp, scan.bp, records.bp, check_page.bp)
_ISSUER_PAGES = (
    *(oid4vci.bp, issuance_proof.bp, metadata.bp, status.bp),
    *(desk.bp, desk.assets),
)
_ROLE_PARTS = (
    ("registry", REGISTRY, (dids.bp, entries.bp, log.bp, proof.bp, types.bp)),
    ("issuer", ISSUER, _ISSUER_PAGES),
    ("verifier", VERIFIER, _VERIFIER_PAGES),
    ("wallet", WALLET, (pages.bp, relay.bp)),
    ("witness", WITNESS, (witness.bp,)),
)


@cache
def _city() -> City:
    return City(Settings.from_env(os.environ))


def _open_jobs() -> JobOffice:
    """The jobs of this installation, with a log on stderr as a worker of the server has."""
    _log_json_lines()
    return job_office(_city())


def _connect(trust: Path | None) -> Connection:
    return connect(os.environ, trust, system_clock)


@with_version
@click.group("gwanin", cls=RefusingGroup)
def cli() -> None:
    """Gwanin: a city's verifiable credentials, checked against a hash-chained registry."""


cli.add_command(seed_command(_city))
cli.add_command(serve_command(_city))
cli.add_command(restored_command(_city))
cli.add_command(issuer_commands(lambda: _city().issuer))
cli.add_command(verifier_commands(lambda: _city().verifier))
_registry_group = registry_commands(_connect, lambda: _city().clock)
_registry_group.add_command(
    audit_command(_connect, lambda: _city().replay(), lambda: time.sleep(AUDIT_PAUSE_SECONDS))
)
_registry_group.add_command(log_key_command(_city))
_registry_group.add_command(bundle_command(_connect))
_registry_group.add_command(token_command(lambda: _city().log_office))
add_root_commands(_registry_group, lambda: _city().root_office)
cli.add_command(_registry_group)
cli.add_command(ledger_commands(lambda: ledger_office(_city())))
_staff_group = staff_commands(_city)
_staff_group.add_command(verify_record_command(lambda: record_office(_city())))
cli.add_command(_staff_group)
cli.add_command(jobs_commands(_open_jobs))
cli.add_command(witness_commands())
