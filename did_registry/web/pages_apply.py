"""`/registry/apply`: agencies and verifiers apply, and see what has become of it.

    /registry/apply                  who may apply, and where to look an application up
    /registry/apply/{applicant}      the form of an agency or of a verifier
    /registry/applications/{receipt} the state, for whoever knows the receipt number

Anybody may apply; nothing is on the log before two people of the root have agreed.
"""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Final

from flask import Blueprint, Response, render_template, request, url_for

from credentials.json_object import JsonObject
from did_registry.actions.applications import Received, get_application, submit_application
from did_registry.actions.root_acts import get_act
from did_registry.application import Applicant, Application, ApplicationState, is_receipt
from did_registry.application_form import MAX_CHOSEN, RIGHTS, lines, offered, parse_application
from did_registry.errors import ApplicationInvalid, UnknownApplication
from did_registry.web.pages_agencies import attribute_label, permission_label
from did_registry.web.pages_service import registry_pages
from schemas.claim_problem import ClaimProblem, ProblemCode
from schemas.labels import Label
from schemas.seoul_calendar import day_in_seoul
from web.bodies import read_form
from web.flood import limit, limited
from web.problem_rows import Problem, problem
from web.same_origin import same_origin_only

MAX_FORM_BYTES: Final = 32 * 1024  # nine lines of 300 Korean letters each, escaped, and the ticks
TICK: Final = "pick."  # before a right's name, so that none can pass for a line

bp = Blueprint("registry_apply", __name__, template_folder="templates")
same_origin_only(bp)
limit(bp, "registry-apply-pages", per_minute=120)


@bp.get("/registry/apply")
def choose() -> str:
    """Who may apply, and where to look an application up."""
    return _choose("", None)


@bp.get("/registry/apply/<any(agency,verifier):applicant>")
def form(applicant: str) -> str:
    """The empty form."""
    return _form(Applicant(applicant), {}, (), ())


@bp.post("/registry/apply/<any(agency,verifier):applicant>")
@limited("registry-apply", per_minute=6)
def apply(applicant: str) -> Response | tuple[str, int]:
    """Take an application, or say what is wrong with it."""
    who, fields = Applicant(applicant), read_form(MAX_FORM_BYTES)
    texts = {name: fields.text(name) for name in lines(who) if name in fields}
    chosen = tuple(name.removeprefix(TICK) for name in fields if name.startswith(TICK))
    service = registry_pages()
    now = service.clock()
    try:
        application = parse_application(who, texts, chosen, on=day_in_seoul(now))
    except ApplicationInvalid as error:
        return _form(who, texts, chosen, error.problems), problem(error.code).status
    with service.database.writing() as session:
        receipt = submit_application(session, application, now=now)
    return _to(url_for("registry_apply.show", receipt=receipt))


@bp.get("/registry/applications")
def find() -> Response | str:
    """Look an application up by its receipt number, however it was typed; what is none is told."""
    asked = request.args.get("receipt", "")[:40].strip().lower()
    if is_receipt(asked):
        return _to(url_for("registry_apply.show", receipt=asked))
    return _choose(asked, problem(UnknownApplication.code))


@bp.get("/registry/applications/<receipt>")
def show(receipt: str) -> str:
    """What was applied for, and what has become of it."""
    service = registry_pages()
    with service.database.reading() as session:
        found = get_application(session, receipt)
        act = None if found.act is None else get_act(session, found.act)
    effect = JsonObject({} if act is None or act.effect is None else act.effect)
    return render_template(
        "registry/application.html",
        found=found,
        facts=facts(found.application),
        rights=rights(found.application),
        did=effect.text_or_none("did"),
        index=effect.integer_or_none("index"),
        is_new=_is_new(found),
    )


def facts(application: Application) -> list[tuple[str, Label | str]]:
    """The lines of an application for people: word and text."""
    wish, asking = application.wish, application.wish.asking
    found: list[tuple[str, Label | str]] = [
        ("code", wish.code),
        ("name", Label(ko=wish.name_ko, en=wish.name_en)),
    ]
    if asking is not None:
        found.append(("purpose", Label(ko=asking.purpose_ko, en=asking.purpose_en)))
        found.append(("retention", str(asking.retention_days)))
    return [*found, ("basis", application.legal_basis), ("contact", application.contact)]


def rights(application: Application) -> list[tuple[Label, str]]:
    """What it asks for, in both languages and as the registry would have it."""
    wish = application.wish
    if wish.asking is None:
        return [(permission_label(one), one) for one in wish.types]
    return [(attribute_label(one), one) for one in wish.asking.attributes]


def _is_new(found: Received) -> bool:
    """Whether it was handed in just now: then the page says to keep the number."""
    is_fresh = registry_pages().clock() - found.received_at < timedelta(minutes=1)
    return is_fresh and found.state is ApplicationState.RECEIVED


def _choose(asked: str, refused: Problem | None) -> str:
    return render_template("registry/apply.html", asked=asked, refused=refused)


def _form(
    applicant: Applicant,
    texts: Mapping[str, str],
    chosen: Sequence[str],
    problems: Sequence[ClaimProblem],
) -> str:
    """The form. What looks like a resident registration number is not even shown again."""
    hidden = {it.where for it in problems if it.code is ProblemCode.RESIDENT_NUMBER}
    return render_template(
        "registry/apply_form.html",
        applicant=applicant,
        lines=lines(applicant),
        right=RIGHTS[applicant],
        offered=offered(applicant),
        texts={name: text for name, text in texts.items() if name not in hidden},
        chosen=frozenset(chosen),
        problems=problems,
        most=MAX_CHOSEN,
        tick=TICK,
    )


def _to(address: str) -> Response:
    """Lead on after a form, so that reloading the page sends nothing twice."""
    return Response(status=303, headers={"Location": address})
