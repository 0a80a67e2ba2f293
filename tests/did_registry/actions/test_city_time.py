import json
from datetime import timedelta
from typing import Any

import pytest

from did_registry.actions.city_time import MAX_TIME_BYTES, city_offset
from tests.simulators.clock import START
from tests.simulators.network import SimulatedNetwork, answer
from web.fetch_guard import authority
from web.origin import parse_origin
from web.outbound import Outbound, tls_context

LOOPBACK = "http://localhost:8000"
DAY = timedelta(days=1)
SET: dict[str, Any] = {"now": "2026-03-14T03:00:00Z", "set": True}


def _offset(
    body: Any, *, url: str = LOOPBACK, status: int = 200, kind: str = "application/json"
) -> timedelta:
    network = SimulatedNetwork()
    origin = parse_origin(url)
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    network.serve(origin.host, answer(status, kind, data), "127.0.0.1")
    outbound = Outbound(
        allowed=frozenset({authority(origin.host, origin.port)}),
        network=network.network,
        tls=tls_context(None),
    )
    return city_offset(origin, outbound, START)


def test_a_city_on_this_machine_may_have_its_own_time() -> None:
    assert _offset(SET) == DAY
    assert _offset({**SET, "now": "2026-03-13T02:00:00Z"}) == -timedelta(hours=1)
    assert _offset(SET, url="http://gwanin.localhost:8000") == DAY


@pytest.mark.parametrize(
    "url", ["https://gwanin.example", "https://localhost.example", "https://127.example"]
)
def test_a_city_elsewhere_is_not_even_asked(url: str) -> None:
    assert _offset(SET, url=url) == timedelta(0)


@pytest.mark.parametrize(
    "body",
    [
        {**SET, "set": False},
        {"now": SET["now"]},
        {**SET, "set": 1},
        {**SET, "now": "tomorrow"},
        {"set": True},
        [],
        b"",
        b"{" + b" " * MAX_TIME_BYTES + b"}",
    ],
    ids=["not-set", "no-word", "number", "no-time", "no-now", "array", "nothing", "large"],
)
def test_a_city_that_says_no_other_time_has_ours(body: Any) -> None:
    assert _offset(body) == timedelta(0)


def test_a_city_that_does_not_answer_has_our_time() -> None:
    assert _offset(SET, kind="text/html") == timedelta(0)
    outbound = Outbound(
        allowed=frozenset(), network=SimulatedNetwork().network, tls=tls_context(None)
    )
    assert city_offset(parse_origin(LOOPBACK), outbound, START) == timedelta(0)


def test_an_error_page_is_not_the_time() -> None:
    assert _offset(SET, status=404) == timedelta(0)
