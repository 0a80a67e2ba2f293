"""Import: every good row once, whatever breaks off, and a rehearsal that tells the same."""

from collections import Counter
from collections.abc import Callable, Collection
from dataclasses import replace
from itertools import islice

import pytest
from sqlalchemy import func, select

from credentials.errors import Error, TooLarge
from issuer.actions.change_status import StatusChange
from issuer.actions.entitlements import get_entitlement
from issuer.actions.import_entitlements import (
    ROWS_A_TRANSACTION,
    RowOutcome,
    RowReport,
    import_entitlements,
)
from issuer.csv_rows import MAX_ROWS
from issuer.errors import CsvUnreadable, TypeNotIssued
from issuer.models import EntitlementRow, ImportedRow, PersonRow
from issuer.person import PersonRef, new_person_ref
from issuer.secret_macs import SecretMacs
from schemas.catalogue import get
from schemas.errors import InvalidClaims
from tests.simulators.csv_file import RESIDENT, Cells, csv_file, numbered
from tests.simulators.issuing_office import (
    LABOR,
    PERMISSIONS,
    RESIDENCY,
    IssuingOffice,
    holder,
    refused,
)

ACCEPTED, KNOWN, REFUSED = RowOutcome.ACCEPTED, RowOutcome.KNOWN, RowOutcome.REFUSED


def imported(
    office: IssuingOffice,
    data: bytes,
    *,
    dry_run: bool = False,
    agency: str = "GU-11620",
    type_name: str = RESIDENCY,
    permissions: Collection[str] = PERMISSIONS,
    rows: int | None = None,
) -> list[RowReport]:
    """The reports, all or as many as somebody waits for."""
    reports = import_entitlements(
        office.database,
        office.context,
        office.agency(agency),
        get(type_name),
        data,
        permissions=permissions,
        dry_run=dry_run,
        now=office.clock(),
    )
    return list(islice(reports, rows))


def outcomes(reports: list[RowReport]) -> list[tuple[int, RowOutcome, str | None]]:
    return [(report.line, report.outcome, report.code) for report in reports]


def entitlements(office: IssuingOffice) -> int:
    with office.database.reading() as session:
        return session.scalar(select(func.count()).select_from(EntitlementRow)) or 0


def person(office: IssuingOffice) -> PersonRef:
    """Somebody who is known, and has nothing waiting."""
    approved = office.approve("P01")
    office.change(approved.id, StatusChange.REVOKE, "R01")
    return approved.person_ref


def test_each_good_row_becomes_an_entitlement_of_a_person_of_its_own(
    new_office: IssuingOffice,
) -> None:
    reports = imported(new_office, csv_file(numbered(RESIDENT, 3)))
    assert outcomes(reports) == [(2, ACCEPTED, None), (3, ACCEPTED, None), (4, ACCEPTED, None)]
    assert len({report.entitlement_id for report in reports}) == 3
    assert [new_office.count(table) for table in (EntitlementRow, ImportedRow, PersonRow)] == [
        3
    ] * 3


def test_what_was_imported_can_be_fetched(office: IssuingOffice) -> None:
    (report,) = imported(office, csv_file(numbered(RESIDENT, 1, start=100)))
    assert report.entitlement_id is not None
    with office.database.reading() as session:
        entitlement = get_entitlement(session, office.context, report.entitlement_id)
    assert entitlement.claims["nameKo"] == "김시범0100"
    office.issue(office.token(office.offer(entitlement)), office.request(holder(1)))


def test_bad_rows_are_reported_and_the_others_imported(office: IssuingOffice) -> None:
    rows = numbered(RESIDENT, 3, start=200)
    rows[1] = {**rows[1], "birthDate": "1999"}
    before = entitlements(office)
    reports = imported(office, csv_file(rows))
    assert outcomes(reports) == [
        (2, ACCEPTED, None),
        (3, REFUSED, "invalid-claims"),
        (4, ACCEPTED, None),
    ]
    assert [found.where for found in reports[1].problems] == ["birthDate"]
    assert reports[1].entitlement_id is None
    assert entitlements(office) == before + 2


def test_importing_a_file_again_imports_nothing(office: IssuingOffice) -> None:
    data = csv_file(numbered(RESIDENT, 3, start=300))
    first = imported(office, data)
    before = office.rows()
    again = imported(office, data)
    assert [report.outcome for report in again] == [KNOWN] * 3
    assert [it.entitlement_id for it in again] == [it.entitlement_id for it in first]
    assert office.rows() == before


def test_a_row_that_stands_twice_in_a_file_is_imported_once(office: IssuingOffice) -> None:
    (row,) = numbered(RESIDENT, 1, start=400)
    reports = imported(office, csv_file([row, row]))
    assert outcomes(reports) == [(2, ACCEPTED, None), (3, KNOWN, None)]


def test_a_row_is_known_in_another_encoding_and_order_of_columns(office: IssuingOffice) -> None:
    (row,) = numbered(RESIDENT, 1, start=450)
    imported(office, csv_file([row]))
    turned = csv_file([dict(reversed([*row.items()]))]).decode().encode("cp949")
    assert [report.outcome for report in imported(office, turned)] == [KNOWN]


@pytest.mark.parametrize("change", ["claim", "agency", "person"])
def test_a_row_that_differs_in_anything_is_another(office: IssuingOffice, change: str) -> None:
    start = 500 + ["claim", "agency", "person"].index(change)
    (row,) = numbered(RESIDENT, 1, start=start)
    imported(office, csv_file([row]))
    other: Cells = {
        "claim": {**row, "dongName": "가상동"},
        "agency": row,
        "person": {**row, "person_ref": person(office)},
    }[change]
    agency = LABOR if change == "agency" else "GU-11620"
    assert [it.outcome for it in imported(office, csv_file([other]), agency=agency)] == [ACCEPTED]


def test_a_row_about_a_known_person_makes_no_other(office: IssuingOffice) -> None:
    known = person(office)
    before = office.count(PersonRow)
    row = {**numbered(RESIDENT, 1, start=600)[0], "person_ref": known}
    assert outcomes(imported(office, csv_file([row]))) == [(2, ACCEPTED, None)]
    assert office.count(PersonRow) == before


def test_a_row_about_nobody_is_refused(office: IssuingOffice) -> None:
    row = {**RESIDENT, "person_ref": new_person_ref(bytes(16))}
    before = office.rows()
    assert outcomes(imported(office, csv_file([row]))) == [(2, REFUSED, "unknown-person")]
    assert office.rows() == before


def test_a_second_row_of_a_kind_about_one_person_is_refused(office: IssuingOffice) -> None:
    known = person(office)
    rows = [{**row, "person_ref": known} for row in numbered(RESIDENT, 2, start=700)]
    assert outcomes(imported(office, csv_file(rows))) == [
        (2, ACCEPTED, None),
        (3, REFUSED, "entitlement-exists"),
    ]


# ---- resuming ----


def test_an_import_that_was_broken_off_is_finished_by_importing_again(
    new_office: IssuingOffice,
) -> None:
    data = csv_file(numbered(RESIDENT, ROWS_A_TRANSACTION + 20))
    imported(new_office, data, rows=1)  # whoever waited is gone after the first transaction
    assert entitlements(new_office) == ROWS_A_TRANSACTION
    again = Counter(report.outcome for report in imported(new_office, data))
    assert again == {KNOWN: ROWS_A_TRANSACTION, ACCEPTED: 20}
    assert new_office.count(PersonRow) == ROWS_A_TRANSACTION + 20


@pytest.mark.parametrize(
    ("spoil", "refusal"),
    [
        pytest.param(lambda data: data + b'"open\r\n', CsvUnreadable, id="broken at its end"),
        pytest.param(
            lambda data: data + b"x\r\n" * (MAX_ROWS + 1), TooLarge, id="one row too many"
        ),
        pytest.param(lambda data: b"income," + data, InvalidClaims, id="an unknown column"),
        pytest.param(lambda data: data.decode().encode("utf-16"), CsvUnreadable, id="in UTF-16"),
    ],
)
@pytest.mark.parametrize("dry_run", [False, True])
def test_a_file_that_is_refused_as_a_whole_changes_nothing(
    office: IssuingOffice,
    spoil: Callable[[bytes], bytes],
    refusal: type[Error],
    dry_run: bool,
) -> None:
    data = csv_file(numbered(RESIDENT, 2, start=800))
    with refused(office, refusal):
        imported(office, spoil(data), dry_run=dry_run)


def test_a_type_that_stands_in_the_registry_is_not_imported(office: IssuingOffice) -> None:
    row = {
        "issuerDid": "did:web:x.example",
        "nameKo": "가",
        "nameEn": "A",
        "allowedTypes": "SeoulResidencyCredential",
    }
    with refused(office, TypeNotIssued):
        imported(office, csv_file([row]), type_name="IssuerAccreditationCredential")


@pytest.mark.parametrize("dry_run", [False, True], ids=["import", "dry run"])
def test_a_type_that_the_agency_does_not_issue_is_not_imported(
    office: IssuingOffice, *, dry_run: bool
) -> None:
    with refused(office, TypeNotIssued):
        imported(
            office, csv_file([RESIDENT]), permissions=PERMISSIONS - {RESIDENCY}, dry_run=dry_run
        )


# ---- rehearsing ----


def test_a_dry_run_changes_nothing_and_tells_the_same(new_office: IssuingOffice) -> None:
    known = person(new_office)
    rows: list[Cells] = [{"person_ref": "", **row} for row in numbered(RESIDENT, 520)]
    rows[10] = {**rows[10], "guCode": "11"}
    rows[20] = {**rows[20], "person_ref": known}
    rows[505] = {**rows[505], "person_ref": known}  # in another transaction than its predecessor
    rows[510] = rows[0]
    rows[511] = rows[10]
    rows[512] = {**rows[512], "person_ref": new_person_ref(bytes(16))}
    data = csv_file(rows)
    before = new_office.rows()
    rehearsed = imported(new_office, data, dry_run=True)
    assert new_office.rows() == before
    done = imported(new_office, data)
    assert rehearsed == [replace(report, entitlement_id=None) for report in done]
    assert Counter(report.outcome for report in done) == {ACCEPTED: 515, KNOWN: 1, REFUSED: 4}


def test_a_dry_run_knows_what_was_imported(office: IssuingOffice) -> None:
    data = csv_file(numbered(RESIDENT, 1, start=900))
    imported(office, data)
    assert outcomes(imported(office, data, dry_run=True)) == [(2, KNOWN, None)]


# ---- what is kept ----


def test_a_stolen_table_of_imported_rows_can_not_be_searched_for_a_person(
    office: IssuingOffice,
) -> None:
    data = csv_file(numbered(RESIDENT, 1, start=950))
    imported(office, data)
    elsewhere = replace(office, context=replace(office.context, macs=SecretMacs(b"\1" * 32)))
    assert [report.outcome for report in imported(elsewhere, data)] == [ACCEPTED]
