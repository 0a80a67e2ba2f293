"""Reports of broken policies: that one came is logged, and nothing that it says."""

import io
import json
import logging

import pytest

from tests.simulators.city import SimulatedCity
from web.logs import json_lines_handler

REPORT = {
    "csp-report": {"document-uri": "https://gwanin.example/desk?q=김시범", "blocked-uri": "x"}
}


def test_a_report_is_counted_and_not_kept(city: SimulatedCity) -> None:
    said = io.StringIO()
    handler = json_lines_handler(said)
    logging.getLogger("gwanin").addHandler(handler)
    try:
        answer = city.http().post(
            "/csp-report", data=json.dumps(REPORT), content_type="application/csp-report"
        )
    finally:
        logging.getLogger("gwanin").removeHandler(handler)
    assert answer.status_code == 204
    events = [json.loads(line)["event"] for line in said.getvalue().splitlines()]
    assert "csp-violation" in events
    assert "desk" not in said.getvalue()
    assert "\\uae40" not in said.getvalue()


@pytest.mark.parametrize(("size", "status"), [(16 * 1024, 204), (16 * 1024 + 1, 413)])
def test_a_report_has_a_bound(city: SimulatedCity, size: int, status: int) -> None:
    answer = city.http().post(
        "/csp-report", data=b"x" * size, content_type="application/csp-report"
    )
    assert answer.status_code == status
