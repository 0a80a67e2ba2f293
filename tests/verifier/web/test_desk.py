"""The desk asks within its registration, and sees its own requests only."""

import re
from collections.abc import Iterator

import pytest

from credentials.encoding import encode_base64url
from tests.simulators.city import SimulatedCity
from tests.simulators.desk_client import PAGE, DeskClient
from verifier import store

SEOUL = "SeoulResidencyCredential.residentOfSeoul"
ADULT = "SeoulResidencyCredential.ageOver19"
MEMBER = "SeoulCitizenCardCredential.member"


@pytest.fixture
def desk(city: SimulatedCity) -> DeskClient:
    return DeskClient(city, "VER-LIB-01")


def asked(desk: DeskClient, *attributes: str) -> str:
    answer = desk.post("/verifier/ask", dict.fromkeys(attributes, "1"))
    assert answer.status_code == 303, answer.text
    return answer.headers["Location"]


def test_offers_what_the_registration_names_and_nothing_else(desk: DeskClient) -> None:
    page = desk.get("/verifier").text
    names = set(re.findall(r'type="checkbox" id="[^"]+" name="([^"]+)"', page))
    assert names == {SEOUL, ADULT, MEMBER}
    assert "대출 회원 확인" in page
    assert "To check the membership" in desk.get("/verifier", **{"Accept-Language": "en"}).text


def test_asks_shows_the_code_waits_and_tells_the_word(desk: DeskClient) -> None:
    city = desk.city
    offer = city.offer("GU-11620", "SeoulResidencyCredential", city.claims("P01"))
    wallet = city.wallet()
    wallet.receive(offer.link, offer.tx_code)
    address = asked(desk, SEOUL, ADULT)
    waiting = desk.get(address).text
    assert "<svg" in waiting
    link = re.search(r'id="link" class="code" value="([^"]+)"', waiting)
    assert link is not None
    assert desk.get(f"{address}/state").json == {"waiting": True}
    wallet.present(link[1].replace("&amp;", "&"))
    assert desk.get(f"{address}/state").json == {"waiting": False}
    told = desk.get(address).text
    assert '<strong class="big">확인됨</strong>' in told
    assert re.search(r"<dt>만 19세 이상</dt><dd>예</dd>", told)
    assert told.count('class="word success"') == 12
    assert "확인됨" in desk.get("/verifier/today").text


def test_nothing_ticked_is_told_where_it_is_ticked(desk: DeskClient) -> None:
    for answer in (desk.post("/verifier/ask", {}), desk.get("/verifier/scan?clear=10")):
        assert answer.status_code == 400
        assert "하나 이상 고르세요" in answer.text
        assert f'name="{MEMBER}"' in answer.text
    assert "하나 이상 고르세요" not in desk.get("/verifier/scan").text


def test_the_check_page_keeps_the_menu_of_whoever_is_signed_in(desk: DeskClient) -> None:
    assert 'href="/verifier/scan"' in desk.get("/verify").text
    assert 'href="/verifier/scan"' not in desk.city.http().get("/verify", headers=PAGE).text


def test_tells_when_the_citizen_sends_nothing(desk: DeskClient) -> None:
    address = asked(desk, MEMBER)
    link = re.search(r'id="link" class="code" value="([^"]+)"', desk.get(address).text)
    assert link is not None
    with desk.city.city.database.writing() as session:
        row = store.find_request(session, address.rpartition("/")[2])
        assert row is not None
        row.state, row.wallet_error = "answered", "access_denied"
    assert "시민이 보내지 않았습니다" in desk.get(address).text


def test_tells_when_the_time_is_over_and_when_the_verdict_is_gone(desk: DeskClient) -> None:
    address = asked(desk, MEMBER)
    desk.city.clock.advance(minutes=11)
    assert "요청 시간이 지났습니다" in desk.get(address).text


@pytest.mark.parametrize(
    ("fields", "status", "code"),
    [
        ({}, 400, "nothing-asked"),
        ({SEOUL: "1", MEMBER: "1"}, 400, "nothing-asked"),
        ({"SeoulResidencyCredential.nameKo": "1"}, 403, "over-asking"),
        ({"no.such": "1"}, 403, "over-asking"),
    ],
    ids=["nothing", "two-types", "beyond", "unknown"],
)
def test_refuses_to_ask(desk: DeskClient, fields: dict[str, str], status: int, code: str) -> None:
    answer = desk.post("/verifier/ask", fields)
    assert (answer.status_code, code in answer.text) == (status, True)


# Every address under /verifier that people use


def _desk_rules(city: SimulatedCity) -> Iterator[tuple[str, str]]:
    for rule in city.app.url_map.iter_rules():
        if rule.rule.startswith("/verifier") and rule.endpoint.startswith("verifier_"):
            for method in (rule.methods or set()) & {"GET", "POST"}:
                yield method, rule.rule


def test_every_page_takes_a_sign_in_with_the_role_to_ask(desk: DeskClient) -> None:
    city = desk.city
    clerk = DeskClient(city, "GU-11620-01")
    rules = sorted(_desk_rules(city))
    assert len(rules) >= 8
    for method, rule in rules:
        path = rule.replace("<result_id>", "r_x")
        answer = city.http().open(path, method=method, headers=PAGE)
        if method == "GET":
            assert answer.headers["Location"].startswith("/sign-in?to="), path
        else:
            assert answer.status_code == 401, path
        assert clerk.http.open(path, method=method, headers=PAGE).status_code == 403, path


def test_every_form_takes_the_token_of_its_session_and_our_own_origin(desk: DeskClient) -> None:
    other = DeskClient(desk.city, "VER-EMP-01").token()
    posts = sorted(path for method, path in _desk_rules(desk.city) if method == "POST")
    assert posts == ["/verifier/ask", "/verifier/scan"]
    for path in posts:
        for token in ("", "x", other, encode_base64url(bytes(32))):
            answer = desk.post(path, {MEMBER: "1", "text": "x", "form_token": token})
            assert (answer.status_code, "form-expired" in answer.text) == (403, True), path
        foreign = desk.post(path, {MEMBER: "1"}, **{"Sec-Fetch-Site": "cross-site"})
        assert foreign.status_code == 403


def test_no_address_shows_another_verifiers_request(desk: DeskClient) -> None:
    """Generated over the routes: whatever takes a result's id is closed to other verifiers."""
    address = asked(desk, MEMBER)
    result_id = address.rpartition("/")[2]
    employer = DeskClient(desk.city, "VER-EMP-01")
    rules = [rule for _, rule in _desk_rules(desk.city) if "<" in rule]
    assert len(rules) >= 2
    for rule in rules:
        path = re.sub(r"<[^>]+>", result_id, rule)
        assert desk.get(path).status_code == 200, path
        theirs, nobodys = employer.get(path), employer.get(re.sub(r"<[^>]+>", "r_x", rule))
        assert theirs.status_code == nobodys.status_code == 404, path
        assert theirs.text.replace(result_id, "r_x") == nobodys.text, path
        assert "request-not-found" in theirs.text


def test_pages_are_never_stored_and_hold_no_inline_script(desk: DeskClient) -> None:
    for path in ("/verifier", "/verifier/scan", "/verifier/today", "/verifier/lists", "/verify"):
        answer = desk.get(path)
        assert answer.status_code == 200, path
        assert answer.headers["Cache-Control"] == "no-store", path
        assert not re.search(r"\son[a-z]+=|\sstyle=|<script(?![^>]*\ssrc=)", answer.text), path
