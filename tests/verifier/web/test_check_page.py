"""`/verify`: anybody, anything, every check told, nothing kept."""

import json
from typing import Any

import pytest
from sqlalchemy import inspect, text

from tests.simulators.citizen_qr import CitizenWithQr, code_of, window
from tests.simulators.city import SimulatedCity
from tests.simulators.desk_client import PAGE
from tests.simulators.forger import LDP, Forger


def check(city: SimulatedCity, sent: str, **headers: str) -> Any:
    return city.http().post("/verify", data={"text": sent}, headers={**PAGE, **headers})


def test_a_document_is_genuine_and_its_bearer_is_to_be_checked(city: SimulatedCity) -> None:
    answer = check(city, Forger(city).issue())
    assert "진본입니다 · 소지자는 신분증으로 확인하세요" in answer.text
    assert answer.text.count("<li>") == 12 + answer.text.count("<li><a")
    assert "관악구" in answer.text


def test_a_w3c_document_is_read_as_well(city: SimulatedCity) -> None:
    document = Forger(city).issue(LDP)
    answer = check(city, json.dumps(document), **{"Accept-Language": "en"})
    assert "Genuine; check the bearer by an identity document" in answer.text


def test_a_code_counts_in_its_window_as_often_as_it_is_pasted(city: SimulatedCity) -> None:
    sent = CitizenWithQr(city).qr("member", "memberId")
    for _ in range(2):
        answer = check(city, sent + "\r\n")
        assert "진본입니다" in answer.text
        assert "이 QR을 누가 이미 썼는지는 여기에서 알 수 없습니다" in answer.text
    city.clock.advance(seconds=180)
    assert "이미 사용되었거나 시간이 지난 QR입니다" in check(city, sent).text


def test_an_altered_document_shows_no_claims(city: SimulatedCity) -> None:
    forger = Forger(city)
    altered = forger.rewritten(forger.issue(), {"residentOfSeoul": True}, signer=None)
    jwt, rest = altered.split("~", 1)
    answer = check(city, f"{jwt[:-4]}AAAA~{rest}")
    assert "위·변조가 의심됩니다" in answer.text
    assert '<dl class="facts claims">' not in answer.text


@pytest.mark.parametrize(
    ("sent", "code"),
    [
        ("GWN1:abc", "malformed"),
        ("GWN3:A", "unsupported"),
        ("한글", "not-a-credential"),
        ("hello", "not-a-credential"),
        ('{"a": 1}', "not-a-credential"),
        ("{", "malformed"),
        ('{"a":1,"a":2}', "malformed"),
    ],
    ids=["half-a-code", "another-version", "korean", "a-word", "some-json", "half-json", "twice"],
)  # fmt: skip
def test_what_can_not_be_read_is_told_with_its_code(
    city: SimulatedCity, sent: str, code: str
) -> None:
    answer = check(city, sent)
    assert answer.status_code == (400 if code == "malformed" else 422)
    assert f'<span class="code">{code}</span>' in answer.text
    assert "camera=(self)" in answer.headers["Permissions-Policy"]


def test_markup_is_shown_as_text(city: SimulatedCity) -> None:
    attack = "<img src=x onerror=alert(1)>"
    forger = Forger(city, "SEL-HR", "P12", "CityCertificateCredential")
    credential = forger.issue(claims={**forger.content().claims, "title": attack})
    answer = check(city, code_of(forger.present(credential, "title", **window(city))))
    assert "<dd>&lt;img src=x onerror=alert(1)&gt;</dd>" in answer.text
    assert "<img src=x" not in answer.text
    assert "<script>alert" not in check(city, "<script>alert(1)</script>").text


def test_nothing_is_stored_and_nothing_is_logged(
    city: SimulatedCity, caplog: pytest.LogCaptureFixture
) -> None:
    sent = CitizenWithQr(city).qr("member", "memberId")
    before = _rows(city)
    check(city, sent)
    assert _rows(city) == before
    logged = " ".join(str(vars(record)) for record in caplog.records)
    assert sent[:40] not in logged
    assert "memberId" not in logged


def test_forms_of_other_sites_are_refused(city: SimulatedCity) -> None:
    assert check(city, "x", **{"Sec-Fetch-Site": "cross-site"}).status_code == 403


def _rows(city: SimulatedCity) -> dict[str, int]:
    with city.city.database.reading() as session:
        names = inspect(session.connection()).get_table_names()
        return {
            name: session.execute(text(f'SELECT count(*) FROM "{name}"')).scalar_one()
            for name in names
        }


def test_a_text_may_be_as_long_as_is_promised(city: SimulatedCity) -> None:
    credential = str(Forger(city).issue())
    padded = credential + "\n" * 20_000
    answer = city.http().post("/verify", data={"text": padded}, headers=PAGE)
    assert answer.status_code == 200
    assert "OK_BEARER" in answer.text
