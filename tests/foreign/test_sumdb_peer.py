"""Go's golang.org/x/mod/sumdb verifies our heads, tiles and proofs, and refuses what we refuse.

It is the reference implementation of signed notes and of tiled logs; Debian has it as a package.
Only its Ed25519 lines: it knows no cosignatures and, as C2SP wants, overlooks them.
"""

import base64
import json
import os
import random
import shutil
import subprocess
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeAlias

import pytest

from credentials.errors import Error
from did_registry.tlog.checkpoint import build_checkpoint, verify_checkpoint
from did_registry.tlog.cosignature import cosign
from did_registry.tlog.merkle import EMPTY_FRONTIER, leaf_hash
from did_registry.tlog.note import (
    Ed25519NoteSigner,
    VerifierKey,
    encode_signature_lines,
    verifier_key,
)
from did_registry.tlog.proof import (
    build_consistency,
    build_inclusion,
    verify_consistency,
    verify_inclusion,
)
from did_registry.tlog.tiles import grow, node_reader
from tests.simulators.audited import AuditedLog
from tests.simulators.clock import SimulatedClock
from tests.simulators.registry_log import LOG_KEY, ORIGIN, log_key, signing_key

SOURCE = Path(__file__).parent / "go" / "sumdb_peer"
GOPATH = Path("/usr/share/gocode")
HASHES = [leaf_hash(b"leaf %d" % number) for number in range(65_538)]

Question: TypeAlias = dict[str, Any]
Ask: TypeAlias = Callable[[Question], Any]


@pytest.fixture(scope="module")
def ask(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ask]:
    """The other side, as a process that answers questions."""
    program = _built(tmp_path_factory.mktemp("sumdb"))
    with subprocess.Popen(
        [program], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdin
        assert process.stdout

        def question(asked: Question) -> Any:
            process.stdin.write(json.dumps(asked) + "\n")  # type: ignore[union-attr]
            process.stdin.flush()  # type: ignore[union-attr]
            return json.loads(process.stdout.readline())  # type: ignore[union-attr]

        yield question
        process.stdin.close()


def _built(folder: Path) -> Path:
    if shutil.which("go") is None or not (GOPATH / "src/golang.org/x/mod/sumdb").is_dir():
        pytest.fail("install golang-go and golang-golang-x-mod-dev: another log verifies ours")
    environment = {
        **os.environ,
        "GO111MODULE": "off",
        "GOPATH": str(GOPATH),
        "GOFLAGS": "",
        "GOCACHE": str(folder / "cache"),
        "GOPROXY": "off",
    }
    subprocess.run(
        ["go", "build", "-o", folder / "peer", "."], cwd=SOURCE, env=environment, check=True
    )
    return folder / "peer"


class Tree:
    """The first `size` leaves, their tiles and a head over them."""

    def __init__(self, size: int) -> None:
        self.size = size
        self.hashes = HASHES[:size]
        self.root = EMPTY_FRONTIER.extend(self.hashes).root()
        self.note = build_checkpoint(ORIGIN, size, self.root, [Ed25519NoteSigner(ORIGIN, LOG_KEY)])
        self.tiles = {tile.path: data for tile, data in grow(0, self.hashes, lambda _: b"")}
        self.node = node_reader(size, lambda tile: self.tiles[tile.path])

    def question(self, indexes: Sequence[int], sizes: Sequence[int]) -> Question:
        """What the other side must find right, with our own proofs."""
        return {
            "vkey": str(log_key()),
            "note": _text(self.note),
            "tiles": {path: _text(data) for path, data in self.tiles.items()},
            "leaves": [*map(_text, self.hashes)],
            "inclusions": [
                {"index": index, "path": self._texts(build_inclusion(index, self.size, self.node))}
                for index in indexes
            ],
            "consistencies": [
                {
                    "size": size,
                    "root": _text(EMPTY_FRONTIER.extend(self.hashes[:size]).root()),
                    "path": self._texts(build_consistency(size, self.size, self.node)),
                }
                for size in sizes
            ],
        }

    def _texts(self, path: Sequence[bytes]) -> list[str]:
        return [*map(_text, path)]


def _text(data: bytes) -> str:
    return base64.b64encode(data).decode()


def _agrees(ask: Ask, tree: Tree, indexes: Sequence[int], sizes: Sequence[int]) -> None:
    asked = tree.question(indexes, sizes)
    answer = ask(asked)
    assert answer["error"] == "", (tree.size, answer["error"])
    ours = [proof["path"] for proof in asked["inclusions"]]
    assert [path or [] for path in answer["inclusions"]] == ours
    ours = [proof["path"] for proof in asked["consistencies"]]
    assert [path or [] for path in answer["consistencies"]] == ours


def test_agrees_on_every_small_tree(ask: Ask) -> None:
    chosen = random.Random(17)
    for size in range(1, 301):
        indexes = {0, size - 1, chosen.randrange(size), chosen.randrange(size)}
        sizes = {1, size, chosen.randrange(size) + 1, chosen.randrange(size) + 1}
        _agrees(ask, Tree(size), sorted(indexes), sorted(sizes))


@pytest.mark.parametrize("size", [1, 2, 7, 64, 100])
def test_agrees_on_every_leaf_and_every_smaller_tree(ask: Ask, size: int) -> None:
    _agrees(ask, Tree(size), range(size), range(1, size + 1))


@pytest.mark.parametrize("size", [511, 512, 513, 1000, 65_535, 65_536, 65_537])
def test_agrees_around_full_tiles_of_two_levels(ask: Ask, size: int) -> None:
    indexes = [0, 255, 256, size // 2, size - 2, size - 1]
    _agrees(ask, Tree(size), indexes, [1, 255, 256, 257, size // 2, size - 1, size])


def test_verifies_a_served_copy_of_the_registry(ask: Ask) -> None:
    """The very bytes of the files, with a witness's line under the head."""
    world = AuditedLog(300)
    note = world.files.read("/log/checkpoint")
    text = note.partition(b"\n\n")[0] + b"\n"
    line = cosign(text, "SEL-WIT1", signing_key(90), SimulatedClock()())
    asked = {
        "vkey": str(world.log.anchor.log_key),
        "note": _text(note + encode_signature_lines([line])),
        "tiles": {
            path.removeprefix("/log/"): _text(world.files.read(path))
            for path in world.files.paths
            if path.startswith("/log/tile/") and "entries" not in path
        },
        "leaves": [_text(leaf_hash(leaf)) for leaf in world.log.leaves],
        "inclusions": [],
        "consistencies": [],
    }
    assert ask(asked)["error"] == ""


# What is wrong


def _flip(text: str, at: int) -> str:
    data = bytearray(base64.b64decode(text))
    data[at] ^= 1
    return _text(bytes(data))


def _we_refuse(asked: Question) -> None:
    """Our own verdict on a question; raises, or the test that expects a refusal fails."""
    head = verify_checkpoint(base64.b64decode(asked["note"]), log_key())
    hashes = [*map(base64.b64decode, asked["leaves"])]
    if EMPTY_FRONTIER.extend(hashes).root() != head.root or len(hashes) != head.size:
        raise Refused
    tiles = {path: base64.b64decode(data) for path, data in asked["tiles"].items()}
    if tiles != {tile.path: data for tile, data in grow(0, hashes, lambda _: b"")}:
        raise Refused
    for proof in asked["inclusions"]:
        path = [*map(base64.b64decode, proof["path"])]
        verify_inclusion(hashes[proof["index"]], proof["index"], head.size, path, head.root)
    for proof in asked["consistencies"]:
        path, root = [*map(base64.b64decode, proof["path"])], base64.b64decode(proof["root"])
        verify_consistency(proof["size"], root, head.size, head.root, path)


class Refused(Exception):
    """The leaves or tiles are not those of the head."""


def _note(change: Callable[[bytes], bytes]) -> Callable[[Question], None]:
    def act(asked: Question) -> None:
        asked["note"] = _text(change(base64.b64decode(asked["note"])))

    return act


def _signed(size: int, root: bytes, origin: str = ORIGIN) -> bytes:
    return build_checkpoint(origin, size, root, [Ed25519NoteSigner(origin, LOG_KEY)])


def _tile(path: str, at: int) -> Callable[[Question], None]:
    def act(asked: Question) -> None:
        asked["tiles"][path] = _flip(asked["tiles"][path], at)

    return act


def _leaf(index: int) -> Callable[[Question], None]:
    def act(asked: Question) -> None:
        asked["leaves"][index] = _flip(asked["leaves"][index], 5)

    return act


def _proof(kind: str, change: Callable[[Any], Any]) -> Callable[[Question], None]:
    def act(asked: Question) -> None:
        change(asked[kind][0])

    return act


def _shorten(proof: Mapping[str, Any]) -> None:
    proof["path"].pop()


def _lengthen(proof: Mapping[str, Any]) -> None:
    proof["path"].append(proof["path"][0])


def _swap(proof: Mapping[str, Any]) -> None:
    proof["path"][:2] = proof["path"][1::-1]


def _flip_node(proof: Mapping[str, Any]) -> None:
    proof["path"][1] = _flip(proof["path"][1], 31)


CHANGES: dict[str, Callable[[Question], None]] = {
    "the size in the head": _note(lambda note: note.replace(b"\n300\n", b"\n301\n")),
    "the root in the head": _note(lambda note: note.replace(b"\n300\n", b"\n300\nA")),
    "another origin": _note(lambda note: note.replace(b"2026", b"2027")),
    "the signature": _note(lambda note: note[:-6] + b"AAAA=\n"),
    "no signature": _note(lambda note: note.partition(b"\xe2\x80\x94")[0]),
    "another key's head": _note(
        lambda note: build_checkpoint(
            ORIGIN, 300, Tree(300).root, [Ed25519NoteSigner(ORIGIN, signing_key(7))]
        )
    ),
    "a signed head of another root": _note(lambda note: _signed(300, Tree(299).root)),
    "a signed head of another size": _note(lambda note: _signed(301, Tree(300).root)),
    "a hash in a full tile": _tile("tile/0/000", 32 * 100),
    "a hash in a tile that is not full": _tile("tile/0/001.p/44", 32 * 43 + 31),
    "a hash in an upper tile": _tile("tile/1/000.p/1", 0),
    "a leaf": _leaf(17),
    "the last leaf": _leaf(299),
    "a node of an inclusion proof": _proof("inclusions", _flip_node),
    "a short inclusion proof": _proof("inclusions", _shorten),
    "a long inclusion proof": _proof("inclusions", _lengthen),
    "another order of an inclusion proof": _proof("inclusions", _swap),
    "another index": _proof("inclusions", lambda proof: proof.update(index=18)),
    "a node of a consistency proof": _proof("consistencies", _flip_node),
    "a short consistency proof": _proof("consistencies", _shorten),
    "a long consistency proof": _proof("consistencies", _lengthen),
    "another order of a consistency proof": _proof("consistencies", _swap),
    "another older root": _proof(
        "consistencies", lambda proof: proof.update(root=_flip(proof["root"], 0))
    ),
    "another older size": _proof("consistencies", lambda proof: proof.update(size=198)),
}


@pytest.mark.parametrize("case", CHANGES)
def test_both_refuse_one_change(ask: Ask, case: str) -> None:
    asked = Tree(300).question([17], [199])
    _we_refuse(asked)  # which does not raise while all is right
    assert ask(asked)["error"] == ""
    before = json.dumps(asked)
    CHANGES[case](asked)
    assert json.dumps(asked) != before
    with pytest.raises((Error, Refused)):
        _we_refuse(asked)
    assert ask(asked)["error"] != ""


@pytest.mark.parametrize("key", range(3))
def test_reads_our_keys_and_refuses_what_is_no_key(ask: Ask, key: int) -> None:
    ours: VerifierKey = verifier_key(ORIGIN, signing_key(key).public_key)
    tree = Tree(5)
    note = build_checkpoint(ORIGIN, 5, tree.root, [Ed25519NoteSigner(ORIGIN, signing_key(key))])
    asked = tree.question([0], [1]) | {"vkey": str(ours), "note": _text(note)}
    assert ask(asked)["error"] == ""
    name, hashed, encoded = str(ours).split("+", 2)
    for wrong in (f"{name}+{'0' * 8}+{encoded}", f"{name}x+{hashed}+{encoded}", f"{name}+{hashed}"):
        assert ask({**asked, "vkey": wrong})["error"] != ""
