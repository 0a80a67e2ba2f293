"""`gwanin jobs run` as it runs in production: a process of its own, until it is told to stop."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

from city_services.jobs import store
from tests.simulators.city import URL, SimulatedCity

GWANIN = str(Path(sys.executable).parent / "gwanin")
SECONDS = 60


def test_it_does_what_is_due_and_ends_when_it_is_told_to(city: SimulatedCity) -> None:
    kept = {name: value for name, value in os.environ.items() if name[:7] != "GWANIN_"}
    folder = city.city.settings.data_dir
    environment = {**kept, "GWANIN_DATA_DIR": str(folder), "GWANIN_PUBLIC_URL": URL}
    process = subprocess.Popen([GWANIN, "jobs", "run"], env=environment, stderr=subprocess.PIPE)
    try:
        end = time.monotonic() + SECONDS
        while not _all_done(city) and process.poll() is None and time.monotonic() < end:
            time.sleep(0.1)
        assert _all_done(city)
        process.send_signal(signal.SIGTERM)
        _, said = process.communicate(timeout=SECONDS)
        assert (process.returncode, said) == (0, b"")
    finally:
        process.kill()
        process.wait()


def _all_done(city: SimulatedCity) -> bool:
    with city.city.database.reading() as session:
        rows = store.last_rows(session)
        return len(rows) == 3 and all(row.done is not None for row in rows)
