"""The sentences and result words of what a check can find, from findings.toml."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from types import MappingProxyType


@dataclass(frozen=True, slots=True, kw_only=True)
class FindingText:
    """One row: the result word it leads to, and its sentence in both languages."""

    word: str
    ko: str
    en: str


@cache
def finding_texts() -> Mapping[str, FindingText]:
    """Every finding by its code."""
    rows = tomllib.loads((files(__package__) / "findings.toml").read_text("utf-8"))
    return MappingProxyType({code: FindingText(**row) for code, row in rows.items()})
