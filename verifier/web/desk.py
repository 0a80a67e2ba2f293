"""`/verifier`: the desk of a registered verifier asks, waits, and reads the verdict."""

from flask import Blueprint, Response, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from credentials.json_object import JsonObject
from staff.account import Role
from staff.web.guard import FORM_FIELD, account, for_roles, staff_pages
from verifier.actions.create_request import create_request
from verifier.actions.own_result import OwnResult, own_result
from verifier.actions.registration import current_registration
from verifier.asking import build_question, choices
from verifier.errors import NothingAsked
from verifier.presentation_session import State
from verifier.web.service import verifier_service
from verifier.web.verdict_view import said, verdict_view
from web.bodies import read_form
from web.flood import limit
from web.problem_rows import Problem, problem
from web.qr import draw_svg

MAX_FORM_BYTES = 16 * 1024
HOME = "/verifier"

bp = Blueprint("verifier_desk", __name__, url_prefix="/verifier", template_folder="templates")
limit(bp, "verifier-desk", per_minute=600)
staff_pages(bp)
bp.context_processor(lambda: {"said": said, "home_url": HOME})

_WAITING = frozenset({State.REQUESTED.value, State.FETCHED.value})


@bp.get("")
@for_roles(Role.ASK)
def home() -> str:
    """What this verifier may ask, to choose from."""
    return _home(None)


def _home(refused: Problem | None) -> str:
    service = verifier_service()
    registration = current_registration(service, account().agency, now=service.clock())
    return render_template(
        "verifier/desk.html",
        registration=registration,
        choices=choices(registration),
        refused=refused,
    )


@bp.post("/ask")
@for_roles(Role.ASK)
def ask() -> ResponseReturnValue:
    """Make the request; its page shows the QR code."""
    service, code, now = verifier_service(), account().agency, verifier_service().clock()
    registration = current_registration(service, code, now=now)
    attributes = chosen(read_form(MAX_FORM_BYTES))
    try:
        query = build_question(registration, attributes, service.settings.registry_url)
    except NothingAsked as error:
        return _home(problem(error.code)), problem(error.code).status
    view = service.evidence.registry(now)
    with service.database.writing() as session:
        made = create_request(
            session, service.settings, view, code, query, entropy=service.entropy, now=now
        )
    return redirect(url_for("verifier_desk.result", result_id=made.result_id), 303)


@bp.get("/results/<result_id>")
@for_roles(Role.ASK)
def result(result_id: str) -> str:
    """The QR code while nobody has answered, then the verdict."""
    own = _own(result_id)
    if own.result["state"] in _WAITING:
        code = Markup(draw_svg(own.made.link))  # noqa: S704 - drawn by us, from an address
        return render_template("verifier/waiting.html", made=own.made, qr=code)
    verdict = verdict_view(own.result) if "decision" in own.result else None
    return render_template("verifier/result.html", verdict=verdict, state=own.result["state"])


@bp.get("/results/<result_id>/state")
@for_roles(Role.ASK)
def state(result_id: str) -> Response:
    """Whether there is anything new, for the page that waits."""
    return jsonify({"waiting": _own(result_id).result["state"] in _WAITING})


def chosen(fields: JsonObject) -> tuple[str, ...]:
    """The attributes that a form or an address names: each is a field of its own."""
    return tuple(name for name in fields.members if "." in name and name != FORM_FIELD)


def chosen_in_address() -> tuple[str, ...]:
    """The attributes that the address of this page names."""
    return tuple(name for name in request.args if "." in name)


def _own(result_id: str) -> OwnResult:
    service = verifier_service()
    return own_result(service, account().agency, result_id, now=service.clock())
