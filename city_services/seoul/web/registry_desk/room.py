"""What all pages of the registry's desk share: the blueprint, its guard, the office, the menu."""

from dataclasses import dataclass, replace
from typing import Any, Final

from flask import Blueprint, Response, request

from city_services.seoul.root_office import RootOffice
from city_services.seoul.web.registry_desk.service import registry_desk
from credentials.data_integrity import parse_timestamp
from credentials.json_object import JsonObject
from staff.errors import NotPermitted
from staff.web.guard import FORM_FIELD, account, staff_pages
from web.bodies import read_form
from web.flood import client, limit
from web.logs import name_agency
from web.pages import format_moment

MAX_FORM_BYTES: Final = 32 * 1024
ROWS_A_PAGE: Final = 40

bp = Blueprint(
    "registry_desk", __name__, url_prefix="/registry/desk", template_folder="../templates"
)
staff_pages(bp)
limit(bp, "registry-desk", per_minute=600)

_MENU: Final = (
    ("registry_desk.today", "today"),
    ("registry_desk.list_applications", "applications"),
    ("registry_desk.list_members", "members"),
    ("registry_desk.list_acts", "acts"),
)


@bp.before_request
def _own_people_only() -> None:
    """The role alone is not enough: it must be held at the root's agency."""
    root = registry_desk().office.desk.root_code
    if account().agency != root:
        raise NotPermitted(f"this desk is for people of {root}")
    name_agency(root)


def office() -> RootOffice:
    """The office, for whoever sits where this request comes from."""
    return replace(registry_desk().office, address=client())


def me() -> str:
    """The reference of who is signed in."""
    return account().reference


@dataclass(frozen=True, slots=True, kw_only=True)
class Paging:
    """Which page of a list is shown, from 1, and how many there are."""

    page: int
    pages: int

    @property
    def offset(self) -> int:
        """How many rows stand before it."""
        return (self.page - 1) * ROWS_A_PAGE


def paging(count: int) -> Paging:
    """The page that the address asks for, or the nearest there is."""
    asked = request.args.get("page", "")
    pages = max(1, -(-count // ROWS_A_PAGE))
    page = int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 7 else 1
    return Paging(page=min(max(page, 1), pages), pages=pages)


def form() -> JsonObject:
    """The fields of the form that was sent."""
    return read_form(MAX_FORM_BYTES)


def to(address: str) -> Response:
    """Lead on after a form, so that reloading the page sends nothing twice."""
    return Response(status=303, headers={"Location": address})


@bp.app_template_filter("instant")
def instant(text: str) -> str:
    """A moment of an act's effect, as people in Seoul read it."""
    return format_moment(parse_timestamp(text))


@bp.context_processor
def _frame() -> dict[str, Any]:
    return {"desk_menu": _MENU, "home_url": "/registry/desk", "FORM_FIELD": FORM_FIELD, "me": me}
