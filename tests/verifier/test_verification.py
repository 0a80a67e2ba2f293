import pytest

from tests.simulators.clock import START
from verifier.decision import CheckName, Decision, Failed, NotApplicable, Passed, Result, Unknown
from verifier.verification import Verification


def all_passed() -> Verification:
    page = Verification(START, "OK")
    for name in CheckName:
        page.take(name, Passed(None))
    return page


def test_hands_on_what_a_check_established_and_nothing_else() -> None:
    page = Verification(START, "OK")
    assert page.take(CheckName.FORMAT, Passed("established")) == "established"
    for finding in (Failed("malformed"), Unknown("unsupported"), NotApplicable("bearer")):
        assert page.take(CheckName.FORMAT, finding) is None


def test_what_did_not_run_is_unknown() -> None:
    page = Verification(START, "OK")
    (check, *_), verdict = page.checks(), page.verdict({"a": 1})
    assert (check.result, check.code) == (Result.UNKNOWN, "not-run")
    assert verdict.decision is Decision.INDETERMINATE
    assert verdict.code == "UNAVAILABLE"
    assert verdict.claims == {}


def test_every_page_begins_empty_and_keeps_the_order() -> None:
    page = Verification(START, "OK")
    page.take(CheckName.STATUS, Passed(None))
    page.take(CheckName.FORMAT, Passed(None))
    assert [check.name for check in page.checks()] == list(CheckName)
    assert {check.code for check in Verification(START, "OK").checks()} == {"not-run"}


@pytest.mark.parametrize("missing", CheckName)
def test_no_check_may_be_left_out_of_an_accepted_verdict(missing: CheckName) -> None:
    page = Verification(START, "OK")
    for name in CheckName:
        if name is not missing:
            page.take(name, Passed(None))
    assert page.verdict({"a": 1}).decision is Decision.INDETERMINATE


@pytest.mark.parametrize(
    ("finding", "decision"),
    [
        (Failed("malformed"), Decision.REJECTED),
        (Unknown("unsupported"), Decision.INDETERMINATE),
    ],
)
@pytest.mark.parametrize("name", CheckName)
def test_no_claims_unless_it_is_accepted(
    name: CheckName, finding: Failed | Unknown, decision: Decision
) -> None:
    page = all_passed()
    assert page.verdict({"a": 1}).claims == {"a": 1}
    page.take(name, finding)
    verdict = page.verdict({"a": 1})
    assert (verdict.decision, verdict.claims) == (decision, {})


@pytest.mark.parametrize("code", ["bearer", "no-question", "bound-to-nobody"])
def test_without_its_holder_the_bearer_is_to_be_checked(code: str) -> None:
    page = all_passed()
    assert page.verdict({}).code == "OK"
    page.take(CheckName.HOLDER_BINDING, NotApplicable(code))
    assert page.verdict({}).code == "OK_BEARER"


def test_a_type_without_status_is_verified_all_the_same() -> None:
    page = all_passed()
    page.take(CheckName.STATUS, NotApplicable("status-none"))
    assert page.verdict({}).code == "OK"
