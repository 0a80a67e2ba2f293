"""`/desk/issued`: what was approved; found by whole values, opened one by one."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from flask import render_template, request

from credentials.status.bits import State
from issuer import desk_store
from issuer.actions.entitlements import read_entitlement
from issuer.actions.search import search_digest
from issuer.entitlement import Entitlement, is_entitlement_id
from issuer.errors import UnknownEntitlement
from issuer.glance import claim_lines, glance
from issuer.models import EntitlementRow, StatusEntryRow
from issuer.standing import Standing, standing
from issuer.web.desk.room import ROWS_A_PAGE, Desk, Noted, bp, desk, done, form, paging
from schemas.status_reasons import ReasonState, status_reasons
from staff.account import Role
from staff.web.guard import for_roles
from web.problem_rows import Problem

PICK = "pick."
SHORT = 6  # characters of an id


@dataclass(frozen=True, slots=True, kw_only=True)
class IssuedLine:
    """One row of a list."""

    entitlement: Entitlement
    name: str
    standing: Standing
    approved_at: datetime

    @property
    def number(self) -> str:
        """Enough of the id to tell apart what was approved at one time; it is sorted by it."""
        return self.entitlement.id.partition("_")[2][:SHORT]


@bp.get("/issued")
@for_roles(Role.DRAFT, Role.APPROVE, Role.REVOKE)
def list_issued() -> str:
    """The newest first, names half hidden."""
    with desk() as at:
        return issued_list(at, "", None, request.args.get("page"))


@bp.post("/issued")
@for_roles(Role.DRAFT, Role.APPROVE, Role.REVOKE)
def search_issued() -> str:
    """Find by a whole value: with a form, so that no name stays in a browser's history."""
    fields = form()
    text = fields.text_or_none("q") or ""
    with desk() as at:
        digest = search_digest(at.context, at.code, text)
        page = issued_list(at, text, digest, fields.text_or_none("page"))
        at.note(Noted.SEARCHED, "issued")
    return page


@bp.get("/issued/<entitlement_id>")
@for_roles(Role.DRAFT, Role.APPROVE, Role.REVOKE)
def show_issued(entitlement_id: str) -> str:
    """One of them, whole."""
    return issued_page(entitlement_id)


def issued_page(entitlement_id: str, refused: Problem | None = None) -> str:
    """Its page, also with word of what was refused there."""
    with desk() as at:
        entitlement = find_issued(at, entitlement_id)
        copies = desk_store.statuses(at.session, at.code, [entitlement_id])
        offer = desk_store.last_offer(at.session, at.code, entitlement_id)
        at.note(Noted.RECORD_OPENED, entitlement_id)
    reasons = status_reasons().values()
    return render_template(
        "desk/issued.html",
        entitlement=entitlement,
        lines=claim_lines(entitlement.type, entitlement.claims),
        standing=_standing(at, entitlement, copies),
        copies=copies,
        reasons=status_reasons(),
        suspending=[reason for reason in reasons if reason.state is ReasonState.SUSPENDED],
        revoking=[reason for reason in reasons if reason.state is ReasonState.REVOKED],
        has_offer=offer is not None,
        is_open=entitlement.is_open(at.now),
        done=done(),
        refused=refused,
    )


def find_issued(at: Desk, entitlement_id: str) -> Entitlement:
    """The agency's entitlement. Raises UnknownEntitlement, also for another agency's."""
    known = is_entitlement_id(entitlement_id)
    row = desk_store.find(at.session, at.code, EntitlementRow, entitlement_id) if known else None
    if row is None:
        raise UnknownEntitlement("there is no entitlement with this id")
    return read_entitlement(at.context, row)


def issued_lines(at: Desk, rows: Sequence[EntitlementRow]) -> list[IssuedLine]:
    """Rows as a list shows them."""
    copies = desk_store.statuses(at.session, at.code, [row.id for row in rows])
    entitlements = [read_entitlement(at.context, row) for row in rows]
    return [
        IssuedLine(
            entitlement=found,
            name=glance(found.type, found.claims),
            standing=_standing(at, found, [it for it in copies if it.entitlement_id == found.id]),
            approved_at=row.created,
        )
        for row, found in zip(rows, entitlements, strict=True)
    ]


def issued_list(
    at: Desk,
    text: str,
    digest: bytes | None,
    page: str | None,
    *,
    refused: Problem | None = None,
    picked: Collection[str] = (),
) -> str:
    """A page of the list; with word of what was refused there, and what was ticked."""
    count = desk_store.count_entitlements(at.session, at.code, digest=digest)
    shown = paging(count, page)
    rows = desk_store.entitlements(
        at.session, at.code, digest=digest, offset=shown.offset, limit=ROWS_A_PAGE
    )
    reasons = status_reasons().values()
    return render_template(
        "desk/issued_list.html",
        lines=issued_lines(at, rows),
        count=count,
        paging=shown,
        q=text,
        revoking=[reason for reason in reasons if reason.state is ReasonState.REVOKED],
        pick=PICK,
        refused=refused,
        picked=picked,
    )


def _standing(at: Desk, entitlement: Entitlement, copies: Sequence[StatusEntryRow]) -> Standing:
    return standing(
        entitlement.state,
        [State(copy.state) for copy in copies],
        claim_by=entitlement.claim_by,
        now=at.now,
    )
