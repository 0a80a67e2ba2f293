"""Every workload works: each contender does its job, and refuses a tampered copy. Nothing is timed
here that could fail a test."""

from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from benchmarks import log_proof
from benchmarks.growth import draw, growth_table
from benchmarks.load import hammer
from benchmarks.measuring import ONCE, Timing, measure
from benchmarks.table import table
from benchmarks.workload import Contender, Workload, assert_refused
from benchmarks.workloads import LOADS, WORKLOADS
from benchmarks.world import World
from tests.simulators.city import SimulatedCity, city_settings, copy_city
from tests.simulators.clock import SimulatedClock


@pytest.fixture(scope="module")
def world(seeded_city: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    scratch = tmp_path_factory.mktemp("benchmarks")
    folder = copy_city(seeded_city, scratch / "city")
    with World(SimulatedCity(city_settings(folder), SimulatedClock()), scratch) as world:
        yield world


@pytest.mark.parametrize("name", [name for name in WORKLOADS if name != "log-proof"])
def test_every_contender_does_its_job(world: World, name: str) -> None:
    workload = WORKLOADS[name](world)
    timings = measure(workload, ONCE)
    assert len(timings) == len(workload.contenders)  # a name that came twice would hide one


def test_a_wrong_answer_is_not_timed() -> None:
    def check() -> None:
        raise AssertionError("wrong")

    def run() -> None:
        raise RuntimeError("this was timed")

    wrong = Contender(name="wrong", run=run, check=check)
    with pytest.raises(AssertionError, match="wrong"):
        measure(Workload(title="", limit=wrong, ours=(wrong,)), ONCE)


def test_an_accepted_forgery_is_noticed() -> None:
    with pytest.raises(AssertionError):
        assert_refused(lambda: None, ValueError)


def test_the_table_gives_shares_and_factors_of_the_minima() -> None:
    def nothing() -> None:
        return None

    def contender(name: str, goal: float | None = None) -> Contender:
        return Contender(name=name, run=nothing, check=nothing, goal=goal)

    workload = Workload(
        title="the title",
        limit=contender("raw"),
        ours=(contender("we", 0.5), contender("part", 0.9), contender("variant")),
        peers=(contender("slow", 2.0), contender("slower", 5.0), contender("other")),
    )
    best = {"raw": 10, "we": 20, "part": 20, "variant": 40, "slow": 40, "slower": 90, "other": 30}
    timings = {name: Timing(best=time, typical=2 * time) for name, time in best.items()}
    lines = [" ".join(line.split()) for line in table("name", workload, timings).splitlines()]
    assert lines[0] == "name: the title"
    assert lines[2:] == [
        "R raw 10.00 20.00 100%",
        "ours we 20.00 40.00 50% 50% reached",
        "ours part 20.00 40.00 50% 90% missed",
        "ours variant 40.00 80.00 25%",
        "peer slow 40.00 80.00 25% ours is 2.0x as fast: 2.00x reached",
        "peer slower 90.00 180.00 11% ours is 4.5x as fast: 5.00x missed",
        "peer other 30.00 60.00 33% ours is 1.5x as fast",
    ]


def test_a_proof_leads_to_the_root_of_a_large_log(world: World) -> None:
    workload = log_proof.build(world, size=70_000)  # three levels of tiles
    assert len(measure(workload, ONCE)) == 2


@pytest.mark.parametrize("name", LOADS)
def test_every_load_writes_one_log(name: str, tmp_path: Path) -> None:
    rows = LOADS[name](tmp_path).run(0.2)
    assert all(row.found.a_second > 0 for row in rows)


def test_a_failure_under_load_is_raised() -> None:
    def fail(_thread: int, turn: int) -> None:
        if turn == 2:
            raise AssertionError("the third")

    with pytest.raises(AssertionError, match="the third"):
        hammer(fail, threads=2, seconds=5)


def test_the_growth_is_drawn_as_one_line_for_each_figure() -> None:
    lines = {"a": [10.0, 20.0, 30.0, 40.0], "b": [5.0] * 4, "c": [1000.0] * 4}
    picture = draw(lines)
    assert picture.count("<polyline") == 3
    assert picture.count("<circle") == 12
    ET.fromstring(picture)
    assert "1,000,000" in growth_table(lines)
