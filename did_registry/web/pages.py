"""`/registry`: what the registry says, for people who are no engineers.

    /registry                  who is there, and what each may do     /registry/schemas      types
    /registry/agencies/{CODE}  one of them, its keys and its log      /registry/checkpoints  heads
    /registry/keys             every key on one scale of time         /registry/check        by hand

Nothing here is believed because we say so: `/registry/check` recomputes it in the reader's browser.
"""

import json
import re
from functools import partial
from typing import Final

from flask import Blueprint, Response, render_template, request
from jinja2.utils import htmlsafe_json_dumps
from markupsafe import Markup

from credentials.certificates import encode_pem
from did_registry.web.pages_agencies import Standing, agencies, find_by_code
from did_registry.web.pages_heads import HEADS_A_PAGE, contradictions, head_lines
from did_registry.web.pages_keys import SCALE, Timeline, key_spans, version_lines
from did_registry.web.pages_service import registry_pages
from did_registry.web.pages_types import type_lines
from schemas.labels import Label
from web.flood import limit
from web.pages import ASSET_MAX_AGE
from web.problem_rows import problems
from web.words import language

MAX_SEARCH: Final = 100  # characters; more is no name

_SIZE: Final = re.compile(r"[1-9][0-9]{0,14}")

bp = Blueprint(
    "registry",
    __name__,
    template_folder="templates",
    static_folder="static",
    static_url_path="/registry/static",
)
limit(bp, "registry-pages", per_minute=600)


@bp.get("/registry")
def home() -> str:
    """Who is in the registry, and what each may do now."""
    service = registry_pages()
    view, searched = service.view(), _searched()
    everybody = agencies(view, service.clock())
    found = [one for one in everybody if one.matches(searched)]
    return render_template(
        "registry/agencies.html",
        view=view,
        searched=searched,
        agencies=found,
        total=len(everybody),
        counts={one: sum(one in who.standings for who in everybody) for one in Standing},
    )


@bp.get("/registry/agencies/<code>")
def agency(code: str) -> str:
    """One of them: its rights, its keys as a timeline, the versions of its DID."""
    service = registry_pages()
    view, now = service.view(), service.clock()
    found = find_by_code(agencies(view, now), code)
    history = None if found.did in view.admitted else view.history(found.did)
    return render_template(
        "registry/agency.html",
        view=view,
        agency=found,
        certificate=encode_pem(view.anchors[found.did]) if found.did in view.anchors else None,
        keys=[] if history is None else key_spans(history, view.compromised),
        versions=[] if history is None else version_lines(history),
        timeline=Timeline(
            start=view.admitted[found.did] if history is None else history.versions[0].time,
            end=now,
        ),
        scale=SCALE,
    )


@bp.get("/registry/keys")
def keys() -> str:
    """Every agency's keys on one scale of time."""
    service = registry_pages()
    view, now, searched = service.view(), service.clock(), _searched()
    found = [
        (one, key_spans(view.history(one.did), view.compromised))
        for one in agencies(view, now)
        if one.did not in view.admitted and one.matches(searched)
    ]
    starts = [history.versions[0].time for history in view.histories.values()]
    return render_template(
        "registry/keys.html",
        view=view,
        searched=searched,
        found=found,
        timeline=Timeline(start=min(starts, default=now), end=now),
        scale=SCALE,
    )


@bp.get("/registry/schemas")
def schemas() -> str:
    """What each type of credential holds, and that the log has it so."""
    service = registry_pages()
    view, searched = service.view(), _searched()
    lines = type_lines(view, service.anchor.registry_url)
    found = [one for one in lines if one.matches(searched)]
    return render_template("registry/schemas.html", view=view, searched=searched, types=found)


@bp.get("/registry/checkpoints")
def checkpoints() -> str:
    """The heads that were signed, and which witnesses have seen each."""
    service, asked = registry_pages(), request.args.get("below", "")
    below = int(asked) if _SIZE.fullmatch(asked) else None
    with service.database.reading() as session:
        heads = head_lines(session, service.anchor, below)
        evidence = contradictions(session, service.anchor)
    return render_template(
        "registry/checkpoints.html",
        heads=heads[:HEADS_A_PAGE],
        evidence=evidence,
        older=heads[HEADS_A_PAGE - 1].size if len(heads) > HEADS_A_PAGE else None,
        below=below,
        anchor=service.anchor,
    )


@bp.get("/registry/check")
def check() -> str:
    """Recompute one agency's entry, in the reader's own browser."""
    service = registry_pages()
    view, anchor, now = service.view(), service.anchor, service.clock()
    everybody = agencies(view, now)
    return render_template(
        "registry/check.html",
        view=view,
        now=now,
        agencies=[one for one in everybody if one.did not in view.admitted],
        problems=_problems(),
        chosen=request.args.get("agency", ""),
        pinned={
            "registry": anchor.registry_url,
            "log": str(anchor.log_key),
            "witnesses": [str(key) for key in anchor.witnesses.witnesses],
            "quorum": anchor.witnesses.quorum,
        },
    )


@bp.app_template_filter("said")
def said(label: Label) -> str:
    """A text in the reader's language."""
    return label.ko if language() == "ko" else label.en


@bp.after_request
def _cache(response: Response) -> Response:
    if request.endpoint == "registry.static":
        response.headers["Cache-Control"] = f"public, max-age={ASSET_MAX_AGE}"
    return response


def _problems() -> Markup:
    """What each code means, by code, as JSON that may stand in HTML: the scripts have our codes."""
    korean = language() == "ko"
    rows = {row.code: row.title_ko if korean else row.title_en for row in problems().values()}
    return htmlsafe_json_dumps(rows, dumps=partial(json.dumps, ensure_ascii=False))


def _searched() -> str:
    return " ".join(request.args.get("q", "")[:MAX_SEARCH].split())
