"""docs/registry.md, "The guard was lost": its commands write the guard that there was."""

import json
import re
import subprocess
from pathlib import Path

import pytest

from demo.city import BIN, place
from did_registry.actions.guard_file import GUARD_FILE, FileSignGuard
from did_registry.errors import LogInconsistent
from did_registry.sign_guard import GuardedHead
from did_registry.tlog.base64_standard import decode_digest
from storage.private_files import read_private
from tests.flows.test_demo import ROOT, free_port


def test_a_lost_guard_is_written_anew_from_what_the_audit_found(tmp_path: Path) -> None:
    city = place(port=free_port(), workers=1, data_dir=tmp_path / "var", database_url=None)
    city.run(["gwanin", "seed"])
    file = city.data_dir / GUARD_FILE
    before = json.loads(file.read_bytes())
    stored = GuardedHead(
        size=before["signed"]["size"], root=decode_digest(before["signed"]["root"])
    )
    file.unlink()
    with pytest.raises(LogInconsistent):
        FileSignGuard(file).settle(stored)  # nothing is signed without it
    page = (ROOT / "docs/registry.md").read_text("utf-8")
    (block,) = re.findall(r"```sh\n(.*?)```", page, re.DOTALL)
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", block],
        cwd=tmp_path,
        env={**city.environment, "PATH": f"{BIN}:{city.environment['PATH']}"},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert json.loads(read_private(file, max_bytes=4096)) == before
    FileSignGuard(file).settle(stored)
