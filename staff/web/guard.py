"""The guard before pages that take a sign-in: person, role, and the form's token.

A blueprint that is guarded has no open view; a view says which roles may enter with
`@for_roles(...)`, and one that says nothing is refused to everybody.
"""

import hmac
from collections.abc import Callable
from typing import Final, TypeVar

from flask import Blueprint, current_app, g, redirect, request, url_for
from flask.typing import ResponseReturnValue

from staff.account import Account, Role
from staff.actions.service import StaffService
from staff.actions.sessions import current, form_token
from staff.errors import FormExpired, NotPermitted, NotSignedIn
from web.bodies import FORM, MAX_BODY_BYTES, read_form
from web.same_origin import same_origin_only

EXTENSION: Final = "gwanin.staff"
COOKIE: Final = "__Host-session"
FORM_FIELD: Final = "form_token"

_View = TypeVar("_View", bound=Callable[..., ResponseReturnValue])


def staff_service() -> StaffService:
    """The staff of the application that answers this request."""
    service: StaffService = current_app.extensions[EXTENSION]
    return service


def account() -> Account:
    """Who is signed in; in guarded views only."""
    found: Account = g.staff_account
    return found


def for_roles(*roles: Role) -> Callable[[_View], _View]:
    """Let people with one of these roles see a view of a guarded blueprint."""

    def mark(view: _View) -> _View:
        view.__dict__["staff_roles"] = frozenset(roles)
        return view

    return mark


def staff_pages(blueprint: Blueprint) -> None:
    """Guard every view of a blueprint, now and later."""
    same_origin_only(blueprint)
    blueprint.before_request(_enter)
    blueprint.context_processor(lambda: {"account": account(), "form_token": _form_token})


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
    except NotSignedIn:
        if request.method == "GET":
            return redirect(url_for("sign_in.page", to=request.full_path), 303)
        raise
    if not g.staff_account.has_any(allowed_roles(request.endpoint or "")):
        raise NotPermitted("this page is for other roles")
    if request.method == "POST":
        _check_form(service, token)
    return None


def _check_form(service: StaffService, token: str) -> None:
    sent = _sent_token()
    if not hmac.compare_digest(sent.encode(), form_token(service, token).encode()):
        raise FormExpired("the form does not belong to this session")


def _sent_token() -> str:
    if request.mimetype == FORM:
        return read_form(MAX_BODY_BYTES).text_or_none(FORM_FIELD) or ""
    return request.headers.get("X-Form-Token", "")


def _form_token() -> str:
    return form_token(staff_service(), request.cookies.get(COOKIE, ""))
