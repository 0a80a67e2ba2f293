"""What each error code means to HTTP and to a person. No Flask in here."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """What a code means, in both languages.

    status: of the HTTP answer; retry_after: seconds until asking again makes sense;
    title: what happened; advice: what to do now.
    """

    code: str
    status: int
    title_ko: str
    title_en: str
    advice_ko: str
    advice_en: str
    retry_after: int | None = None


@cache
def problems() -> Mapping[str, Problem]:
    """Every row, by its code."""
    table = tomllib.loads(files("web").joinpath("problems.toml").read_text("utf-8"))
    return {code: Problem(code=code, **row) for code, row in table.items()}


def problem(code: str) -> Problem:
    """The row of a code. Raises KeyError for a code without one, which a test rules out."""
    return problems()[code]
