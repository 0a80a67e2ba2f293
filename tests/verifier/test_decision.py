from itertools import product

import pytest

from verifier.decision import Check, CheckName, Decision, Result, decide, deciding_check


def checks(*results: Result) -> tuple[Check, ...]:
    return tuple(
        Check(name=name, result=result, code=result.value)
        for name, result in zip(CheckName, results, strict=False)
    )


@pytest.mark.parametrize("results", [*product(Result, repeat=3)], ids=lambda r: "-".join(r))
def test_accepts_only_what_holds_throughout(results: tuple[Result, ...]) -> None:
    expected = Decision.ACCEPTED
    if Result.UNKNOWN in results:
        expected = Decision.INDETERMINATE
    if Result.FAILED in results:  # a failure outweighs what is unknown
        expected = Decision.REJECTED
    assert decide(checks(*results)) is expected


def test_the_first_failure_decides_and_else_the_first_unknown() -> None:
    passed, failed, unknown = Result.PASSED, Result.FAILED, Result.UNKNOWN
    assert deciding_check(checks(passed, passed)) is None
    found = deciding_check(checks(unknown, failed, failed))
    assert found is not None
    assert found.name is CheckName.REGISTRY
    found = deciding_check(checks(passed, unknown, unknown))
    assert found is not None
    assert found.name is CheckName.REGISTRY
