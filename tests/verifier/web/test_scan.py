"""The scan page: JSON for its script, a whole page without one, and nothing but what was asked."""

import zlib
from typing import Any

import pytest

from credentials.base45 import encode_base45
from tests.simulators.citizen_qr import CitizenWithQr, code_of, window
from tests.simulators.city import SimulatedCity
from tests.simulators.desk_client import DeskClient
from tests.simulators.forger import Forger
from tests.simulators.root import SimulatedRoot

MEMBER = "SeoulCitizenCardCredential.member"
JSON = {"Accept": "application/json"}


@pytest.fixture
def desk(city: SimulatedCity) -> DeskClient:
    return DeskClient(city, "VER-LIB-01")


def scan(desk: DeskClient, text: str, **headers: str) -> Any:
    return desk.post("/verifier/scan", {"text": text, MEMBER: "1"}, **headers)


def test_a_scan_is_told_as_json(desk: DeskClient) -> None:
    text = CitizenWithQr(desk.city).qr("member", "memberId")
    answer = scan(desk, text, **JSON)
    assert answer.json == {
        "code": "OK",
        "word": "확인됨",
        "colour": "success",
        "icon": "check",
        "meaning": None,
        "issuer": "행정국 자치행정과",
        "type": "서울시민카드",
        "claims": [{"label": "회원", "value": "예"}],
    }
    again = scan(desk, text, **JSON).json
    assert (again["word"], again["claims"]) == ("이미 사용되었거나 시간이 지난 QR입니다", [])
    assert again["meaning"] == "이미 확인한 QR입니다. 새 QR을 보여 달라고 하세요."
    today = desk.get("/verifier/today").text
    assert today.count('<td class="number">1</td>') == 2


def test_a_scan_without_scripts_is_a_page_that_goes_on_by_itself(desk: DeskClient) -> None:
    text = CitizenWithQr(desk.city).qr("member")
    answer = desk.post("/verifier/scan", {"text": text, MEMBER: "1", "clear": "5"})
    assert '<strong class="big">확인됨</strong>' in answer.text
    following = f"/verifier/scan?{MEMBER}=1&amp;clear=5"
    assert f'<meta http-equiv="refresh" content="5;url={following}">' in answer.text
    assert desk.get(following.replace("&amp;", "&")).status_code == 200


def test_a_result_that_shall_stay_does_not_go_on(desk: DeskClient) -> None:
    text = CitizenWithQr(desk.city).qr("member")
    answer = desk.post("/verifier/scan", {"text": text, MEMBER: "1", "clear": "0"})
    assert "http-equiv" not in answer.text


@pytest.mark.parametrize(
    ("text", "code", "status"),
    [
        ("https://gwanin.example", "malformed", 400),
        ("GWN9:X", "unsupported", 422),
        ("GWN1:" + "A" * 4300, "too-large", 413),
        ("", "malformed", 400),
    ],
    ids=["an-address", "another-version", "too-long", "empty"],
)
def test_what_is_no_code_of_ours_is_told_so(
    desk: DeskClient, text: str, code: str, status: int
) -> None:
    answer = scan(desk, text, **JSON)
    assert answer.json == {"code": code}
    assert answer.status_code == status
    page = scan(desk, text)
    assert "확인할 수 없는 QR입니다" in page.text
    assert code in page.text


def test_the_camera_is_allowed_where_it_is_used_and_nowhere_else(desk: DeskClient) -> None:
    for path, allowed in {
        f"/verifier/scan?{MEMBER}=1": True,
        "/verify": True,
        "/verifier/scan": False,
        "/verifier": False,
        "/verifier/today": False,
    }.items():
        headers = desk.get(path).headers
        assert ("camera=(self)" in headers["Permissions-Policy"]) is allowed, path
        assert ("'wasm-unsafe-eval'" in headers["Content-Security-Policy"]) is allowed, path
        assert "require-trusted-types-for 'script'" in headers["Content-Security-Policy"]
        assert "'unsafe-eval'" not in headers["Content-Security-Policy"].replace("wasm-unsafe", "")


def test_the_page_is_made_for_items_of_the_registration_only(desk: DeskClient) -> None:
    assert desk.get("/verifier/scan?SeoulResidencyCredential.nameKo=1").status_code == 403
    both = desk.get(f"/verifier/scan?{MEMBER}=1&SeoulResidencyCredential.ageOver19=1")
    assert both.status_code == 400


def test_what_a_credential_says_is_text_and_never_markup(city: SimulatedCity) -> None:
    """An agency that was taken over writes markup into a claim; whoever scans it sees the text."""
    attack, named = "<img src=x onerror=alert(1)>", "CityCertificateCredential.title"
    SimulatedRoot(city).register("VER-LIB", named, MEMBER)
    desk = DeskClient(city, "VER-LIB-01")
    forger = Forger(city, "SEL-HR", "P12", "CityCertificateCredential")
    credential = forger.issue(claims={**forger.content().claims, "title": attack})
    shown = []
    for accept in ("text/html", "application/json"):
        city.clock.advance(seconds=1)  # the same second would make the same code
        code = code_of(forger.present(credential, "title", **window(city)))
        shown.append(desk.post("/verifier/scan", {"text": code, named: "1"}, Accept=accept))
    assert "<dd>&lt;img src=x onerror=alert(1)&gt;</dd>" in shown[0].text
    assert "<img src=x" not in shown[0].text
    assert shown[1].json is not None
    assert [line["value"] for line in shown[1].json["claims"]] == [attack]


def test_a_label_in_an_address_is_text_and_never_markup(desk: DeskClient) -> None:
    answer = desk.get("/verifier/scan?<script>alert(1)</script>.x=1")
    assert answer.status_code == 403
    assert "<script>alert" not in answer.text


def test_noise_is_judged_and_not_an_error(desk: DeskClient) -> None:
    noise = "GWN1:" + encode_base45(zlib.compress(b"<b>~" * 900))
    assert scan(desk, noise, **JSON).json["code"] == "TAMPERED"
