"""The README's session, run as it stands there, against a city that is really served."""

import os
import re
import subprocess
from pathlib import Path

from demo.city import place, served
from tests.flows.test_demo import ROOT, free_port


def session() -> str:
    """The shell block of the README below "The same by hand"."""
    readme = (ROOT / "README.md").read_text("utf-8")
    _, _, by_hand = readme.partition("## The same by hand")
    found = re.search(r"```sh\n(.*?)```", by_hand, re.DOTALL)
    assert found
    return found[1]


def test_the_session_of_the_readme_works_as_it_stands(tmp_path: Path) -> None:
    city = place(port=free_port(), workers=1, data_dir=tmp_path / "var", database_url=None)
    city.run(["gwanin", "seed"])
    path = f"{ROOT / '.venv/bin'}:{os.environ['PATH']}"
    with served(city):
        done = subprocess.run(
            [
                "bash",
                "-euo",
                "pipefail",
                "-c",
                session().replace("http://localhost:8000", city.url),
            ],
            cwd=tmp_path,
            env={**city.environment, "PATH": path},
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )
    assert done.returncode == 0, done.stderr
    assert "Verified [OK]" in done.stdout
    assert "valid: yes" in done.stdout
    assert "[OK_BEARER]" in done.stdout
