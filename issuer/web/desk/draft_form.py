"""`/desk/new-draft` and `…/edit`: the form that follows from the type, and what becomes of it."""

from collections.abc import Mapping, Sequence

from flask import Response, render_template, request, url_for

from credentials.errors import Malformed
from credentials.json_object import JsonObject
from issuer.actions.drafts import get_draft
from issuer.actions.move_draft import move_draft
from issuer.actions.save_draft import correct_draft, save_draft
from issuer.draft import Draft, DraftEvent
from issuer.glance import entered_texts
from issuer.person import PersonRef, parse_person_ref
from issuer.web.desk.room import Noted, bp, desk, form, number, permitted, to
from issuer.web.desk.types_of_agency import choices, find_choice
from schemas.claim_problem import ClaimProblem, ProblemCode, problem
from schemas.credential_type import SUBTYPE_CLAIM, CredentialType
from schemas.csv_header import PERSON_REF
from schemas.errors import InvalidClaims
from schemas.form_fields import form_fields, parse_fields
from schemas.seoul_calendar import day_in_seoul
from staff.account import Role
from staff.web.guard import for_roles

PREFIX = "c."  # before the name of a claim, so that none can pass for a field of the page


@bp.get("/new-draft")
@for_roles(Role.DRAFT)
def new_draft() -> str:
    """Choose a type, then fill its form."""
    permissions = permitted()
    wanted = request.args.get("type")
    if wanted is None:
        return render_template("desk/choose_type.html", choices=choices(permissions))
    choice = find_choice(wanted, permissions)
    texts = {} if choice.subtype is None else {SUBTYPE_CLAIM: choice.subtype.code}
    return _form(choice.type, texts, ())


@bp.post("/drafts")
@for_roles(Role.DRAFT)
def create_draft() -> Response | tuple[str, int]:
    """Save a new draft, or say what is wrong with it."""
    fields, permissions = form(), permitted()
    credential_type = find_choice(fields.text_or_none("type") or "", permissions).type
    texts = _texts(fields)
    try:
        draft_id = _create(fields, credential_type, texts, permissions)
    except InvalidClaims as error:
        person = fields.text_or_none(PERSON_REF) or ""
        return _form(credential_type, texts, error.problems, person=person), 422
    if fields.text_or_none("then") == "submit":
        return to(url_for("desk.list_drafts", did="submit"))
    return to(url_for("desk.show_draft", draft_id=draft_id))


@bp.get("/drafts/<draft_id>/edit")
@for_roles(Role.DRAFT)
def edit_draft(draft_id: str) -> str:
    """The form of a draft that is there."""
    with desk() as at:
        draft = get_draft(at.session, at.context, at.code, draft_id)
        at.note(Noted.DRAFT_OPENED, draft.id)
    return _form(draft.type, entered_texts(draft.type, draft.claims), (), draft=draft)


@bp.post("/drafts/<draft_id>")
@for_roles(Role.DRAFT)
def save_correction(draft_id: str) -> Response | tuple[str, int]:
    """Save a correction, or say what is wrong with it."""
    fields, permissions = form(), permitted()
    with desk() as at:
        draft = get_draft(at.session, at.context, at.code, draft_id)
    texts = _texts(fields)
    try:
        with desk() as at:
            correct_draft(
                at.session,
                at.context,
                at.agency(),
                draft_id,
                parse_fields(draft.type, texts, day_in_seoul(at.now)),
                revision=number(fields, "revision"),
                permissions=permissions,
                clerk=at.clerk.reference,
                now=at.now,
            )
            at.note(Noted.DRAFT_SAVED, draft_id)
    except InvalidClaims as error:
        return _form(draft.type, texts, error.problems, draft=draft), 422
    return to(url_for("desk.show_draft", draft_id=draft_id))


def _create(
    fields: JsonObject,
    credential_type: CredentialType,
    texts: Mapping[str, str],
    permissions: frozenset[str],
) -> str:
    with desk() as at:
        agency, clerk = at.agency(), at.clerk.reference
        draft = save_draft(
            at.session,
            at.context,
            agency,
            credential_type,
            parse_fields(credential_type, texts, day_in_seoul(at.now)),
            person_ref=_person(fields),
            permissions=permissions,
            clerk=clerk,
            now=at.now,
        )
        at.note(Noted.DRAFT_SAVED, draft.id)
        if fields.text_or_none("then") == "submit":
            move_draft(at.session, at.context, agency, draft.id, DraftEvent.SUBMIT, clerk=clerk)
            at.note(Noted.DRAFT_SUBMITTED, draft.id)
    return draft.id


def _form(
    credential_type: CredentialType,
    texts: Mapping[str, str],
    problems: Sequence[ClaimProblem],
    *,
    person: str = "",
    draft: Draft | None = None,
) -> str:
    """The page. What looks like a resident registration number is not even shown again, and a
    reference that has not its form may be one."""
    hidden = {it.where for it in problems if it.code is ProblemCode.RESIDENT_NUMBER}
    hidden |= {it.where for it in problems if it.where == PERSON_REF}
    subtype = texts.get(SUBTYPE_CLAIM)
    shown = [
        field
        for field in form_fields(credential_type)
        if not field.subtypes or subtype in field.subtypes
    ]
    return render_template(
        "desk/draft_form.html",
        type=credential_type,
        fields=shown,
        labels={field.name: field.label for field in shown},
        subtype=subtype,
        texts={name: text for name, text in texts.items() if name not in hidden},
        problems=problems,
        person="" if PERSON_REF in hidden else person,
        draft=draft,
        prefix=PREFIX,
    )


def _texts(fields: JsonObject) -> dict[str, str]:
    """The claims' texts, without the page's own fields."""
    return {
        name.removeprefix(PREFIX): fields.text(name) for name in fields if name.startswith(PREFIX)
    }


def _person(fields: JsonObject) -> PersonRef | None:
    text = fields.text_or_none(PERSON_REF)
    try:
        return None if text is None else parse_person_ref(text)
    except Malformed as error:
        raise InvalidClaims([problem((PERSON_REF,), ProblemCode.WRONG_FORM)]) from error
