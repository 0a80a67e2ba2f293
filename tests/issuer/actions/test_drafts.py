"""Drafts, from the first save to the entitlement: four eyes, one revision, one agency."""

from collections import Counter
from dataclasses import dataclass
from functools import partial
from typing import Any

import pytest

from credentials.claims import Claims
from issuer.actions.drafts import get_draft
from issuer.actions.entitlements import get_entitlement
from issuer.actions.move_draft import move_draft
from issuer.actions.review_draft import approve_draft, parse_reason, refuse_draft
from issuer.actions.save_draft import correct_draft, save_draft
from issuer.draft import Draft, DraftEvent, DraftState
from issuer.entitlement import Entitlement
from issuer.errors import (
    DraftNotOpen,
    EntitlementExists,
    NotYourDraft,
    OwnDraft,
    ReasonMissing,
    TypeNotIssued,
    UnknownDraft,
    UnknownPerson,
)
from issuer.models import DraftRow, EntitlementRow
from issuer.person import PersonRef, new_person_ref
from schemas.catalogue import get
from schemas.errors import InvalidClaims
from storage.errors import SealBroken
from tests.simulators.issuing_office import (
    GU,
    LABOR,
    PERMISSIONS,
    RESIDENCY,
    IssuingOffice,
    persona,
    refused,
)
from tests.simulators.one_change import changed
from tests.simulators.race import race

ANNA, BORA = "GU-11620-01", "GU-11620-02"
P01 = persona("P01")


@dataclass(slots=True)
class Drafting:
    """The acts on drafts, each in a transaction of its own."""

    office: IssuingOffice

    def save(
        self,
        claims: Claims = P01,
        *,
        agency: str = GU,
        clerk: str = ANNA,
        person_ref: PersonRef | None = None,
        permissions: frozenset[str] = PERMISSIONS,
    ) -> Draft:
        with self.office.database.writing() as session:
            return save_draft(
                session,
                self.office.context,
                self.office.agency(agency),
                get(RESIDENCY),
                claims,
                person_ref=person_ref,
                permissions=permissions,
                clerk=clerk,
                now=self.office.clock(),
            )

    def correct(self, draft: Draft, claims: Claims, *, clerk: str = ANNA) -> Draft:
        with self.office.database.writing() as session:
            return correct_draft(
                session,
                self.office.context,
                self.office.agency(),
                draft.id,
                claims,
                revision=draft.revision,
                permissions=PERMISSIONS,
                clerk=clerk,
                now=self.office.clock(),
            )

    def move(
        self, draft: Draft, event: DraftEvent, *, clerk: str = ANNA, agency: str = GU
    ) -> Draft:
        with self.office.database.writing() as session:
            return move_draft(
                session,
                self.office.context,
                self.office.agency(agency),
                draft.id,
                event,
                clerk=clerk,
            )

    def submitted(self, **how: Any) -> Draft:
        return self.move(self.save(**how), DraftEvent.SUBMIT)

    def approve(
        self,
        draft: Draft,
        *,
        clerk: str = BORA,
        agency: str = GU,
        revision: int | None = None,
        permissions: frozenset[str] = PERMISSIONS,
    ) -> Entitlement:
        with self.office.database.writing() as session:
            return approve_draft(
                session,
                self.office.context,
                self.office.agency(agency),
                draft.id,
                revision=draft.revision if revision is None else revision,
                permissions=permissions,
                clerk=clerk,
                now=self.office.clock(),
            )

    def refuse(self, draft: Draft, reason: str = "주소 확인", *, clerk: str = BORA) -> Draft:
        with self.office.database.writing() as session:
            return refuse_draft(
                session,
                self.office.context,
                self.office.agency(),
                draft.id,
                revision=draft.revision,
                reason=reason,
                clerk=clerk,
                now=self.office.clock(),
            )

    def get(self, draft_id: str, agency: str = GU) -> Draft:
        with self.office.database.reading() as session:
            return get_draft(session, self.office.context, agency, draft_id)


@pytest.fixture
def drafting(office: IssuingOffice) -> Drafting:
    return Drafting(office)


def test_a_draft_is_kept_as_it_was_entered(drafting: Drafting) -> None:
    draft = drafting.save()
    assert draft.claims == P01
    assert (draft.state, draft.drafted_by) == (DraftState.DRAFTED, ANNA)
    assert drafting.get(draft.id) == draft


def test_a_draft_of_somebody_else_becomes_an_entitlement(drafting: Drafting) -> None:
    draft = drafting.submitted()
    made = drafting.approve(draft)
    assert made.claims == P01
    after = drafting.get(draft.id)
    assert (after.state, after.reviewed_by) == (DraftState.APPROVED, BORA)
    assert after.entitlement_id == made.id
    with drafting.office.database.reading() as session:
        assert get_entitlement(session, drafting.office.context, made.id) == made


def test_nobody_approves_or_refuses_what_they_prepared(drafting: Drafting) -> None:
    draft = drafting.submitted()
    with refused(drafting.office, OwnDraft):
        drafting.approve(draft, clerk=ANNA)
    with refused(drafting.office, OwnDraft):
        drafting.refuse(draft, clerk=ANNA)


def test_a_draft_is_approved_once(drafting: Drafting) -> None:
    draft = drafting.submitted()
    drafting.approve(draft)
    with refused(drafting.office, DraftNotOpen):
        drafting.approve(draft)


def test_of_many_who_approve_at_once_one_does(drafting: Drafting) -> None:
    draft, before = drafting.submitted(), drafting.office.count(EntitlementRow)
    clerks = [f"GU-11620-{number:02}" for number in range(2, 8)]
    outcomes = race([partial(drafting.approve, draft, clerk=clerk) for clerk in clerks])
    assert Counter(type(outcome) for outcome in outcomes) == {Entitlement: 1, DraftNotOpen: 5}
    assert drafting.office.count(EntitlementRow) == before + 1


def test_what_was_not_submitted_is_not_approved(drafting: Drafting) -> None:
    draft = drafting.save()
    with refused(drafting.office, DraftNotOpen):
        drafting.approve(draft)


def test_nobody_approves_another_text_than_they_read(drafting: Drafting) -> None:
    read = drafting.submitted()
    drafting.move(read, DraftEvent.WITHDRAW)
    drafting.correct(read, changed(P01, "nameKo", to="김견본"))
    drafting.move(read, DraftEvent.SUBMIT)
    with refused(drafting.office, DraftNotOpen):
        drafting.approve(read)
    assert drafting.approve(drafting.get(read.id)).claims["nameKo"] == "김견본"


def test_another_agencys_draft_is_not_there(drafting: Drafting) -> None:
    draft = drafting.submitted()
    with refused(drafting.office, UnknownDraft):
        drafting.approve(draft, agency=LABOR)
    with refused(drafting.office, UnknownDraft):
        drafting.move(draft, DraftEvent.WITHDRAW, agency=LABOR)
    with pytest.raises(UnknownDraft):
        drafting.get(draft.id, LABOR)


def test_a_refusal_says_why_and_the_draft_can_be_corrected(drafting: Drafting) -> None:
    draft = drafting.refuse(drafting.submitted(), "생년월일을 다시 확인해 주세요")
    assert draft.state is DraftState.REFUSED
    assert draft.reason == "생년월일을 다시 확인해 주세요"
    with drafting.office.database.reading() as session:
        sealed = session.get_one(DraftRow, draft.id).sealed_reason
    assert sealed is not None
    assert "확인".encode() not in sealed
    corrected = drafting.correct(draft, changed(P01, "birthDate", to="1999-05-18"))
    assert (corrected.state, corrected.reason) == (DraftState.DRAFTED, None)
    assert corrected.revision == draft.revision + 1


@pytest.mark.parametrize(
    "reason",
    ["", "   ", "가" * 301, "000101-0000001", "\u202ereversed", "a\nb"],
    ids=["empty", "spaces", "long", "resident-number", "direction", "line"],
)
def test_a_refusal_without_a_clean_reason_changes_nothing(drafting: Drafting, reason: str) -> None:
    draft = drafting.submitted()
    with refused(drafting.office, ReasonMissing):
        drafting.refuse(draft, reason)


def test_a_reason_is_one_spelling() -> None:
    assert parse_reason("  \u1100\u1161 ") == "가"


@pytest.mark.parametrize("event", [DraftEvent.SUBMIT, DraftEvent.DISCARD], ids=str)
def test_a_colleagues_draft_is_not_changed(drafting: Drafting, event: DraftEvent) -> None:
    draft = drafting.save()
    with refused(drafting.office, NotYourDraft):
        drafting.move(draft, event, clerk=BORA)
    with refused(drafting.office, NotYourDraft):
        drafting.correct(draft, P01, clerk=BORA)


def test_what_is_submitted_is_not_corrected(drafting: Drafting) -> None:
    draft = drafting.submitted()
    with refused(drafting.office, DraftNotOpen):
        drafting.correct(draft, P01)


def test_of_two_corrections_of_one_revision_the_second_is_told(drafting: Drafting) -> None:
    draft = drafting.save()
    drafting.correct(draft, changed(P01, "nameKo", to="김견본"))
    with refused(drafting.office, DraftNotOpen):
        drafting.correct(draft, changed(P01, "nameKo", to="김표본"))


def test_a_resident_number_is_never_kept(drafting: Drafting) -> None:
    with refused(drafting.office, InvalidClaims):
        drafting.save(changed(P01, "addressDetail", to="000101-0000001"))
    draft = drafting.save()
    with refused(drafting.office, InvalidClaims):
        drafting.correct(draft, changed(P01, "addressDetail", to="생년 000101 0000002 입니다"))


def test_a_type_that_the_registry_does_not_allow_is_not_drafted(drafting: Drafting) -> None:
    with refused(drafting.office, TypeNotIssued):
        drafting.save(permissions=frozenset())


def test_a_type_that_the_registry_takes_away_is_not_approved(drafting: Drafting) -> None:
    draft = drafting.submitted()
    with refused(drafting.office, TypeNotIssued):
        drafting.approve(draft, permissions=frozenset())


def test_a_person_who_has_one_waiting_gets_no_second(drafting: Drafting) -> None:
    person = drafting.office.approve("P01").person_ref
    draft = drafting.submitted(person_ref=person)
    with refused(drafting.office, EntitlementExists):
        drafting.approve(draft)


def test_a_person_whom_the_city_does_not_know_is_refused(drafting: Drafting) -> None:
    with refused(drafting.office, UnknownPerson):
        drafting.save(person_ref=new_person_ref(bytes(16)))


def test_claims_moved_into_another_draft_are_refused(drafting: Drafting) -> None:
    one, other = drafting.save(), drafting.save()
    with drafting.office.database.writing() as session:
        stolen = session.get_one(DraftRow, one.id).sealed_claims
        session.get_one(DraftRow, other.id).sealed_claims = stolen
    with pytest.raises(SealBroken):
        drafting.get(other.id)


@pytest.mark.parametrize("text", ["", "d_", "\0", "e_" + "A" * 22, "d_" + "A" * 22])
def test_an_id_that_is_none_finds_nothing(drafting: Drafting, text: str) -> None:
    with pytest.raises(UnknownDraft):
        drafting.get(text)
