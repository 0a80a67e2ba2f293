"""The public form: what is taken, what is refused and told, and who finds it again."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from did_registry.application import Applicant
from did_registry.models import ApplicationRow, LogLeaf
from did_registry.web.pages_apply import TICK
from tests.did_registry.test_application_form import (
    AGENCY,
    CHOSEN,
    RESIDENT_NUMBER,
    TEXTS,
    VERIFIER,
)
from tests.simulators.city import SimulatedCity, city_settings, copy_city
from tests.simulators.clock import SimulatedClock

OURS = {"Sec-Fetch-Site": "same-origin", "Accept": "text/html", "Accept-Language": "en"}


@pytest.fixture(scope="module")
def town(seeded_city: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[SimulatedCity]:
    """A city of this module's own."""
    folder = copy_city(seeded_city, tmp_path_factory.mktemp("apply") / "city")
    simulated = SimulatedCity(city_settings(folder), SimulatedClock())
    yield simulated
    simulated.close()


def filled(who: Applicant, **changed: str) -> dict[str, str]:
    """A form that is right, but for what is changed."""
    return {**TEXTS[who], **{TICK + name: "1" for name in CHOSEN[who]}, **changed}


def send(
    town: SimulatedCity,
    who: Applicant,
    fields: dict[str, str],
    headers: dict[str, str] = OURS,
    address: str = "192.0.2.7",
) -> TestResponse:
    http = town.http()
    return http.post(
        f"/registry/apply/{who}",
        data=fields,
        headers=headers,
        environ_base={"REMOTE_ADDR": address},
    )


def page(town: SimulatedCity, path: str, status: int = 200) -> str:
    answer = town.http().get(path, headers=OURS)
    assert answer.status_code == status, path
    return answer.text


def rows(town: SimulatedCity) -> tuple[int, int]:
    """How many applications and how many leaves there are."""
    with town.city.database.reading() as session:
        count = [
            session.scalar(select(func.count()).select_from(it)) for it in (ApplicationRow, LogLeaf)
        ]
    return count[0] or 0, count[1] or 0


@pytest.mark.parametrize("who", Applicant)
def test_an_application_is_taken_and_nothing_is_logged(town: SimulatedCity, who: Applicant) -> None:
    before, leaves = rows(town)
    answer = send(town, who, filled(who), address="192.0.2.1")
    assert answer.status_code == 303
    where = answer.headers["Location"]
    assert re.fullmatch(r"/registry/applications/[a-z2-9]{4}(-[a-z2-9]{4}){3}", where)
    assert rows(town) == (before + 1, leaves)
    shown = page(town, where)
    for text in (*TEXTS[who].values(), *CHOSEN[who], where.rpartition("/")[2]):
        if text not in {TEXTS[who]["nameKo"], TEXTS[who].get("purpose"), "0"}:
            assert text in shown
    assert "Write the receipt number down" in shown
    town.clock.advance(minutes=2)
    assert "Write the receipt number down" not in page(town, where)


def test_it_is_looked_up_as_people_type(town: SimulatedCity) -> None:
    where = send(town, Applicant.AGENCY, filled(Applicant.AGENCY)).headers["Location"]
    receipt = where.rpartition("/")[2]
    for typed in (receipt, receipt.upper(), f"%20{receipt}%20"):
        answer = town.http().get(f"/registry/applications?receipt={typed}", headers=OURS)
        assert (answer.status_code, answer.headers["Location"]) == (303, where)
    for typed in ("", "x", "%00", "9" * 4000, "%3Cscript%3E"):
        text = page(town, f"/registry/applications?receipt={typed}")
        assert "unknown-application" in text
        assert "<script>" not in text
    for path in ("abcd-efgh-jkmn-pqrs", "%00", "x" * 3000):
        page(town, f"/registry/applications/{path}", 404)


@pytest.mark.parametrize("who", Applicant)
def test_what_is_wrong_is_told_at_its_field_and_nothing_is_kept(
    town: SimulatedCity, who: Applicant
) -> None:
    before = rows(town)
    answer = send(town, who, filled(who, code="nothing"), address="192.0.2.3")
    assert answer.status_code == 422
    assert 'aria-describedby="hint-code problem-code-1"' in answer.text
    assert 'value="nothing"' in answer.text
    for name in CHOSEN[who]:
        assert re.search(rf'name="pick\.{re.escape(name)}" value="1" checked', answer.text)
    empty = send(town, who, {"code": ""}, address="192.0.2.3")
    assert empty.status_code == 422
    assert empty.text.count("missing</span>") == 2 * (len(TEXTS[who]) + 1)
    assert rows(town) == before


def test_a_resident_number_is_not_even_shown_again(
    town: SimulatedCity, caplog: pytest.LogCaptureFixture
) -> None:
    before = rows(town)
    for number, name in enumerate(("nameKo", "purpose", "legalBasis", "contact")):
        fields = filled(Applicant.VERIFIER, **{name: f"담당 {RESIDENT_NUMBER}"})
        answer = send(town, Applicant.VERIFIER, fields, address=f"192.0.2.{40 + number}")
        assert answer.status_code == 422
        assert RESIDENT_NUMBER not in answer.text
        assert RESIDENT_NUMBER not in caplog.text
    assert rows(town) == before


@pytest.mark.parametrize(
    "headers",
    [
        {**OURS, "Sec-Fetch-Site": "cross-site"},
        {**OURS, "Sec-Fetch-Site": "same-site"},
        {"Accept": "text/html"},
        {"Accept": "text/html", "Origin": "https://x.example"},
    ],
    ids=["cross", "same-site", "silent", "origin"],
)
def test_no_form_of_another_page_is_taken(town: SimulatedCity, headers: dict[str, str]) -> None:
    before = rows(town)
    answer = send(
        town, Applicant.AGENCY, filled(Applicant.AGENCY), headers=headers, address="192.0.2.5"
    )
    assert (answer.status_code, "cross-site-refused" in answer.text) == (403, True)
    assert rows(town) == before


def test_one_client_hands_in_a_few_a_minute(town: SimulatedCity) -> None:
    answers = [send(town, Applicant.AGENCY, {"code": "x"}, address="192.0.2.99") for _ in range(7)]
    assert [answer.status_code for answer in answers] == [422] * 6 + [429]


def test_what_was_entered_is_only_shown(town: SimulatedCity) -> None:
    attack = "\"><img src=x onerror='alert(1)'>{{ config }}"
    fields = filled(Applicant.VERIFIER, nameEn=attack, contact=attack)
    where = send(town, Applicant.VERIFIER, fields, address="192.0.2.6").headers["Location"]
    shown = page(town, where)
    assert "<img src=x" not in shown
    assert "{{ config }}" in shown
    again = send(town, Applicant.VERIFIER, {**fields, "code": "x"}, address="192.0.2.6")
    assert "<img src=x" not in again.text


def test_a_form_that_is_too_large_is_refused(town: SimulatedCity) -> None:
    many = filled(Applicant.AGENCY) | {f"{TICK}{number}": "1" for number in range(60)}
    assert send(town, Applicant.AGENCY, many, address="192.0.2.8").status_code == 413
    long = filled(Applicant.AGENCY, contact="가" * 20_000)
    assert send(town, Applicant.AGENCY, long, address="192.0.2.8").status_code == 413


def test_the_pages_lead_to_one_another(town: SimulatedCity) -> None:
    assert 'href="/registry/apply"' in page(town, "/registry")
    first = page(town, "/registry/apply")
    for who in Applicant:
        assert f'href="/registry/apply/{who}"' in first
        form = page(town, f"/registry/apply/{who}")
        for name in TEXTS[who]:
            assert f'name="{name}"' in form
    assert town.http().get("/registry/apply/nobody", headers=OURS).status_code == 404
    assert AGENCY.keys() < VERIFIER.keys()
