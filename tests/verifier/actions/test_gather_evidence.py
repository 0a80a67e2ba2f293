"""Whose list counts: one that its issuer signed with a key that it has today."""

from datetime import timedelta

import pytest

from credentials.errors import KeyMismatch
from credentials.keys import KeyType
from credentials.model import StatusPurpose, StatusReference
from credentials.status.bits import State, StatusIndexOutOfRange
from did_registry.actions.follow import Freshness, RegistryFollower
from did_registry.errors import UnknownKey
from storage.key_file import KeyPurpose
from tests.simulators.city import URL, SimulatedCity
from tests.simulators.forger import Forger
from tests.simulators.root import SimulatedRoot
from tests.simulators.root_line import Root
from tests.simulators.status_host import LIST_URI, StatusHost, token_list


def reference(index: int = 7, uri: str = LIST_URI) -> StatusReference:
    return StatusReference(uri=uri, index=index, purpose=StatusPurpose.ANY)


def test_tells_what_the_list_says_and_how_well_it_is_known(city: SimulatedCity) -> None:
    forger, host = Forger(city), StatusHost(city)
    host.serve("lists.example", token_list(forger, marked={7: State.SUSPENDED}))
    signed = city.clock()
    city.clock.advance(seconds=60)
    fetched = city.clock()
    for _ in range(2):
        known = host.evidence.status(reference(), forger.did, city.clock())
        assert (known.state, known.issued_at, known.as_of) == (State.SUSPENDED, signed, fetched)
        city.clock.advance(seconds=60)


def test_refuses_a_list_of_another_agency_that_was_fetched_for_that_one(
    city: SimulatedCity,
) -> None:
    """The one who checked the other agency's credential must not have opened a door."""
    forger, other, host = Forger(city), Forger(city, "SEL-HR"), StatusHost(city)
    host.serve("lists.example", token_list(other))
    assert host.evidence.status(reference(), other.did, city.clock()).state is State.VALID
    with pytest.raises(KeyMismatch):
        host.evidence.status(reference(), forger.did, city.clock())
    assert host.fetched == 1


def test_another_agencys_newer_list_does_not_lock_the_true_one_out(city: SimulatedCity) -> None:
    """What was refused for its signer must not be remembered as the newest list that was seen."""
    forger, other, host = Forger(city), Forger(city, "SEL-HR"), StatusHost(city)
    newer = city.clock() + timedelta(seconds=30)
    host.serve("lists.example", token_list(other, issued_at=newer))
    with pytest.raises(KeyMismatch):
        host.evidence.status(reference(), forger.did, city.clock())
    host.serve("lists.example", token_list(forger))
    city.clock.advance(seconds=300)
    assert host.evidence.status(reference(), forger.did, city.clock()).state is State.VALID


def test_refuses_a_list_that_was_signed_with_a_key_that_is_retired(city: SimulatedCity) -> None:
    """A thief of that key could write any list, and date it back."""
    forger, host = Forger(city), StatusHost(city)
    host.serve("lists.example", token_list(forger))
    SimulatedRoot(city).retire("GU-11620", "es256-1")
    with pytest.raises(UnknownKey):
        host.evidence.status(reference(), forger.did, city.clock())
    signer, key_id = forger.signer(KeyType.ED25519), forger.key_id(KeyType.ED25519)
    host.serve("lists.example", token_list(forger, signer=signer, key_id=key_id))
    assert host.evidence.status(reference(), forger.did, city.clock()).state is State.VALID


def test_a_list_signed_with_a_key_of_just_now_is_taken(city: SimulatedCity) -> None:
    """The registry has the key, and our view of it is of a moment before."""
    slow = Freshness(refresh_after=timedelta(days=1), usable_for=timedelta(days=1))
    follower = RegistryFollower(city.city.anchor, city.outbound, slow)
    forger, host = Forger(city), StatusHost(city, follower)
    before = host.evidence.registry(city.clock())
    rotated = Root(city).do("rotate", "GU-11620")
    assert "es256-2" in rotated["current"]
    signer = city.city.keystore.signer("GU-11620/es256-2", KeyPurpose.ASSERTION)
    host.serve("lists.example", token_list(forger, signer=signer, key_id=f"{forger.did}#es256-2"))
    assert host.evidence.registry(city.clock()) is before
    assert host.evidence.status(reference(), forger.did, city.clock()).state is State.VALID


def test_refuses_a_place_that_the_list_does_not_have(city: SimulatedCity) -> None:
    forger, host = Forger(city), StatusHost(city)
    host.serve("lists.example", token_list(forger))
    with pytest.raises(StatusIndexOutOfRange):
        host.evidence.status(reference(10**9), forger.did, city.clock())


def test_follows_the_registry(city: SimulatedCity) -> None:
    evidence = StatusHost(city).evidence
    assert evidence.registry_url == URL
    view = evidence.registry(city.clock())
    assert view.as_of == city.clock()
    later = city.clock() + timedelta(seconds=6)
    assert evidence.registry(later).as_of == later
