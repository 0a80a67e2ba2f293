"""`/verifier/today` and `/verifier/lists`: what was counted, and how old our knowledge is."""

from dataclasses import dataclass
from datetime import datetime

from flask import Blueprint, render_template

from credentials.errors import Error
from did_registry.view import RegistryView
from schemas.result_words import result_words
from schemas.seoul_calendar import day_in_seoul
from staff.account import Role
from staff.web.guard import account, for_roles, staff_pages
from verifier import store
from verifier.actions.status_lists import KnownList
from verifier.decision_count import Way
from verifier.models import DayCountRow
from verifier.short_word import short_word
from verifier.web.desk import HOME
from verifier.web.service import verifier_service
from verifier.web.verdict_view import said
from web.flood import limit
from web.words import language, translate

bp = Blueprint("verifier_records", __name__, url_prefix="/verifier", template_folder="templates")
limit(bp, "verifier-records", per_minute=600)
staff_pages(bp)
bp.context_processor(lambda: {"home_url": HOME})


@dataclass(frozen=True, slots=True, kw_only=True)
class CountLine:
    """How often one result came by one way."""

    way: str
    word: str
    times: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ListLine:
    """One status list that this server knows."""

    issuer: str
    uri: str
    signed_at: datetime
    fetched_at: datetime
    is_fresh: bool


@bp.get("/today")
@for_roles(Role.ASK)
def today() -> str:
    """How often, and never whose."""
    service = verifier_service()
    day = day_in_seoul(service.clock())
    with service.database.reading() as session:
        lines = [_count(row) for row in store.counts(session, account().agency, day)]
    return render_template("verifier/today.html", lines=lines, day=day)


@bp.get("/lists")
@for_roles(Role.ASK)
def lists() -> str:
    """The age of the registry's view and of each status list."""
    service, now = verifier_service(), verifier_service().clock()
    try:
        view: RegistryView | None = service.evidence.registry(now)
    except Error:
        view = None
    lines = [_list(known, view, now) for known in service.evidence.known_lists()]
    return render_template("verifier/lists.html", view=view, lines=lines, now=now)


def _count(row: DayCountRow) -> CountLine:
    known = row.code in result_words()
    word = said(short_word(row.code)) if known else translate("verifier-today.declined")
    return CountLine(
        way=translate(f"verifier-today.{Way(row.way).value}"), word=word, times=row.times
    )


def _list(known: KnownList, view: RegistryView | None, now: datetime) -> ListLine:
    held = view.accreditations_at(known.found.issuer, now) if view else ()
    names = [one.name_en if language() == "en" else one.name_ko for one in held]
    return ListLine(
        issuer=names[-1] if names else known.found.issuer,
        uri=known.found.uri,
        signed_at=known.found.issued_at,
        fetched_at=known.fetched_at,
        is_fresh=known.is_fresh(now),
    )
