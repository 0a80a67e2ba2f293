"""The table of reasons for suspending and revoking."""

from schemas.status_reasons import ReasonState, status_reasons


def test_the_table_has_every_reason_with_its_state() -> None:
    reasons = status_reasons()
    assert list(reasons) == [f"S0{n}" for n in range(1, 6)] + [f"R0{n}" for n in range(1, 8)]
    for code, reason in reasons.items():
        suspends = code.startswith("S")
        assert reason.state is (ReasonState.SUSPENDED if suspends else ReasonState.REVOKED)
        assert reason.code == code
        assert reason.ko
        assert reason.en
