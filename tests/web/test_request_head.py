import pytest
from flask import Flask
from flask.testing import FlaskClient

from web.errors import HeadersTooLarge, UriTooLong
from web.origin import parse_origin
from web.request_head import MAX_HEADER_BYTES, MAX_URI_BYTES, check_heads

BASE = "https://gwanin.example"


@pytest.fixture
def client() -> FlaskClient:
    app = Flask(__name__)
    check_heads(app, parse_origin(BASE))
    app.register_error_handler(UriTooLong, lambda _: ("uri", 414))
    app.register_error_handler(HeadersTooLarge, lambda _: ("headers", 431))
    app.add_url_rule("/<path:rest>", view_func=lambda rest: "here")
    return app.test_client()


@pytest.mark.parametrize("host", ["gwanin.example", "gwanin.example:443", "gwanin.example:8443"])
def test_answers_for_its_own_host(client: FlaskClient, host: str) -> None:
    assert client.get("/x", base_url=BASE, headers={"Host": host}).status_code == 200


@pytest.mark.parametrize(
    "host",
    ["evil.example", "gwanin.example.evil.example", "a.gwanin.example", "127.0.0.1", "a b", ""],
)
def test_refuses_another_host(client: FlaskClient, host: str) -> None:
    assert client.get("/x", base_url=BASE, headers={"Host": host}).status_code == 400


def test_refuses_an_address_beyond_its_bound(client: FlaskClient) -> None:
    path = "/" + "a" * 99
    query = "q" * (MAX_URI_BYTES - 100)
    assert client.get(f"{path}?{query}", base_url=BASE).status_code == 200
    assert client.get(f"{path}?{query}q", base_url=BASE).status_code == 414
    assert client.get(f"{path}a?{query}", base_url=BASE).status_code == 414


def test_refuses_header_fields_beyond_their_bound(client: FlaskClient) -> None:
    def status(size: int) -> int:
        headers = {"X-A": "a" * (size // 2), "X-B": "b" * (size - size // 2)}
        return client.get("/x", base_url=BASE, headers=headers).status_code

    assert status(MAX_HEADER_BYTES - 200) == 200
    assert status(MAX_HEADER_BYTES) == 431


@pytest.mark.parametrize("path", ["/%00", "/a%00b", "/a/b%00"])
def test_no_address_has_a_nul(client: FlaskClient, path: str) -> None:
    assert client.get(path, base_url=BASE).status_code == 404
    assert client.get(path.replace("%00", "%01"), base_url=BASE).status_code == 200
