"""Every route of the registry's desk, from the application's own table: agencies, roles, sign-in,
forms. A route that is added without a row in ROUTES fails here."""

from collections.abc import Iterator

import pytest
from sqlalchemy import select
from werkzeug.routing import Rule

from did_registry.application import Applicant
from did_registry.models import ApplicationRow, LogLeaf, RootActRow
from staff.account import Role
from staff.actions.sessions import form_token
from staff.web.guard import COOKIE, allowed_roles
from tests.city_services.seoul.web.registry_desk.conftest import applies, proposed
from tests.simulators.city import SimulatedCity
from tests.simulators.desk import OURS, Clerk, acts_of

GU = "GU-11620"
# Of what kind the id in it is, and the fields of its form.
ROUTES: dict[str, tuple[dict[str, str], dict[str, str]]] = {
    "today": ({}, {}),
    "list_applications": ({}, {}),
    "show_application": ({"receipt": "application"}, {}),
    "propose_application": ({"receipt": "application"}, {}),
    "refuse_application": ({"receipt": "application"}, {"reason": "why"}),
    "list_members": ({}, {}),
    "show_member": ({"code": "member"}, {}),
    "confirm_act": ({"code": "member", "act": "rotate"}, {}),
    "propose_act": ({"code": "member", "act": "rotate"}, {}),
    "choose_key": ({"code": "member"}, {}),
    "declare": (
        {"code": "member"},
        {"key": "eddsa-1", "since": "2026-03-13T08:00", "confirmed": "1"},
    ),
    "admission_form": ({}, {}),
    "admit": (
        {},
        {
            "did": "did:key:z6MkpTHR8VNsBxYAAWHut2Geadd9jSwuBV8xRoAnwWsdvktH",
            "nameKo": "이웃 도시",
            "nameEn": "A neighbour city",
            "type.SeoulResidencyCredential": "1",
        },
    ),
    "confirm_end": ({"code": "neighbour"}, {}),
    "end_admission": ({"code": "neighbour"}, {"since": "2026-03-13T08:00"}),
    "list_acts": ({}, {}),
    "show_act": ({"act_id": "act"}, {}),
    "approve_act": ({"act_id": "act"}, {}),
    "withdraw_act": ({"act_id": "act"}, {}),
}


@pytest.fixture(scope="module")
def things(town: SimulatedCity, first: Clerk, second: Clerk) -> dict[str, str]:
    """One thing of every kind."""
    admission = proposed(first, "/admit", ROUTES["admit"][1])
    assert second.send(f"/registry/desk/acts/{admission}/approve").status_code == 303
    town.clock.advance(seconds=10)
    return {
        "neighbour": ROUTES["admit"][1]["did"].rpartition(":")[2],
        "application": applies(town, Applicant.VERIFIER),
        "member": GU,
        "rotate": "rotate",
        "act": proposed(first, "/members/SEL-HR/rotate"),
    }


@pytest.fixture(scope="module")
def outsiders(town: SimulatedCity) -> list[Clerk]:
    """An account of another agency with every role, and one of the root's with all but one."""
    without = [role for role in Role if role is not Role.ROOT]
    clerks = [Clerk.hired(town, f"{GU}-81", *Role), Clerk.hired(town, "SEL-DIG-81", *without)]
    for clerk in clerks:
        clerk.token = clerk.token or token_of(town, clerk)
    return clerks


def token_of(town: SimulatedCity, clerk: Clerk) -> str:
    cookie = clerk.client.get_cookie(COOKIE, domain="gwanin.example")
    assert cookie is not None
    return form_token(town.city.staff, cookie.value)


def rules(town: SimulatedCity) -> Iterator[tuple[Rule, str, str]]:
    """Every rule of the desk with each of its methods, and its name."""
    for rule in town.app.url_map.iter_rules():
        if rule.rule.startswith("/registry/desk"):
            assert rule.endpoint.startswith("registry_desk.")
            for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
                yield rule, method, rule.endpoint.partition(".")[2]


def path(town: SimulatedCity, rule: Rule, name: str, things: dict[str, str]) -> str:
    values = {argument: things[kind] for argument, kind in ROUTES[name][0].items()}
    built = town.app.url_map.bind("gwanin.example").build(rule.endpoint, values)
    return str(built)


def ask(
    town: SimulatedCity, clerk: Clerk, rule: Rule, method: str, things: dict[str, str]
) -> tuple[int, str]:
    name = rule.endpoint.partition(".")[2]
    where = path(town, rule, name, things)
    answer = clerk.get(where) if method == "GET" else clerk.send(where, ROUTES[name][1])
    return answer.status_code, answer.text


def stored(town: SimulatedCity) -> list[list[str]]:
    """Everything that a form of the desk could change."""
    with town.city.database.reading() as session:
        return [
            sorted(str(tuple(row)) for row in session.execute(select(table.__table__)))
            for table in (ApplicationRow, RootActRow, LogLeaf)
        ]


def test_every_route_has_a_row_and_is_for_the_root_alone(town: SimulatedCity) -> None:
    assert {name for _, _, name in rules(town)} == set(ROUTES)
    for rule, _, name in rules(town):
        assert rule.arguments == set(ROUTES[name][0])
        with town.app.app_context():
            assert allowed_roles(rule.endpoint) == {Role.ROOT}


def test_nobody_else_sees_or_does_anything(
    town: SimulatedCity, things: dict[str, str], outsiders: list[Clerk]
) -> None:
    before, known = stored(town), acts_of(town, "SEL-DIG")
    for clerk in outsiders:
        for rule, method, _ in rules(town):
            status, text = ask(town, clerk, rule, method, things)
            assert (status, "not-permitted" in text) == (403, True), (clerk.reference, rule)
            assert "VER-MART" not in text
    assert stored(town) == before
    assert acts_of(town, "SEL-DIG") == known
    assert [line for line in acts_of(town, GU) if line[0] == f"{GU}-81"] == []


def test_nobody_enters_without_signing_in(town: SimulatedCity, things: dict[str, str]) -> None:
    http, before = town.http(), stored(town)
    for rule, method, name in rules(town):
        where = path(town, rule, name, things)
        if method == "GET":
            answer = http.get(where, headers=OURS)
            assert answer.status_code == 303
            assert answer.headers["Location"].startswith("/sign-in?to=/registry/desk")
        else:
            answer = http.post(where, data=ROUTES[name][1], headers=OURS)
            assert (answer.status_code, "not-signed-in" in answer.text) == (401, True), rule
    assert stored(town) == before


def test_no_form_of_another_page_is_taken(
    town: SimulatedCity, things: dict[str, str], second: Clerk
) -> None:
    before = stored(town)
    own = {"form_token": second.token}
    forged: list[tuple[dict[str, str], dict[str, str], str]] = [
        ({}, OURS, "form-expired"),
        ({"form_token": "0" * 64}, OURS, "form-expired"),
        (own, {**OURS, "Sec-Fetch-Site": "cross-site"}, "cross-site-refused"),
        (own, {"Accept": "text/html"}, "cross-site-refused"),
    ]
    for rule, method, name in rules(town):
        if method == "POST":
            for token, headers, code in forged:
                data = {**ROUTES[name][1], **token}
                where = path(town, rule, name, things)
                answer = second.client.post(where, data=data, headers=headers)
                assert (answer.status_code, code in answer.text) == (403, True), (rule, code)
    assert stored(town) == before


@pytest.mark.parametrize("text", ["nothing", "%00", "act-000000000000", "9" * 3000])
def test_ids_that_are_none_are_not_there(
    town: SimulatedCity, things: dict[str, str], first: Clerk, text: str
) -> None:
    before = stored(town)
    nothing = {**things, **dict.fromkeys(("application", "member", "act", "neighbour"), text)}
    for rule, method, name in rules(town):
        if ROUTES[name][0]:
            status, _ = ask(town, first, rule, method, nothing)
            assert status == 404, (rule, method)
    assert stored(town) == before


def test_the_roots_own_people_see_every_page(
    town: SimulatedCity, things: dict[str, str], first: Clerk
) -> None:
    for rule, method, _ in rules(town):
        if method == "GET":
            status, text = ask(town, first, rule, method, things)
            assert status == 200, rule
            assert not any(word in text for word in ("root-desk.", "root-act.", "root-why."))
