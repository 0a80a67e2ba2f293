"""`/desk/files`: a CSV file becomes drafts, after a look at what was refused."""

import csv
import io
from codecs import BOM_UTF8

from flask import Response, render_template, url_for

from credentials.errors import Error, TooLarge
from issuer import desk_store
from issuer.actions.drafts import get_batch, read_batch, read_draft
from issuer.actions.read_file import read_file
from issuer.actions.review_batch import discard_batch, submit_batch
from issuer.batch import BatchState
from issuer.csv_rows import MAX_CSV_BYTES
from issuer.draft import DraftState
from issuer.errors import CsvUnreadable, NothingChosen
from issuer.glance import glance
from issuer.web.desk.room import ROWS_A_PAGE, Noted, bp, desk, permitted, say, to
from issuer.web.desk.types_of_agency import Choice, choices, find_choice
from issuer.web.service import issuer_service
from schemas.claim_problem import problem_texts
from schemas.errors import InvalidClaims
from schemas.form_fields import FormField, form_fields
from staff.account import Role
from staff.web.guard import account, for_roles, takes_upload
from web.multipart import Multipart, read_multipart
from web.problem_rows import problem
from web.words import language

MAX_UPLOAD_BYTES = MAX_CSV_BYTES + 64 * 1024  # the file, and the form around it
MAX_SHOWN = 50


@bp.get("/files")
@for_roles(Role.DRAFT)
def list_files() -> str:
    """The agency's files, and the form for another one."""
    return _page("", None)


@bp.get("/files/columns/<path:name>")
@for_roles(Role.DRAFT)
def empty_file(name: str) -> Response:
    """A file with the heading alone, to be filled in: spreadsheets know it by its first bytes."""
    heading = io.StringIO()
    fields = _columns(find_choice(name, permitted()))
    csv.writer(heading).writerow([say(field.label) for field in fields])
    response = Response(BOM_UTF8 + heading.getvalue().encode(), mimetype="text/csv")
    response.headers.set("Content-Disposition", "attachment", filename="columns.csv")
    return response


def _page(chosen: str, refused: Error | None) -> str:
    offered = choices(permitted())
    with desk() as at:
        rows = desk_store.batches(at.session, at.code, list(BatchState), limit=MAX_SHOWN)
        files = [read_batch(at.context, row) for row in rows]
    columns = [(choice, _columns(choice)) for choice in offered]
    return render_template(
        "desk/files.html",
        files=files,
        columns=columns,
        chosen=chosen,
        refused=None if refused is None else problem(refused.code),
        details=_details(refused, columns),
    )


@bp.post("/files")
@takes_upload(MAX_UPLOAD_BYTES)
@for_roles(Role.DRAFT)
def bring_file() -> Response | tuple[str, int]:
    """Read a file; its report is the next page, or this one again if it could not be read."""
    sent, permissions = read_multipart(MAX_UPLOAD_BYTES), permitted()
    choice = find_choice(sent.fields.text_or_none("type") or "", permissions)
    try:
        batch_id = _read(sent, choice, permissions)
    except (CsvUnreadable, InvalidClaims, NothingChosen, TooLarge) as error:
        return _page(choice.name, error), problem(error.code).status
    return to(url_for("desk.show_file", batch_id=batch_id))


def _read(sent: Multipart, choice: Choice, permissions: frozenset[str]) -> str:
    file = sent.files.get("file")
    if file is None:
        raise NothingChosen("choose a file")
    service = issuer_service()
    with desk() as at:
        agency, now = at.agency(), at.now
    batch_id = read_file(
        service.database,
        service.context,
        agency,
        choice.type,
        file.data,
        file_name=file.name,
        permissions=permissions,
        clerk=account().reference,
        now=now,
    )
    with desk() as at:
        at.note(Noted.FILE_READ, batch_id)
    return batch_id


@bp.get("/files/<batch_id>")
@for_roles(Role.DRAFT)
def show_file(batch_id: str) -> str:
    """What became of a file's rows, before anybody else sees them."""
    with desk() as at:
        batch = get_batch(at.session, at.context, at.code, batch_id)
        rows = desk_store.drafts(
            at.session, at.code, list(DraftState), offset=0, limit=ROWS_A_PAGE, batch_id=batch.id
        )
        drafts = [read_draft(at.context, row) for row in rows]
        failed = desk_store.count_drafts(
            at.session, at.code, (DraftState.REFUSED.value,), batch_id=batch.id
        )
        at.note(Noted.FILE_OPENED, batch.id)
    return render_template(
        "desk/file.html",
        batch=batch,
        cells=[(cell, _sentence(cell.code)) for cell in batch.refusals],
        labels={field.name: field.label for field in form_fields(batch.type)},
        lines=[(draft, glance(draft.type, draft.claims)) for draft in drafts],
        failed=failed,
        sentence=_sentence,
    )


@bp.post("/files/<batch_id>/submit")
@for_roles(Role.DRAFT)
def submit_file(batch_id: str) -> Response:
    """Hand the accepted rows in as one set."""
    with desk() as at:
        submit_batch(at.session, at.agency(), batch_id, clerk=at.clerk.reference)
        at.note(Noted.FILE_SUBMITTED, batch_id)
    return to(url_for("desk.show_file", batch_id=batch_id))


@bp.post("/files/<batch_id>/discard")
@for_roles(Role.DRAFT)
def discard_file(batch_id: str) -> Response:
    """Give it up."""
    with desk() as at:
        discard_batch(at.session, at.agency(), batch_id, clerk=at.clerk.reference)
        at.note(Noted.FILE_DISCARDED, batch_id)
    return to(url_for("desk.show_file", batch_id=batch_id))


def _columns(choice: Choice) -> list[FormField]:
    """The columns that a file of this kind may have."""
    subtype = choice.subtype.code if choice.subtype else None
    fields = form_fields(choice.type)
    return [field for field in fields if not field.subtypes or subtype in field.subtypes]


def _details(error: Error | None, columns: list[tuple[Choice, list[FormField]]]) -> list[str]:
    """What is wrong with a heading, column by column, in the reader's language."""
    if not isinstance(error, InvalidClaims):
        return []
    labels = {field.name: say(field.label) for _, fields in columns for field in fields}
    korean = language() == "ko"
    return [
        f"{labels.get(it.where, it.where)}: {it.detail_ko if korean else it.detail_en}"
        for it in error.problems
    ]


def _sentence(code: str) -> str:
    """A code's sentence in the reader's language: of a cell, or of a row as a whole."""
    texts = problem_texts().get(code)
    if texts is not None:
        return texts["ko" if language() == "ko" else "en"]
    row = problem(code)
    return row.title_ko if language() == "ko" else row.title_en
