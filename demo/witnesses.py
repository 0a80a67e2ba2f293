"""The three witnesses of the demo: processes of their own, with data of their own, on this machine.

In a city each is another body's, such as a university. Two of three must have signed a head of the
log before anybody believes it, and approved a version of a DID before anybody is shown it.
"""

import json
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Final

import httpx

from demo.city import BIN, READY_SECONDS, STOP_SECONDS, DemoFailed, Place

NAMES: Final = ("SEL-WIT1", "SEL-WIT2", "SEL-WIT3")
QUORUM: Final = 2
FOLDER: Final = "witnesses"


@contextmanager
def watched(city: Place) -> Iterator[Place]:
    """The same city, with witnesses that run until the block ends. Raises DemoFailed."""
    folder = city.data_dir / FOLDER
    log_key = city.run_json(["gwanin", "registry", "log-key"])["log"]
    folder.mkdir(mode=0o700, exist_ok=True)
    ports = _free_ports(len(NAMES))
    with ExitStack() as stack:
        peers = []
        for name, port in zip(NAMES, ports, strict=True):
            data = ["--data", str(folder / name), "--name", name]
            known = city.run_json(["gwanin", "witness", "key", *data])
            stack.enter_context(_running(city, [*data, "--origin-key", log_key], port))
            url = f"http://localhost:{port}"
            peers.append({"did": known["did"], "key": known["key"], "url": url})
        numbers = {"quorum": QUORUM, "threshold": QUORUM}
        _write(city.data_dir / "witnesses.json", {**numbers, "witnesses": peers})
        for port in ports:
            _wait(port)
        allowed = ",".join(f"localhost:{port}" for port in ports)
        yield replace(city, environment={**city.environment, "GWANIN_OUTBOUND_ALLOW": allowed})


@contextmanager
def _running(city: Place, options: list[str], port: int) -> Iterator[None]:
    with (city.data_dir / FOLDER / f"{port}.log").open("wb") as log:
        process = subprocess.Popen(
            [str(BIN / "gwanin"), "witness", "serve", *options, "--port", str(port)],
            env=dict(city.environment),
            stderr=log,
        )
        try:
            yield
        finally:
            process.terminate()
            try:
                process.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _wait(port: int) -> None:
    end = time.monotonic() + READY_SECONDS
    while time.monotonic() < end:
        try:
            if httpx.get(f"http://localhost:{port}/readyz", timeout=2).status_code == 200:
                return
        except httpx.TransportError:
            time.sleep(0.1)
    raise DemoFailed(f"the witness on port {port} did not get ready")


def _free_ports(count: int) -> list[int]:
    with ExitStack() as stack:
        sockets = [stack.enter_context(socket.socket()) for _ in range(count)]
        for one in sockets:
            one.bind(("127.0.0.1", 0))
        return [one.getsockname()[1] for one in sockets]


def _write(path: Path, document: object) -> None:
    path.touch(mode=0o600)
    path.write_text(json.dumps(document), "utf-8")
