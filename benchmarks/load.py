"""Loads: many who wait at the same time, measured by the clock on the wall, each beside what the
machine gives to whoever does nothing else."""

import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Throughput:
    """How often something was done in a second, and how long one had to wait, in milliseconds."""

    a_second: float
    p50: float
    p99: float
    longest: float

    def __str__(self) -> str:
        return (
            f"{self.a_second:>9,.0f}/s   p50 {self.p50:7.2f}   p99 {self.p99:7.2f}"
            f"   longest {self.longest:7.2f} ms"
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One line of a load's table; note: the goal, and whether it was reached."""

    name: str
    found: Throughput
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Load:
    """run: with how many seconds for each of its lines."""

    title: str
    run: Callable[[float], Sequence[Row]]


def hammer(act: Callable[[int, int], object], *, threads: int, seconds: float) -> Throughput:
    """Let so many threads do something again and again, each once the last time is over.

    act: gets the number of its thread, and how often this one has done it before.
    """
    waits: list[list[float]] = [[] for _ in range(threads)]
    failures: list[BaseException] = []
    end = time.perf_counter() + seconds

    def work(number: int) -> None:
        try:
            while (began := time.perf_counter()) < end:
                act(number, len(waits[number]))
                waits[number].append(time.perf_counter() - began)
        except BaseException as failure:  # noqa: BLE001 - it is raised again where it is seen
            failures.append(failure)

    workers = [threading.Thread(target=work, args=(number,)) for number in range(threads)]
    began = time.perf_counter()
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    if failures:
        raise failures[0]
    return _throughput([wait for one in waits for wait in one], time.perf_counter() - began)


def _throughput(waits: list[float], seconds: float) -> Throughput:
    ordered = sorted(1000 * wait for wait in waits)
    return Throughput(
        a_second=len(ordered) / seconds,
        p50=ordered[len(ordered) // 2],
        p99=ordered[len(ordered) * 99 // 100],
        longest=ordered[-1],
    )


def load_table(name: str, load: Load, seconds: float) -> str:
    """The lines of one load."""
    rows = [f"  {row.name:<44}{row.found}   {row.note}".rstrip() for row in load.run(seconds)]
    return "\n".join((f"{name}: {load.title}", *rows, ""))
