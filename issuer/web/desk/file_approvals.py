"""`/desk/approvals/files`: a colleague's file, decided about as one set, approved step by step."""

from flask import Response, render_template, request, url_for

from issuer import desk_store
from issuer.actions.drafts import get_batch, read_draft
from issuer.actions.review_batch import approve_next_rows, progress, refuse_batch
from issuer.batch import NOT_HANDED_IN
from issuer.draft import DraftState
from issuer.errors import UnknownDraft
from issuer.glance import claim_lines
from issuer.web.desk.room import (
    ROWS_A_PAGE,
    Noted,
    bp,
    desk,
    form,
    paging,
    permitted,
    to,
)
from staff.account import Role
from staff.web.guard import for_roles


@bp.get("/approvals/files/<batch_id>")
@for_roles(Role.APPROVE)
def show_file_approval(batch_id: str) -> str:
    """The lines of a file, whole, and how far its approval is."""
    with desk() as at:
        batch = get_batch(at.session, at.context, at.code, batch_id)
        if batch.state in NOT_HANDED_IN:
            raise UnknownDraft("there is no file with this id")
        shown = paging(batch.accepted, request.args.get("page"))
        rows = desk_store.drafts(
            at.session,
            at.code,
            list(DraftState),
            offset=shown.offset,
            limit=ROWS_A_PAGE,
            batch_id=batch.id,
        )
        drafts = [read_draft(at.context, row) for row in rows]
        reached = progress(at.session, at.code, batch.id, total=batch.accepted)
        at.note(Noted.FILE_OPENED, batch.id, f"page-{shown.page}")
    return render_template(
        "desk/file_approval.html",
        batch=batch,
        lines=[(draft, claim_lines(draft.type, draft.claims)) for draft in drafts],
        paging=shown,
        reached=reached,
    )


@bp.post("/approvals/files/<batch_id>/approve")
@for_roles(Role.APPROVE)
def approve_file(batch_id: str) -> Response:
    """Approve the next rows; the page then says how far it is, and goes on."""
    permissions = permitted()
    with desk() as at:
        approve_next_rows(
            at.session,
            at.context,
            at.agency(),
            batch_id,
            permissions=permissions,
            clerk=at.clerk.reference,
            now=at.now,
        )
        at.note(Noted.FILE_APPROVED, batch_id)
    return to(url_for("desk.show_file_approval", batch_id=batch_id))


@bp.post("/approvals/files/<batch_id>/refuse")
@for_roles(Role.APPROVE)
def refuse_file(batch_id: str) -> Response:
    """Give a file back with a reason."""
    reason = form().text_or_none("reason") or ""
    with desk() as at:
        refuse_batch(
            at.session,
            at.context,
            at.agency(),
            batch_id,
            reason=reason,
            clerk=at.clerk.reference,
            now=at.now,
        )
        at.note(Noted.FILE_REFUSED, batch_id)
    return to(url_for("desk.list_approvals", done=1))
