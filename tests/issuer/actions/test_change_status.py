"""Suspension, reinstatement and revocation: of every copy, for a reason, published at once."""

import pytest
from sqlalchemy import select

from credentials.model import StatusPurpose
from credentials.status.bits import State
from issuer.actions.change_status import StatusChange
from issuer.actions.make_offer import MadeOffer
from issuer.errors import ReasonUnknown, StatusUnchangeable, UnknownEntitlement
from issuer.models import EntitlementRow, OfferRow, StatusEntryRow, StatusListRow
from schemas.status_reasons import ReasonState, status_reasons
from tests.simulators.issuing_office import LABOR, URL, IssuingOffice, holder, refused
from tests.simulators.status_reader import read_list

SUSPEND, REINSTATE, REVOKE = StatusChange.SUSPEND, StatusChange.REINSTATE, StatusChange.REVOKE
REASONS = status_reasons()
FOR = {
    SUSPEND: {code for code, it in REASONS.items() if it.state is ReasonState.SUSPENDED},
    REVOKE: {code for code, it in REASONS.items() if it.state is ReasonState.REVOKED},
}


@pytest.fixture
def made(office: IssuingOffice) -> MadeOffer:
    """What was issued to P01, in three copies."""
    return office.issued("P01", copies=3)


def entries(office: IssuingOffice, entitlement_id: str) -> list[StatusEntryRow]:
    with office.database.reading() as session:
        rows = select(StatusEntryRow).where(StatusEntryRow.entitlement_id == entitlement_id)
        return list(session.scalars(rows))


def sequence(office: IssuingOffice) -> int:
    with office.database.reading() as session:
        return session.get_one(StatusListRow, office.agency().status_list).sequence


def published(office: IssuingOffice, made: MadeOffer) -> dict[StatusPurpose, set[State]]:
    """What each published list says of the copies."""
    places = [entry.idx for entry in entries(office, made.entitlement_id)]
    return {
        purpose: {read_list(office, purpose).state(place) for place in places}
        for purpose in StatusPurpose
    }


def test_a_revocation_is_published_before_it_is_answered(
    office: IssuingOffice, made: MadeOffer
) -> None:
    before = sequence(office)
    changed = office.change(made.entitlement_id, REVOKE, "R02")
    assert (changed.entitlement_id, changed.state) == (made.entitlement_id, State.REVOKED)
    assert (changed.list_uri, changed.published_at) == (f"{URL}/status/GU-11620-1", office.clock())
    assert sequence(office) == before + 1
    assert published(office, made) == {
        StatusPurpose.ANY: {State.REVOKED},
        StatusPurpose.REVOCATION: {State.REVOKED},
        StatusPurpose.SUSPENSION: {State.VALID},
    }


def test_a_suspension_is_no_revocation(office: IssuingOffice, made: MadeOffer) -> None:
    assert office.change(made.entitlement_id, SUSPEND, "S01").state is State.SUSPENDED
    assert published(office, made) == {
        StatusPurpose.ANY: {State.SUSPENDED},
        StatusPurpose.REVOCATION: {State.VALID},
        StatusPurpose.SUSPENSION: {State.SUSPENDED},
    }


def test_what_was_suspended_can_be_reinstated(office: IssuingOffice, made: MadeOffer) -> None:
    office.change(made.entitlement_id, SUSPEND, "S01")
    assert office.change(made.entitlement_id, REINSTATE, None).state is State.VALID
    assert published(office, made) == {purpose: {State.VALID} for purpose in StatusPurpose}


def test_what_was_suspended_can_be_revoked(office: IssuingOffice, made: MadeOffer) -> None:
    office.change(made.entitlement_id, SUSPEND, "S01")
    office.change(made.entitlement_id, REVOKE, "R02")
    assert published(office, made)[StatusPurpose.ANY] == {State.REVOKED}
    assert published(office, made)[StatusPurpose.SUSPENSION] == {State.VALID}


def test_nobody_else_is_touched(office: IssuingOffice, made: MadeOffer) -> None:
    other = office.issued("P04")
    office.change(made.entitlement_id, REVOKE, "R02")
    assert published(office, other)[StatusPurpose.ANY] == {State.VALID}


def test_reason_and_moment_are_kept_with_every_copy(office: IssuingOffice, made: MadeOffer) -> None:
    office.clock.advance(minutes=1)
    office.change(made.entitlement_id, SUSPEND, "S03")
    found = entries(office, made.entitlement_id)
    assert {(it.reason, it.changed_at) for it in found} == {("S03", office.clock())}
    office.clock.advance(minutes=1)
    office.change(made.entitlement_id, REINSTATE, None)
    found = entries(office, made.entitlement_id)
    assert {(it.reason, it.changed_at) for it in found} == {(None, office.clock())}


def test_doing_it_twice_keeps_the_first_reason(office: IssuingOffice, made: MadeOffer) -> None:
    office.change(made.entitlement_id, REVOKE, "R02")
    first = office.clock()
    office.clock.advance(minutes=1)
    assert office.change(made.entitlement_id, REVOKE, "R04").state is State.REVOKED
    found = entries(office, made.entitlement_id)
    assert {(it.reason, it.changed_at) for it in found} == {("R02", first)}


@pytest.mark.parametrize(("change", "reason"), [(SUSPEND, "S01"), (REINSTATE, None)])
def test_what_was_revoked_stays_revoked(
    office: IssuingOffice, made: MadeOffer, change: StatusChange, reason: str | None
) -> None:
    office.change(made.entitlement_id, REVOKE, "R02")
    with refused(office, StatusUnchangeable):
        office.change(made.entitlement_id, change, reason)


def test_only_what_is_suspended_can_be_reinstated(office: IssuingOffice, made: MadeOffer) -> None:
    with refused(office, StatusUnchangeable):
        office.change(made.entitlement_id, REINSTATE, None)


@pytest.mark.parametrize("change", [SUSPEND, REVOKE])
def test_every_reason_of_the_table_serves_its_act_and_no_other(
    office: IssuingOffice, made: MadeOffer, change: StatusChange
) -> None:
    for code in sorted(REASONS):
        if code in FOR[change]:
            office.change(made.entitlement_id, change, code)
        else:
            with refused(office, ReasonUnknown):
                office.change(made.entitlement_id, change, code)


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        pytest.param(SUSPEND, None, id="suspend without"),
        pytest.param(REVOKE, None, id="revoke without"),
        pytest.param(REINSTATE, "S01", id="reinstate with one to suspend"),
        pytest.param(REINSTATE, "R01", id="reinstate with one to revoke"),
        pytest.param(REVOKE, "R99", id="one that there is not"),
        pytest.param(REVOKE, "r02", id="one in small letters"),
        pytest.param(REVOKE, "", id="nothing"),
    ],
)
def test_refuses_another_reason(
    office: IssuingOffice, made: MadeOffer, change: StatusChange, reason: str | None
) -> None:
    with refused(office, ReasonUnknown):
        office.change(made.entitlement_id, change, reason)


@pytest.mark.parametrize("change", [SUSPEND, REVOKE])
def test_another_agencys_is_unknown(
    office: IssuingOffice, made: MadeOffer, change: StatusChange
) -> None:
    with refused(office, UnknownEntitlement):
        office.change(made.entitlement_id, change, min(FOR[change]), agency=LABOR)


@pytest.mark.parametrize(
    "entitlement_id", ["e_" + "A" * 22, "", "e_\0" + "A" * 21, "\udc80", "P01"]
)
def test_what_there_is_not_is_unknown(office: IssuingOffice, entitlement_id: str) -> None:
    with refused(office, UnknownEntitlement):
        office.change(entitlement_id, REVOKE, "R02")


@pytest.mark.parametrize(("change", "reason"), [(SUSPEND, "S01"), (REINSTATE, None)])
def test_what_was_not_issued_can_only_be_revoked(
    office: IssuingOffice, change: StatusChange, reason: str | None
) -> None:
    approved = office.approve("P01")
    with refused(office, StatusUnchangeable):
        office.change(approved.id, change, reason)


def test_revoking_what_waits_cancels_it_with_its_offer(office: IssuingOffice) -> None:
    made = office.offer(office.approve("P01"))
    assert office.change(made.entitlement_id, REVOKE, "R01").state is State.REVOKED
    with office.database.reading() as session:
        offers = select(OfferRow.state).where(OfferRow.entitlement_id == made.entitlement_id)
        assert session.scalars(offers).one() == "cancelled"
        assert session.get_one(EntitlementRow, made.entitlement_id).state == "cancelled"


def test_revoking_what_was_issued_leaves_it_issued(office: IssuingOffice, made: MadeOffer) -> None:
    office.change(made.entitlement_id, REVOKE, "R01")
    with office.database.reading() as session:
        assert session.get_one(EntitlementRow, made.entitlement_id).state == "issued"


def test_a_person_whose_approval_was_cancelled_may_get_another(office: IssuingOffice) -> None:
    approved = office.approve("P01")
    office.change(approved.id, REVOKE, "R01")
    again = office.approve("P01", person_ref=approved.person_ref)
    office.issue(office.token(office.offer(again)), office.request(holder(1)))
