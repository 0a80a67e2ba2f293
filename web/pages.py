"""What every page needs: the frame's templates and words, style sheet, fonts and choices."""

from collections.abc import Callable
from datetime import datetime
from typing import Final

from flask import Blueprint, Flask, Response

from schemas.seoul_calendar import SEOUL
from web import preferences, problem_pages
from web.words import language, translate, use_words

ASSET_MAX_AGE: Final = 300  # seconds; then the ETag says whether anything has changed

assets = Blueprint("assets", __name__, static_folder="static", template_folder="templates")


def serve_pages(app: Flask, *, clock: Callable[[], datetime], clock_is_set: bool) -> None:
    """Give an application its frame: assets, words, the reader's choices, the city's time."""
    app.jinja_env.globals |= {
        "t": translate,
        "language": language,
        "type_size": preferences.type_size,
        "clock_is_set": clock_is_set,
        "city_now": lambda: format_moment(clock()),
        "home_url": "/",
    }
    app.jinja_env.filters["moment"] = format_moment
    use_words(app, "web", "templates/web/words.toml")
    app.register_blueprint(assets)
    app.register_blueprint(preferences.bp)
    app.register_blueprint(problem_pages.bp)


def format_moment(moment: datetime) -> str:
    """A moment as people in Seoul read it: `2026. 3. 13. 14:30`."""
    local = moment.astimezone(SEOUL)
    return f"{local.year}. {local.month}. {local.day}. {local:%H:%M}"


@assets.after_request
def _cache(response: Response) -> Response:
    response.headers["Cache-Control"] = f"public, max-age={ASSET_MAX_AGE}"
    return response
