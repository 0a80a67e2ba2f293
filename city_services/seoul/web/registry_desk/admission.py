"""`/registry/desk/admit`: somebody whose DID stands elsewhere shall count here."""

from collections.abc import Mapping, Sequence
from typing import Final

from flask import Response, render_template, url_for

from city_services.seoul.web.registry_desk.room import bp, form, me, office, to
from credentials.json_object import JsonObject
from did_registry.admission_form import LINES, parse_admission
from did_registry.application import Applicant
from did_registry.application_form import MAX_CHOSEN, RIGHTS, offered
from did_registry.errors import ActRefused, ApplicationInvalid
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
    texts = {name: fields.text(name) for name in LINES if name in fields}
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
