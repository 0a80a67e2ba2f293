"""How the log behaves as it grows: an append, an inclusion proof and a consistency proof at a
thousand to a million leaves, drawn into docs/pictures/log-growth.svg."""

import time
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from itertools import count
from math import log10
from pathlib import Path
from statistics import median
from typing import Final

from benchmarks.big_log import build_log
from benchmarks.log_writers import draft
from did_registry import store
from did_registry.actions.append import append
from did_registry.tlog.proof import build_consistency, build_inclusion
from did_registry.tlog.tiles import node_reader
from storage.transaction import Database
from tests.simulators.clock import START

SIZES: Final = (1_000, 10_000, 100_000, 1_000_000)
PICTURE: Final = Path(__file__).parents[1] / "docs" / "pictures" / "log-growth.svg"
_ROUNDS: Final = 60
_BATCH: Final = 64
_STEP: Final = 61_803

Lines = Mapping[str, Sequence[float]]


def measure_growth(folder: Path) -> Lines:
    """CPU microseconds at each size: name of the line → one figure a size."""
    lines: dict[str, list[float]] = {}
    for size in SIZES:
        database = build_log(folder / f"growth-{size}.sqlite", size)
        for name, act in _acts(database, size).items():
            lines.setdefault(name, []).append(_typical(act))
        database.close()
    return lines


def _acts(database: Database, size: int) -> dict[str, Callable[[], object]]:
    numbers, drafts = count(), count()

    def inclusion() -> None:
        with database.reading() as session:
            node = node_reader(size, partial(store.read_tile, session))
            build_inclusion(next(numbers) * _STEP % size, size, node)

    def consistency() -> None:
        with database.reading() as session:
            node = node_reader(size, partial(store.read_tile, session))
            build_consistency(1 + next(numbers) * _STEP % (size - 1), size, node)

    def append_some() -> None:
        with database.writing() as session:
            append(session, [draft(next(drafts)) for _ in range(_BATCH)], now=START)

    return {
        "inclusion proof": inclusion,
        "consistency proof": consistency,
        f"append, {_BATCH} leaves in a transaction": append_some,
    }


def _typical(act: Callable[[], object]) -> float:
    spent = []
    for _ in range(_ROUNDS):
        began = time.process_time_ns()
        act()
        spent.append((time.process_time_ns() - began) / 1000)
    return median(spent)


def growth_table(lines: Lines) -> str:
    """The figures as text."""
    head = f"{'':<40}" + "".join(f"{size:>12,}" for size in SIZES)
    rows = (f"  {name:<38}" + "".join(f"{v:>12,.0f}" for v in line) for name, line in lines.items())
    return "\n".join(("log-growth: CPU us at a log of so many leaves", head, *rows, ""))


_WIDTH, _HEIGHT, _LEFT, _TOP, _RIGHT, _BOTTOM = 720, 380, 70, 30, 230, 50
_COLOURS: Final = ("#0b50d0", "#a03000", "#00684a")


def draw(lines: Lines) -> str:
    """Both axes are logarithmic; a line that stays level costs the same at any size."""
    top = max(value for line in lines.values() for value in line)
    decades = range(2, int(log10(top)) + 2)
    marks = [_mark_y(power, decades) for power in decades] + [_mark_x(size) for size in SIZES]
    curves = [
        _curve(name, line, colour, decades)
        for (name, line), colour in zip(lines.items(), _COLOURS, strict=True)
    ]
    title = "<title>Cost of proofs and appends as the log grows</title>"
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {_HEIGHT}" role="img"'
        f' font-family="sans-serif" font-size="13">{title}'
        f'<rect width="{_WIDTH}" height="{_HEIGHT}" fill="#fff"/>'
        + "".join(marks + curves)
        + "</svg>\n"
    )


def _x(size: float) -> float:
    part = (log10(size) - log10(SIZES[0])) / (log10(SIZES[-1]) - log10(SIZES[0]))
    return _LEFT + part * (_WIDTH - _LEFT - _RIGHT)


def _y(value: float, decades: range) -> float:
    part = (log10(value) - decades[0]) / (decades[-1] - decades[0])
    return _HEIGHT - _BOTTOM - part * (_HEIGHT - _TOP - _BOTTOM)


def _mark_y(power: int, decades: range) -> str:
    y = _y(10**power, decades)
    return (
        f'<line x1="{_LEFT}" x2="{_WIDTH - _RIGHT}" y1="{y:.1f}" y2="{y:.1f}" stroke="#ddd"/>'
        f'<text x="{_LEFT - 8}" y="{y + 4:.1f}" text-anchor="end">{10**power:,} µs</text>'
    )


def _mark_x(size: int) -> str:
    return (
        f'<text x="{_x(size):.1f}" y="{_HEIGHT - _BOTTOM + 20}" text-anchor="middle">{size:,}'
        "</text>"
    )


def _curve(name: str, line: Sequence[float], colour: str, decades: range) -> str:
    points = [(_x(size), _y(value, decades)) for size, value in zip(SIZES, line, strict=True)]
    path = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
    dots = "".join(
        f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3.5" fill="{colour}"/>' for x, y in points
    )
    x, y = points[-1]
    return (
        f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="2"/>{dots}'
        f'<text x="{x + 10:.1f}" y="{y + 4:.1f}" fill="{colour}">{name}</text>'
    )
