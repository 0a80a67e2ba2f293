"""Reading entitlements: whole and unaltered, or not at all."""

from collections.abc import Callable

import pytest
from sqlalchemy import update
from sqlalchemy.orm import Session

from issuer.actions.context import IssuerContext
from issuer.actions.entitlements import get_entitlement, lock_entitlement
from issuer.entitlement import Entitlement
from issuer.errors import UnknownEntitlement
from issuer.models import EntitlementRow
from storage.errors import SealBroken
from tests.simulators.issuing_office import IssuingOffice, refused

Get = Callable[[Session, IssuerContext, str], Entitlement]
both = pytest.mark.parametrize("get", [get_entitlement, lock_entitlement])


@both
def test_gives_back_what_was_approved(office: IssuingOffice, get: Get) -> None:
    approved = office.approve("P01")
    with office.database.writing() as session:
        assert get(session, office.context, approved.id) == approved


@both
@pytest.mark.parametrize("entitlement_id", ["e_" + "A" * 22, "", "e_\0" + "A" * 21, "\udc80"])
def test_there_is_no_other(office: IssuingOffice, get: Get, entitlement_id: str) -> None:
    with refused(office, UnknownEntitlement), office.database.writing() as session:
        get(session, office.context, entitlement_id)


@both
def test_claims_that_were_altered_are_not_read(office: IssuingOffice, get: Get) -> None:
    approved = office.approve("P01")
    with office.database.writing() as session:
        sealed = bytearray(session.get_one(EntitlementRow, approved.id).sealed_claims)
        sealed[-1] ^= 1
        session.execute(
            update(EntitlementRow)
            .where(EntitlementRow.id == approved.id)
            .values(sealed_claims=bytes(sealed))
        )
    with refused(office, SealBroken), office.database.writing() as session:
        get(session, office.context, approved.id)


def test_what_is_locked_is_read_anew(office: IssuingOffice) -> None:
    approved = office.approve("P01")
    with office.database.writing() as session:
        get_entitlement(session, office.context, approved.id)
        session.execute(
            update(EntitlementRow)
            .where(EntitlementRow.id == approved.id)
            .values(state="issued")
            .execution_options(synchronize_session=False)
        )
        assert lock_entitlement(session, office.context, approved.id).state == "issued"
        session.rollback()
