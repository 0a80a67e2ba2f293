"""`/registry/desk/members/{code}/compromise`: what a stolen key puts in doubt, and declaring it.

It takes effect at once, so what would follow is shown before, and said to have been read.
"""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Final

from flask import Response, render_template, request, url_for

from city_services.seoul.web.registry_desk.members import get_member, keys_of
from city_services.seoul.web.registry_desk.room import bp, form, me, office, to
from city_services.seoul.web.registry_desk.service import registry_desk
from credentials.claims import Claims
from credentials.errors import Malformed
from did_registry.actions.declare_compromise import find_affected
from did_registry.admission import is_self_describing
from did_registry.errors import ActRefused, UnknownDid
from did_registry.root_act import DeclareCompromise
from did_registry.web.pages_agencies import Agency, Standing
from schemas.seoul_calendar import SEOUL
from staff.account import Role
from staff.web.guard import for_roles
from web.problem_rows import Problem, problem

_MOMENT: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}")


@bp.get("/members/<code>/compromise")
@for_roles(Role.ROOT)
def choose_key(code: str) -> str | tuple[str, int]:
    """Which key, and since when; then what would follow."""
    if not request.args:
        return _page(code, request.args, None, None)
    return _previewed(code, request.args)


@bp.post("/members/<code>/compromise")
@for_roles(Role.ROOT)
def declare(code: str) -> Response | str | tuple[str, int]:
    """Declare it; the log has it before this answers."""
    fields = form()
    texts = {name: fields.text(name) for name in ("key", "since") if name in fields}
    if fields.text_or_none("confirmed") is None:
        return _previewed(code, texts)
    try:
        act = office().propose(_terms(get_member(code), texts), by=me())
    except (ActRefused, Malformed, UnknownDid) as error:
        row = problem(error.code)
        return _page(code, texts, None, row), row.status
    return to(url_for("registry_desk.show_act", act_id=act.id))


def parse_moment(text: str) -> datetime:
    """Read `2026-03-13T14:30` as it is said in Seoul. Raises Malformed."""
    try:
        if not _MOMENT.fullmatch(text):
            raise ValueError
        return datetime.fromisoformat(text).replace(tzinfo=SEOUL).astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise Malformed("a moment is a day and a time of day, such as 2026-03-13T14:30") from error


def _previewed(code: str, texts: Mapping[str, str]) -> str | tuple[str, int]:
    pages = registry_desk().pages
    try:
        terms = _terms(get_member(code), texts)
        with pages.database.reading() as session:
            affected = find_affected(session, terms, now=pages.clock())
    except (ActRefused, Malformed) as error:
        row = problem(error.code)
        return _page(code, texts, None, row), row.status
    return _page(code, texts, affected, None)


def _terms(member: Agency, texts: Mapping[str, str]) -> DeclareCompromise:
    is_elsewhere = Standing.ADMITTED in member.standings
    return DeclareCompromise(
        code=member.did if is_elsewhere else member.code,
        key=texts.get("key", ""),
        since=parse_moment(texts.get("since", "")),
    )


def _page(
    code: str, texts: Mapping[str, str], affected: list[Claims] | None, refused: Problem | None
) -> str:
    """affected: None while nothing was chosen."""
    member = get_member(code)
    names = [key.name for key in keys_of(code)] or _own_names(member.did)
    return render_template(
        "registry_desk/compromise.html",
        member=member,
        names=list(dict.fromkeys(names)),
        chosen=texts,
        since=parse_moment(texts["since"]) if affected is not None else None,
        affected=affected,
        refused=refused,
    )


def _own_names(did: str) -> list[str]:
    """The name of the key of a DID that is its own key; none for one that is kept elsewhere.

    Spec: did:key method, did:jwk method (its fragment is 0).
    """
    if not is_self_describing(did):
        return []
    return ["0"] if did.startswith("did:jwk:") else [did.rpartition(":")[2]]
