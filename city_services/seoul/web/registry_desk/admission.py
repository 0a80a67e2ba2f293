"""`/registry/desk/admit`: somebody from elsewhere shall count here; and that it shall no more."""

from collections.abc import Mapping, Sequence
from typing import Final

from flask import Response, render_template, url_for

from city_services.seoul.web.registry_desk.compromise import parse_moment
from city_services.seoul.web.registry_desk.members import get_member
from city_services.seoul.web.registry_desk.room import bp, form, me, office, to
from credentials.errors import Malformed
from credentials.json_object import JsonObject
from did_registry.admission_form import ANCHOR, LINES, parse_admission
from did_registry.application import Applicant
from did_registry.application_form import MAX_CHOSEN, RIGHTS, offered
from did_registry.errors import ActRefused, ApplicationInvalid, UnknownDid
from did_registry.root_act import EndAdmission
from did_registry.web.pages_agencies import Agency, Standing
from schemas.claim_problem import ClaimProblem, ProblemCode
from schemas.seoul_calendar import day_in_seoul
from staff.account import Role
from staff.web.guard import for_roles
from web.problem_rows import Problem, problem

TYPE: Final = "type."  # before the name of a right, so that none can pass for a line
ATTRIBUTE: Final = "attribute."


@bp.get("/admit")
@for_roles(Role.ROOT)
def admission_form() -> str:
    """The empty form."""
    return _form({}, (), ())


@bp.post("/admit")
@for_roles(Role.ROOT)
def admit() -> Response | tuple[str, int]:
    """Propose it, or say what is wrong."""
    fields, here = form(), office()
    texts = {name: fields.text(name) for name in (*LINES, ANCHOR) if name in fields}
    types, attributes = _ticked(fields, TYPE), _ticked(fields, ATTRIBUTE)
    chosen = (*types, *attributes)
    try:
        terms = parse_admission(texts, types, attributes, on=day_in_seoul(here.clock()))
        act = here.propose(terms, by=me())
    except ApplicationInvalid as error:
        return _form(texts, chosen, error.problems), problem(error.code).status
    except ActRefused as error:
        row = problem(error.code)
        return _form(texts, chosen, (), refused=row), row.status
    return to(url_for("registry_desk.show_act", act_id=act.id))


@bp.get("/members/<code>/end-admission")
@for_roles(Role.ROOT)
def confirm_end(code: str) -> str:
    """What would follow."""
    return _end(_admitted(code), "", None)


@bp.post("/members/<code>/end-admission")
@for_roles(Role.ROOT)
def end_admission(code: str) -> Response | tuple[str, int]:
    """Propose the end of what an admission gave, from a moment on."""
    member, since = _admitted(code), form().text_or_none("since") or ""
    try:
        act = office().propose(EndAdmission(did=member.did, since=parse_moment(since)), by=me())
    except (ActRefused, Malformed) as error:
        row = problem(error.code)
        return _end(member, since, row), row.status
    return to(url_for("registry_desk.show_act", act_id=act.id))


def _admitted(code: str) -> Agency:
    """Raises UnknownDid for who is a member of this registry, too."""
    member = get_member(code)
    if Standing.ADMITTED not in member.standings:
        raise UnknownDid("nobody who was admitted has this code")
    return member


def _end(member: Agency, since: str, refused: Problem | None) -> str:
    return render_template(
        "registry_desk/end_admission.html", member=member, since=since, refused=refused
    )


def _ticked(fields: JsonObject, prefix: str) -> tuple[str, ...]:
    return tuple(name.removeprefix(prefix) for name in fields if name.startswith(prefix))


def _form(
    texts: Mapping[str, str],
    chosen: Sequence[str],
    problems: Sequence[ClaimProblem],
    *,
    refused: Problem | None = None,
) -> str:
    """The form. What looks like a resident registration number is not even shown again."""
    hidden = {it.where for it in problems if it.code is ProblemCode.RESIDENT_NUMBER}
    return render_template(
        "registry_desk/admit.html",
        lines=LINES,
        anchor=texts.get(ANCHOR, ""),
        texts={name: text for name, text in texts.items() if name not in hidden},
        kinds=[
            (RIGHTS[Applicant.AGENCY], TYPE, offered(Applicant.AGENCY)),
            (RIGHTS[Applicant.VERIFIER], ATTRIBUTE, offered(Applicant.VERIFIER)),
        ],
        chosen=frozenset(chosen),
        problems=problems,
        refused=refused,
        most=MAX_CHOSEN,
    )
