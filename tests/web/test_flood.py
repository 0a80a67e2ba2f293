import pytest
from flask import Blueprint, Flask
from hypothesis import given
from hypothesis import strategies as st

from web.errors import TooManyRequests
from web.flood import (
    MAX_WINDOWS,
    WINDOW_SECONDS,
    FloodLimits,
    client_network,
    count_subject,
    limit,
    limited,
    watch_floods,
)
from web.own_app import OWN_CALL


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def test_the_request_after_the_last_is_refused_until_the_minute_is_over() -> None:
    clock = Clock()
    limits = FloodLimits(clock)
    for _ in range(3):
        limits.count("token", "a", 3)
    clock.now = 20.5
    with pytest.raises(TooManyRequests) as refused:
        limits.count("token", "a", 3)
    assert refused.value.retry_after == 40
    clock.now = WINDOW_SECONDS - 0.01
    with pytest.raises(TooManyRequests) as refused:
        limits.count("token", "a", 3)
    assert refused.value.retry_after == 1
    clock.now = WINDOW_SECONDS
    limits.count("token", "a", 3)


def test_names_and_subjects_are_counted_apart() -> None:
    limits = FloodLimits(Clock())
    for name, subject in (("token", "a"), ("token", "b"), ("nonce", "a")):
        limits.count(name, subject, 1)
    with pytest.raises(TooManyRequests):
        limits.count("token", "a", 1)


def test_only_so_many_windows_are_kept_and_the_oldest_goes_first() -> None:
    clock = Clock()
    limits = FloodLimits(clock)
    limits.count("x", "renewed", 1)
    clock.now = WINDOW_SECONDS
    limits.count("x", "oldest", 1)
    limits.count("x", "renewed", 1)
    for number in range(MAX_WINDOWS - 1):
        limits.count("x", str(number), 1)
    limits.count("x", "oldest", 1)
    with pytest.raises(TooManyRequests):
        limits.count("x", "0", 1)


@pytest.mark.parametrize(
    ("proxies", "forwarded", "client"),
    [
        (0, "", "10.0.0.9"),
        (0, "1.1.1.1", "10.0.0.9"),
        (1, "1.1.1.1", "1.1.1.1"),
        (1, "6.6.6.6, 1.1.1.1", "1.1.1.1"),
        (1, "6.6.6.6,1.1.1.1", "1.1.1.1"),
        (2, "6.6.6.6, 1.1.1.1, 10.0.0.8", "1.1.1.1"),
        (2, "10.0.0.8", "10.0.0.8"),
        (1, "", "10.0.0.9"),
        (1, "1.1.1.1, ", "10.0.0.9"),
        (1, "somebody", "unknown"),
        (1, "2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        (1, "::ffff:1.1.1.1", "1.1.1.1"),
        (1, "::1", "::/64"),
    ],
)
def test_the_client_is_the_right_most_address_that_no_proxy_of_ours_has(
    proxies: int, forwarded: str, client: str
) -> None:
    assert client_network("10.0.0.9", forwarded, proxies) == client


@given(st.text(max_size=40), st.ip_addresses(v=4), st.integers(1, 3))
def test_a_client_cannot_choose_its_address(invented: str, real: object, proxies: int) -> None:
    hops = [invented, str(real), *["10.0.0.8"] * (proxies - 1)]
    assert client_network("10.0.0.9", ",".join(hops), proxies) == str(real)


def _app(*, enabled: bool = True) -> Flask:
    app = Flask(__name__)
    watch_floods(app, Clock(), trusted_proxies=0, enabled=enabled)
    app.register_error_handler(TooManyRequests, lambda _: ("", 429))
    protocol = Blueprint("protocol", __name__)
    limit(protocol, "protocol", per_minute=2)
    for path in ("/nonce", "/token"):
        protocol.add_url_rule(path, path[1:], lambda: "")
    app.register_blueprint(protocol)

    @app.get("/result")
    @limited("result", per_minute=1)
    def result() -> str:
        return ""

    @app.get("/offer/<offer>")
    def offer(offer: str) -> str:
        count_subject("offer", offer, per_minute=1)
        return ""

    return app


def _statuses(app: Flask, *paths: str, address: str = "1.1.1.1", is_own: bool = False) -> list[int]:
    overrides = {"REMOTE_ADDR": address} | ({OWN_CALL: True} if is_own else {})
    client = app.test_client()
    return [client.get(path, environ_overrides=overrides).status_code for path in paths]


def test_a_blueprint_shares_one_limit() -> None:
    app = _app()
    assert _statuses(app, "/nonce", "/token", "/nonce") == [200, 200, 429]
    assert _statuses(app, "/nonce", address="1.1.1.2") == [200]
    assert _statuses(app, "/result") == [200]


def test_a_view_has_a_limit_of_its_own() -> None:
    app = _app()
    assert _statuses(app, "/result", "/result", "/nonce") == [200, 429, 200]


def test_an_offer_is_counted_whoever_asks() -> None:
    app = _app()
    assert _statuses(app, "/offer/a", "/offer/b") == [200, 200]
    assert _statuses(app, "/offer/a", address="1.1.1.2") == [429]


def test_our_own_calls_are_counted_where_they_came_in() -> None:
    app = _app()
    assert _statuses(app, "/result", "/result", is_own=True) == [200, 200]
    assert _statuses(app, "/result") == [200]


def test_switched_off_it_counts_nothing() -> None:
    app = _app(enabled=False)
    assert set(_statuses(app, *["/nonce", "/result", "/offer/a"] * 3)) == {200}
