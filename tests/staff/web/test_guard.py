"""The guard before pages: roles, the form's token, and views that do not say whom they are for."""

import pytest
from flask import Blueprint, Flask, request
from flask.testing import FlaskClient

from staff.account import Account, Role
from staff.actions.sessions import form_token
from staff.web.guard import (
    COOKIE,
    EXTENSION,
    account,
    allowed_roles,
    for_roles,
    staff_pages,
    takes_upload,
)
from staff.web.sign_in import bp as sign_in_pages
from tests.simulators.stranger import stranger
from tests.staff.conftest import Office
from web.bodies import MAX_BODY_BYTES
from web.install import WebSettings, install
from web.origin import Origin, parse_origin
from web.same_origin import EXTENSION as ORIGIN

URL = "https://gwanin.example"
OURS = {"Sec-Fetch-Site": "same-origin"}
MULTIPART = "multipart/form-data; boundary=edge"


def guarded() -> Blueprint:
    bp = Blueprint("rooms", __name__)
    staff_pages(bp)

    @bp.route("/drafting", methods=["GET", "POST", "PUT"])
    @for_roles(Role.DRAFT)
    def drafting() -> str:
        return account().reference

    @bp.get("/forgotten")
    def forgotten() -> str:
        return "nobody should read this"

    @bp.post("/files")
    @takes_upload(MAX_BODY_BYTES * 2)
    @for_roles(Role.DRAFT)
    def files() -> str:
        return str(request.content_length)

    return bp


@pytest.fixture
def app(office: Office) -> Flask:
    made = Flask("guarded")
    url: Origin = parse_origin(URL)
    settings = WebSettings(public_url=url, trusted_proxies=0, rate_limits=True)
    install(made, settings, lambda: 0.0)
    made.extensions[ORIGIN] = url
    made.extensions[EXTENSION] = office.service
    made.register_blueprint(sign_in_pages)
    made.register_blueprint(guarded())
    return made


def signed_in(
    app: Flask, office: Office, reference: str = "GU-11620-01"
) -> tuple[FlaskClient, str]:
    token = office.sign_in(reference)
    http = stranger(app, URL)
    http.set_cookie(COOKIE, token, domain="gwanin.example", secure=True)
    return http, form_token(office.service, token)


def test_a_view_knows_who_is_there(app: Flask, office: Office) -> None:
    http, _ = signed_in(app, office)
    assert http.get("/drafting").text == "GU-11620-01"


def test_a_view_for_other_roles_is_refused(app: Flask, office: Office) -> None:
    http, token = signed_in(app, office, "GU-11620-02")
    for answer in (
        http.get("/drafting"),
        http.post("/drafting", data={"form_token": token}, headers=OURS),
    ):
        assert answer.status_code == 403
        assert answer.json is not None
        assert answer.json["code"] == "not-permitted"


def test_a_view_that_does_not_say_is_nobodys(app: Flask, office: Office) -> None:
    http, _ = signed_in(app, office)
    assert http.get("/forgotten").status_code == 403
    with app.app_context():
        assert allowed_roles("rooms.forgotten") == frozenset()


@pytest.mark.parametrize("method", ["POST", "PUT"])
def test_every_unsafe_method_needs_the_token(app: Flask, office: Office, method: str) -> None:
    http, token = signed_in(app, office)
    for data, status in (({}, 403), ({"form_token": "0" * 64}, 403), ({"form_token": token}, 200)):
        answer = http.open("/drafting", method=method, data=data, headers=OURS)
        assert answer.status_code == status, data


def test_a_program_of_ours_sends_the_token_in_a_header(app: Flask, office: Office) -> None:
    http, token = signed_in(app, office)
    for header, status in ((token, 200), ("", 403), ("x" * 64, 403)):
        headers = {**OURS, "X-Form-Token": header}
        assert http.post("/drafting", json={}, headers=headers).status_code == status


def part(head: str, body: bytes) -> bytes:
    return (
        b"--edge\r\nContent-Disposition: form-data; " + head.encode() + b"\r\n\r\n" + body + b"\r\n"
    )


@pytest.mark.parametrize(
    ("path", "size", "status"),
    [
        ("/files", 100, 200),
        ("/files", MAX_BODY_BYTES, 200),
        ("/files", MAX_BODY_BYTES * 2, 413),
        ("/drafting", 100, 200),
        ("/drafting", MAX_BODY_BYTES, 413),
    ],
)
def test_a_form_with_a_file_is_taken_where_one_is_expected(
    app: Flask, office: Office, path: str, size: int, status: int
) -> None:
    http, token = signed_in(app, office)
    file = part('name="file"; filename="a.csv"', b"x" * size)
    body = part('name="form_token"', token.encode()) + file + b"--edge--\r\n"
    answer = http.post(path, data=body, content_type=MULTIPART, headers=OURS)
    assert answer.status_code == status


@pytest.mark.parametrize(
    "body",
    [
        part('name="form_token"', b"0" * 64) + b"--edge--\r\n",
        part('name="file"; filename="a"', b"x") + b"--edge--\r\n",
        b"--other--\r\n",
        b"",
        b"\xff" * 100,
    ],
    ids=["wrong", "none", "boundary", "empty", "bytes"],
)
def test_a_form_with_a_file_needs_the_token_too(app: Flask, office: Office, body: bytes) -> None:
    http, _ = signed_in(app, office)
    answer = http.post("/files", data=body, content_type=MULTIPART, headers=OURS)
    assert answer.status_code in {400, 403}


def test_a_token_that_comes_twice_is_none(app: Flask, office: Office) -> None:
    http, token = signed_in(app, office)
    twice = part('name="form_token"', token.encode()) * 2 + b"--edge--\r\n"
    assert http.post("/files", data=twice, content_type=MULTIPART, headers=OURS).status_code == 400


def test_an_account_has_no_name(office: Office) -> None:
    who = office.who(office.sign_in("GU-11620-01"))
    assert who == Account(reference="GU-11620-01", agency="GU-11620", roles=frozenset({Role.DRAFT}))
