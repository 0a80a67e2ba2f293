"""`/desk/access-log`: who of an agency looked at or did what, for its own auditors."""

from flask import render_template, request

from credentials.json_object import JsonObject
from issuer.web.desk.room import ROWS_A_PAGE, Noted, bp, desk, paging
from schemas.status_reasons import status_reasons
from staff.account import Role
from staff.store import acts, count_acts
from staff.web.guard import for_roles


@bp.get("/access-log")
@for_roles(Role.AUDIT)
def access_log() -> str:
    """The agency's record, newest first. That it was looked at is a line of it."""
    with desk() as at:
        shown = paging(count_acts(at.session, at.code), request.args.get("page"))
        rows = acts(at.session, at.code, offset=shown.offset, limit=ROWS_A_PAGE)
        lines = [(row.at, JsonObject(row.line)) for row in rows]
        at.note(Noted.LOG_OPENED, "access-log", f"page-{shown.page}")
    return render_template(
        "desk/access_log.html", lines=lines, paging=shown, reasons=status_reasons()
    )
