import socket
import ssl
import threading
from collections.abc import Sequence

import httpcore
import pytest

from tests.simulators.network import PUBLIC_ADDRESS, SimulatedNetwork, answer
from web.errors import FetchRefused
from web.fetch_guard import Destination
from web.guarded_connection import (
    CONNECT_SECONDS,
    TOTAL_SECONDS,
    Deadline,
    GuardedBackend,
    system_network,
)

THERE = Destination(scheme="https", host="a.example", port=443, is_allowed=False)


def _world(*pieces: bytes) -> SimulatedNetwork:
    world = SimulatedNetwork()
    world.serve("a.example", pieces or answer(200, "text/plain", b"x"))
    return world


def _backend(world: SimulatedNetwork) -> GuardedBackend:
    total = Deadline(world.network.monotonic, TOTAL_SECONDS)
    return GuardedBackend(THERE, world.network, total)


def test_connects_to_the_address_that_was_checked() -> None:
    world = _world()
    _backend(world).connect_tcp("a.example", 443)
    assert world.connected == [(PUBLIC_ADDRESS, 443)]


@pytest.mark.parametrize(("host", "port"), [("b.example", 443), ("a.example", 80)])
def test_connects_nowhere_but_to_its_destination(host: str, port: int) -> None:
    world = _world()
    with pytest.raises(FetchRefused):
        _backend(world).connect_tcp(host, port)
    assert world.connected == []


def test_connects_to_nothing_when_one_address_is_inside() -> None:
    world = _world()
    world.names["a.example"] = [PUBLIC_ADDRESS, "10.0.0.1"]
    with pytest.raises(FetchRefused):
        _backend(world).connect_tcp("a.example", 443)
    assert world.connected == []


def test_a_name_that_changes_between_check_and_connection_gains_nothing() -> None:
    world = _world()
    asked: list[str] = []

    def rebind(host: str) -> None:
        asked.append(host)
        world.names["a.example"] = [PUBLIC_ADDRESS] if len(asked) == 1 else ["127.0.0.1"]

    world.on_resolve = rebind
    _backend(world).connect_tcp("a.example", 443)
    assert asked == ["a.example"]
    assert world.connected == [(PUBLIC_ADDRESS, 443)]


def test_goes_on_to_the_next_address_and_shares_the_time() -> None:
    world = _world()
    world.names["a.example"] = ["93.184.216.35", PUBLIC_ADDRESS]
    world.dead = {"93.184.216.35"}
    _backend(world).connect_tcp("a.example", 443)
    assert [address for address, _ in world.connected] == ["93.184.216.35", PUBLIC_ADDRESS]
    assert world.waited == [CONNECT_SECONDS / 2, CONNECT_SECONDS / 2]


def test_the_last_dead_address_is_the_failure() -> None:
    world = _world()
    world.dead = {PUBLIC_ADDRESS}
    with pytest.raises(httpcore.ConnectTimeout):
        _backend(world).connect_tcp("a.example", 443)
    assert world.waited == [CONNECT_SECONDS]


def test_an_unknown_name_is_a_failed_connection() -> None:
    world = SimulatedNetwork()
    with pytest.raises(httpcore.ConnectError):
        _backend(world).connect_tcp("a.example", 443)


def test_connecting_never_outlasts_the_whole_fetch() -> None:
    world = _world()
    backend = _backend(world)
    world.now += TOTAL_SECONDS - 0.5
    backend.connect_tcp("a.example", 443)
    assert world.waited == [0.5]


def test_a_slow_resolver_leaves_no_time_to_connect() -> None:
    world = _world()

    def linger(_: str) -> None:
        world.now += CONNECT_SECONDS

    world.on_resolve = linger
    with pytest.raises(httpcore.TimeoutException):
        _backend(world).connect_tcp("a.example", 443)
    assert world.connected == []


def test_reading_and_writing_end_with_the_fetch() -> None:
    world = _world()
    stream = _backend(world).connect_tcp("a.example", 443)
    world.now += TOTAL_SECONDS
    with pytest.raises(httpcore.TimeoutException):
        stream.write(b"x")
    with pytest.raises(httpcore.TimeoutException):
        stream.read(1)


def test_tls_has_the_time_of_connecting_and_a_deadline_after_it() -> None:
    world = _world()
    stream = _backend(world).connect_tcp("a.example", 443)
    secured = stream.start_tls(ssl.create_default_context(), "a.example")
    world.now += CONNECT_SECONDS
    with pytest.raises(httpcore.TimeoutException):
        stream.start_tls(ssl.create_default_context(), "a.example")
    world.now += TOTAL_SECONDS
    with pytest.raises(httpcore.TimeoutException):
        secured.read(1)


def _answered(monkeypatch: pytest.MonkeyPatch, found: Sequence[str] | OSError) -> None:
    def getaddrinfo(*_: object, **__: object) -> list[tuple[object, ...]]:
        if isinstance(found, OSError):
            raise found
        return [(0, 0, 0, "", (address, 443)) for address in found]

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)


def test_the_systems_resolver_gives_every_address(monkeypatch: pytest.MonkeyPatch) -> None:
    _answered(monkeypatch, ["93.184.216.34", "2001:4860:4860::8888"])
    found = system_network().resolve("a.example", 443, 1.0)
    assert found == ["93.184.216.34", "2001:4860:4860::8888"]


def test_the_systems_resolver_passes_its_failure_on(monkeypatch: pytest.MonkeyPatch) -> None:
    _answered(monkeypatch, socket.gaierror("no such name"))
    with pytest.raises(socket.gaierror):
        system_network().resolve("a.example", 443, 1.0)


def test_the_systems_resolver_is_not_waited_for_longer_than_allowed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    answered = threading.Event()
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: answered.wait() and [])
    with pytest.raises(TimeoutError):
        system_network().resolve("a.example", 443, 0.0)
    answered.set()
