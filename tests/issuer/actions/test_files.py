"""Files: read, submitted, approved step by step; nothing twice, nothing lost, nobody's own."""

from contextlib import suppress
from dataclasses import dataclass, replace

import pytest
from sqlalchemy import select

from issuer.actions.drafts import get_batch
from issuer.actions.import_entitlements import RowOutcome, import_entitlements
from issuer.actions.read_file import ROWS_A_TRANSACTION, read_file
from issuer.actions.review_batch import (
    ROWS_A_STEP,
    Progress,
    approve_next_rows,
    discard_batch,
    refuse_batch,
    submit_batch,
)
from issuer.actions.review_draft import approve_draft
from issuer.batch import MAX_REFUSALS, Batch, BatchState, RefusedCell
from issuer.errors import (
    CsvUnreadable,
    DraftNotOpen,
    NothingChosen,
    NotYourDraft,
    OwnDraft,
    ReasonMissing,
    UnknownDraft,
)
from issuer.models import BatchRow, DraftRow, EntitlementRow
from schemas.catalogue import get
from schemas.errors import InvalidClaims
from tests.simulators.csv_file import RESIDENT, csv_file, numbered
from tests.simulators.issuing_office import (
    GU,
    LABOR,
    PERMISSIONS,
    RESIDENCY,
    IssuingOffice,
    refused,
)

ANNA, BORA = "GU-11620-01", "GU-11620-02"


@dataclass(slots=True)
class Filing:
    """The acts on files, each in a transaction of its own."""

    office: IssuingOffice

    def read(
        self, data: bytes, name: str = "거주.csv", permissions: frozenset[str] = PERMISSIONS
    ) -> Batch:
        batch_id = read_file(
            self.office.database,
            self.office.context,
            self.office.agency(),
            get(RESIDENCY),
            data,
            file_name=name,
            permissions=permissions,
            clerk=ANNA,
            now=self.office.clock(),
        )
        return self.get(batch_id)

    def get(self, batch_id: str, agency: str = GU) -> Batch:
        with self.office.database.reading() as session:
            return get_batch(session, self.office.context, agency, batch_id)

    def submit(self, batch: Batch, *, clerk: str = ANNA, agency: str = GU) -> None:
        with self.office.database.writing() as session:
            submit_batch(session, self.office.agency(agency), batch.id, clerk=clerk)

    def discard(self, batch: Batch, *, clerk: str = ANNA) -> None:
        with self.office.database.writing() as session:
            discard_batch(session, self.office.agency(), batch.id, clerk=clerk)

    def refuse(self, batch: Batch, reason: str = "열 순서", *, clerk: str = BORA) -> None:
        with self.office.database.writing() as session:
            refuse_batch(
                session,
                self.office.context,
                self.office.agency(),
                batch.id,
                reason=reason,
                clerk=clerk,
                now=self.office.clock(),
            )

    def step(self, batch: Batch, *, clerk: str = BORA, agency: str = GU) -> Progress:
        with self.office.database.writing() as session:
            return approve_next_rows(
                session,
                self.office.context,
                self.office.agency(agency),
                batch.id,
                permissions=PERMISSIONS,
                clerk=clerk,
                now=self.office.clock(),
            )


@pytest.fixture
def filing(office: IssuingOffice) -> Filing:
    return Filing(office)


# Rows that no other test of this module brings: a row is known by its content.
_START = iter(range(1, 10**6, 1000))


def rows(count: int) -> list[dict[str, str]]:
    return [dict(row) for row in numbered(RESIDENT, count, start=next(_START))]


def test_good_rows_become_drafts_and_bad_ones_places(filing: Filing) -> None:
    good = rows(3)
    good.insert(1, {**good[0], "guCode": "99999"})
    good.insert(3, {**good[0], "nameKo": "=1+1"})
    batch = filing.read(csv_file(good))
    assert (batch.accepted, batch.known, batch.refused) == (3, 0, 2)
    assert batch.refusals == (
        RefusedCell(line=3, column="guCode", code="not-offered"),
        RefusedCell(line=5, column="nameKo", code="formula"),
    )
    assert (batch.state, batch.file_name) == (BatchState.READ, "거주.csv")


def test_a_file_is_approved_step_by_step_and_to_its_end(filing: Filing) -> None:
    batch = filing.read(csv_file(rows(ROWS_A_STEP + 5)))
    filing.submit(batch)
    first = filing.step(batch)
    assert first == Progress(total=ROWS_A_STEP + 5, done=ROWS_A_STEP, failed=0)
    assert filing.get(batch.id).state is BatchState.APPROVING
    second = filing.step(batch)
    assert second.is_over
    assert filing.get(batch.id).state is BatchState.APPROVED
    with refused(filing.office, DraftNotOpen):
        filing.step(batch)


def test_a_row_that_fails_when_it_is_approved_stops_no_other(filing: Filing) -> None:
    person = filing.office.approve("P01").person_ref
    first, second = rows(2)
    batch = filing.read(csv_file([{"person_ref": person, **first}, {"person_ref": "", **second}]))
    assert batch.accepted == 2
    filing.submit(batch)
    assert filing.step(batch) == Progress(total=2, done=1, failed=1)
    with filing.office.database.reading() as session:
        codes = select(DraftRow.refusal_code).where(DraftRow.batch_id == batch.id)
        assert set(session.scalars(codes)) == {None, "entitlement-exists"}


def test_a_file_that_comes_again_brings_nothing_new(filing: Filing) -> None:
    data = csv_file(rows(2))
    batch = filing.read(data)
    again = filing.read(data)
    assert (again.accepted, again.known) == (0, 2)
    filing.submit(batch)
    filing.step(batch)
    assert filing.read(data).known == 2
    reports = import_entitlements(
        filing.office.database,
        filing.office.context,
        filing.office.agency(),
        get(RESIDENCY),
        data,
        permissions=PERMISSIONS,
        dry_run=True,
        now=filing.office.clock(),
    )
    assert {report.outcome for report in reports} == {RowOutcome.KNOWN}


def test_a_row_that_stands_twice_in_a_file_counts_once(filing: Filing) -> None:
    (row,) = rows(1)
    batch = filing.read(csv_file([row, row]))
    assert (batch.accepted, batch.known) == (1, 1)


def test_what_was_imported_by_command_is_known(filing: Filing) -> None:
    data = csv_file(rows(1))
    list(
        import_entitlements(
            filing.office.database,
            filing.office.context,
            filing.office.agency(),
            get(RESIDENCY),
            data,
            permissions=PERMISSIONS,
            dry_run=False,
            now=filing.office.clock(),
        )
    )
    assert filing.read(data).known == 1


def test_a_file_that_was_given_up_or_back_may_come_again(filing: Filing) -> None:
    data = csv_file(rows(2))
    filing.discard(filing.read(data))
    batch = filing.read(data)
    assert batch.accepted == 2
    filing.submit(batch)
    filing.refuse(batch)
    assert filing.get(batch.id).reason == "열 순서"
    assert filing.read(data).accepted == 2


def test_four_eyes_for_a_file(filing: Filing) -> None:
    batch = filing.read(csv_file(rows(1)))
    with refused(filing.office, NotYourDraft):
        filing.submit(batch, clerk=BORA)
    with refused(filing.office, NotYourDraft):
        filing.discard(batch, clerk=BORA)
    filing.submit(batch)
    with refused(filing.office, OwnDraft):
        filing.step(batch, clerk=ANNA)
    with refused(filing.office, OwnDraft):
        filing.refuse(batch, clerk=ANNA)
    with refused(filing.office, ReasonMissing):
        filing.refuse(batch, "000101-0000001")


def test_another_agencys_file_is_not_there(filing: Filing) -> None:
    batch = filing.read(csv_file(rows(1)))
    with pytest.raises(UnknownDraft):
        filing.get(batch.id, LABOR)
    with refused(filing.office, UnknownDraft):
        filing.submit(batch, agency=LABOR)
    filing.submit(batch)
    with refused(filing.office, UnknownDraft):
        filing.step(batch, agency=LABOR)


def test_a_line_of_a_file_is_not_decided_about_by_itself(filing: Filing) -> None:
    batch = filing.read(csv_file(rows(1)))
    filing.submit(batch)
    with filing.office.database.reading() as session:
        line = session.scalars(select(DraftRow.id).where(DraftRow.batch_id == batch.id)).one()
    with refused(filing.office, DraftNotOpen), filing.office.database.writing() as session:
        approve_draft(
            session,
            filing.office.context,
            filing.office.agency(),
            line,
            revision=1,
            permissions=PERMISSIONS,
            clerk=BORA,
            now=filing.office.clock(),
        )


def test_a_file_without_a_good_row_cannot_be_submitted(filing: Filing) -> None:
    (row,) = rows(1)
    batch = filing.read(csv_file([{**row, "guCode": "99999"}]))
    with refused(filing.office, NothingChosen):
        filing.submit(batch)


def test_a_type_that_the_registry_does_not_allow_is_refused_row_by_row(filing: Filing) -> None:
    batch = filing.read(csv_file(rows(2)), permissions=frozenset())
    assert (batch.accepted, batch.refused) == (0, 2)
    assert {cell.code for cell in batch.refusals} == {"type-not-issued"}


def test_a_report_has_an_end(filing: Filing) -> None:
    bad = [{**row, "guCode": "99999"} for row in rows(MAX_REFUSALS + 5)]
    batch = filing.read(csv_file(bad))
    assert (batch.refused, len(batch.refusals)) == (MAX_REFUSALS + 5, MAX_REFUSALS)


@pytest.mark.parametrize(
    ("data", "name", "refusal"),
    [
        (b"\xff\xfe", "a.csv", CsvUnreadable),
        (b"", "a.csv", CsvUnreadable),
        (b"nameKo,what\r\n", "a.csv", InvalidClaims),
        (csv_file([RESIDENT]), "000101-0000001.csv", InvalidClaims),
    ],
    ids=["bytes", "empty", "heading", "name"],
)
def test_a_file_that_cannot_be_read_leaves_nothing(
    filing: Filing, data: bytes, name: str, refusal: type[Exception]
) -> None:
    before = filing.office.rows()
    with pytest.raises(refusal):
        filing.read(data, name)
    assert filing.office.rows() == before


def test_a_heading_alone_is_no_file(filing: Filing) -> None:
    heading = csv_file([RESIDENT]).split(b"\r\n")[0] + b"\r\n"
    before = filing.office.count(BatchRow)
    with pytest.raises(NothingChosen):
        filing.read(heading)
    assert filing.office.count(BatchRow) == before


def test_neither_the_file_nor_its_name_stands_in_the_table(filing: Filing) -> None:
    filing.read(csv_file([{**RESIDENT, "nameKo": "노표본세상"}]), "노표본세상.csv")
    rows_of_it = repr(filing.office.rows()["batch"]) + repr(filing.office.rows()["draft"])
    assert "노표본세상" not in rows_of_it
    assert "노표본세상".encode().hex() not in rows_of_it


def test_approved_rows_are_entitlements(filing: Filing) -> None:
    before = filing.office.count(EntitlementRow)
    batch = filing.read(csv_file(rows(3)))
    assert filing.office.count(EntitlementRow) == before
    filing.submit(batch)
    filing.step(batch)
    assert filing.office.count(EntitlementRow) == before + 3


def test_a_file_whose_reading_was_broken_off_can_only_be_discarded(filing: Filing) -> None:
    """A worker was killed after the first transaction: what is there must not look whole."""
    data, office = csv_file(rows(ROWS_A_TRANSACTION + 100)), filing.office
    calls = iter(range(10**9))

    def entropy(count: int) -> bytes:
        if next(calls) > ROWS_A_TRANSACTION + 20:  # one for each draft
            raise KeyboardInterrupt
        return office.context.entropy(count)

    broken = Filing(replace(office, context=replace(office.context, entropy=entropy)))
    before = {batch.id for batch in _all(filing)}
    with suppress(KeyboardInterrupt):
        broken.read(data)
    (batch,) = (batch for batch in _all(filing) if batch.id not in before)
    assert (batch.state, batch.accepted) == (BatchState.READING, ROWS_A_TRANSACTION)
    with refused(office, DraftNotOpen):
        filing.submit(batch)
    filing.discard(batch)
    again = filing.read(data)
    assert (again.state, again.accepted, again.known) == (
        BatchState.READ,
        ROWS_A_TRANSACTION + 100,
        0,
    )


def _all(filing: Filing) -> list[Batch]:
    with filing.office.database.reading() as session:
        ids = session.scalars(select(BatchRow.id)).all()
    return [filing.get(batch_id) for batch_id in ids]
