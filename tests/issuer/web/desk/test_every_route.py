"""Every route of the desk, from the application's own table: tenants, roles, sign-in, forms.

A route that is added without a row in ROUTES fails here.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.routing import Rule

from issuer.models import (
    BatchRow,
    DraftRow,
    EntitlementRow,
    OfferRow,
    RevocationItem,
    RevocationRow,
    StatusEntryRow,
    StatusListRow,
)
from staff.account import Role
from staff.actions.sessions import form_token
from staff.web.guard import COOKIE, allowed_roles
from tests.issuer.web.desk.conftest import EVERYTHING
from tests.simulators.city import SimulatedCity
from tests.simulators.csv_file import RESIDENT, csv_file
from tests.simulators.desk import OURS, Clerk, acts_of, hire
from tests.simulators.one_change import changed

D, A, R, L = Role.DRAFT, Role.APPROVE, Role.REVOKE, Role.AUDIT
SECRET = "비밀이름"  # the name in everything that Gwanak has
TABLES = (
    BatchRow,
    DraftRow,
    EntitlementRow,
    OfferRow,
    RevocationItem,
    RevocationRow,
    StatusEntryRow,
    StatusListRow,
)


@dataclass(frozen=True, slots=True)
class Route:
    """Who may enter; of what kind the id in it is; and the fields of its form."""

    roles: set[Role]
    id: str | None = None
    fields: dict[str, str] = field(default_factory=dict)
    foreign: int = 404  # what another agency's clerk is answered


LIST = {D, A, R}
ROUTES: dict[str, Route] = {
    "desk.today": Route({D, A, R, L}, foreign=200),
    "desk.list_drafts": Route({D}, foreign=200),
    "desk.new_draft": Route({D}, foreign=200),
    "desk.create_draft": Route({D}, fields={"type": "SeoulResidencyCredential"}, foreign=422),
    "desk.show_draft": Route({D}, "draft"),
    "desk.edit_draft": Route({D}, "draft"),
    "desk.save_correction": Route({D}, "draft", {"revision": "1", "c.nameKo": "남"}),
    "desk.submit_draft": Route({D}, "draft"),
    "desk.withdraw_draft": Route({D}, "submitted"),
    "desk.discard_draft": Route({D}, "draft"),
    "desk.list_files": Route({D}, foreign=200),
    "desk.bring_file": Route({D}, foreign=415),  # not even a form with a file
    "desk.empty_file": Route({D}, "type", foreign=422),
    "desk.show_file": Route({D}, "file"),
    "desk.submit_file": Route({D}, "file"),
    "desk.discard_file": Route({D}, "file"),
    "desk.list_approvals": Route({A}, foreign=200),
    "desk.approve_picked": Route({A}, fields={"pick.{submitted}": "1"}, foreign=200),
    "desk.show_approval": Route({A}, "submitted"),
    "desk.approve_one": Route({A}, "submitted", {"revision": "1"}),
    "desk.refuse_one": Route({A}, "submitted", {"revision": "1", "reason": "why"}),
    "desk.show_file_approval": Route({A}, "submitted file"),
    "desk.approve_file": Route({A}, "submitted file"),
    "desk.refuse_file": Route({A}, "submitted file", {"reason": "why"}),
    "desk.list_issued": Route(LIST, foreign=200),
    "desk.search_issued": Route(LIST, fields={"q": SECRET}, foreign=200),
    "desk.show_issued": Route(LIST, "issued"),
    "desk.renew_offer": Route({D, A}, "issued"),
    "desk.show_offer_page": Route({D, A}, "issued"),
    "desk.show_tx_code": Route({D, A}, "issued"),
    "desk.change_one": Route(
        {R}, "issued", {"change": "revoke", "reason": "R02", "confirmed": "1"}
    ),
    "desk.list_revocations": Route(LIST, foreign=200),
    "desk.propose_set": Route(LIST, fields={"pick.{issued}": "1", "reason": "R02"}),
    "desk.show_set": Route(LIST, "set"),
    "desk.confirm_set": Route({R}, "set"),
    "desk.decline_set": Route(LIST, "set"),
    "desk.access_log": Route({L}, foreign=200),
}


@pytest.fixture(scope="module")
def gwanak(town: SimulatedCity, everything: Clerk, approver: Clerk) -> dict[str, str]:
    """One thing of every kind that Gwanak has, by its kind."""
    claims = changed(town.claims("P01"), "nameKo", to=SECRET)
    files = [
        everything.upload(csv_file([{**RESIDENT, "nameKo": f"{SECRET}{it}"}])) for it in "가나"
    ]
    read, submitted = (answer.headers["Location"].rpartition("/")[2] for answer in files)
    everything.send(f"/desk/files/{submitted}/submit")
    issued = approver.approves(everything.drafts(claims))
    approver.send(f"/desk/issued/{issued}/offer")
    proposed = everything.send("/desk/revocations", {f"pick.{issued}": "1", "reason": "R03"})
    return {
        "draft": everything.drafts(claims, then="save"),
        "submitted": everything.drafts(claims),
        "file": read,
        "submitted file": submitted,
        "issued": issued,
        "type": "SeoulResidencyCredential",
        "set": proposed.headers["Location"].rpartition("/")[2],
    }


def rules(city: SimulatedCity) -> Iterator[tuple[Rule, str]]:
    """Every rule of the desk with each of its methods."""
    for rule in city.app.url_map.iter_rules():
        if rule.rule.startswith("/desk") and rule.endpoint != "desk_assets.static":
            for method in sorted(
                (rule.methods or set()) & {"GET", "POST", "PUT", "DELETE", "PATCH"}
            ):
                yield rule, method


def path(rule: Rule, ids: dict[str, str]) -> str:
    """The rule's path for the thing that its row names."""
    route = ROUTES[rule.endpoint]
    parts = rule.rule.split("/")
    return "/".join(ids[route.id or ""] if part.startswith("<") else part for part in parts)


def fields(rule: Rule, ids: dict[str, str]) -> dict[str, str]:
    """Its form."""
    return {name.format(**ids): value for name, value in ROUTES[rule.endpoint].fields.items()}


def ask(clerk: Clerk, rule: Rule, method: str, ids: dict[str, str]) -> tuple[int, str]:
    """What a clerk is answered."""
    where = path(rule, ids)
    answer = clerk.get(where) if method == "GET" else clerk.send(where, fields(rule, ids))
    return answer.status_code, answer.text


def stored(city: SimulatedCity) -> dict[str, list[str]]:
    """Everything of the issuer's that a form could change."""
    with city.city.database.reading() as session:
        return {
            table.__tablename__: sorted(
                str(tuple(row)) for row in session.execute(select(table.__table__))
            )
            for table in TABLES
        }


def test_every_route_has_a_row(town: SimulatedCity) -> None:
    assert {rule.endpoint for rule, _ in rules(town)} == set(ROUTES)
    for rule, _ in rules(town):
        assert len(rule.arguments) == (1 if ROUTES[rule.endpoint].id else 0), rule


def test_another_agencys_ids_are_not_there(
    town: SimulatedCity, gwanak: dict[str, str], foreigner: Clerk
) -> None:
    before, known = stored(town), acts_of(town, "GU-11620")
    for rule, method in rules(town):
        status, text = ask(foreigner, rule, method, gwanak)
        assert status == ROUTES[rule.endpoint].foreign, rule
        assert SECRET not in text.replace(f'value="{SECRET}"', ""), rule  # the search's own field
        told = set() if status >= 400 else {it for it in gwanak.values() if it in text}
        assert told == set(), rule
    assert stored(town) == before
    assert acts_of(town, "GU-11620") == known
    theirs = acts_of(town, "SEL-HR")
    assert {subject for _, _, subject in theirs} == {"issued", "access-log"}


def test_the_agencys_own_ids_are_there(
    town: SimulatedCity, gwanak: dict[str, str], everything: Clerk
) -> None:
    for rule, method in rules(town):
        if method == "GET":
            status, text = ask(everything, rule, method, gwanak)
            assert status == 200, rule
            assert "desk-" not in text.replace("/desk", ""), rule  # no word without its sentence


def test_ids_that_are_none_are_not_there(town: SimulatedCity, everything: Clerk) -> None:
    for rule, method in rules(town):
        for text in ("nothing", "%00", "d_" + "A" * 22, "e_" + "A" * 22, "%2e%2e", "9" * 3000):
            if ROUTES[rule.endpoint].id:
                kinds = ("draft", "submitted", "file", "submitted file", "issued", "set", "type")
                answered, _ = ask(everything, rule, method, dict.fromkeys(kinds, text))
                # What is no type is not issued, as any type that an agency has no right to.
                expected = {404, 422} if ROUTES[rule.endpoint].id == "type" else {404}
                assert answered in expected, (rule, text)


@pytest.mark.parametrize("role", list(Role), ids=str)
def test_a_role_enters_its_own_rooms_only(
    town: SimulatedCity, gwanak: dict[str, str], role: Role
) -> None:
    number = 61 + list(Role).index(role)
    clerk = Clerk.hired(town, f"GU-11620-{number}", role)
    if not clerk.token:  # an auditor has no form to send, but could have made one
        clerk.token = form_token_of(town, clerk)
    before = stored(town)
    for rule, method in rules(town):
        route = ROUTES[rule.endpoint]
        assert allowed_roles_of(town, rule) == route.roles
        if role not in route.roles:
            status, text = ask(clerk, rule, method, gwanak)
            assert (status, "not-permitted" in text) == (403, True), rule
            assert SECRET not in text
    assert stored(town) == before
    assert acts_of(town, "GU-11620")[-1][0] != clerk.reference


def allowed_roles_of(city: SimulatedCity, rule: Rule) -> set[Role]:
    with city.app.app_context():
        return set(allowed_roles(rule.endpoint))


def form_token_of(city: SimulatedCity, clerk: Clerk) -> str:
    cookie = clerk.client.get_cookie(COOKIE, domain="gwanin.example")
    assert cookie is not None
    return form_token(city.city.staff, cookie.value)


def test_nobody_enters_without_signing_in(town: SimulatedCity, gwanak: dict[str, str]) -> None:
    http = town.http()
    for rule, method in rules(town):
        where = path(rule, gwanak)
        if method == "GET":
            answer = http.get(where, headers=OURS)
            assert answer.status_code == 303
            assert answer.headers["Location"].startswith("/sign-in?to=/desk")
        else:
            answer = http.post(where, data=fields(rule, gwanak), headers=OURS)
            assert (answer.status_code, "not-signed-in" in answer.text) == (401, True), rule


def forged(
    clerk: Clerk, http: FlaskClient
) -> Iterator[tuple[str, dict[str, str], dict[str, str], str]]:
    """A form that somebody else's page sent: what is told of it, the token, and the headers."""
    wrong = "0" * 64
    other = clerk.token[:-1] + ("0" if clerk.token[-1] != "0" else "1")
    for token in ({}, {"form_token": wrong}, {"form_token": other}, {"form_token": "토큰"}):
        yield "token", token, OURS, "form-expired"
    own = {"form_token": clerk.token}
    yield "site", own, {**OURS, "Sec-Fetch-Site": "cross-site"}, "cross-site-refused"
    yield "subdomain", own, {**OURS, "Sec-Fetch-Site": "same-site"}, "cross-site-refused"
    yield "silent", own, {"Accept": "text/html"}, "cross-site-refused"
    yield (
        "origin",
        own,
        {"Accept": "text/html", "Origin": "https://x.example"},
        "cross-site-refused",
    )


def test_no_form_of_another_page_is_taken(
    town: SimulatedCity, gwanak: dict[str, str], everything: Clerk
) -> None:
    before = stored(town)
    for rule, method in rules(town):
        if method != "POST":
            continue
        for what, token, headers, code in forged(everything, town.http()):
            data = {**fields(rule, gwanak), **token}
            answer = everything.client.post(path(rule, gwanak), data=data, headers=headers)
            assert (answer.status_code, code in answer.text) == (403, True), (rule, what)
    assert stored(town) == before


def test_the_token_of_another_session_is_no_token(
    town: SimulatedCity, gwanak: dict[str, str]
) -> None:
    hire(town, "GU-11620-71", *Role)
    hire(town, "GU-11620-72", *Role)
    one, other = (
        Clerk.signed_in(town, f"GU-11620-7{it}", "a long enough password of a test") for it in "12"
    )
    one.token = other.token
    assert one.send("/desk/issued", {"q": "x"}).status_code == 403
    assert other.send("/desk/issued", {"q": "x"}).status_code == 200
    assert EVERYTHING not in {one.reference, other.reference}
