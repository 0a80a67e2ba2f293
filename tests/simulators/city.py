"""A whole city in memory but for its files: issuer, registry, verifier and wallet, no sockets.

def test_something(city: SimulatedCity) -> None:
    offer = city.offer("GU-11620", "SeoulResidencyCredential", city.claims("P01"))
    card = city.wallet().receive(offer.link, offer.tx_code)
    city.http().get("/log/checkpoint")        # as a stranger
    city.clock.advance(minutes=11)

The fixture `city` (tests/conftest.py) gives each test a copy of one city that was seeded once.
"""

import os
import shutil
from collections.abc import Collection
from pathlib import Path
from typing import Any

from flask.testing import FlaskClient

from app import create_app
from city_services.seoul.city import City
from city_services.seoul.commands import KEYSTORE
from city_services.seoul.data import load_city
from city_services.seoul.settings import Settings
from credentials.claims import Claims
from did_registry.actions.connect import Connection
from did_registry.actions.follow import Freshness, RegistryFollower
from did_registry.actions.foreign_dids import ForeignDids
from issuer.actions.accreditation import permissions_at
from issuer.actions.agencies import get_agency
from issuer.actions.approve import approve
from issuer.actions.change_status import Changed, StatusChange, change_status
from issuer.actions.make_offer import MadeOffer, make_offer
from issuer.catalogue import get_mechanism
from issuer.person import PersonRef
from openid4vc.dcql import Query, parse_query
from schemas.catalogue import get, type_url
from storage.keystore import create_keystore
from storage.master_key import Cost
from storage.private_files import create_private, make_private_folder
from tests.simulators.clock import SimulatedClock
from tests.simulators.stranger import stranger
from verifier.actions.create_request import MadeRequest, create_request
from verifier.actions.read_result import read_result
from wallet.actions.open_cards import open_cards
from wallet.actions.present import Prepared, prepare, send
from wallet.actions.receive import Received, receive
from wallet.held_credential import VaultContent
from web.guarded_connection import system_network
from web.outbound import Outbound, tls_context

URL = "https://gwanin.example"
PASSPHRASE = b"a passphrase for tests only"
CHEAP = Cost(passes=2, memory_bytes=19 * 1024 * 1024)


def city_settings(folder: Path, **environment: str) -> Settings:
    """The settings of a city in a folder; `environment` overrides."""
    return Settings.from_env(
        {"GWANIN_DATA_DIR": str(folder), "GWANIN_PUBLIC_URL": URL, **environment}
    )


def seed_city(settings: Settings, clock: SimulatedClock) -> None:
    """Make a city in an empty folder."""
    make_private_folder(settings.data_dir)
    create_private(settings.passphrase_file, PASSPHRASE + b"\n")
    create_keystore(settings.data_dir / KEYSTORE, PASSPHRASE, CHEAP)
    seeded = City(settings, clock=clock)
    seeded.seed()
    seeded.database.close()


class SimulatedCity:
    """One city over seeded files. Its parts share one clock; its application needs no socket."""

    def __init__(self, settings: Settings, clock: SimulatedClock) -> None:
        self.clock = clock
        self.app = create_app(settings, clock=clock)
        self.app.testing = False  # errors are answered as in production
        self.city: City = self.app.extensions["gwanin.city"]
        self.outbound = Outbound(
            allowed=frozenset(),
            network=system_network(),
            tls=tls_context(None),
            own_origin=settings.addresses.public_url,
            own_app=self.app,
        )

    def close(self) -> None:
        """Let go of the database."""
        self.city.database.close()

    def http(self) -> FlaskClient:
        """A stranger's HTTP client, at the city's public address."""
        return stranger(self.app, self.city.public_url)

    def claims(self, person: str, type_name: str = "SeoulResidencyCredential") -> Claims:
        """What a clerk enters for a persona, in the personas' own calendar."""
        found = load_city().people[person].claims(type_name)
        assert found is not None
        return found

    def offer(
        self,
        agency_code: str,
        type_name: str,
        claims: Claims,
        *,
        credential_format: str | None = None,
        needs_tx_code: bool = True,
        person_ref: PersonRef | None = None,
        permissions: Collection[str] | None = None,
    ) -> MadeOffer:
        """Approve claims and offer the credential, as `gwanin issuer offer` does.

        permissions: what the registry lets the agency issue, or what it let it issue once.
        """
        issuer, now = self.city.issuer, self.clock()
        view = issuer.registry.view(now) if permissions is None else None
        with issuer.database.writing() as session:
            agency = get_agency(session, issuer.context.settings, agency_code)
            entitlement = approve(
                session,
                issuer.context,
                agency,
                get(type_name),
                claims,
                permissions=permissions_at(view, agency, now) if view else permissions or (),
                person_ref=person_ref,
                now=now,
            )
            return make_offer(
                session,
                issuer.context,
                agency,
                entitlement,
                get_mechanism(get(type_name), credential_format),
                needs_tx_code=needs_tx_code,
                now=now,
            )

    def change_status(
        self, agency_code: str, entitlement_id: str, change: StatusChange, reason: str | None
    ) -> Changed:
        """Suspend, reinstate or revoke, as a clerk does."""
        issuer = self.city.issuer
        with issuer.database.writing() as session:
            agency = get_agency(session, issuer.context.settings, agency_code)
            return change_status(
                session,
                issuer.context,
                agency,
                entitlement_id,
                change,
                reason=reason,
                now=self.clock(),
            )

    def query(self, type_name: str, *claims: str, credential_format: str = "dc+sd-jwt") -> Query:
        """A DCQL query for one credential and some of its claims, each by its dotted path."""
        vct = type_url(get(type_name), URL)
        is_sd_jwt = credential_format == "dc+sd-jwt"
        prefix: list[Any] = [] if is_sd_jwt else ["credentialSubject"]
        return parse_query(
            {
                "credentials": [
                    {
                        "id": "asked",
                        "format": credential_format,
                        "meta": {"vct_values": [vct]} if is_sd_jwt else {"type_values": [[vct]]},
                        "claims": [{"path": [*prefix, *claim.split(".")]} for claim in claims],
                    }
                ]
            }
        )

    def ask(self, verifier_code: str, query: Query) -> MadeRequest:
        """Make a request for presentations, as `gwanin verifier request` does."""
        verifier, now = self.city.verifier, self.clock()
        view = verifier.evidence.registry(now)
        with verifier.database.writing() as session:
            return create_request(
                session,
                verifier.settings,
                view,
                verifier_code,
                query,
                entropy=os.urandom,
                now=now,
            )

    def result(self, result_id: str) -> Claims:
        """What became of a request, as `gwanin verifier result` shows it."""
        return read_result(self.city.verifier, result_id, now=self.clock())

    def wallet(self) -> "SimulatedWallet":
        """A new, empty wallet of a citizen of this city."""
        return SimulatedWallet(self)


class SimulatedWallet:
    """A wallet whose vault is a value in memory."""

    def __init__(self, city: SimulatedCity) -> None:
        self._city = city
        self.content = VaultContent()
        anchor = city.city.anchor
        self.connection = Connection(
            anchor=anchor,
            follower=RegistryFollower(anchor, city.outbound, Freshness()),
            elsewhere=ForeignDids(city.outbound),
            outbound=city.outbound,
            clock=city.clock,
        )

    def receive(self, link: str, tx_code: str | None = None) -> Received:
        """Fetch, check and keep the credential of an offer link."""
        now = self._city.clock()
        received = receive(
            link,
            self.connection,
            ask_tx_code=lambda _: tx_code or "",
            entropy=os.urandom,
            now=now,
        )
        self.content = self.content.keep(
            received.accepted.serialized,
            key_type=received.key_type,
            key_secret=received.key_secret,
            now=now,
        )
        return received

    def prepare(self, link: str) -> Prepared:
        """Everything up to the person's consent."""
        now = self._city.clock()
        cards = open_cards(self.content.held, self.connection, now)
        return prepare(link, cards, self.connection, entropy=os.urandom, now=now)

    def present(self, link: str) -> None:
        """Answer a request, consenting to all of it."""
        send(self.prepare(link), self.connection, now=self._city.clock())


def copy_city(seeded: Path, folder: Path) -> Path:
    """A copy of a seeded city's files."""
    shutil.copytree(seeded, folder)
    return folder
