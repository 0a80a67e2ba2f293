"""`make bench`: measures every workload, or those that are named, and prints a table of each."""

import argparse
import os
import platform
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.growth import PICTURE, draw, growth_table, measure_growth
from benchmarks.load import load_table
from benchmarks.measuring import FULL, QUICK, measure
from benchmarks.table import table
from benchmarks.workloads import ALL, LOADS, WORKLOADS
from benchmarks.world import World
from tests.simulators.city import SimulatedCity, city_settings, seed_city
from tests.simulators.clock import SimulatedClock


def main() -> int:
    """Run the benchmarks; 0 if every contender did its job."""
    options = _options()
    print(_machine(), flush=True)
    with TemporaryDirectory() as folder, _world(Path(folder)) as world:
        for name in options.only or ALL:
            print(_run(name, world, is_quick=options.quick), flush=True)
    return 0


def _run(name: str, world: World, *, is_quick: bool) -> str:
    if name in WORKLOADS:
        workload = WORKLOADS[name](world)
        return table(name, workload, measure(workload, QUICK if is_quick else FULL))
    if name in LOADS:
        return load_table(name, LOADS[name](world.scratch), 1.0 if is_quick else 5.0)
    lines = measure_growth(world.scratch)
    if not is_quick:
        PICTURE.write_text(draw(lines), encoding="utf-8")
    return growth_table(lines)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    parser.add_argument("--only", action="append", choices=ALL, metavar="NAME")
    parser.add_argument("--quick", action="store_true", help="fewer and shorter rounds")
    return parser.parse_args()


@contextmanager
def _world(folder: Path) -> Iterator[World]:
    settings = city_settings(folder / "city")
    seed_city(settings, SimulatedClock())
    with World(SimulatedCity(settings, SimulatedClock()), folder) as world:
        yield world


def _machine() -> str:
    """Where and when this ran: figures without that are no figures."""
    day = datetime.now(UTC).date().isoformat()
    return (
        f"{day}, {_processor()}, {os.cpu_count()} CPUs, load {os.getloadavg()[0]:.1f}, "
        f"{platform.python_implementation()} {platform.python_version()}\n"
        "CPU time of one thread; R is the raw primitive, and every share and factor is one of "
        "the same run.\n"
    )


def _processor() -> str:
    """The name that the system gives its processor."""
    try:
        lines = Path("/proc/cpuinfo").read_text("utf-8").splitlines()
    except OSError:
        return platform.processor()
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.machine()


if __name__ == "__main__":
    sys.exit(main())
