"""`/verifier/scan`: a citizen's QR code before the camera or a USB scanner; one word, then gone."""

from typing import Final
from urllib.parse import urlencode

from flask import Blueprint, Response, jsonify, render_template, request, url_for
from flask.typing import ResponseReturnValue

from credentials.errors import Malformed, Unsupported
from credentials.json_object import JsonObject
from did_registry.accreditation import VerifierRegistration
from staff.account import Role
from staff.web.guard import account, for_roles, staff_pages
from verifier.actions.check_scan import check_scan
from verifier.actions.registration import current_registration
from verifier.asking import asked_items, build_question, choices
from verifier.errors import NothingAsked
from verifier.verdict_document import verdict_document
from verifier.web.desk import HOME, chosen, chosen_in_address
from verifier.web.service import verifier_service
from verifier.web.verdict_view import VerdictView, said, verdict_view
from web.bodies import read_form
from web.flood import limit
from web.headers import PageNeeds, page_needs
from web.problem_rows import Problem, problem

MAX_FORM_BYTES: Final = 32 * 1024  # 4,296 characters, each written as three, and what is asked
# Seconds until a result clears itself; 0 leaves it until somebody moves on.
CLEARING: Final = (5, 10, 30, 0)
_CLEAR: Final = "clear"

bp = Blueprint("verifier_scan", __name__, url_prefix="/verifier", template_folder="templates")
limit(bp, "verifier-scan", per_minute=600)
staff_pages(bp)
bp.context_processor(lambda: {"said": said, "home_url": HOME})


@bp.get("/scan")
@for_roles(Role.ASK)
def page() -> ResponseReturnValue:
    """What to look for; then the camera and the field for a scanner."""
    service, attributes = verifier_service(), chosen_in_address()
    registration = current_registration(service, account().agency, now=service.clock())
    if not attributes and _CLEAR not in request.args:  # nobody has chosen anything yet
        return _choose(registration, None)
    try:
        build_question(registration, attributes, service.settings.registry_url)
    except NothingAsked as error:
        return _choose(registration, problem(error.code)), problem(error.code).status
    page_needs(PageNeeds(scanner=True))
    return render_template(
        "verifier/scan.html",
        items=asked_items(registration, attributes),
        clear=_seconds(request.args.get(_CLEAR)),
    )


def _choose(registration: VerifierRegistration, refused: Problem | None) -> str:
    return render_template(
        "verifier/scan_choice.html",
        choices=choices(registration),
        clearing=CLEARING,
        refused=refused,
    )


@bp.post("/scan")
@for_roles(Role.ASK)
def scan() -> ResponseReturnValue:
    """Judge one code; as JSON for the page, as a page of its own for a browser without scripts."""
    service, form = verifier_service(), read_form(MAX_FORM_BYTES)
    attributes = chosen(form)
    text = form.text_or_none("text") or ""
    try:
        verdict = check_scan(service, account().agency, attributes, text, now=service.clock())
    except (Malformed, Unsupported) as error:
        return _answer(form, attributes, None, problem(error.code))
    return _answer(form, attributes, verdict_view(verdict_document(verdict)), None)


def _answer(
    form: JsonObject,
    attributes: tuple[str, ...],
    verdict: VerdictView | None,
    refused: Problem | None,
) -> ResponseReturnValue:
    status = 200 if refused is None else refused.status
    if request.accept_mimetypes.best == "application/json":
        return jsonify(verdict.to_json() if verdict else _refusal(refused)), status
    seconds = _seconds(form.text_or_none(_CLEAR))
    address = {**dict.fromkeys(attributes, "1"), _CLEAR: str(seconds)}
    following = f"{url_for('verifier_scan.page')}?{urlencode(address)}"
    page = render_template(
        "verifier/scanned.html", verdict=verdict, refused=refused, seconds=seconds, next=following
    )
    return Response(page, status)


def _refusal(refused: Problem | None) -> dict[str, str]:
    return {"code": refused.code if refused else ""}


def _seconds(text: str | None) -> int:
    """How long a result stays; what nobody offered counts as the second shortest."""
    return _OFFERED.get(text or "", CLEARING[1])


_OFFERED: Final = {str(seconds): seconds for seconds in CLEARING}
