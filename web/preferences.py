"""What a reader chose for all pages: the language, and the size of the type. Two small cookies.

They hold one of two words each and name nobody, so they are no sessions.
"""

from typing import Final

from flask import Blueprint, Response, request

from web.bodies import read_form
from web.own_pages import own_page
from web.same_origin import same_origin_only

LANGUAGES: Final = ("ko", "en")
TYPES: Final = ("normal", "large")
LANGUAGE_COOKIE: Final = "__Host-language"
TYPE_COOKIE: Final = "__Host-type"
MAX_AGE: Final = 365 * 24 * 3600
MAX_FORM_BYTES: Final = 8 * 1024

bp = Blueprint("preferences", __name__)
same_origin_only(bp)


@bp.post("/preferences")
def choose() -> Response:
    """Remember a choice and go back to the page it was made on."""
    form = read_form(MAX_FORM_BYTES)
    response = Response(
        status=303, headers={"Location": own_page(form.text_or_none("back") or "") or "/"}
    )
    for name, cookie, values in (
        ("language", LANGUAGE_COOKIE, LANGUAGES),
        ("type", TYPE_COOKIE, TYPES),
    ):
        value = form.text_or_none(name)
        if value in values:
            response.set_cookie(
                cookie, value, max_age=MAX_AGE, secure=True, httponly=True, samesite="Lax", path="/"
            )
    return response


def type_size() -> str:
    """The size of the type that the reader chose."""
    chosen = request.cookies.get(TYPE_COOKIE)
    return chosen if chosen in TYPES else "normal"
