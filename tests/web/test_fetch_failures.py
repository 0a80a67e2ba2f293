import pytest

from web.errors import FetchFailed
from web.fetch_failures import FORGET_SECONDS, MAX_REMEMBERED, FailureMemory
from web.fetch_guard import Destination


def _there(host: str, *, is_allowed: bool = False) -> Destination:
    return Destination(scheme="https", host=host, port=443, is_allowed=is_allowed)


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def test_a_failure_is_remembered_for_its_time() -> None:
    clock = Clock()
    memory = FailureMemory(clock)
    memory.check(_there("a.example"))
    memory.remember(_there("a.example"))
    clock.now = FORGET_SECONDS - 0.1
    with pytest.raises(FetchFailed):
        memory.check(_there("a.example"))
    memory.check(_there("b.example"))
    clock.now = FORGET_SECONDS
    memory.check(_there("a.example"))


def test_a_host_that_the_operator_named_is_asked_again_at_once() -> None:
    memory = FailureMemory(Clock())
    memory.remember(_there("localhost", is_allowed=True))
    memory.check(_there("localhost"))


def test_the_oldest_failure_is_forgotten_first() -> None:
    memory = FailureMemory(Clock())
    memory.remember(_there("old.example"))
    memory.remember(_there("renewed.example"))
    for number in range(MAX_REMEMBERED - 2):
        memory.remember(_there(f"a{number}.example"))
    memory.remember(_there("old.example"))
    memory.remember(_there("one-more.example"))
    memory.check(_there("renewed.example"))
    with pytest.raises(FetchFailed):
        memory.check(_there("old.example"))
