"""A whole copy of what a registry serves, changed in one file, and an audit that names the file or
the leaf. The copy has every kind of file, two bundles, and tiles that are full and that are not."""

import random
import re
from collections.abc import Callable, Iterator
from itertools import pairwise

import pytest

from credentials.errors import Error
from did_registry.audit_errors import FileRejected
from did_registry.tlog.tiles import Bundle, parse_path
from tests.simulators.audited import AuditedLog
from tests.simulators.registry_log import URL

SIZE = 300
PLACES = 3  # random ones in each file, the same in every run
LEAF_BUNDLES = (range(256), range(256, SIZE))


@pytest.fixture(scope="module")
def made() -> AuditedLog:
    return AuditedLog(SIZE)


@pytest.fixture
def world(made: AuditedLog) -> Iterator[AuditedLog]:
    yield made
    made.files.restore()


FILES = AuditedLog(SIZE).files.paths


def _refusal(world: AuditedLog) -> Error:
    with pytest.raises(Error) as refused:
        world.audit()
    return refused.value


def _is_named(error: Error, path: str) -> bool:
    """Whether an error names a file by its path or address, or a leaf that stands in it."""
    file, index = getattr(error, "file", None), getattr(error, "index", None)
    if file in {path, f"{URL}{path}"}:
        return index is None or _holds(path, index)
    return file is None and error.detail.startswith(f"{path}: ")


def _holds(path: str, index: int) -> bool:
    bundle = parse_path(path.removeprefix("/log/"))
    return isinstance(bundle, Bundle) and index in LEAF_BUNDLES[bundle.index]


def _flip(data: bytes, at: int, bit: int = 0) -> bytes:
    return data[:at] + bytes([data[at] ^ 1 << bit]) + data[at + 1 :]


def test_the_copy_has_every_kind_of_file() -> None:
    kinds = {re.sub(r"/(GU|SEL|VER)-[^/]+|[0-9]{3}(\.p/[0-9]+)?$", "/…", path) for path in FILES}
    assert kinds >= {
        "/log/checkpoint",
        "/log/urgent",
        "/log/tile/0//…",
        "/log/tile/1//…",
        "/log/tile/entries//…",
        "/dids/…/did.jsonl",
        "/dids/…/did-witness.json",
        "/types/One/v1",
        "/types/One/v1/schema.json",
        "/contexts/One/v1",
        "/status/…",
    }


def test_the_copy_itself_is_right(world: AuditedLog) -> None:
    audited = world.audit()
    assert (audited.view.checkpoint.size, audited.continued) == (SIZE, 0)
    assert sorted(set(world.files.asked)) == FILES
    beside = [path for path in FILES if path == "/log/urgent" or not path.startswith("/log/")]
    assert audited.files == len(beside)


@pytest.mark.parametrize("path", FILES)
def test_one_changed_byte_is_named(world: AuditedLog, path: str) -> None:
    body = world.files.read(path)
    chosen = random.Random(path)
    places = {
        0,
        len(body) // 2,
        len(body) - 1,
        *(chosen.randrange(len(body)) for _ in range(PLACES)),
    }
    for at in sorted(places):
        world.files.put(path, _flip(body, at, chosen.randrange(8)))
        error = _refusal(world)
        assert _is_named(error, path), (at, error)


def test_every_byte_of_a_head_counts(world: AuditedLog) -> None:
    body = world.files.read("/log/checkpoint")
    for at in range(len(body)):
        world.files.put("/log/checkpoint", _flip(body, at))
        assert _is_named(_refusal(world), "/log/checkpoint"), at


CHANGES: dict[str, Callable[[bytes], bytes]] = {
    "empty": lambda body: b"",
    "one byte short": lambda body: body[:-1],
    "half": lambda body: body[: len(body) // 2],
    "one byte long": lambda body: body + b"\n",
    "doubled": lambda body: body * 2,
}


@pytest.mark.parametrize("path", FILES)
@pytest.mark.parametrize("change", CHANGES)
def test_a_file_of_another_length_is_named(world: AuditedLog, path: str, change: str) -> None:
    world.files.put(path, CHANGES[change](world.files.read(path)))
    assert _is_named(_refusal(world), path)


@pytest.mark.parametrize("path", FILES)
def test_a_missing_file_is_named(world: AuditedLog, path: str) -> None:
    world.files.remove(path)
    error = _refusal(world)
    assert isinstance(error, FileRejected)
    assert _is_named(error, path)


def _pairs() -> list[tuple[str, str]]:
    """Files of one kind that one could take for another, each with the next."""
    kinds = (
        r"/log/tile/[0-9]/",
        r"/log/tile/entries/",
        r"did\.jsonl$",
        r"^/(types|cont)",
        "^/status",
    )
    found = []
    for kind in kinds:
        paths = [path for path in FILES if re.search(kind, path)]
        found += list(pairwise(paths))
    return found


@pytest.mark.parametrize(("one", "other"), _pairs())
def test_two_files_in_each_others_places_are_named(world: AuditedLog, one: str, other: str) -> None:
    first, second = world.files.read(one), world.files.read(other)
    assert first != second
    world.files.put(one, second)
    world.files.put(other, first)
    error = _refusal(world)
    assert _is_named(error, one) or _is_named(error, other)


@pytest.mark.parametrize("path", [path for path in FILES if path.endswith("did.jsonl")])
def test_lines_in_another_order_or_twice_or_missing_are_named(world: AuditedLog, path: str) -> None:
    lines = world.files.read(path).splitlines(keepends=True)
    for changed in (lines[::-1], [*lines, lines[-1]], lines[:-1], lines[1:]):
        if changed != lines:
            world.files.put(path, b"".join(changed))
            assert _is_named(_refusal(world), path)


@pytest.mark.parametrize("index", [0, 1, 7, 254, 255, 256, SIZE - 2, SIZE - 1])
def test_a_leaf_that_says_something_else_is_named_itself(world: AuditedLog, index: int) -> None:
    """Still a leaf, and well-formed: only its hash is another. The next one, or the root, shows it;
    the tile tells which."""
    path = next(path for path in FILES if "entries" in path and _holds(path, index))
    body, leaf = world.files.read(path), world.log.leaves[index]
    forged = re.sub(rb'"t":"2026-03-1.', lambda found: found[0][:-1] + b"0", leaf)
    assert forged != leaf
    world.files.put(path, body.replace(leaf, forged))
    error = _refusal(world)
    assert (error.code, getattr(error, "index", None)) == ("leaf-rejected", index)
    assert _is_named(error, path)
