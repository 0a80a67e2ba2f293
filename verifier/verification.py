"""Collects what the checks of one credential find, and draws the verdict from it."""

from datetime import datetime
from functools import cache
from types import MappingProxyType
from typing import TypeVar

from credentials.claims import Claims
from credentials.model import Verified
from schemas.credential_type import CredentialType
from verifier.decision import (
    Check,
    CheckName,
    Decision,
    Failed,
    Finding,
    IssuerName,
    NotApplicable,
    Passed,
    Result,
    Unknown,
    Verdict,
    decide,
    deciding_check,
)
from verifier.findings import finding_texts

T = TypeVar("T")

_BEARER = "OK_BEARER"


class Verification:
    """One credential on its way through the pipeline. accepted_as: the policy's word for success.

    verified, credential_type, issuer: None until the check that establishes them has passed.
    """

    def __init__(self, now: datetime, accepted_as: str) -> None:
        self.as_of = now
        self._accepted_as = accepted_as
        self.verified: Verified | None = None
        self.credential_type: CredentialType | None = None
        self.issuer: IssuerName | None = None
        self._checks = _none_run().copy()  # in their order

    def take(self, name: CheckName, finding: Finding[T]) -> T | None:
        """Note what a check found; its value if it passed, for the checks that rest on it."""
        match finding:
            case Passed(value, code):
                self._note(name, Result.PASSED, code)
                return value
            case Failed(code):
                self._note(name, Result.FAILED, code)
            case Unknown(code):
                self._note(name, Result.UNKNOWN, code)
            case NotApplicable(code):
                self._note(name, Result.NOT_APPLICABLE, code)
        return None

    def checks(self) -> tuple[Check, ...]:
        """Every check in its order; one that did not run is unknown."""
        return tuple(self._checks.values())

    def verdict(self, claims: Claims) -> Verdict:
        """The conclusion; `claims` are shown only if it is ACCEPTED."""
        checks = self.checks()
        decision = decide(checks)
        return Verdict(
            decision=decision,
            code=_word(checks, self._accepted_as),
            checks=checks,
            issuer=self.issuer,
            type_name=self.credential_type.name if self.credential_type else None,
            claims=claims if decision is Decision.ACCEPTED else {},
            as_of=self.as_of,
        )

    def _note(self, name: CheckName, result: Result, code: str) -> None:
        self._checks[name] = _check(name, result, code)


@cache
def _none_run() -> MappingProxyType[CheckName, Check]:
    return MappingProxyType({name: _check(name, Result.UNKNOWN, "not-run") for name in CheckName})


@cache  # All three are from closed sets of our own, so that there are not many.
def _check(name: CheckName, result: Result, code: str) -> Check:
    return Check(name=name, result=result, code=code)


def _word(checks: tuple[Check, ...], accepted_as: str) -> str:
    """The row of the result words that the deciding check leads to, or how it was accepted."""
    deciding = deciding_check(checks)
    if deciding is not None:
        return finding_texts()[deciding.code].word
    words = {finding_texts()[check.code].word for check in checks}
    return _BEARER if _BEARER in words else accepted_as
