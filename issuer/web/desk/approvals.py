"""`/desk/approvals`: what colleagues have handed in. Many are decided about with one form."""

from collections import Counter

from flask import Response, render_template, request, url_for

from credentials.errors import Error
from issuer import desk_store
from issuer.actions.drafts import get_draft, read_batch, read_draft
from issuer.actions.review_draft import approve_draft, refuse_draft
from issuer.batch import BatchState
from issuer.draft import NOT_HANDED_IN, DraftState
from issuer.errors import NothingChosen, UnknownDraft
from issuer.glance import claim_lines
from issuer.web.desk.room import (
    ROWS_A_PAGE,
    Desk,
    Noted,
    bp,
    desk,
    done,
    form,
    number,
    paging,
    permitted,
    to,
)
from staff.account import Role
from staff.web.guard import for_roles
from web.problem_rows import Problem, problem

PICK = "pick."  # before a draft's id; the value is the revision that the approver has read
_WAITING = (DraftState.SUBMITTED.value,)
_FILES = (BatchState.SUBMITTED.value, BatchState.APPROVING.value)
MAX_FILES = 20


@bp.get("/approvals")
@for_roles(Role.APPROVE)
def list_approvals() -> str:
    """All that waits, whole: who ticks a row has read it, and that they did is recorded."""
    return _list(Counter())


@bp.post("/approvals")
@for_roles(Role.APPROVE)
def approve_picked() -> Response | str | tuple[str, int]:
    """Approve what was ticked, each by itself; what could not be is told and stays."""
    fields = form()
    # In one order, so that two approvers never wait for each other's rows.
    picked = sorted(name.removeprefix(PICK) for name in fields if name.startswith(PICK))
    if not picked:
        row = problem(NothingChosen.code)
        return _list(Counter(), row), row.status
    permissions = permitted()
    failed: Counter[str] = Counter()
    with desk() as at:
        approved = [
            draft_id
            for draft_id in picked
            if _approve(at, draft_id, number(fields, PICK + draft_id), permissions, failed)
        ]
        for draft_id in approved:
            at.note(Noted.DRAFT_APPROVED, draft_id)
    if failed:
        return _list(failed)
    return to(url_for("desk.list_approvals", done=len(approved)))


@bp.get("/approvals/<draft_id>")
@for_roles(Role.APPROVE)
def show_approval(draft_id: str) -> str:
    """One of them, by itself."""
    with desk() as at:
        draft = get_draft(at.session, at.context, at.code, draft_id)
        if draft.state in NOT_HANDED_IN:
            raise UnknownDraft("there is no draft with this id")
        at.note(Noted.DRAFT_OPENED, draft.id)
    return render_template(
        "desk/approval.html",
        draft=draft,
        lines=claim_lines(draft.type, draft.claims),
        done=done(),
    )


@bp.post("/approvals/<draft_id>/approve")
@for_roles(Role.APPROVE)
def approve_one(draft_id: str) -> Response:
    """Approve one, and go on to the next that waits."""
    fields, permissions = form(), permitted()
    with desk() as at:
        approve_draft(
            at.session,
            at.context,
            at.agency(),
            draft_id,
            revision=number(fields, "revision"),
            permissions=permissions,
            clerk=at.clerk.reference,
            now=at.now,
        )
        following = _next(at)
        at.note(Noted.DRAFT_APPROVED, draft_id)
    return to(following)


@bp.post("/approvals/<draft_id>/refuse")
@for_roles(Role.APPROVE)
def refuse_one(draft_id: str) -> Response:
    """Give one back with a reason, and go on to the next."""
    fields = form()
    with desk() as at:
        refuse_draft(
            at.session,
            at.context,
            at.agency(),
            draft_id,
            revision=number(fields, "revision"),
            reason=fields.text_or_none("reason") or "",
            clerk=at.clerk.reference,
            now=at.now,
        )
        following = _next(at)
        at.note(Noted.DRAFT_REFUSED, draft_id)
    return to(following)


def _list(failed: Counter[str], refused: Problem | None = None) -> str:
    with desk() as at:
        shown = paging(
            desk_store.count_drafts(at.session, at.code, _WAITING), request.args.get("page")
        )
        rows = desk_store.drafts(
            at.session, at.code, _WAITING, offset=shown.offset, limit=ROWS_A_PAGE
        )
        drafts = [read_draft(at.context, row) for row in rows]
        found = desk_store.batches(at.session, at.code, _FILES, limit=MAX_FILES)
        files = [read_batch(at.context, row) for row in found]
        for draft in drafts:
            at.note(Noted.DRAFT_OPENED, draft.id)
    return render_template(
        "desk/approvals.html",
        lines=[(draft, claim_lines(draft.type, draft.claims)) for draft in drafts],
        files=files,
        paging=shown,
        done=done(),
        failed=_told(failed),
        refused=refused,
        pick=PICK,
    )


def _approve(
    at: Desk, draft_id: str, revision: int, permissions: frozenset[str], failed: Counter[str]
) -> bool:
    try:
        with at.session.begin_nested():
            approve_draft(
                at.session,
                at.context,
                at.agency(),
                draft_id,
                revision=revision,
                permissions=permissions,
                clerk=at.clerk.reference,
                now=at.now,
            )
    except Error as error:
        if problem(error.code).status == 500:
            raise  # Our own failure is not the clerk's to be told row by row.
        failed[error.code] += 1
        return False
    return True


def _told(failed: Counter[str]) -> list[tuple[Problem, int]]:
    return [(problem(code), count) for code, count in failed.items()]


def _next(at: Desk) -> str:
    """The next draft that this clerk may decide about, or else the list."""
    rows = desk_store.drafts(at.session, at.code, _WAITING, offset=0, limit=ROWS_A_PAGE)
    for row in rows:
        if row.drafted_by != at.clerk.reference:
            return url_for("desk.show_approval", draft_id=row.id, done=1)
    return url_for("desk.list_approvals", done=1)
