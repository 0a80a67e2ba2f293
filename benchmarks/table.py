"""Writes what was measured as a plain text table."""

from collections.abc import Iterator, Mapping

from benchmarks.measuring import Timing
from benchmarks.workload import Contender, Workload

_HEAD = f"{'':<44}{'min us':>10}{'median us':>11}{'share of R':>12}   goal"


def table(name: str, workload: Workload, timings: Mapping[str, Timing]) -> str:
    """The lines of one workload, the raw limit R first. All ratios are those of the minima."""
    return "\n".join((f"{name}: {workload.title}", _HEAD, *_rows(workload, timings), ""))


def _rows(workload: Workload, timings: Mapping[str, Timing]) -> Iterator[str]:
    limit, ours = timings[workload.limit.name].best, timings[workload.ours[0].name].best
    yield _row(workload.limit.name, "R", timings, limit, "")
    for contender in workload.ours:
        best = timings[contender.name].best
        note = _time_goal(contender, best) or _share_goal(contender, limit / best)
        yield _row(contender.name, "ours", timings, limit, note)
    for peer in workload.peers:
        note = _factor_goal(peer, timings[peer.name].best / ours)
        yield _row(peer.name, "peer", timings, limit, note)


def _row(name: str, role: str, timings: Mapping[str, Timing], limit: float, note: str) -> str:
    timing = timings[name]
    share = f"{limit / timing.best:.0%}"
    figures = f"{timing.best:>10.2f}{timing.typical:>11.2f}{share:>12}"
    return f"  {role:<6}{name:<36}{figures}   {note}".rstrip()


def _time_goal(ours: Contender, best: float) -> str:
    if ours.most_us is None:
        return ""
    return f"{ours.most_us:.0f} us {'reached' if best <= ours.most_us else 'missed'}"


def _share_goal(ours: Contender, share: float) -> str:
    if ours.goal is None:
        return ""
    return f"{ours.goal:.0%} {'reached' if share >= ours.goal else 'missed'}"


def _factor_goal(peer: Contender, factor: float) -> str:
    if peer.goal is None:
        return f"ours is {factor:.1f}x as fast"
    word = "reached" if factor >= peer.goal else "missed"
    return f"ours is {factor:.1f}x as fast: {peer.goal:.2f}x {word}"
