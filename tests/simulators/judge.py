"""One presentation judged as the whole answer to a question, and what the verdict hangs on.

verdict = judge(forger, forger.present(forger.issue(), ASKED))
troubles(verdict)                                        # {} if every check passed
failed(verdict, CheckName.VALIDITY, "expired", "EXPIRED")
unknown(verdict, CheckName.REGISTRY, "registry-stale")
"""

from datetime import timedelta
from typing import Any, Final

from tests.simulators.forger import Forger
from verifier.answer import verify_answer
from verifier.decision import CheckName, Decision, Result, Verdict
from verifier.evidence import Evidence
from verifier.policy import ONLINE, Policy
from verifier.question import Question

ASKED: Final = "residentOfSeoul"
_NO_TIME: Final = timedelta(0)


def judge(
    forger: Forger,
    presented: Any,
    *,
    question: Question | None = None,
    query_id: str = "asked",
    evidence: Evidence | None = None,
    policy: Policy = ONLINE,
    later: timedelta = _NO_TIME,
) -> Verdict:
    """The verdict on one presentation as the whole answer to a question."""
    return verify_answer(
        {query_id: presented if isinstance(presented, list) else [presented]},
        question or forger.question(ASKED),
        evidence or forger.city.city.verifier.evidence,
        policy,
        forger.city.clock() + later,
    ).overall


def troubles(verdict: Verdict) -> dict[str, tuple[str, str]]:
    """The checks that ran and did not simply pass."""
    return {
        check.name.value: (check.result.value, check.code)
        for check in verdict.checks
        if check.code not in {"passed", "not-run"}
    }


def failed(verdict: Verdict, check: CheckName, code: str, word: str) -> None:
    """Assert that the verdict is a rejection for this check alone."""
    _assert_only(verdict, check, Result.FAILED, code, word)


def unknown(verdict: Verdict, check: CheckName, code: str) -> None:
    """Assert that the verdict is indeterminate for this check alone."""
    _assert_only(verdict, check, Result.UNKNOWN, code, "UNAVAILABLE")


def _assert_only(verdict: Verdict, check: CheckName, result: Result, code: str, word: str) -> None:
    """This check alone is what the verdict hangs on, and nothing of the content is told."""
    assert troubles(verdict) == {check.value: (result.value, code)}
    not_run = {found.result for found in verdict.checks if found.code == "not-run"}
    assert not_run <= {Result.UNKNOWN}
    expected = Decision.REJECTED if result is Result.FAILED else Decision.INDETERMINATE
    assert (verdict.decision, verdict.code) == (expected, word)
    assert verdict.claims == {}
