"""Revoking several takes two clerks, and happens wholly or not at all."""

import pytest

from issuer.actions.change_status import StatusChange
from issuer.actions.revoke_set import (
    MAX_ITEMS,
    confirm_revocation,
    decline_revocation,
    get_revocation,
    propose_revocation,
)
from issuer.errors import (
    DraftNotOpen,
    NothingChosen,
    OwnDraft,
    ReasonUnknown,
    UnknownDraft,
    UnknownEntitlement,
)
from issuer.models import StatusListRow
from tests.simulators.issuing_office import GU, LABOR, IssuingOffice, refused

ANNA, BORA = "GU-11620-01", "GU-11620-02"


def propose(office: IssuingOffice, *ids: str, reason: str = "R03", agency: str = GU) -> str:
    with office.database.writing() as session:
        return propose_revocation(
            session,
            office.context,
            office.agency(agency),
            ids,
            reason=reason,
            clerk=ANNA,
            now=office.clock(),
        )


def confirm(office: IssuingOffice, set_id: str, *, clerk: str = BORA, agency: str = GU) -> int:
    with office.database.writing() as session:
        return confirm_revocation(
            session,
            office.context,
            office.agency(agency),
            set_id,
            clerk=clerk,
            now=office.clock(),
        )


def decline(office: IssuingOffice, set_id: str, agency: str = GU) -> None:
    with office.database.writing() as session:
        decline_revocation(session, office.agency(agency), set_id, clerk=BORA, now=office.clock())


def sequence(office: IssuingOffice) -> int:
    with office.database.reading() as session:
        return session.get_one(StatusListRow, office.agency().status_list).sequence


def test_two_clerks_revoke_several_and_publish_once(office: IssuingOffice) -> None:
    issued, waiting = office.issued("P01", copies=2), office.approve("P02")
    set_id = propose(office, issued.entitlement_id, waiting.id)
    assert office.count_states(issued.entitlement_id) == {"valid": 2}
    before = sequence(office)
    assert confirm(office, set_id) == 2
    assert office.count_states(issued.entitlement_id) == {"revoked": 2}
    assert sequence(office) == before + 1
    with office.database.reading() as session:
        found = get_revocation(session, GU, set_id)
    assert (found.state.value, found.decided_by, found.reason) == ("done", BORA, "R03")


def test_who_proposed_does_not_confirm(office: IssuingOffice) -> None:
    set_id = propose(office, office.issued("P01").entitlement_id)
    with refused(office, OwnDraft):
        confirm(office, set_id, clerk=ANNA)


def test_it_is_decided_once(office: IssuingOffice) -> None:
    set_id = propose(office, office.issued("P01").entitlement_id)
    confirm(office, set_id)
    with refused(office, DraftNotOpen):
        confirm(office, set_id)
    with refused(office, DraftNotOpen):
        decline(office, set_id)


def test_what_was_declined_is_not_revoked(office: IssuingOffice) -> None:
    made = office.issued("P01")
    set_id = propose(office, made.entitlement_id)
    decline(office, set_id)
    with refused(office, DraftNotOpen):
        confirm(office, set_id)
    assert office.count_states(made.entitlement_id) == {"valid": 1}


def test_one_that_was_revoked_meanwhile_hinders_nothing(office: IssuingOffice) -> None:
    one, other = office.issued("P01"), office.issued("P02")
    set_id = propose(office, one.entitlement_id, other.entitlement_id)
    office.change(one.entitlement_id, StatusChange.REVOKE, "R02")
    confirm(office, set_id)
    assert office.count_states(other.entitlement_id) == {"revoked": 1}


@pytest.mark.parametrize("reason", ["", "S01", "R99", "r02"])
def test_a_reason_that_does_not_revoke_is_refused(office: IssuingOffice, reason: str) -> None:
    made = office.issued("P01")
    with refused(office, ReasonUnknown):
        propose(office, made.entitlement_id, reason=reason)


def test_another_agencys_is_not_there(office: IssuingOffice) -> None:
    made = office.issued("P01")
    with refused(office, UnknownEntitlement):
        propose(office, made.entitlement_id, agency=LABOR)
    set_id = propose(office, made.entitlement_id)
    with refused(office, UnknownDraft):
        confirm(office, set_id, agency=LABOR)
    with refused(office, UnknownDraft):
        decline(office, set_id, agency=LABOR)


def test_none_and_too_many(office: IssuingOffice) -> None:
    with refused(office, NothingChosen):
        propose(office)
    with refused(office, NothingChosen):
        propose(office, *(f"e_{number:022}" for number in range(MAX_ITEMS + 1)))
    with refused(office, UnknownEntitlement):
        propose(office, "\0")
