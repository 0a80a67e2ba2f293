"""The demo as people run it: real commands, a real server with two workers, a real QR picture."""

import re
import socket
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent


def free_port() -> int:
    """A port of this machine that nobody listens on at the moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def run_demo(folder: Path, *options: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "demo", "--exit", "--port", str(free_port())]
    return subprocess.run(
        [*command, "--data-dir", str(folder / "var"), *options],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )


def test_walks_the_main_job_with_two_workers_and_exits(tmp_path: Path) -> None:
    done = run_demo(tmp_path, "--workers", "2")
    assert done.returncode == 0, done.stderr
    assert 'accepted [OK] {"ageOver19": true, "residentOfSeoul": true}' in done.stdout
    assert "rejected [REVOKED]" in done.stdout
    assert "status-revoked" in done.stdout
    assert re.search(r"^ *[1-9][0-9]* as they were before, [1-9][0-9]* replayed", done.stdout, re.M)
    _check_witnessed(tmp_path / "var" / "gwanin.db")


def _check_witnessed(file: Path) -> None:
    """Two of the three processes at least have signed the last head, and approved every DID."""
    with closing(sqlite3.connect(file)) as database:
        signed = database.execute(
            "SELECT count(*) FROM log_cosignature"
            " WHERE size = (SELECT max(size) FROM log_checkpoint)"
        )
        (cosigners,) = signed.fetchone()
        dids = database.execute("SELECT shown FROM did").fetchall()
        (approvals,) = database.execute("SELECT count(*) FROM did_witness_proof").fetchone()
    assert cosigners >= 2
    assert dids
    assert set(dids) == {(1,)}
    assert approvals >= 2 * len(dids)


def test_walks_the_main_job_on_postgresql(tmp_path: Path, postgresql_url: str) -> None:
    done = run_demo(tmp_path, "--workers", "2", "--database-url", postgresql_url)
    assert done.returncode == 0, done.stderr
    assert "rejected [REVOKED]" in done.stdout


def test_says_so_when_the_port_is_taken(tmp_path: Path) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = str(other.getsockname()[1])
        done = run_demo(tmp_path, "--port", port)
    assert done.returncode == 1
    assert f"port {port} is in use" in done.stderr
