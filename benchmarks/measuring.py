"""Measures the contenders of a workload against each other: checked first, then in rounds.

CPU time of this process, not the clock on the wall: the machine may be busy with something else.
Within a round everybody has a turn, so that a slow minute is slow for all.
"""

import gc
import math
import time
from collections.abc import Callable
from dataclasses import dataclass
from statistics import median

from benchmarks.workload import Workload


@dataclass(frozen=True, slots=True, kw_only=True)
class Effort:
    """rounds: how often everybody has a turn; turn: CPU nanoseconds that a turn takes at least."""

    rounds: int
    turn: int


FULL = Effort(rounds=25, turn=20_000_000)
QUICK = Effort(rounds=5, turn=5_000_000)
ONCE = Effort(rounds=1, turn=0)  # only to see that it works


@dataclass(frozen=True, slots=True, kw_only=True)
class Timing:
    """CPU microseconds for one unit of the job. best: of the rounds; typical: their median."""

    best: float
    typical: float


def measure(workload: Workload, effort: Effort) -> dict[str, Timing]:
    """Check every contender of a workload, then time them in turns: name → timing.

    Raises whatever a check raises: a wrong answer has no speed.
    """
    for contender in workload.contenders:
        contender.check()
    gc.collect()
    gc.freeze()  # What is there already is no burden of the job's.
    try:
        return _take_turns(workload, effort)
    finally:
        gc.unfreeze()


def _take_turns(workload: Workload, effort: Effort) -> dict[str, Timing]:
    repeats = {c.name: _repeats(c.run, effort.turn) for c in workload.contenders}
    turns: dict[str, list[float]] = {c.name: [] for c in workload.contenders}
    for _ in range(effort.rounds):
        for contender in workload.contenders:
            spent = _spent(contender.run, repeats[contender.name])
            turns[contender.name].append(spent / workload.units / 1000)
    return {name: Timing(best=min(found), typical=median(found)) for name, found in turns.items()}


def _repeats(run: Callable[[], object], turn: int) -> int:
    """How often to do the job in one turn, so that the turn is long enough to be measured."""
    repeats = 1
    while (spent := _spent(run, repeats) * repeats) < turn:
        repeats = max(repeats + 1, math.ceil(repeats * min(10, turn / max(spent, 1))))
    return repeats


def _spent(run: Callable[[], object], repeats: int) -> float:
    """CPU nanoseconds of one `run`, on the average of `repeats`."""
    began = time.process_time_ns()
    for _ in range(repeats):
        run()
    return (time.process_time_ns() - began) / repeats
