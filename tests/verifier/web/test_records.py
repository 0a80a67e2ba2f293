"""Counts of today and of one's own, and how old the lists are that verdicts rest on."""

from tests.simulators.citizen_qr import CitizenWithQr
from tests.simulators.city import SimulatedCity
from tests.simulators.desk_client import DeskClient
from verifier.actions.check_scan import check_scan

MEMBER = "SeoulCitizenCardCredential.member"


def test_counts_ones_own_scans_of_today(city: SimulatedCity) -> None:
    text = CitizenWithQr(city).qr("member", "memberId")
    for _ in range(3):
        check_scan(city.city.verifier, "VER-LIB", (MEMBER,), text, now=city.clock())
    library = DeskClient(city, "VER-LIB-01").get("/verifier/today").text
    row = '<td>스캔</td><td>{}</td><td class="number">{}</td>'
    assert row.format("확인됨", 1) in library
    assert row.format("이미 사용되었거나 시간이 지난 QR입니다", 2) in library
    assert "오늘은 아직" in DeskClient(city, "VER-EMP-01").get("/verifier/today").text


def test_begins_anew_at_midnight_in_seoul(city: SimulatedCity) -> None:
    text = CitizenWithQr(city).qr("member")
    check_scan(city.city.verifier, "VER-LIB", (MEMBER,), text, now=city.clock())
    city.clock.advance(hours=11, minutes=59)  # 23:59 in Seoul, where the day began at 12:00
    assert "확인됨" in DeskClient(city, "VER-LIB-01").get("/verifier/today").text
    city.clock.advance(minutes=1)
    assert "오늘은 아직" in DeskClient(city, "VER-LIB-01").get("/verifier/today").text


def test_tells_how_old_each_list_is(city: SimulatedCity) -> None:
    desk = DeskClient(city, "VER-LIB-01")
    before = desk.get("/verifier/lists").text
    assert "아직 없습니다" in before
    assert "2026. 3. 13. 12:00" in before
    text = CitizenWithQr(city).qr("member")
    check_scan(city.city.verifier, "VER-LIB", (MEMBER,), text, now=city.clock())
    known = desk.get("/verifier/lists").text
    assert "/status/SEL-CIVIL-1" in known
    assert "행정국 자치행정과" in known
    assert ">최신</td>" in known
    city.clock.advance(hours=1)
    assert ">다음에 새로 받음</td>" in DeskClient(city, "VER-LIB-01").get("/verifier/lists").text
