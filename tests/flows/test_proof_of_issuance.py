"""A card outlives the key that signed it: the log shows that it had been issued before."""

import json
from datetime import timedelta
from typing import Any

import pytest

from credentials.claims import Claims
from issuer.actions.close_batches import close_batches
from schemas.seoul_calendar import day_in_seoul, start_of_day
from tests.simulators.city import SimulatedCity, SimulatedWallet
from tests.simulators.forger import RESIDENCY
from tests.simulators.root import SimulatedRoot
from tests.simulators.root_line import Root
from wallet.actions.fetch_proofs import fetch_missing

CODE = "GU-11620"


@pytest.fixture
def wallet(city: SimulatedCity) -> SimulatedWallet:
    offer = city.offer(CODE, RESIDENCY, city.claims("P01"))
    wallet = city.wallet()
    wallet.receive(offer.link, offer.tx_code)
    return wallet


def close_day(city: SimulatedCity) -> None:
    """What the job of the night does, ten minutes after midnight in Seoul."""
    midnight = start_of_day(day_in_seoul(city.clock()) + timedelta(days=1))
    city.clock.set(midnight + timedelta(minutes=10))
    issuer = city.city.issuer
    with issuer.database.writing() as session:
        close_batches(session, issuer.context, CODE, until=midnight, now=city.clock())


def fetch(city: SimulatedCity, wallet: SimulatedWallet) -> int:
    city.clock.advance(seconds=10)
    proofs = fetch_missing(wallet.content.held, wallet.connection, now=city.clock())
    wallet.content = wallet.content.keep_proofs(proofs)
    return len(proofs)


def show(city: SimulatedCity, wallet: SimulatedWallet) -> tuple[object, object, object]:
    asked = city.ask("VER-LIB", city.query(RESIDENCY, "residentOfSeoul"))
    wallet.present(asked.link)
    result: Any = city.result(asked.result_id)
    checks = {check["name"]: check["code"] for check in result["checks"]}
    return result["decision"], result["code"], checks["time_of_signing"]


UNKNOWN = ("indeterminate", "UNAVAILABLE", "time-of-signing-unknown")
PROVEN = ("accepted", "OK", "logged-in-time")


def test_with_its_proof_a_card_of_a_retired_key_is_accepted(
    city: SimulatedCity, wallet: SimulatedWallet
) -> None:
    close_day(city)
    assert fetch(city, wallet) == 1
    assert fetch(city, wallet) == 0  # once for each card
    assert show(city, wallet) == ("accepted", "OK", "passed")
    SimulatedRoot(city).retire(CODE, "es256-1")
    city.clock.advance(seconds=10)
    assert show(city, wallet) == PROVEN


def test_the_proof_can_be_had_after_the_key_is_gone(
    city: SimulatedCity, wallet: SimulatedWallet
) -> None:
    close_day(city)
    Root(city).do("rotate", CODE)
    city.clock.advance(seconds=10)
    assert show(city, wallet) == UNKNOWN
    assert fetch(city, wallet) == 1
    assert show(city, wallet) == PROVEN


def test_a_leaf_that_was_logged_after_the_retirement_proves_nothing(
    city: SimulatedCity, wallet: SimulatedWallet
) -> None:
    SimulatedRoot(city).retire(CODE, "es256-1")
    close_day(city)
    assert fetch(city, wallet) == 1
    assert show(city, wallet) == UNKNOWN


def test_a_rotation_logs_what_the_old_keys_have_issued(
    city: SimulatedCity, wallet: SimulatedWallet
) -> None:
    city.clock.advance(minutes=5)
    Root(city).do("rotate", CODE)
    assert fetch(city, wallet) == 1
    assert show(city, wallet) == PROVEN


@pytest.mark.parametrize(("hours", "found"), [(-1, UNKNOWN), (1, PROVEN)])
def test_of_a_compromised_key_what_was_logged_before_it_counts(
    city: SimulatedCity, wallet: SimulatedWallet, hours: int, found: object
) -> None:
    close_day(city)
    since = (city.clock() + timedelta(hours=hours)).strftime("%Y-%m-%dT%H:%M:%SZ")
    fetch(city, wallet)
    city.clock.advance(hours=2)
    Root(city).do("compromise", CODE, "es256-1", "--since", since)
    Root(city).do("rotate", CODE)
    city.clock.advance(seconds=10)
    assert show(city, wallet) == found


def test_another_cards_proof_helps_nobody(city: SimulatedCity, wallet: SimulatedWallet) -> None:
    offer = city.offer(CODE, RESIDENCY, city.claims("P02"))
    other = city.wallet()
    other.receive(offer.link, offer.tx_code)
    close_day(city)
    fetch(city, other)
    stolen = other.content.held[0].issuance_proof
    assert stolen is not None
    wallet.content = wallet.content.keep_proofs({1: stolen})
    SimulatedRoot(city).retire(CODE, "es256-1")
    city.clock.advance(seconds=10)
    assert show(city, wallet) == UNKNOWN


def test_nothing_of_it_is_on_the_log_but_a_root(
    city: SimulatedCity, wallet: SimulatedWallet
) -> None:
    close_day(city)
    fetch(city, wallet)
    proof = wallet.content.held[0].issuance_proof
    assert proof is not None
    city.clock.advance(seconds=10)
    view = city.city.follower.view(city.clock())
    (key,) = view.batches
    assert key[0] == CODE
    assert view.batches[key].size == 64
    sent: Claims = proof.to_json()
    assert set(json.loads(json.dumps(sent))) == {"path", "position", "salt", "v"}
