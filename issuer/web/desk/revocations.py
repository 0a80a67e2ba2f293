"""`/desk/revocations`: what is suspended or revoked; and sets to revoke, which take two."""

from collections.abc import Sequence

from flask import Response, render_template, request, url_for

from issuer import desk_store
from issuer.actions.change_status import StatusChange, change_status
from issuer.actions.revoke_set import (
    RevocationState,
    confirm_revocation,
    decline_revocation,
    get_revocation,
    propose_revocation,
    read_revocation,
)
from issuer.errors import NothingChosen, ReasonUnknown, RevocationUnconfirmed
from issuer.web.desk.issued import PICK, issued_lines, issued_list, issued_page
from issuer.web.desk.room import ROWS_A_PAGE, Noted, bp, desk, done, form, to
from schemas.status_reasons import status_reasons
from staff.account import Role
from staff.web.guard import for_roles
from web.problem_rows import problem

MAX_SHOWN = 50
_NOTED = {
    StatusChange.SUSPEND: Noted.SUSPENDED,
    StatusChange.REINSTATE: Noted.REINSTATED,
    StatusChange.REVOKE: Noted.REVOKED,
}


@bp.post("/issued/<entitlement_id>/status")
@for_roles(Role.REVOKE)
def change_one(entitlement_id: str) -> Response | tuple[str, int]:
    """Suspend, reinstate or revoke one; published before this answers."""
    fields = form()
    try:
        change = StatusChange(fields.text_or_none("change") or "")
    except ValueError as error:
        raise ReasonUnknown("suspend, reinstate or revoke") from error
    reason = fields.text_or_none("reason")
    if change is StatusChange.REVOKE and fields.text_or_none("confirmed") is None:
        row = problem(RevocationUnconfirmed.code)
        return issued_page(entitlement_id, row), row.status
    with desk() as at:
        change_status(
            at.session,
            at.context,
            at.agency(),
            entitlement_id,
            change,
            reason=reason,
            now=at.now,
        )
        at.note(_NOTED[change], entitlement_id, reason or "")
    return to(url_for("desk.show_issued", entitlement_id=entitlement_id, done=1))


@bp.get("/revocations")
@for_roles(Role.DRAFT, Role.APPROVE, Role.REVOKE)
def list_revocations() -> str:
    """Proposals that wait, and what is suspended or revoked."""
    page = request.args.get("page", "")
    number = int(page) if page.isascii() and page.isdigit() and 0 < len(page) < 5 else 1
    with desk() as at:
        waiting = desk_store.revocations(
            at.session, at.code, (RevocationState.PROPOSED.value,), limit=MAX_SHOWN
        )
        sets = [read_revocation(row) for row in waiting]
        rows = desk_store.marked(
            at.session,
            at.code,
            offset=max(number - 1, 0) * ROWS_A_PAGE,
            limit=ROWS_A_PAGE + 1,
        )
        lines = issued_lines(at, rows[:ROWS_A_PAGE])
    return render_template(
        "desk/revocations.html",
        sets=sets,
        lines=lines,
        page=max(number, 1),
        more=len(rows) > ROWS_A_PAGE,
        reasons=status_reasons(),
        done=done(),
    )


@bp.post("/revocations")
@for_roles(Role.DRAFT, Role.APPROVE, Role.REVOKE)
def propose_set() -> Response | tuple[str, int]:
    """Propose to revoke what was ticked."""
    fields = form()
    picked = [name.removeprefix(PICK) for name in fields if name.startswith(PICK)]
    try:
        set_id = _propose(picked, fields.text_or_none("reason") or "")
    except (NothingChosen, ReasonUnknown) as error:
        row = problem(error.code)
        with desk() as at:
            return issued_list(at, "", None, None, refused=row, picked=picked), row.status
    return to(url_for("desk.show_set", set_id=set_id))


def _propose(picked: Sequence[str], reason: str) -> str:
    with desk() as at:
        set_id = propose_revocation(
            at.session,
            at.context,
            at.agency(),
            picked,
            reason=reason,
            clerk=at.clerk.reference,
            now=at.now,
        )
        at.note(Noted.SET_PROPOSED, set_id, reason)
    return set_id


@bp.get("/revocations/<set_id>")
@for_roles(Role.DRAFT, Role.APPROVE, Role.REVOKE)
def show_set(set_id: str) -> str:
    """A proposal and what it would revoke."""
    with desk() as at:
        found = get_revocation(at.session, at.code, set_id)
        rows = desk_store.revocation_items(at.session, at.code, set_id)
        lines = issued_lines(at, rows)
        at.note(Noted.SET_OPENED, set_id)
    return render_template(
        "desk/revocation.html", found=found, lines=lines, reason=status_reasons()[found.reason]
    )


@bp.post("/revocations/<set_id>/confirm")
@for_roles(Role.REVOKE)
def confirm_set(set_id: str) -> Response:
    """Revoke them all; published before this answers."""
    with desk() as at:
        confirm_revocation(
            at.session, at.context, at.agency(), set_id, clerk=at.clerk.reference, now=at.now
        )
        at.note(Noted.SET_REVOKED, set_id)
    return to(url_for("desk.show_set", set_id=set_id))


@bp.post("/revocations/<set_id>/decline")
@for_roles(Role.DRAFT, Role.APPROVE, Role.REVOKE)
def decline_set(set_id: str) -> Response:
    """Do not revoke them. Who proposed it takes it back this way; others need the right."""
    with desk() as at:
        if get_revocation(at.session, at.code, set_id).proposed_by != at.clerk.reference:
            at.clerk.require(Role.REVOKE)
        decline_revocation(at.session, at.agency(), set_id, clerk=at.clerk.reference, now=at.now)
        at.note(Noted.SET_DECLINED, set_id)
    return to(url_for("desk.list_revocations", done=1))
