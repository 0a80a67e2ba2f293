"""`/desk/drafts`: what a clerk prepares by a form that follows from the type."""

from flask import Response, render_template, request, url_for

from issuer import desk_store
from issuer.actions.drafts import get_draft, read_draft
from issuer.actions.move_draft import move_draft
from issuer.draft import DraftEvent, DraftState
from issuer.glance import claim_lines, glance
from issuer.web.desk.room import ROWS_A_PAGE, Noted, bp, desk, paging, to
from staff.account import Role
from staff.web.guard import for_roles

_LISTED = (DraftState.REFUSED.value, DraftState.DRAFTED.value, DraftState.SUBMITTED.value)
_MOVES = {
    "submit": (DraftEvent.SUBMIT, Noted.DRAFT_SUBMITTED),
    "withdraw": (DraftEvent.WITHDRAW, Noted.DRAFT_WITHDRAWN),
    "discard": (DraftEvent.DISCARD, Noted.DRAFT_DISCARDED),
}


@bp.get("/drafts")
@for_roles(Role.DRAFT)
def list_drafts() -> str:
    """The agency's drafts that are not decided about, names half hidden."""
    with desk() as at:
        shown = paging(
            desk_store.count_drafts(at.session, at.code, _LISTED), request.args.get("page")
        )
        rows = desk_store.drafts(
            at.session, at.code, _LISTED, offset=shown.offset, limit=ROWS_A_PAGE
        )
        drafts = [read_draft(at.context, row) for row in rows]
    lines = [(draft, glance(draft.type, draft.claims)) for draft in drafts]
    did = request.args.get("did", "")
    return render_template(
        "desk/drafts.html", lines=lines, paging=shown, did=did if did in _MOVES else None
    )


@bp.get("/drafts/<draft_id>")
@for_roles(Role.DRAFT)
def show_draft(draft_id: str) -> str:
    """One draft, whole."""
    with desk() as at:
        draft = get_draft(at.session, at.context, at.code, draft_id)
        at.note(Noted.DRAFT_OPENED, draft.id)
    return render_template(
        "desk/draft.html", draft=draft, lines=claim_lines(draft.type, draft.claims)
    )


@bp.post("/drafts/<draft_id>/submit")
@for_roles(Role.DRAFT)
def submit_draft(draft_id: str) -> Response:
    """Hand it in."""
    return _move(draft_id, "submit")


@bp.post("/drafts/<draft_id>/withdraw")
@for_roles(Role.DRAFT)
def withdraw_draft(draft_id: str) -> Response:
    """Take it back."""
    return _move(draft_id, "withdraw")


@bp.post("/drafts/<draft_id>/discard")
@for_roles(Role.DRAFT)
def discard_draft(draft_id: str) -> Response:
    """Give it up."""
    return _move(draft_id, "discard")


def _move(draft_id: str, name: str) -> Response:
    event, noted = _MOVES[name]
    with desk() as at:
        move_draft(at.session, at.context, at.agency(), draft_id, event, clerk=at.clerk.reference)
        at.note(noted, draft_id)
    return to(url_for("desk.list_drafts", did=name))
