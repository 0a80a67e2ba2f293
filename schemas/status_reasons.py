"""Why a clerk may suspend or revoke: the closed list of reasons, from reasons.toml."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from importlib.resources import files
from types import MappingProxyType


class ReasonState(StrEnum):
    """The state that a reason leads to: suspended can be undone, revoked is final."""

    SUSPENDED = "suspended"
    REVOKED = "revoked"


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusReason:
    """One row: the citizen sees the text in their language, verifiers see only the state."""

    code: str
    state: ReasonState
    ko: str
    en: str


@cache
def status_reasons() -> Mapping[str, StatusReason]:
    """Every reason by its code, S01 to S05 and R01 to R07."""
    rows = tomllib.loads((files(__package__) / "reasons.toml").read_text("utf-8"))
    return MappingProxyType({code: _reason(code, **row) for code, row in rows.items()})


def _reason(code: str, *, state: str, ko: str, en: str) -> StatusReason:
    return StatusReason(code=code, state=ReasonState(state), ko=ko, en=en)
