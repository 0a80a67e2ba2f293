import pytest

from credentials.errors import SignatureInvalid
from credentials.keys import KeyType
from did_registry.actions.connect import Connection
from did_registry.errors import RegistryUnavailable
from tests.simulators.city import SimulatedCity
from tests.simulators.dishonest import DishonestServer
from tests.simulators.forger import CERTIFICATE, LDP, Forger
from tests.simulators.root import SimulatedRoot
from tests.simulators.sd_jwt import STRANGER
from wallet.actions.open_cards import open_cards
from wallet.held_credential import HeldCredential


def held(forger: Forger, credential: object, number: int = 1) -> HeldCredential:
    assert isinstance(credential, str | dict)
    return HeldCredential(
        number=number,
        serialized=credential,
        key_type=KeyType.P256,
        key_secret=bytes(32),
        received_at=forger.city.clock(),
    )


@pytest.fixture
def connection(city: SimulatedCity) -> Connection:
    return DishonestServer(city).connection()


def test_reads_what_credentials_of_both_kinds_say(
    city: SimulatedCity, connection: Connection
) -> None:
    forger, hr = Forger(city), Forger(city, "SEL-HR", "P12", CERTIFICATE)
    kept = [held(forger, forger.issue()), held(hr, hr.issue(LDP), 2)]
    one, two = open_cards(kept, connection, city.clock())
    assert (one.held, two.held) == tuple(kept)
    assert (one.type, two.type) == (forger.type, hr.type)
    assert one.verified.claims == forger.content().claims
    assert (one.mechanism.format, two.mechanism.format) == ("dc+sd-jwt", "ldp_vc")


def test_opens_a_credential_whose_key_was_retired_since(
    city: SimulatedCity, connection: Connection
) -> None:
    """Whether it is still worth anything is a verifier's decision; its holder may read it."""
    forger = Forger(city)
    kept = [held(forger, forger.issue())]
    SimulatedRoot(city).retire("GU-11620", "es256-1")
    assert len(open_cards(kept, connection, city.clock())) == 1


def test_refuses_a_credential_that_its_agency_did_not_sign(
    city: SimulatedCity, connection: Connection
) -> None:
    forger = Forger(city)
    forged = forger.rewritten(forger.issue(), signer=STRANGER)
    with pytest.raises(SignatureInvalid):
        open_cards([held(forger, forged)], connection, city.clock())


def test_needs_the_registry(city: SimulatedCity) -> None:
    forger, server = Forger(city), DishonestServer(city)
    server.answer("/log/checkpoint", 503, b"", "text/plain")
    with pytest.raises(RegistryUnavailable):
        open_cards([held(forger, forger.issue())], server.connection(), city.clock())
