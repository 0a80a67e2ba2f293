"""What a page's script has to know, and can't ask for: what to pin, and the words it says."""

import json
from functools import partial
from typing import Any, Final

from flask import current_app
from jinja2.utils import htmlsafe_json_dumps
from markupsafe import Markup

from schemas.result_words import result_words
from wallet.consent import consent_words
from wallet.web.service import wallet_service
from web.problem_rows import problems
from web.words import EXTENSION, Words, language

SHOWN_RESULTS: Final = frozenset({"OK", "EXPIRED", "SUSPENDED", "REVOKED", "UNAVAILABLE"})
SAID: Final = "wallet-say."  # the rows of words.toml that scripts say, and no template does


def page_data() -> Markup:
    """The data of every page of the wallet, as JSON that may stand in HTML. Nothing is secret."""
    return htmlsafe_json_dumps(_data(), dumps=partial(json.dumps, ensure_ascii=False))


def _data() -> dict[str, Any]:
    service, read = wallet_service(), language()
    return {
        "language": read,
        "origin": str(service.own_origin),
        "anchor": {
            "log": str(service.anchor.log_key),
            "registry": service.anchor.registry_url,
            "root": str(service.anchor.root),
            "witnesses": [str(key) for key in service.anchor.witnesses.witnesses],
            "quorum": service.anchor.witnesses.quorum,
        },
        "words": _said(read) | {key: row[read] for key, row in consent_words().items()},
        "problems": _problems(read),
        "results": {
            word.code: {"text": word.ko if read == "ko" else word.en, "colour": word.colour}
            for word in result_words().values()
            if word.code in SHOWN_RESULTS
        },
    }


def _said(read: str) -> dict[str, str]:
    words: Words = current_app.extensions[EXTENSION]
    return {key: row[read] for key, row in words.items() if key.startswith(SAID)}


def _problems(read: str) -> dict[str, tuple[str, str, int]]:
    """What happened, what to do now and the status, by code: a script has the codes we have."""
    korean = read == "ko"
    return {
        row.code: (
            row.title_ko if korean else row.title_en,
            row.advice_ko if korean else row.advice_en,
            row.status,
        )
        for row in problems().values()
    }
