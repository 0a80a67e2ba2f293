"""`gwanin seed` and `gwanin serve`: making the city, and running it."""

import secrets
from collections.abc import Callable
from ipaddress import ip_address
from pathlib import Path
from typing import Final, Protocol

import click

from city_services.seoul.data import load_city, shift
from city_services.seoul.errors import NotSeeded
from city_services.seoul.log_office import LogOffice
from city_services.seoul.seed import LOG_ORIGIN, log_signer
from city_services.seoul.server import Listening, serve_until_stopped
from city_services.seoul.settings import Settings
from city_services.seoul.tell import tell
from console.city_clock import set_clock
from console.clock import Clock, system_clock
from console.output import emit, json_option, member_lines
from credentials.jcs import canonicalize
from did_registry.agency_document import credential_issuers
from did_registry.tlog.note import verifier_key
from did_registry.trust import TrustAnchor
from did_registry.view import RegistryView
from schemas.seoul_calendar import day_in_seoul
from storage.errors import KeystoreNotFound
from storage.keystore import Keystore, create_keystore, open_keystore
from storage.master_key import read_passphrase
from storage.private_files import create_private, make_private_folder, replace_private
from web.errors import SettingRefused
from web.origin import Origin

KEYSTORE: Final = "keys"
PEOPLE: Final = "people"


class City(Protocol):
    """What the commands need of the composition root's city."""

    settings: Settings

    @property
    def anchor(self) -> TrustAnchor: ...
    @property
    def keystore(self) -> Keystore: ...
    @property
    def clock(self) -> Clock: ...
    def check_keys(self) -> None: ...
    def check_database(self) -> None: ...
    def seed(self) -> RegistryView: ...
    def replay(self) -> RegistryView: ...
    def settle_guard(self) -> None: ...
    @property
    def log_office(self) -> LogOffice: ...
    def ask_witnesses(self) -> None: ...


def seed_command(open_city: Callable[[], City]) -> click.Command:
    """`gwanin seed`."""

    @click.command("seed")
    @json_option
    def command(*, as_json: bool) -> None:
        """Make what is missing of the demo city: keys, tables, DIDs, accreditations, tenants."""
        city = open_city()
        prepare_folder(city.settings)
        _check_not_moved(city)
        city.check_keys()
        try:
            view = city.seed()
        except KeyboardInterrupt:
            tell("seed-interrupted")
            raise
        _write_people(city)
        document = {
            "leaves": view.checkpoint.size,
            "dids": len(view.histories),
            "public_url": str(city.settings.addresses.public_url),
        }
        emit(document, member_lines(document), as_json=as_json)

    return command


def log_key_command(open_city: Callable[[], City]) -> click.Command:
    """`gwanin registry log-key`."""

    @click.command("log-key")
    @json_option
    def command(*, as_json: bool) -> None:
        """The key of our log, which witnesses need before it is seeded; made if it is missing."""
        city = open_city()
        prepare_folder(city.settings)
        document = {"log": str(verifier_key(LOG_ORIGIN, log_signer(city.keystore).public_key))}
        emit(document, member_lines(document), as_json=as_json)

    return command


def serve_command(open_city: Callable[[], City]) -> click.Command:
    """`gwanin serve`."""

    @click.command("serve")
    @click.option("--host", default="127.0.0.1", show_default=True)
    @click.option("--port", type=click.IntRange(1, 65535), default=8000, show_default=True)
    @click.option("--workers", type=click.IntRange(1, 64), default=2, show_default=True)
    @click.option("--tls-cert", type=click.Path(path_type=Path, exists=True, dir_okay=False))
    @click.option("--tls-key", type=click.Path(path_type=Path, exists=True, dir_okay=False))
    def command(
        *, host: str, port: int, workers: int, tls_cert: Path | None, tls_key: Path | None
    ) -> None:
        """Verify everything that is stored, then serve.

        With the role `wallet` alone nothing is stored: then the trust file is all that is needed.
        """
        if (tls_cert is None) != (tls_key is None):
            # The server would serve plain http without a word.
            raise click.UsageError("--tls-cert and --tls-key are given together or not at all")
        city = open_city()
        _check_registry(city.settings, city.anchor)
        if city.settings.keeps_data:
            city.check_keys()
            city.check_database()
            view = city.replay()
            city.settle_guard()
            if "registry" in city.settings.roles and city.log_office.finish():
                view = city.replay()
            city.ask_witnesses()
            click.echo(f"{view.checkpoint.size} leaves verified", err=True)
            _check_issuers(city.settings, view)
        _warn(city.settings.addresses.public_url, host, port, is_tls=tls_cert is not None)
        serve_until_stopped(
            Listening(
                host=host,
                port=port,
                workers=workers,
                url=str(city.settings.addresses.public_url),
                tls_cert=tls_cert,
                tls_key=tls_key,
            )
        )

    return command


def _warn(public_url: Origin, host: str, port: int, *, is_tls: bool) -> None:
    """Say what works but is seldom meant: a proxy in front may make both of them right."""
    if public_url.is_loopback and public_url.port != port:
        tell("other-port", port=port, url=public_url)
    if not is_tls and not _is_loopback(host):
        tell("plain-http", host=host)


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def prepare_folder(settings: Settings) -> None:
    """The data folder, a passphrase of its own, and the keystore that it opens."""
    make_private_folder(settings.data_dir)
    if settings.clock is not None:
        set_clock(settings.data_dir, settings.clock, system_clock)
    if not settings.passphrase_file.exists():
        if not settings.addresses.public_url.is_loopback:
            raise SettingRefused("GWANIN_KEYSTORE_PASSPHRASE_FILE names no file")
        create_private(settings.passphrase_file, secrets.token_urlsafe(32).encode() + b"\n")
    keys, passphrase = settings.data_dir / KEYSTORE, read_passphrase(settings.passphrase_file)
    try:
        open_keystore(keys, passphrase)
    except KeystoreNotFound:  # the folder may be there, if its making was broken off
        create_keystore(keys, passphrase)


def _write_people(city: City) -> None:
    """What clerks would enter for the sample people, with their dates shifted to today."""
    folder = city.settings.data_dir / PEOPLE
    make_private_folder(folder)
    shifted = shift(load_city(), day_in_seoul(city.clock()))
    for person in shifted.people.values():
        for sample in person.entitlements:
            path = folder / f"{person.code}.{sample.type_name}.json"
            replace_private(path, canonicalize(sample.claims))


def _check_not_moved(city: City) -> None:
    try:
        anchor = city.anchor
    except NotSeeded:
        return
    _check_registry(city.settings, anchor)


def _check_registry(settings: Settings, anchor: TrustAnchor) -> None:
    registry_url = str(settings.addresses.registry_url)
    if anchor.registry_url != registry_url:
        raise SettingRefused(
            f"this city's registry was made for {anchor.registry_url}, not for {registry_url};"
            " for another city use another GWANIN_DATA_DIR"
        )


def _check_issuers(settings: Settings, view: RegistryView) -> None:
    """DIDs and types hold the city's addresses, so a city that moves has to be made anew."""
    public_url = settings.addresses.public_url
    issuers = [
        issuer
        for history in view.histories.values()
        for issuer in credential_issuers(history.latest.document.members)
    ]
    foreign = [one for one in issuers if not one.startswith(f"{public_url}/issuers/")]
    if foreign and "issuer" in settings.roles:
        raise SettingRefused(
            f"this city was made for {foreign[0]}, not for {public_url};"
            " for another city use another GWANIN_DATA_DIR"
        )
