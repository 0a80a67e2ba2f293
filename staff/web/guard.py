"""The guard before pages that take a sign-in: person, role, and the form's token.

A blueprint that is guarded has no open view; a view says which roles may enter with
`@for_roles(...)`, and one that says nothing is refused to everybody.
"""

import hmac
from collections.abc import Callable
from typing import Final, TypeVar

from flask import Blueprint, current_app, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from staff.account import Account, Role
from staff.actions.service import StaffService
from staff.actions.sessions import current, form_token
from staff.errors import FormExpired, NotPermitted, NotSignedIn
from web import bodies, multipart
from web.bodies import MAX_BODY_BYTES, read_form
from web.multipart import read_multipart
from web.problem_rows import problem
from web.same_origin import same_origin_only

EXTENSION: Final = "gwanin.staff"
COOKIE: Final = "__Host-session"
FORM_FIELD: Final = "form_token"

_SAFE: Final = frozenset({"GET", "HEAD", "OPTIONS"})
_View = TypeVar("_View", bound=Callable[..., ResponseReturnValue])


def staff_service() -> StaffService:
    """The staff of the application that answers this request."""
    service: StaffService = current_app.extensions[EXTENSION]
    return service


def account() -> Account:
    """Who is signed in; in guarded views only."""
    found: Account = g.staff_account
    return found


def account_or_none() -> Account | None:
    """Who is signed in, for a page that anybody may see."""
    service, token = staff_service(), request.cookies.get(COOKIE, "")
    if not token:
        return None
    try:
        with service.database.writing() as session:
            return current(session, service, token, service.clock())
    except NotSignedIn:
        return None


def for_roles(*roles: Role) -> Callable[[_View], _View]:
    """Let people with one of these roles see a view of a guarded blueprint."""

    def mark(view: _View) -> _View:
        view.__dict__["staff_roles"] = frozenset(roles)
        return view

    return mark


def takes_upload(max_bytes: int) -> Callable[[_View], _View]:
    """Let a view of a guarded blueprint take a form with a file, of so many bytes in all."""

    def mark(view: _View) -> _View:
        view.__dict__["staff_upload_bytes"] = max_bytes
        return view

    return mark


def staff_pages(blueprint: Blueprint) -> None:
    """Guard every view of a blueprint, now and later."""
    same_origin_only(blueprint)
    blueprint.before_request(_enter)
    # A page that refuses somebody has no account to show.
    blueprint.context_processor(
        lambda: {"account": g.get("staff_account"), "form_token": _form_token}
    )


def allowed_roles(endpoint: str) -> frozenset[Role]:
    """The roles that a view is for; nobody's if it does not say."""
    view = current_app.view_functions[endpoint]
    roles: frozenset[Role] = view.__dict__.get("staff_roles", frozenset())
    return roles


def _enter() -> ResponseReturnValue | None:
    service = staff_service()
    token = request.cookies.get(COOKIE, "")
    try:
        with service.database.writing() as session:
            g.staff_account = current(session, service, token, service.clock())
    except NotSignedIn as error:
        if request.method == "GET":
            return redirect(url_for("sign_in.page", to=request.full_path), 303)
        if "text/html" not in [value for value, _ in request.accept_mimetypes]:
            raise
        return _sign_in_again(error)
    if not g.staff_account.has_any(allowed_roles(request.endpoint or "")):
        raise NotPermitted("this page is for other roles")
    if request.method not in _SAFE:
        _check_form(service, token)
    return None


def _sign_in_again(error: NotSignedIn) -> ResponseReturnValue:
    """The sign-in with word of what happened; it leads back to the work that it interrupted."""
    page = render_template(
        "staff/sign_in.html", name="", refused=error.code, to=_page_above(request.path)
    )
    return page, problem(error.code).status


def _page_above(path: str) -> str:
    """The nearest page at or above the address of a form. Browsers are told to send no referrer."""
    urls = current_app.url_map.bind("")
    while path and not urls.test(path, "GET"):
        path = path.rpartition("/")[0]
    return path


def _check_form(service: StaffService, token: str) -> None:
    sent = _sent_token()
    if not hmac.compare_digest(
        sent.encode("utf-8", "replace"), form_token(service, token).encode()
    ):
        raise FormExpired("the form does not belong to this session")


def _sent_token() -> str:
    match request.mimetype:
        case bodies.FORM:
            return read_form(MAX_BODY_BYTES).text_or_none(FORM_FIELD) or ""
        case multipart.MULTIPART:
            return read_multipart(_upload_bytes()).fields.text_or_none(FORM_FIELD) or ""
        case _:
            return request.headers.get("X-Form-Token", "")


def _upload_bytes() -> int:
    """How large a form with a file may be here; as large as any other where none is expected."""
    view = current_app.view_functions[request.endpoint or ""]
    found: int = view.__dict__.get("staff_upload_bytes", MAX_BODY_BYTES)
    return found


def _form_token() -> str:
    return form_token(staff_service(), request.cookies.get(COOKIE, ""))
