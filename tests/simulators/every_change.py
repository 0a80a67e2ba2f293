"""Every single change of a JSON document that a table can think of: members gone, other types.

for name, document in every_change({"a": [1]}):
    name      == "a.0: gone", "a.0: null", "a: {}", …
    document  == {"a": []}, {"a": [None]}, {"a": {}}, …
"""

from collections.abc import Iterator
from typing import Any, Final, TypeAlias

from tests.simulators.one_change import REMOVED, changed

Path: TypeAlias = "tuple[str | int, ...]"

VALUES: Final[tuple[Any, ...]] = (
    None, True, 0, -1, 1, 1.5, "", "x", "ü\u0000", "x" * 3000, [], ["x"], ["x", "x"], [None], [[]],
    {}, {"x": 1},
)  # fmt: skip


def every_change(document: Any, *, under: Path = ()) -> Iterator[tuple[str, Any]]:
    """The document as it is, and then with each of the changes; `under`: only below this path."""
    yield "as it is", document
    for path in _paths(document):
        if path[: len(under)] != under or not path:
            continue
        place = ".".join(map(str, path))
        yield f"{place}: gone", changed(document, *path, to=REMOVED)
        for value in VALUES:
            yield f"{place}: {_shown(value)}", changed(document, *path, to=value)
        old = _at(document, path)
        for more in _near(old):
            yield f"{place}: {_shown(more)}", changed(document, *path, to=more)


def _paths(value: Any, path: Path = ()) -> Iterator[Path]:
    yield path
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from _paths(inner, (*path, name))
    if isinstance(value, list):
        for index, inner in enumerate(value):
            yield from _paths(inner, (*path, index))


def _at(document: Any, path: Path) -> Any:
    for step in path:
        document = document[step]
    return document


def _near(old: Any) -> list[Any]:
    """Values of the same kind that differ a little."""
    match old:
        case bool():
            return [not old, int(old)]
        case int():
            return [old + 1, -old, 2**53, 10**12, str(old)]
        case str():
            return [old + "x", old[:-1], old.upper(), f" {old}", f"{old}\n", f"{old}#y", [old]]
        case list():
            return [old + old, old[:-1], old * 100, {"0": old}]
        case dict():
            return [{**old, "unknown": {"of": ["later"]}}, [old], [old, old]]
        case _:
            return []


def _shown(value: Any) -> str:
    text = ascii(value)
    return text if len(text) <= 40 else f"{text[:30]}… of {len(text)}"
