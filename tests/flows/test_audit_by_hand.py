"""The code blocks of docs/audit-by-hand.md, as they stand, against a city that is really served."""

import base64
import json
import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from demo.city import place, served
from demo.witnesses import watched
from tests.flows.test_demo import ROOT, free_port

PAGE = (ROOT / "docs/audit-by-hand.md").read_text("utf-8")
MAKE, *CHECKS = re.findall(r"```sh\n(.*?)```", PAGE, re.DOTALL)


@pytest.fixture(scope="module")
def copied(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder that the first block makes, of a city with three witnesses."""
    folder = tmp_path_factory.mktemp("audit")
    city = place(port=free_port(), workers=1, data_dir=folder / "var", database_url=None)
    city.data_dir.mkdir(mode=0o700)
    with watched(city) as seen:
        seen.run(["gwanin", "seed"])
        with served(seen):
            done = _run(MAKE.replace("http://localhost:8000", seen.url), folder)
    assert (done.returncode, done.stderr) == (0, "")
    return folder / "audit"


def _run(script: str, folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["bash", "-c", script], cwd=folder, capture_output=True, text=True, timeout=60, check=False
    )


def _check(copy: Path) -> subprocess.CompletedProcess[str]:
    return _run("".join(CHECKS), copy)


def test_the_copy_is_right_without_a_network(copied: Path, tmp_path: Path) -> None:
    done = _check(shutil.copytree(copied, tmp_path / "copy"))
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.splitlines()[-1] == "everything is right"
    assert done.stdout.count("has seen it at") == 3
    assert "ok: 3 witnesses, of which 2 are enough" in done.stdout


def test_no_block_needs_anything_of_ours() -> None:
    tools = set(re.findall(r"\b(python3?|gwanin|node|curl|wget)\b", "".join(CHECKS)))
    assert tools == set()


def _flip(pattern: bytes) -> Callable[[bytes], bytes]:
    """Put another letter in the place that the pattern's group finds; it is still base64."""

    def change(data: bytes) -> bytes:
        found = re.search(pattern, data, re.MULTILINE)
        assert found
        at = found.start(1)
        return data[:at] + (b"A" if data[at : at + 1] != b"A" else b"Q") + data[at + 1 :]

    return change


def _leaf(pattern: bytes) -> Callable[[bytes], bytes]:
    """The same within the leaf that a proof brings along."""

    def change(data: bytes) -> bytes:
        found = re.search(rb"^extra (.*)$", data, re.MULTILINE)
        assert found
        leaf = _flip(pattern)(base64.b64decode(found[1]))
        return data.replace(found[1], base64.b64encode(leaf))

    return change


def _row(data: bytes) -> bytes:
    answer = json.loads(data)
    answer["rows"][0]["row"][3] = ["deactivated"]
    return json.dumps(answer).encode()


def _one_witness(data: bytes) -> bytes:
    trust = json.loads(data)
    return json.dumps(trust | {"witnesses": trust["witnesses"][:1]}).encode()


CHANGES = {
    "the size of the head": ("checkpoint", _flip(rb"^([0-9]+)$"), "another head"),
    "the log's own signature": (
        "*head",
        _flip(rb"^\xe2\x80\x94 registry\S+ .{30}(.)"),
        "log's sig",
    ),
    "a witness's signature": ("*head", _flip(rb"^\xe2\x80\x94 SEL-WIT2 .{30}(.)"), "of SEL-WIT2"),
    "the root in the head": ("*head", _flip(rb"^[0-9]+\n.{9}(.)"), "log's signature"),
    "the log's key": ("trust.json", _flip(rb'"log":"[^+]+\+[0-9a-f]+\+.{9}(.)'), "id is not"),
    "a witness's key": ("trust.json", _flip(rb"SEL-WIT1\+[0-9a-f]+\+.{9}(.)"), "of SEL-WIT1"),
    "too few witnesses": ("trust.json", _one_witness, "too few"),
    "the leaf's time": ("entry.tlog-proof", _leaf(rb'"t":"202(.)'), "path of entry"),
    "the leaf's predecessor": ("entry.tlog-proof", _leaf(rb'"prev":"(.)'), "the chain"),
    "the leaf's entry": ("entry.tlog-proof", _leaf(rb'"created":"202(.)'), "ends otherwise"),
    "the leaf before it": ("before.tlog-proof", _leaf(rb'"t":"202(.)'), "the chain"),
    "the path of the entry": ("entry.tlog-proof", _flip(rb"^index .*\n.{9}(.)"), "path of entry"),
    "the path of the other": ("before.tlog-proof", _flip(rb"^index .*\n.{9}(.)"), "path of before"),
    "the DID's log": ("did.jsonl", _flip(rb'"created":"202(.)'), "ends otherwise"),
    "the directory's row": ("directory.json", _row, "not in the directory"),
    "the directory's path": ("directory.json", _flip(rb'"path": ?\[".{9}(.)'), "in the directory"),
}


@pytest.mark.parametrize("case", CHANGES)
def test_one_changed_byte_is_found(copied: Path, tmp_path: Path, case: str) -> None:
    name, change, said = CHANGES[case]
    copy = shutil.copytree(copied, tmp_path / "copy")
    head = (copy / "checkpoint").read_bytes()
    for file in copy.iterdir():
        data = file.read_bytes()
        if name == "*head":  # wherever the head stands, so that the signature itself decides
            told = json.dumps(head.decode())[1:-1].encode()
            changed = change(head)
            data = data.replace(head, changed)
            data = data.replace(told, json.dumps(changed.decode(errors="replace"))[1:-1].encode())
        elif file.name == name:
            data = change(data)
        file.write_bytes(data)
    done = _check(copy)
    assert done.returncode != 0
    assert said in done.stderr, done.stderr
    assert "everything is right" not in done.stdout
