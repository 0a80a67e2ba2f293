"""What a verification concluded: the checks, one by one, and the decision that follows from them.

Unknown is neither valid nor invalid: the decision has three values, as ETSI EN 319 102-1 has it.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Generic, TypeAlias, TypeVar

from credentials.claims import Claims

T = TypeVar("T")


class CheckName(StrEnum):
    """Every check, in the order in which the pipeline makes them."""

    FORMAT = "format"
    REGISTRY = "registry"
    ISSUER_KEY = "issuer_key"
    SIGNATURE = "signature"
    ACCREDITATION = "accreditation"
    TIME_OF_SIGNING = "time_of_signing"
    SCHEMA = "schema"
    VALIDITY = "validity"
    STATUS = "status"
    HOLDER_BINDING = "holder_binding"
    REQUEST_BINDING = "request_binding"
    POLICY = "policy"


class Result(StrEnum):
    """What became of one check."""

    PASSED = "passed"
    FAILED = "failed"
    UNKNOWN = "unknown"
    NOT_APPLICABLE = "not_applicable"


class Decision(StrEnum):
    """What the verifier may conclude."""

    ACCEPTED = "accepted"
    REJECTED = "rejected"
    INDETERMINATE = "indeterminate"


@dataclass(frozen=True, slots=True)
class Passed(Generic[T]):
    """The check found what it looked for; `value` is what later checks may rely on. code: says in
    words how far that goes, where it does not go without saying."""

    value: T
    code: str = "passed"


@dataclass(frozen=True, slots=True)
class Failed:
    """The check found the contrary."""

    code: str


@dataclass(frozen=True, slots=True)
class Unknown:
    """The check could not be made."""

    code: str


@dataclass(frozen=True, slots=True)
class NotApplicable:
    """The check has no object here, by the type's definition or for want of a question."""

    code: str


Finding: TypeAlias = Passed[T] | Failed | Unknown | NotApplicable


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One line of the verdict; `code` is a row of findings.toml."""

    name: CheckName
    result: Result
    code: str


@dataclass(frozen=True, slots=True, kw_only=True)
class IssuerName:
    """Who signed, named as the registry named them at the time, never as the credential does."""

    did: str
    code: str
    name_ko: str
    name_en: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """The result of one verification. `claims` is empty unless the decision is ACCEPTED.

    code: a row of the table of result words; as_of: up to when the registry is known, and the
    status if that was established.
    """

    decision: Decision
    code: str
    checks: tuple[Check, ...]
    issuer: IssuerName | None
    type_name: str | None
    claims: Claims
    as_of: datetime


def decide(checks: tuple[Check, ...]) -> Decision:
    """Accepted only if every check passed or has no object; a failure outweighs the unknown."""
    results = {check.result for check in checks}
    if Result.FAILED in results:
        return Decision.REJECTED
    if Result.UNKNOWN in results:
        return Decision.INDETERMINATE
    return Decision.ACCEPTED


def deciding_check(checks: tuple[Check, ...]) -> Check | None:
    """The first check that failed, else the first that is unknown, else none."""
    for result in (Result.FAILED, Result.UNKNOWN):
        for check in checks:
            if check.result is result:
                return check
    return None
