"""What our ES modules say of a table of inputs, held against what our Python says.

One node process judges the whole table.

table = Table()
table.add("offer", "a name", {"data": data64(b"{}")}, parse_offer, b"{}")
table.compare()          # AssertionError with the cases that differ

A work's name is one of tests/js/simulators/verdicts*.js. `mine` returns what the work returns, as
JSON, or raises our Error.
"""

import json
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any, Final

from credentials.encoding import encode_base64url
from credentials.errors import Error
from did_registry.errors import LeafRejected

VERDICTS: Final = Path(__file__).parents[1] / "js" / "simulators" / "verdicts.js"
TIMEOUT: Final = 120
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Case:
    """One input: what JavaScript is given, and how Python judges the same."""

    work: str
    name: str
    given: Any
    mine: Callable[[], Any]


class Table:
    """Cases in order."""

    def __init__(self) -> None:
        self.cases: list[Case] = []

    def add(
        self, work: str, name: str, given: Any, mine: Callable[..., Any], *arguments: Any
    ) -> None:
        """Another case; `mine` is called with the arguments."""
        self.cases.append(Case(work, name, given, partial(mine, *arguments)))

    def compare(self) -> dict[str, int]:
        """Judge every case twice. Returns how many were accepted (`found`) and how many refused.

        Raises AssertionError with up to twenty cases in which the two differ.
        """
        mine = [_judge(case.mine) for case in self.cases]
        theirs = ask_javascript([{"work": c.work, "given": c.given} for c in self.cases])
        different = [
            f"{case.work}, {case.name[:200]}:\n  Python {one!s:.400}\n  JavaScript {other!s:.400}"
            for case, one, other in zip(self.cases, mine, theirs, strict=True)
            if one != other
        ]
        assert different == [], f"{len(different)} differ:\n" + "\n".join(different[:20])
        found = sum("found" in verdict for verdict in mine)
        return {"found": found, "refused": len(mine) - found}


def ask_javascript(cases: list[Any]) -> list[Any]:
    """The verdicts of our ES modules on cases {work, given}, in order."""
    node = shutil.which("node")
    assert node is not None, "`node` is missing: install Node.js 20 or later"
    ran = subprocess.run(
        [node, str(VERDICTS)],
        input=json.dumps(cases),
        capture_output=True,
        text=True,
        timeout=TIMEOUT,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
    answers: list[Any] = json.loads(ran.stdout)
    return answers


def data64(data: bytes) -> str:
    """Bytes as a work is given them."""
    return encode_base64url(data)


def moment(time: datetime) -> int:
    """A moment as JavaScript counts it: whole milliseconds."""
    return (time - _EPOCH) // timedelta(milliseconds=1)


def moment_or_none(time: datetime | None) -> int | None:
    """The same of what may be missing."""
    return None if time is None else moment(time)


def _judge(mine: Callable[[], Any]) -> Any:
    try:
        # What JSON can't tell apart, such as tuples and lists, shall not count as different.
        return {"found": json.loads(json.dumps(_plain(mine())))}
    except Error as error:
        cause = error.__cause__ if isinstance(error, LeafRejected) else None
        return {
            "code": error.code,
            "cause": cause.code if isinstance(cause, Error) else None,
            "at": getattr(error, "index", getattr(error, "entry", None)),
        }


def _plain(value: Any) -> Any:
    """JSON with great integers as texts, since JavaScript's JSON.stringify has no other way."""
    match value:
        case bool():
            return value
        case int() if abs(value) >= 2**53:
            return f"integer {value}"
        case dict():
            return {name: _plain(inner) for name, inner in value.items()}
        case list() | tuple():
            return [_plain(inner) for inner in value]
        case _:
            return value
