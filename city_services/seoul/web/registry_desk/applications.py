"""`/registry/desk/applications`: what agencies and verifiers want, proposed or refused."""

from flask import Response, render_template, url_for

from city_services.seoul.web.registry_desk.room import (
    ROWS_A_PAGE,
    bp,
    form,
    me,
    office,
    paging,
    to,
)
from credentials.json_object import JsonObject
from did_registry import application_store
from did_registry.actions import applications
from did_registry.actions.root_acts import get_act
from did_registry.application import OPEN, ApplicationState
from did_registry.errors import RefusalReasonNeeded
from did_registry.root_act import Enrol
from did_registry.web.pages_apply import facts, rights
from schemas.catalogue import get
from schemas.credential_type import CredentialType
from staff.account import Role
from staff.web.guard import for_roles
from web.problem_rows import Problem, problem

_CLOSED = tuple(one for one in ApplicationState if one not in OPEN)


@bp.get("/applications")
@for_roles(Role.ROOT)
def list_applications() -> str:
    """Those that wait, whole; and those that were decided about."""
    with office().database.reading() as session:
        waiting = applications.list_applications(session, tuple(OPEN), offset=0, limit=500)
        shown = paging(application_store.count(session, _CLOSED))
        past = applications.list_applications(
            session, _CLOSED, offset=shown.offset, limit=ROWS_A_PAGE
        )
    return render_template(
        "registry_desk/applications.html", waiting=waiting, past=past, paging=shown
    )


@bp.get("/applications/<receipt>")
@for_roles(Role.ROOT)
def show_application(receipt: str) -> str:
    """One of them, beside what it asks for means. That it was read is recorded."""
    return _page(receipt, None)


@bp.post("/applications/<receipt>/propose")
@for_roles(Role.ROOT)
def propose_application(receipt: str) -> Response:
    """Agree, as the first of two people."""
    act = office().propose_enrolment(receipt, by=me())
    return to(url_for("registry_desk.show_act", act_id=act.id))


@bp.post("/applications/<receipt>/refuse")
@for_roles(Role.ROOT)
def refuse_application(receipt: str) -> Response | tuple[str, int]:
    """Refuse it, with a reason that the applicant reads."""
    reason = form().text_or_none("reason") or ""
    try:
        office().refuse_application(receipt, reason, by=me())
    except RefusalReasonNeeded as error:
        row = problem(error.code)
        return _page(receipt, row), row.status
    return to(url_for("registry_desk.show_application", receipt=receipt))


def _page(receipt: str, refused: Problem | None) -> str:
    found = office().open_application(receipt, by=me())
    with office().database.reading() as session:
        act = None if found.act is None else get_act(session, found.act)
    effect = JsonObject({} if act is None or act.effect is None else act.effect)
    return render_template(
        "registry_desk/application.html",
        found=found,
        facts=facts(found.application),
        rights=rights(found.application),
        meanings=_types(found.application.wish),
        act=act,
        did=effect.text_or_none("did"),
        refused=refused,
    )


def _types(wish: Enrol) -> list[CredentialType]:
    """The types whose credentials it would issue or see."""
    attributes = () if wish.asking is None else wish.asking.attributes
    names = [one.partition("/")[0] for one in wish.types]
    return [get(name) for name in dict.fromkeys((*names, *_names(attributes)))]


def _names(attributes: tuple[str, ...]) -> list[str]:
    return [one.partition(".")[0] for one in attributes]
