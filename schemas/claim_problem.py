"""What can be wrong with one claim, and how a clerk is told. The sentences: claim_problems.toml."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from importlib.resources import files
from types import MappingProxyType

from credentials.claims import ClaimPath, PathElement

# Longer names of unknown claims or columns are cut: they are a stranger's text, quoted only so
# that the stranger finds the place.
MAX_QUOTED_NAME = 40


class ProblemCode(StrEnum):
    """Why a claim was refused."""

    MISSING = "missing"
    UNKNOWN_CLAIM = "unknown-claim"
    DERIVED_CLAIM = "derived-claim"
    WRONG_KIND = "wrong-kind"
    NOT_OFFERED = "not-offered"
    TOO_SHORT = "too-short"
    TOO_LONG = "too-long"
    OUT_OF_RANGE = "out-of-range"
    WRONG_FORM = "wrong-form"
    REPEATED = "repeated"
    FORBIDDEN_CHARACTER = "forbidden-character"
    OUTER_SPACE = "outer-space"
    RESIDENT_NUMBER = "resident-number"
    IN_THE_FUTURE = "in-the-future"
    UNKNOWN_COLUMN = "unknown-column"
    REPEATED_COLUMN = "repeated-column"
    MISSING_COLUMN = "missing-column"
    CELL_COUNT = "cell-count"
    FORMULA = "formula"


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimProblem:
    """One thing that is wrong with the claim (or CSV column) at `path`; () is the whole input."""

    path: ClaimPath
    code: ProblemCode
    detail_ko: str
    detail_en: str

    @property
    def where(self) -> str:
        """The path with dots, as forms and CSV headers write it."""
        return ".".join(str(element) for element in self.path) or "claims"


def problem(path: ClaimPath, code: ProblemCode) -> ClaimProblem:
    """The problem `code` at `path`, with its sentences."""
    text = problem_texts()[code]
    return ClaimProblem(
        path=tuple(map(_quoted, path)), code=code, detail_ko=text["ko"], detail_en=text["en"]
    )


@cache
def problem_texts() -> Mapping[str, Mapping[str, str]]:
    """Every problem code with its Korean and English sentence."""
    rows = tomllib.loads((files(__package__) / "claim_problems.toml").read_text("utf-8"))
    return MappingProxyType(rows)


def _quoted(element: PathElement) -> PathElement:
    if not isinstance(element, str):
        return element
    # A lone surrogate can't be written out anywhere, so it is shown as a question mark.
    return element[:MAX_QUOTED_NAME].encode("utf-8", "replace").decode("utf-8")
