"""`/verify`: anybody checks a document or a QR code. Nothing of it is stored or logged."""

from typing import Any

from flask import Blueprint, Response, render_template, request

from credentials.errors import Error
from staff.account import Role
from staff.web.guard import account_or_none
from verifier.received import MAX_TEXT_BYTES, read_received, verify_received
from verifier.verdict_document import verdict_document
from verifier.web.desk import HOME
from verifier.web.service import verifier_service
from verifier.web.verdict_view import verdict_view
from web.bodies import read_form
from web.flood import limited
from web.headers import PageNeeds, page_needs
from web.pages import ASSET_MAX_AGE
from web.problem_rows import problem
from web.same_origin import same_origin_only

MAX_FORM_BYTES = 3 * MAX_TEXT_BYTES  # each byte may be written as three

bp = Blueprint(
    "verify",
    __name__,
    template_folder="templates",
    static_folder="static",
    static_url_path="/verify/static",
)
same_origin_only(bp)


@bp.get("/verify")
def page() -> str:
    """A field to paste into, a file, the camera."""
    page_needs(PageNeeds(scanner=True))
    return render_template("verifier/check.html", refused=None)


@bp.post("/verify")
@limited("verify", per_minute=60)
def check() -> str | tuple[str, int]:
    """The word, and every check with its sentence."""
    service = verifier_service()
    sent = read_form(MAX_FORM_BYTES).text_or_none("text", max_chars=MAX_FORM_BYTES) or ""
    try:
        received = read_received(sent.encode())
    except Error as error:
        if "text/html" not in [value for value, _ in request.accept_mimetypes]:
            raise  # a program gets its problem document
        page_needs(PageNeeds(scanner=True))
        row = problem(error.code)
        return render_template("verifier/check.html", refused=row), row.status
    verdict = verify_received(received, service.evidence, service.policy, service.clock())
    view = verdict_view(verdict_document(verdict))
    return render_template("verifier/checked.html", verdict=view, is_code=received.is_code)


@bp.context_processor
def _frame() -> dict[str, Any]:
    """Whoever came from a verifier's desk keeps its menu; everybody else has the open page."""
    clerk = None if request.endpoint == "verify.static" else account_or_none()
    if clerk is None or Role.ASK not in clerk.roles:
        return {"account": None}
    return {"account": clerk, "home_url": HOME}


@bp.after_request
def _cache(response: Response) -> Response:
    if request.endpoint == "verify.static":
        response.headers["Cache-Control"] = f"public, max-age={ASSET_MAX_AGE}"
    return response
