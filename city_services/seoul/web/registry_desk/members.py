"""`/registry/desk/members`: everybody in the registry, and the acts about one of them.

Each act has a page of its own that says in plain words what follows, before it is proposed.
"""

from typing import Final

from flask import Response, render_template, request, url_for

from city_services.seoul.web.registry_desk.room import bp, form, me, office, to
from city_services.seoul.web.registry_desk.service import registry_desk
from did_registry.application import Applicant
from did_registry.application_form import offered
from did_registry.errors import ActRefused
from did_registry.root_act import Accredit, Deactivate, Register, Rotate, Terms
from did_registry.web.pages_agencies import Agency, Standing, agencies, find_by_code
from did_registry.web.pages_keys import KeySpan, key_spans
from staff.account import Role
from staff.web.guard import for_roles
from web.problem_rows import Problem, problem

MAX_SEARCH: Final = 100
TICK: Final = "pick."  # before a right's name
_RENEWED: Final = {"accredit": Applicant.AGENCY, "register": Applicant.VERIFIER}


@bp.get("/members")
@for_roles(Role.ROOT)
def list_members() -> str:
    """Everybody, or who matches a search."""
    pages = registry_desk().pages
    view = pages.view()
    searched = " ".join(request.args.get("q", "")[:MAX_SEARCH].split())
    everybody = agencies(view, pages.clock())
    found = [one for one in everybody if one.matches(searched)]
    return render_template(
        "registry_desk/members.html", view=view, members=found, searched=searched
    )


@bp.get("/members/<code>")
@for_roles(Role.ROOT)
def show_member(code: str) -> str:
    """One of them: rights, keys, and what can be done."""
    return render_template(
        "registry_desk/member.html",
        view=registry_desk().pages.view(),
        member=get_member(code),
        keys=keys_of(code),
        does=_possible(get_member(code)),
    )


@bp.get("/members/<code>/<any(rotate,deactivate,accredit,register):act>")
@for_roles(Role.ROOT)
def confirm_act(code: str, act: str) -> str:
    """What would follow, in plain words."""
    return _confirm(code, act, None)


@bp.post("/members/<code>/<any(rotate,deactivate,accredit,register):act>")
@for_roles(Role.ROOT)
def propose_act(code: str, act: str) -> Response | tuple[str, int]:
    """Propose it; what the registry does not allow is told on the same page."""
    member, fields = get_member(code), form()
    chosen = tuple(name.removeprefix(TICK) for name in fields if name.startswith(TICK))
    try:
        if act not in _possible(member):
            raise ActRefused("this can't be done about this member")
        made = office().propose(_terms(member.code, act, chosen), by=me())
    except ActRefused as error:
        row = problem(error.code)
        return _confirm(code, act, row), row.status
    return to(url_for("registry_desk.show_act", act_id=made.id))


def get_member(code: str) -> Agency:
    """One of the registry, as everybody sees it. Raises UnknownDid."""
    pages = registry_desk().pages
    return find_by_code(agencies(pages.view(), pages.clock()), code)


def keys_of(code: str) -> list[KeySpan]:
    """Every key that a member ever had; none for one whose keys are kept elsewhere."""
    view, member = registry_desk().pages.view(), get_member(code)
    if member.did in view.admitted:
        return []
    return key_spans(view.history(member.did), view.compromised)


def _possible(member: Agency) -> tuple[str, ...]:
    """What can be done about a member."""
    is_here = Standing.ADMITTED not in member.standings
    if Standing.DEACTIVATED in member.standings:
        return ()
    found = {
        "rotate": is_here,
        "accredit": is_here and bool(member.issues),
        "register": is_here and bool(member.asks),
        "deactivate": is_here and Standing.ROOT not in member.standings,
    }
    return tuple(act for act, can in found.items() if can)


def _terms(code: str, act: str, chosen: tuple[str, ...]) -> Terms:
    """chosen: other types or attributes than until now, or ()."""
    match act:
        case "rotate":
            return Rotate(code=code)
        case "deactivate":
            return Deactivate(code=code)
        case "accredit":
            return Accredit(code=code, types=chosen)
        case _:
            return Register(code=code, attributes=chosen)


def _confirm(code: str, act: str, refused: Problem | None) -> str:
    applicant = _RENEWED.get(act)
    return render_template(
        "registry_desk/confirm.html",
        member=get_member(code),
        act=act,
        offered=() if applicant is None else offered(applicant),
        tick=TICK,
        refused=refused,
    )
