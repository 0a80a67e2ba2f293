"""`/registry/desk`: what waits today."""

from datetime import datetime, timedelta
from typing import Final

from flask import render_template

from city_services.seoul.web.registry_desk.room import ROWS_A_PAGE, bp, me, office
from city_services.seoul.web.registry_desk.service import registry_desk
from did_registry import application_store, store
from did_registry.actions.root_acts import act_of
from did_registry.application import ApplicationState
from did_registry.root_act import OPEN
from did_registry.web.pages_agencies import Agency, Standing, agencies
from staff.account import Role
from staff.web.guard import for_roles

ENDS_SOON: Final = timedelta(days=60)  # nothing is renewed by itself


@bp.get("")
@for_roles(Role.ROOT)
def today() -> str:
    """Applications nobody has read, acts that want this person, rights that end soon."""
    states = [one.value for one in sorted(OPEN)]
    with office().database.reading() as session:
        received = application_store.count(session, [ApplicationState.RECEIVED])
        rows = store.root_acts(session, states, offset=0, limit=ROWS_A_PAGE)
        acts = [act_of(row) for row in rows]
    return render_template(
        "registry_desk/today.html",
        received=received,
        waiting=[act for act in acts if act.proposed_by != me()],
        own=[act for act in acts if act.proposed_by == me()],
        ending=_ending(),
    )


def _ending() -> list[Agency]:
    """Members all of whose rights end soon."""
    pages = registry_desk().pages
    now = pages.clock()
    return [one for one in agencies(pages.view(), now) if _ends_soon(one, now)]


def _ends_soon(one: Agency, now: datetime) -> bool:
    rights = (*one.issues, *one.asks)
    ends = [right.until for right in rights if right.until is not None and right.until > now]
    has_ended = Standing.DEACTIVATED in one.standings
    return bool(ends) and not has_ended and max(ends) < now + ENDS_SOON
