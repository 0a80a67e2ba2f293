"""What the commands of the root share: who acts, where, and how an act is shown."""

from collections.abc import Callable, Sequence
from typing import Any, Final, Protocol, TypeVar

import click

from console.output import emit, member_lines
from credentials.json_object import JsonObject
from did_registry.root_act import RootAct, Terms

_F = TypeVar("_F", bound=Callable[..., Any])

_BY: Final = "A staff account of the root's agency with the role `root`."


class RootOffice(Protocol):
    """Where the root's acts are done; each method is one transaction."""

    def propose(self, terms: Terms, *, by: str) -> RootAct: ...
    def approve(self, act_id: str, *, by: str) -> RootAct: ...
    def withdraw(self, act_id: str, *, by: str) -> RootAct: ...
    def acts(self) -> Sequence[RootAct]: ...


def by_option(command: _F) -> _F:
    """Give a command the option that says who acts."""
    return click.option("--by", required=True, help=_BY)(command)


def show(act: RootAct, *, as_json: bool) -> None:
    """Print an act, as every command of the root does."""
    emit(act.to_json(), _lines(act), as_json=as_json)


def _lines(act: RootAct) -> list[str]:
    """The act for people; what a compromise puts in doubt, one a line."""
    document, effect = act.to_json(), dict(act.effect or {})
    affected = effect.pop("affected", [])
    nested = {"terms", "effect"}
    lines = member_lines({name: document[name] for name in document if name not in nested})
    lines += member_lines(effect)
    for one in affected if isinstance(affected, list) else []:
        leaf = JsonObject(one)
        lines.append(
            f"affected: {leaf.text('kind')} {leaf.text('subject')},"
            f" leaf {leaf.integer('index')}, {leaf.text('logged')}"
        )
    return lines


def listed(text: str | None) -> tuple[str, ...]:
    """What stands in an option, with commas."""
    return tuple(part.strip() for part in (text or "").split(",") if part.strip())
