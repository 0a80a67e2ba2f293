"""`/sign-in` and `/sign-out`, for clerks and for the people at a verifier's desk."""

from typing import Final

from flask import Blueprint, Response, current_app, render_template, request

from staff.account import Account, Role
from staff.actions.sessions import current, sign_out
from staff.actions.sign_in import sign_in
from staff.errors import SignInDelayed, SignInRefused
from staff.session_rules import ABSOLUTE
from staff.web.guard import COOKIE, staff_service
from web.bodies import read_form
from web.flood import client, limit
from web.own_pages import own_page
from web.same_origin import same_origin_only

MAX_FORM_BYTES: Final = 8 * 1024

bp = Blueprint("sign_in", __name__, template_folder="templates")
same_origin_only(bp)
limit(bp, "sign-in", per_minute=60)


@bp.get("/sign-in")
def page() -> str:
    """The form."""
    return render_template(
        "staff/sign_in.html", name="", refused=None, to=request.args.get("to", "")
    )


@bp.post("/sign-in")
def enter() -> Response:
    """Try a name and a password; then on to the page that was wanted, or the person's own room."""
    service = staff_service()
    form = read_form(MAX_FORM_BYTES)
    name, to = form.text_or_none("name") or "", form.text_or_none("to") or ""
    # What is pasted often brings a space along.
    name, password = name.strip(), (form.text_or_none("password") or "").strip()
    if not name or not password:
        return _again(name, "sign-in-empty", to, 422)
    now = service.clock()
    try:
        token = sign_in(service, name, password, address=client(), now=now)
        with service.database.writing() as session:
            sign_out(session, service, request.cookies.get(COOKIE, ""))  # one browser, one session
            account = current(session, service, token, now)
    except (SignInRefused, SignInDelayed) as error:
        return _again(name, error.code, to, 429 if isinstance(error, SignInDelayed) else 403)
    response = Response(status=303, headers={"Location": own_page(to) or _room(account)})
    response.set_cookie(
        COOKIE,
        token,
        max_age=int(ABSOLUTE.total_seconds()),
        secure=True,
        httponly=True,
        samesite="Strict",
        path="/",
    )
    return response


@bp.post("/sign-out")
def leave() -> Response:
    """End the session."""
    service = staff_service()
    with service.database.writing() as session:
        sign_out(session, service, request.cookies.get(COOKIE, ""))
    response = Response(status=303, headers={"Location": "/"})
    response.delete_cookie(COOKIE, secure=True, httponly=True, samesite="Strict", path="/")
    return response


def _again(name: str, refused: str, to: str, status: int) -> Response:
    """The form once more, with what was wrong."""
    body = render_template("staff/sign_in.html", name=name, refused=refused, to=to)
    return Response(body, status, mimetype="text/html")


def _room(account: Account) -> str:
    if Role.ROOT in account.roles and current_app.url_map.bind("").test("/registry/desk", "GET"):
        return "/registry/desk"  # where the registry is served
    return "/verifier" if Role.ASK in account.roles else "/desk"
