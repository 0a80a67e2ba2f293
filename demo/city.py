"""A city in processes of its own: seeded and served by the installed commands."""

import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

READY_SECONDS = 60.0
STOP_SECONDS = 10.0
SERVER_LOG = "server.log"
JOBS_LOG = "jobs.log"
BIN = Path(sys.executable).parent


class DemoFailed(Exception):
    """A command or a check did not do what the demo is there to show."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where the city lives. environment: what every command is given."""

    port: int
    workers: int
    data_dir: Path
    environment: Mapping[str, str]

    @property
    def url(self) -> str:
        """The public URL."""
        return self.environment["GWANIN_PUBLIC_URL"]

    def run(self, command: Sequence[str], *, expect: int = 0) -> str:
        """Run one of the installed commands; its output, if it ends with the expected status."""
        name, *arguments = command
        done = subprocess.run(
            [str(BIN / name), *arguments],
            env=dict(self.environment),
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode != expect:
            raise DemoFailed(f"{' '.join(command)}\n{done.stdout}\n{done.stderr}")
        return done.stdout

    def run_json(self, command: Sequence[str], *, expect: int = 0) -> Any:
        """Run a command that prints one JSON document."""
        return json.loads(self.run([*command, "--json"], expect=expect))


def place(*, port: int, workers: int, data_dir: Path, database_url: str | None) -> Place:
    """A place with the settings that the commands read."""
    environment = {name: value for name, value in os.environ.items() if name[:7] != "GWANIN_"}
    environment |= {
        "GWANIN_DATA_DIR": str(data_dir.resolve()),
        "GWANIN_PUBLIC_URL": f"http://localhost:{port}",
    }
    if database_url is not None:
        environment["GWANIN_DATABASE_URL"] = database_url
    return Place(port=port, workers=workers, data_dir=data_dir.resolve(), environment=environment)


@contextmanager
def served(city: Place) -> Iterator[subprocess.Popen[bytes]]:
    """Serve the city until the block ends. Raises DemoFailed if it does not get ready."""
    _check_port(city.port)
    log = (city.data_dir / SERVER_LOG).open("wb")
    server = subprocess.Popen(
        [
            str(BIN / "gwanin"),
            "serve",
            "--port",
            str(city.port),
            "--workers",
            str(city.workers),
        ],
        env=dict(city.environment),
        stderr=log,
    )
    try:
        _wait_until_ready(city, server)
        yield server
    finally:
        server.terminate()
        try:
            server.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()
        log.close()


@contextmanager
def working(city: Place) -> Iterator[None]:
    """Let what the clock triggers run beside the server until the block ends."""
    with (city.data_dir / JOBS_LOG).open("wb") as log:
        jobs = subprocess.Popen(
            [str(BIN / "gwanin"), "jobs", "run"], env=dict(city.environment), stderr=log
        )
        try:
            yield
        finally:
            jobs.terminate()
            try:
                jobs.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                jobs.kill()
                jobs.wait()


def _check_port(port: int) -> None:
    with socket.socket() as probe:
        if probe.connect_ex(("127.0.0.1", port)) == 0:
            raise DemoFailed(
                f"port {port} is in use; choose another one: make demo ARGS='--port N'"
            )


def _wait_until_ready(city: Place, server: subprocess.Popen[bytes]) -> None:
    end = time.monotonic() + READY_SECONDS
    while time.monotonic() < end:
        if server.poll() is not None:
            said = (city.data_dir / SERVER_LOG).read_text("utf-8")
            raise DemoFailed(f"the server ended:\n{said}")
        try:
            if httpx.get(f"{city.url}/readyz", timeout=2).status_code == 200:
                return
        except httpx.TransportError:
            time.sleep(0.1)
    raise DemoFailed("the server did not get ready")
