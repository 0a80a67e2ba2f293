"""The result words: the one table of what people are shown when something was checked."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from importlib.resources import files
from types import MappingProxyType


class DecisionClass(StrEnum):
    """What a result word means for the one who must decide."""

    ACCEPTED = "accepted"
    REJECTED = "rejected"
    INDETERMINATE = "indeterminate"


@dataclass(frozen=True, slots=True, kw_only=True)
class ResultWord:
    """One row. ko, en: may hold one of {time}, {date}, {rule}, for the one who shows it to fill.

    colour: `success`, `warning`, `danger` or `gray`; icon: the name of a picture that stands beside
    the word, because colour alone tells some people nothing.
    """

    code: str
    decision: DecisionClass
    ko: str
    en: str
    colour: str
    icon: str


@cache
def result_words() -> Mapping[str, ResultWord]:
    """Every result word by its code, in the order of the table."""
    rows = tomllib.loads((files(__package__) / "result_words.toml").read_text("utf-8"))
    return MappingProxyType({code: _word(code, **row) for code, row in rows.items()})


def _word(code: str, *, decision: str, ko: str, en: str, colour: str, icon: str) -> ResultWord:
    return ResultWord(
        code=code, decision=DecisionClass(decision), ko=ko, en=en, colour=colour, icon=icon
    )
