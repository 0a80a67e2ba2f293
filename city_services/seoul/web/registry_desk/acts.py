"""`/registry/desk/acts`: what one person has proposed, and a second one decides about."""

from flask import Response, render_template, url_for

from city_services.seoul.web.registry_desk.room import ROWS_A_PAGE, bp, me, office, paging, to
from did_registry import application_store, store
from did_registry.actions.root_acts import act_of
from did_registry.root_act import OPEN, ActState
from did_registry.web.pages_agencies import attribute_label, permission_label
from staff.account import Role
from staff.web.guard import for_roles

_OPEN = [one.value for one in ActState if one in OPEN]
_CLOSED = [one.value for one in ActState if one not in OPEN]


@bp.get("/acts")
@for_roles(Role.ROOT)
def list_acts() -> str:
    """Open acts, and those that are done or were withdrawn."""
    with office().database.reading() as session:
        waiting = store.root_acts(
            session, _OPEN, offset=0, limit=store.count_root_acts(session, _OPEN)
        )
        shown = paging(store.count_root_acts(session, _CLOSED))
        past = store.root_acts(session, _CLOSED, offset=shown.offset, limit=ROWS_A_PAGE)
        open_acts, closed = [act_of(row) for row in waiting], [act_of(row) for row in past]
    return render_template("registry_desk/acts.html", waiting=open_acts, past=closed, paging=shown)


@bp.get("/acts/<act_id>")
@for_roles(Role.ROOT)
def show_act(act_id: str) -> str:
    """One act: what it does, who wants it, and what came of it. That it was read is recorded."""
    act = office().open_act(act_id, by=me())
    with office().database.reading() as session:
        row = application_store.find_by_act(session, act.id)
        receipt = None if row is None else row.receipt
    return render_template(
        "registry_desk/act.html",
        act=act,
        terms=act.terms,
        receipt=receipt,
        permission=permission_label,
        attribute=attribute_label,
    )


@bp.post("/acts/<act_id>/approve")
@for_roles(Role.ROOT)
def approve_act(act_id: str) -> Response:
    """Be the second person; it takes effect before this answers."""
    office().approve(act_id, by=me())
    return to(url_for("registry_desk.show_act", act_id=act_id))


@bp.post("/acts/<act_id>/withdraw")
@for_roles(Role.ROOT)
def withdraw_act(act_id: str) -> Response:
    """Give it up; either of two people may."""
    office().withdraw(act_id, by=me())
    return to(url_for("registry_desk.show_act", act_id=act_id))
