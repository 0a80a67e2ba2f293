"""The root's acts: what they say survives being stored, and who may decide what."""

from datetime import UTC, datetime

import pytest

from credentials.errors import Error, Malformed
from credentials.jcs import canonicalize
from credentials.json_object import JsonObject, parse_object
from did_registry.admission import Asking
from did_registry.errors import ActNotOpen, SamePerson
from did_registry.root_act import (
    Accredit,
    ActKind,
    ActState,
    Admit,
    Deactivate,
    DeclareCompromise,
    EndAdmission,
    Enrol,
    Register,
    RootAct,
    Rotate,
    Terms,
    encode_terms,
    kind_of,
    parse_terms,
    subject_of,
)
from tests.simulators.every_change import every_change

NOW = datetime(2026, 3, 13, 3, 0, tzinfo=UTC)
ASKING = Asking(
    attributes=("T.a",), purpose_ko="목적", purpose_en="Purpose", legal_basis="법", retention_days=3
)
ALL: list[tuple[Terms, ActKind, str]] = [
    (Rotate(code="A"), ActKind.ROTATE, "A"),
    (Deactivate(code="A"), ActKind.DEACTIVATE, "A"),
    (DeclareCompromise(code="A", key="k-1", since=NOW), ActKind.COMPROMISE, "A#k-1"),
    (Accredit(code="A", types=("T",)), ActKind.ACCREDIT, "A"),
    (Register(code="A", attributes=()), ActKind.REGISTER, "A"),
    (Admit(did="did:a:b", name_ko="가", name_en="A", types=(), asking=ASKING), ActKind.ADMIT,
     "did:a:b"),
    (Admit(did="did:a:b", name_ko="가", name_en="A", types=("T",), asking=None), ActKind.ADMIT,
     "did:a:b"),
    (Admit(did="x509-sha256:00", name_ko="가", name_en="A", types=("T",), asking=None,
           anchor=b"\x30\0"), ActKind.ADMIT, "x509-sha256:00"),
    (EndAdmission(did="did:a:b", since=NOW), ActKind.END_ADMISSION, "did:a:b"),
    (Enrol(code="A", name_ko="가", name_en="A", types=("T",), asking=None), ActKind.ENROL, "A"),
    (Enrol(code="A", name_ko="가", name_en="A", types=(), asking=ASKING), ActKind.ENROL, "A"),
]  # fmt: skip
IDS = [f"{kind.value}-{number}" for number, (_, kind, _) in enumerate(ALL)]


def act(state: ActState = ActState.PROPOSED) -> RootAct:
    return RootAct(
        id="act-1",
        terms=Rotate(code="A"),
        state=state,
        proposed_by="SEL-DIG-01",
        proposed_at=NOW,
        decided_by=None,
        decided_at=None,
        effect=None,
    )


@pytest.mark.parametrize(("terms", "kind", "subject"), ALL, ids=IDS)
def test_terms_are_read_as_they_were_written(terms: Terms, kind: ActKind, subject: str) -> None:
    stored = parse_object(canonicalize(encode_terms(terms)))
    assert parse_terms(kind, stored) == terms
    assert (kind_of(terms), subject_of(terms)) == (kind, subject)


def test_every_kind_of_act_is_in_the_table() -> None:
    assert {kind for _, kind, _ in ALL} == set(ActKind)


@pytest.mark.parametrize(("terms", "kind", "_subject"), ALL, ids=IDS)
def test_damaged_terms_are_refused_with_our_own_errors(
    terms: Terms, kind: ActKind, _subject: str
) -> None:
    refused = 0
    for _, changed in every_change(encode_terms(terms)):
        try:
            parse_terms(kind, JsonObject(changed))
        except Error:
            refused += 1
    assert refused > 3
    with pytest.raises(Malformed):
        parse_terms(kind, JsonObject({}))


def test_the_second_person_is_another_one() -> None:
    for state in (ActState.PROPOSED, ActState.IN_EFFECT):
        act(state).check_second("SEL-DIG-02")
        with pytest.raises(SamePerson):
            act(state).check_second("SEL-DIG-01")


@pytest.mark.parametrize("state", [ActState.DONE, ActState.WITHDRAWN])
def test_what_is_decided_stays_decided(state: ActState) -> None:
    with pytest.raises(ActNotOpen):
        act(state).check_second("SEL-DIG-02")


def test_only_what_has_no_effect_yet_can_be_withdrawn() -> None:
    act().check_withdrawable()
    for state in set(ActState) - {ActState.PROPOSED}:
        with pytest.raises(ActNotOpen):
            act(state).check_withdrawable()


def test_an_act_is_shown_with_both_people() -> None:
    shown = act().to_json()
    assert shown["proposed_at"] == "2026-03-13T03:00:00Z"
    assert (shown["act"], shown["kind"], shown["decided_by"]) == ("act-1", "rotate", None)
