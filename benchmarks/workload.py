"""One job, and everybody who does it: the raw primitive, ourselves, other people's libraries."""

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Contender:
    """Somebody who does the job.

    run: does it once; check: raises unless the job is done, and a tampered copy is refused.
    goal: for ours, the share of the limit to reach; for a peer, how many times faster the first of
    ours is to be; None where nothing is set. most_us: the CPU microseconds that it may take at
    most, where a goal is set so.
    """

    name: str
    run: Callable[[], object]
    check: Callable[[], None]
    goal: float | None = None
    most_us: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Workload:
    """One job.

    limit: the raw primitives without which the job can't be done, and nothing else.
    ours: the first is the whole of it, the others parts of it or variants.
    units: how many times one `run` does it; figures are for one.
    """

    title: str
    limit: Contender
    ours: tuple[Contender, ...]
    peers: tuple[Contender, ...] = ()
    units: int = 1

    @property
    def contenders(self) -> tuple[Contender, ...]:
        """All of them, the limit first."""
        return (self.limit, *self.ours, *self.peers)


def assert_refused(act: Callable[[], object], error: type[Exception]) -> None:
    """Raise AssertionError unless the act ends in this error."""
    try:
        act()
    except error:
        return
    raise AssertionError("a tampered copy was accepted")
