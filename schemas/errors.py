"""The failures of the catalogue: an unknown type, and claims that do not fit theirs."""

from collections.abc import Sequence

from credentials.errors import Error
from schemas.claim_problem import ClaimProblem


class UnknownType(Error):
    """No credential type of this name, version or address is in the catalogue."""

    code = "unknown-type"


class InvalidClaims(Error):
    """The claims do not fit their type. `problems` lists all that is wrong, never the values."""

    code = "invalid-claims"

    def __init__(self, problems: Sequence[ClaimProblem]) -> None:
        self.problems = tuple(problems)
        super().__init__("; ".join(f"{problem.where}: {problem.code}" for problem in problems))


class ResidentNumberBlocked(Error):
    """A text holds what looks like a resident registration number, which may not be processed."""

    code = "resident-number-blocked"
