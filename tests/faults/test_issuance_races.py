"""Races for what there is only once: of any number who try at the same moment, one succeeds.

Real threads, each with its own connection, on both databases. Sizes: `sizes.py`.
"""

import os
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import replace
from functools import partial

import pytest
from sqlalchemy import select

from credentials.errors import Error
from credentials.model import StatusPurpose
from credentials.status.bits import State
from issuer.actions.change_status import Changed, StatusChange
from issuer.actions.import_entitlements import RowOutcome, import_entitlements
from issuer.actions.make_offer import MadeOffer
from issuer.actions.publish_status_list import ListForm
from issuer.entitlement import Entitlement
from issuer.errors import EntitlementExists, StatusUnchangeable
from issuer.issuance_session import MAX_TX_CODE_TRIES
from issuer.models import EntitlementRow, OfferRow, PersonRow, StatusEntryRow, StatusListRow
from openid4vc.errors import CredentialRequestDenied, InvalidGrant, InvalidNonce
from schemas.catalogue import get
from storage.base import Base
from storage.keystore import Keystore
from tests.faults.sizes import RACE_ROUNDS, RACERS, REDEMPTION_ROUNDS, REDEMPTIONS
from tests.simulators.clock import SimulatedClock
from tests.simulators.csv_file import RESIDENT, csv_file, numbered
from tests.simulators.issuing_office import (
    RESIDENCY,
    IssuingOffice,
    holder,
    office_keystore,
    opened,
    with_entropy,
)
from tests.simulators.postgres import PostgresCluster
from tests.simulators.race import race
from tests.simulators.status_reader import read_list, served

WALLETS = int(RACERS)
CLERKS = int(RACERS) // 2

rounds = pytest.mark.parametrize("round_number", range(int(RACE_ROUNDS)))


@pytest.fixture(scope="module")
def keystore(tmp_path_factory: pytest.TempPathFactory) -> Keystore:
    return office_keystore(tmp_path_factory.mktemp("office"))


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def opened_office(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, keystore: Keystore
) -> Iterator[IssuingOffice]:
    """An office over a new database, once of each kind."""
    with ExitStack() as stack:
        if request.param == "sqlite":
            url = f"sqlite:///{tmp_path_factory.mktemp('races') / 'office.sqlite'}"
        else:
            cluster: PostgresCluster = request.getfixturevalue("postgres_cluster")
            url = stack.enter_context(cluster.fresh_database(Base.metadata))
        yield stack.enter_context(opened(url, keystore))


@pytest.fixture
def office(opened_office: IssuingOffice) -> IssuingOffice:
    """The module's office, with a clock of the test's own."""
    return replace(opened_office, clock=SimulatedClock())


def kinds(outcomes: Sequence[object]) -> Counter[type]:
    return Counter(type(outcome) for outcome in outcomes)


def entries(office: IssuingOffice, entitlement_id: str) -> list[StatusEntryRow]:
    with office.database.reading() as session:
        rows = select(StatusEntryRow).where(StatusEntryRow.entitlement_id == entitlement_id)
        return list(session.scalars(rows))


def offers(office: IssuingOffice, entitlement_id: str) -> list[OfferRow]:
    with office.database.reading() as session:
        rows = select(OfferRow).where(OfferRow.entitlement_id == entitlement_id)
        return list(session.scalars(rows))


def sequence(office: IssuingOffice) -> int:
    with office.database.reading() as session:
        return session.get_one(StatusListRow, office.agency().status_list).sequence


@pytest.mark.parametrize("round_number", range(int(REDEMPTION_ROUNDS)))
def test_a_code_is_redeemed_once(office: IssuingOffice, round_number: int) -> None:
    made, count = office.offer(office.approve("P01")), int(REDEMPTIONS)
    code = office.code(made)
    outcomes = race([partial(office.redeem, code, made.tx_code)] * count)
    assert kinds(outcomes) == {str: 1, InvalidGrant: count - 1}


@rounds
def test_a_token_is_good_for_one_request(office: IssuingOffice, round_number: int) -> None:
    made = office.offer(office.approve("P01"))
    token = office.token(made)
    requests = [office.request(holder(number)) for number in range(1, WALLETS + 1)]
    outcomes = race([partial(office.issue, token, request) for request in requests])
    assert kinds(outcomes) == {tuple: 1, CredentialRequestDenied: WALLETS - 1}
    assert len(entries(office, made.entitlement_id)) == 1


@rounds
def test_a_nonce_is_good_for_one_request(office: IssuingOffice, round_number: int) -> None:
    tokens = [office.token(office.offer(office.approve("P01"))) for _ in range(WALLETS)]
    request, nonce = office.request(holder(1)), office.nonce()
    same = replace(request, proofs=(office.proof(holder(1), nonce=nonce),))
    outcomes = race([partial(office.issue, token, same) for token in tokens])
    assert kinds(outcomes) == {tuple: 1, InvalidNonce: WALLETS - 1}
    for token, outcome in zip(tokens, outcomes, strict=True):
        if isinstance(outcome, Error):  # whoever was refused may ask again, with a nonce of its own
            office.issue(token, office.request(holder(1)))


@rounds
def test_five_wrong_tx_codes_are_five_however_many_come_at_once(
    office: IssuingOffice, round_number: int
) -> None:
    made = office.offer(office.approve("P01"))
    outcomes = race([partial(office.redeem, office.code(made), "wrong")] * WALLETS)
    assert kinds(outcomes) == {InvalidGrant: WALLETS}
    (row,) = offers(office, made.entitlement_id)
    assert (row.state, row.tx_code_tries) == ("locked", MAX_TX_CODE_TRIES)


@rounds
def test_no_two_credentials_have_one_place(office: IssuingOffice, round_number: int) -> None:
    def from_few(size: int) -> bytes:
        """Randomness by which everybody draws from twice as many places as are needed."""
        drawn = os.urandom(size)
        place = int.from_bytes(drawn[:2]) % (4 * WALLETS) + 1_000 * round_number
        return place.to_bytes(8) if size == 8 else drawn

    crowded = with_entropy(office, from_few)
    offered = [office.offer(office.approve("P01")) for _ in range(WALLETS)]
    asking = [(office.token(made), office.request(holder(1), holder(2))) for made in offered]
    outcomes = race([partial(crowded.issue, *it) for it in asking])
    assert kinds(outcomes) == {tuple: WALLETS}
    places = [it.idx for made in offered for it in entries(office, made.entitlement_id)]
    assert len(places) == len(set(places)) == 2 * WALLETS


@rounds
def test_of_many_offers_made_at_once_one_lives(office: IssuingOffice, round_number: int) -> None:
    approved = office.approve("P01")
    outcomes = race([partial(office.offer, approved)] * CLERKS)
    assert kinds(outcomes) == {MadeOffer: CLERKS}
    states = Counter(row.state for row in offers(office, approved.id))
    assert states == {"offered": 1, "cancelled": CLERKS - 1}


@rounds
def test_whoever_opens_a_link_gets_the_same_code(office: IssuingOffice, round_number: int) -> None:
    made = office.offer(office.approve("P01"))
    outcomes = race([partial(office.code, made)] * WALLETS)
    assert len(set(outcomes)) == 1
    (row,) = offers(office, made.entitlement_id)
    assert row.serial == 1


@rounds
def test_what_is_revoked_while_it_is_issued_is_revoked(
    office: IssuingOffice, round_number: int
) -> None:
    """The clerk was told that every copy is revoked: then no copy may be valid."""
    offered = [office.offer(office.approve("P01")) for _ in range(CLERKS)]
    acts: list[Callable[[], object]] = []
    for made in offered:
        token, request = office.token(made), office.request(holder(1))
        acts.append(partial(office.issue, token, request))
        acts.append(partial(office.change, made.entitlement_id, StatusChange.REVOKE, "R02"))
    outcomes = race(acts)
    assert kinds(outcomes)[Changed] == len(offered)
    assert set(kinds(outcomes)) <= {Changed, tuple, CredentialRequestDenied}
    published = read_list(office, StatusPurpose.ANY)
    for made in offered:
        for entry in entries(office, made.entitlement_id):
            assert entry.state == State.REVOKED
            assert published.state(entry.idx) is State.REVOKED


@rounds
def test_what_is_suspended_while_it_is_revoked_stays_revoked(
    office: IssuingOffice, round_number: int
) -> None:
    issued = [office.issued("P01") for _ in range(CLERKS // 2)]
    acts = (
        (StatusChange.SUSPEND, "S01"),
        (StatusChange.REVOKE, "R02"),
        (StatusChange.REINSTATE, None),
    )
    outcomes = race(
        [partial(office.change, made.entitlement_id, *act) for made in issued for act in acts]
    )
    assert set(kinds(outcomes)) <= {Changed, StatusUnchangeable}
    published = read_list(office, StatusPurpose.ANY)
    for made in issued:
        (entry,) = entries(office, made.entitlement_id)
        assert entry.state == State.REVOKED
        assert published.state(entry.idx) is State.REVOKED


@rounds
def test_every_change_is_in_the_list_that_is_published_last(
    office: IssuingOffice, round_number: int
) -> None:
    issued = [office.issued("P01") for _ in range(CLERKS)]
    before = sequence(office)
    race([partial(office.change, it.entitlement_id, StatusChange.REVOKE, "R02") for it in issued])
    assert sequence(office) == before + len(issued)
    published = read_list(office, StatusPurpose.ANY)
    places = [entry.idx for made in issued for entry in entries(office, made.entitlement_id)]
    assert {published.state(place) for place in places} == {State.REVOKED}


@rounds
def test_a_list_is_signed_anew_once_however_many_ask(
    office: IssuingOffice, round_number: int
) -> None:
    office.clock.advance(days=round_number)
    office.change(office.issued("P01").entitlement_id, StatusChange.REVOKE, "R01")
    before = sequence(office)
    office.clock.advance(hours=12)
    outcomes = race([partial(served, office, ListForm.TOKEN)] * CLERKS)
    assert len(set(outcomes)) == 1
    assert sequence(office) == before + 1


@rounds
def test_of_many_approvals_for_one_person_one_waits(
    office: IssuingOffice, round_number: int
) -> None:
    first = office.approve("P01")
    office.change(first.id, StatusChange.REVOKE, "R01")
    outcomes = race([partial(office.approve, "P01", person_ref=first.person_ref)] * CLERKS)
    assert kinds(outcomes) == {Entitlement: 1, EntitlementExists: CLERKS - 1}


@rounds
def test_one_that_nobody_fetched_in_time_gives_way_to_one(
    office: IssuingOffice, round_number: int
) -> None:
    first = office.approve("P01")
    office.offer(first)
    office.clock.advance(days=60)
    outcomes = race([partial(office.approve, "P01", person_ref=first.person_ref)] * CLERKS)
    assert kinds(outcomes) == {Entitlement: 1, EntitlementExists: CLERKS - 1}


@rounds
def test_a_file_that_is_imported_by_several_at_once_is_imported_once(
    office: IssuingOffice, round_number: int
) -> None:
    count = 40
    data = csv_file(numbered(RESIDENT, count, start=1 + count * round_number))
    before = (office.count(EntitlementRow), office.count(PersonRow))
    total = race_of_imports(office, data)
    assert total == {RowOutcome.ACCEPTED: count, RowOutcome.KNOWN: 3 * count}
    after = (office.count(EntitlementRow), office.count(PersonRow))
    assert after == (before[0] + count, before[1] + count)


@rounds
def test_rows_about_known_people_are_imported_once_too(
    office: IssuingOffice, round_number: int
) -> None:
    people = [office.approve("P01") for _ in range(10)]
    for approved in people:
        office.change(approved.id, StatusChange.REVOKE, "R01")
    data = csv_file({**RESIDENT, "person_ref": it.person_ref} for it in people)
    total = race_of_imports(office, data)
    assert total == {RowOutcome.ACCEPTED: 10, RowOutcome.KNOWN: 30}


def race_of_imports(office: IssuingOffice, data: bytes) -> Counter[RowOutcome]:
    """What four imports of one file at the same time report together."""

    def imported() -> Counter[RowOutcome]:
        reports = import_entitlements(
            office.database,
            office.context,
            office.agency(),
            get(RESIDENCY),
            data,
            permissions={RESIDENCY},
            dry_run=False,
            now=office.clock(),
        )
        return Counter(report.outcome for report in reports)

    counted = [it for it in race([imported] * 4) if isinstance(it, Counter)]
    return sum(counted, Counter())
