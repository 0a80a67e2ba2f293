"""An application's course, and that it is read as it was written."""

from itertools import product

import pytest

from credentials.errors import Error, Malformed
from credentials.jcs import canonicalize
from credentials.json_object import JsonObject, parse_object
from did_registry.admission import Asking
from did_registry.application import (
    OPEN,
    TRANSITIONS,
    Applicant,
    Application,
    ApplicationEvent,
    ApplicationState,
    advance,
    encode_application,
    is_receipt,
    parse_stored,
)
from did_registry.errors import ApplicationNotOpen
from did_registry.root_act import Enrol
from tests.simulators.every_change import every_change

AGENCY = Application(
    wish=Enrol(code="GU-1", name_ko="가", name_en="A", types=("T",), asking=None),
    legal_basis="법 제1조",
    contact="총무과",
)
ASKING = Asking(
    attributes=("T.a",), purpose_ko="목적", purpose_en="Why", legal_basis="법", retention_days=0
)
VERIFIER = Application(
    wish=Enrol(code="VER-1", name_ko="가", name_en="A", types=(), asking=ASKING),
    legal_basis="법",
    contact="총무과",
)


@pytest.mark.parametrize("application", [AGENCY, VERIFIER], ids=["agency", "verifier"])
def test_an_application_is_read_as_it_was_written(application: Application) -> None:
    stored = parse_object(canonicalize(encode_application(application)))
    assert parse_stored(stored) == application


@pytest.mark.parametrize("application", [AGENCY, VERIFIER], ids=["agency", "verifier"])
def test_a_damaged_row_is_refused_with_our_own_errors(application: Application) -> None:
    refused = 0
    for _, changed in every_change(encode_application(application)):
        try:
            parse_stored(JsonObject(changed))
        except Error:
            refused += 1
    assert refused > 3
    with pytest.raises(Malformed):
        parse_stored(JsonObject({}))


def test_who_asks_is_a_verifier_and_who_issues_an_agency() -> None:
    assert (AGENCY.applicant, VERIFIER.applicant) == (Applicant.AGENCY, Applicant.VERIFIER)


@pytest.mark.parametrize(("state", "event"), [*product(ApplicationState, ApplicationEvent)])
def test_only_the_moves_of_the_table_are_made(
    state: ApplicationState, event: ApplicationEvent
) -> None:
    if (state, event) in TRANSITIONS:
        assert advance(state, event) is TRANSITIONS[state, event]
    else:
        with pytest.raises(ApplicationNotOpen):
            advance(state, event)


def test_what_is_decided_stays_decided() -> None:
    decided = {ApplicationState.APPROVED, ApplicationState.REFUSED}
    assert {state for state, _ in TRANSITIONS} == OPEN == set(ApplicationState) - decided


def test_nothing_is_approved_that_was_not_proposed() -> None:
    before = [
        state for (state, _), after in TRANSITIONS.items() if after is ApplicationState.APPROVED
    ]
    assert before == [ApplicationState.PROPOSED]


@pytest.mark.parametrize(
    ("text", "is_one"),
    [
        ("abcd-efgh-jkmn-pqrs", True),
        ("2345-6789-aaaa-zzzz", True),
        ("abcd-efgh-jkmn", False),
        ("abcd-efgh-jkmn-pqr1", False),  # 1 could be an l
        ("ABCD-efgh-jkmn-pqrs", False),
        ("abcd-efgh-jkmn-pqrs\n", False),
        ("", False),
        ("abcd\0efgh-jkmn-pqrs", False),
    ],
)
def test_a_receipt_number_has_one_form(text: str, is_one: bool) -> None:
    assert is_receipt(text) is is_one
