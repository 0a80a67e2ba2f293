"""What all pages of the desk share: the blueprint, its guard, the clerk's transaction, the menu."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Final

from flask import Blueprint, Response, request
from sqlalchemy.orm import Session

from credentials.json_object import JsonObject
from issuer.actions.accreditation import permissions_at
from issuer.actions.agencies import get_agency
from issuer.actions.context import IssuerContext
from issuer.agency import Agency
from issuer.web.service import issuer_service
from schemas.labels import Label
from staff.account import Account, Role
from staff.actions.record_act import Act, record_act
from staff.web.guard import FORM_FIELD, account, staff_pages
from web.bodies import MAX_BODY_BYTES, read_form
from web.flood import client, limit
from web.logs import name_agency
from web.words import language

ROWS_A_PAGE: Final = 40  # a form takes 50 fields, and one of them is a row's tick
MAX_PAGE: Final = 100_000

bp = Blueprint("desk", __name__, url_prefix="/desk", template_folder="../templates")
assets = Blueprint(
    "desk_assets",
    __name__,
    url_prefix="/desk/static",
    static_folder="../static",
    static_url_path="",
)
staff_pages(bp)
limit(bp, "desk", per_minute=600)

# Who sees which room; the order is the order of the work.
_MENU: Final = (
    ("desk.today", "today", frozenset(Role)),
    ("desk.list_drafts", "drafts", frozenset({Role.DRAFT})),
    ("desk.list_approvals", "approvals", frozenset({Role.APPROVE})),
    ("desk.list_issued", "issued", frozenset({Role.DRAFT, Role.APPROVE, Role.REVOKE})),
    ("desk.list_revocations", "revocations", frozenset({Role.DRAFT, Role.APPROVE, Role.REVOKE})),
    ("desk.access_log", "access-log", frozenset({Role.AUDIT})),
)


class Noted(StrEnum):
    """The acts that an agency's record has words for: those of the desk, and those of the
    registry's root, which its own people do at another one."""

    DRAFT_SAVED = "draft-saved"
    DRAFT_OPENED = "draft-opened"
    DRAFT_SUBMITTED = "draft-submitted"
    DRAFT_WITHDRAWN = "draft-withdrawn"
    DRAFT_DISCARDED = "draft-discarded"
    DRAFT_APPROVED = "draft-approved"
    DRAFT_REFUSED = "draft-refused"
    FILE_READ = "file-read"
    FILE_OPENED = "file-opened"
    FILE_SUBMITTED = "file-submitted"
    FILE_DISCARDED = "file-discarded"
    FILE_APPROVED = "file-approved"
    FILE_REFUSED = "file-refused"
    RECORD_OPENED = "record-opened"
    SEARCHED = "searched"
    OFFER_MADE = "offer-made"
    OFFER_OPENED = "offer-opened"
    TX_CODE_OPENED = "tx-code-opened"
    SUSPENDED = "suspended"
    REINSTATED = "reinstated"
    REVOKED = "revoked"
    SET_PROPOSED = "set-proposed"
    SET_OPENED = "set-opened"
    SET_REVOKED = "set-revoked"
    SET_DECLINED = "set-declined"
    LOG_OPENED = "log-opened"
    ROOT_ACT_PROPOSED = "root-act-proposed"
    ROOT_ACT_APPROVED = "root-act-approved"
    ROOT_ACT_WITHDRAWN = "root-act-withdrawn"
    ROOT_ACT_OPENED = "root-act-opened"
    APPLICATION_OPENED = "application-opened"
    APPLICATION_REFUSED = "application-refused"


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """A clerk in one transaction. code: of the agency, which need not be one that issues."""

    session: Session
    context: IssuerContext
    clerk: Account
    now: datetime

    @property
    def code(self) -> str:
        """The clerk's agency."""
        return self.clerk.agency

    def agency(self) -> Agency:
        """The same as an issuer. Raises UnknownAgency."""
        return get_agency(self.session, self.context.settings, self.code)

    def note(self, act: Noted, subject: str, reason: str = "") -> None:
        """Write an act into the agency's record: last, because that locks the record.

        subject: an id. reason: a code, never words that somebody typed.
        """
        noted = Act(name=act.value, subject=subject, reason=reason, address=client())
        record_act(self.session, self.clerk, noted, now=self.now)


@contextmanager
def desk() -> Iterator[Desk]:
    """The one transaction of a request."""
    service, clerk = issuer_service(), account()
    now = service.clock()
    name_agency(clerk.agency)
    with service.database.writing() as session:
        yield Desk(session=session, context=service.context, clerk=clerk, now=now)


def permitted() -> frozenset[str]:
    """What the registry lets the clerk's agency issue now; had before a transaction begins."""
    service = issuer_service()
    now = service.clock()
    with service.database.reading() as session:
        agency = get_agency(session, service.context.settings, account().agency)
    return permissions_at(service.registry.view(now), agency, now)


@dataclass(frozen=True, slots=True, kw_only=True)
class Paging:
    """Which page of a list is shown, from 1, and how many there are."""

    page: int
    pages: int

    @property
    def offset(self) -> int:
        """How many rows stand before it."""
        return (self.page - 1) * ROWS_A_PAGE


def paging(count: int, asked: str | None) -> Paging:
    """The page that was asked for, or the nearest there is."""
    pages = max(1, -(-count // ROWS_A_PAGE))
    page = int(asked) if asked and asked.isascii() and asked.isdigit() and len(asked) < 7 else 1
    return Paging(page=min(max(page, 1), pages), pages=pages)


def form() -> JsonObject:
    """The fields of the form that was sent."""
    return read_form(MAX_BODY_BYTES)


def number(fields: JsonObject, name: str) -> int:
    """A small whole number in a field; 0 for anything else, which is no revision of anything."""
    text = fields.text_or_none(name) or ""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0


def done() -> int | None:
    """How many the page that led here has dealt with, to be told in a message."""
    text = request.args.get("done", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 6 else None


def to(address: str) -> Response:
    """Lead on after a form, so that reloading the page sends nothing twice."""
    return Response(status=303, headers={"Location": address})


@bp.app_template_filter("say")
def say(value: Label | str) -> str:
    """A label in the reader's language; what is a text already stays so."""
    if isinstance(value, str):
        return value
    return value.ko if language() == "ko" else value.en


@bp.context_processor
def _frame() -> dict[str, Any]:
    return {"menu": menu, "home_url": "/desk", "FORM_FIELD": FORM_FIELD}


def menu(clerk: Account | None) -> list[tuple[str, str]]:
    """The rooms that a clerk may enter: endpoint and word."""
    return [
        (endpoint, word) for endpoint, word, roles in _MENU if clerk and clerk.has_any(set(roles))
    ]
