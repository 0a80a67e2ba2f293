import json

import flask
import httpx
import pytest
from flask import Flask

from web.errors import FetchRefused
from web.own_app import MAX_DEPTH, OWN_CALL, OwnApp

ORIGIN = "https://gwanin.localhost:8443"


def _ask(own: OwnApp, path: str) -> httpx.Response:
    response = own.answer(httpx.Request("GET", ORIGIN + path))
    response.read()
    return response


def test_asks_the_application_as_a_client_would() -> None:
    app = Flask(__name__)

    @app.post("/x")
    def view() -> dict[str, object]:
        request = flask.request
        return {"url": request.url, "body": request.get_data(as_text=True)}

    request = httpx.Request("POST", f"{ORIGIN}/x?q=1", content=b"hello")
    response = OwnApp(app).answer(request)
    assert json.loads(response.read()) == {"url": f"{ORIGIN}/x?q=1", "body": "hello"}


def test_the_application_can_tell_its_own_calls() -> None:
    app = Flask(__name__)
    app.add_url_rule("/", view_func=lambda: str(OWN_CALL in flask.request.environ))
    assert _ask(OwnApp(app), "/").text == "True"
    spoofed = {OWN_CALL: "True", "Gwanin.Own-Call": "True", "HTTP_GWANIN.OWN_CALL": "True"}
    assert app.test_client().get("/", headers=spoofed).text == "False"


@pytest.mark.parametrize(
    ("path", "seen"), [("/%ED%95%9C", "/한"), ("/%FF", "/\ufffd"), ("/a%2Fb", "/a/b")]
)
def test_any_path_arrives_as_over_a_socket(path: str, seen: str) -> None:
    app = Flask(__name__)
    app.add_url_rule("/<path:rest>", view_func=lambda rest: flask.request.path)
    assert _ask(OwnApp(app), path).text == seen


def test_an_inner_request_shares_nothing_with_the_outer_one() -> None:
    app = Flask(__name__)
    own = OwnApp(app)

    @app.get("/outer")
    def outer() -> str:
        flask.g.note = "outer"
        inner = _ask(own, "/inner").text
        return f"{inner}, {flask.g.note}, {flask.request.path}"

    @app.get("/inner")
    def inner() -> str:
        found = flask.g.get("note", "nothing")
        flask.g.note = "inner"
        return str(found)

    assert _ask(own, "/outer").text == "nothing, outer, /outer"


def test_a_loop_of_our_own_addresses_is_refused() -> None:
    app = Flask(__name__)
    own = OwnApp(app)
    app.add_url_rule("/<int:depth>", view_func=lambda depth: _ask(own, f"/{depth + 1}").text)
    app.register_error_handler(FetchRefused, lambda _: f"refused at {flask.request.path}")
    assert _ask(own, "/1").text == f"refused at /{MAX_DEPTH}"
    assert _ask(own, "/1").text == f"refused at /{MAX_DEPTH}"
