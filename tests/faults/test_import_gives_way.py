"""A large file on its way in: the counter goes on meanwhile."""

import threading
import time

from issuer.actions.accreditation import permissions_at
from issuer.actions.agencies import get_agency
from issuer.actions.import_entitlements import (
    ROWS_A_TRANSACTION,
    RowOutcome,
    import_entitlements,
)
from issuer.agency import Agency
from schemas.catalogue import get
from tests.faults.sizes import IMPORTED_ROWS
from tests.simulators.city import SimulatedCity
from tests.simulators.csv_file import RESIDENT, csv_file, numbered

RESIDENCY = "SeoulResidencyCredential"
LONGEST_WAIT = 2.0  # seconds, on a busy machine; a quarter of one on an idle machine


def test_others_write_between_any_two_transactions_of_an_import(city: SimulatedCity) -> None:
    issuer, now = city.city.issuer, city.clock()
    permissions = permissions_at(issuer.registry.view(now), _agency(city), now)
    outcomes: list[RowOutcome] = []

    def work() -> None:
        for report in import_entitlements(
            issuer.database,
            issuer.context,
            _agency(city),
            get(RESIDENCY),
            csv_file(numbered(RESIDENT, int(IMPORTED_ROWS))),
            permissions=permissions,
            dry_run=False,
            now=now,
        ):
            outcomes.append(report.outcome)  # noqa: PERF401 - seen while it goes on

    importing = threading.Thread(target=work)
    importing.start()
    waits = []
    while importing.is_alive():
        began = time.monotonic()
        with issuer.database.writing():
            pass
        waits.append(time.monotonic() - began)
        time.sleep(0.005)
    importing.join()
    assert outcomes == [RowOutcome.ACCEPTED] * int(IMPORTED_ROWS)
    assert max(waits) < LONGEST_WAIT
    assert len(waits) >= 3 * int(IMPORTED_ROWS) // ROWS_A_TRANSACTION


def _agency(city: SimulatedCity) -> Agency:
    with city.city.issuer.database.reading() as session:
        return get_agency(session, city.city.issuer.context.settings, "GU-11620")
