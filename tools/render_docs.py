"""Writes the pages that follow from code: docs/problems.md and docs/commands.md.

Run by `make docs`; a test fails when a page is not what this writes.
"""

from collections.abc import Mapping
from pathlib import Path

import click

from app import cli
from verifier.cli.verify import main as verify
from wallet.cli import main as wallet
from web.problem_rows import problems

COMMANDS: Mapping[str, click.Command] = {
    "gwanin": cli,
    "gwanin-wallet": wallet,
    "gwanin-verify": verify,
}
DOCS = Path(__file__).parent.parent / "docs"


def problems_page() -> str:
    """Every error code with its status and its sentences."""
    rows = [
        f"| `{row.code}` | {row.status} | {row.title_ko}. {row.advice_ko} | "
        f"{row.title_en}. {row.advice_en} |"
        for row in sorted(problems().values(), key=lambda row: row.code)
    ]
    head = (
        "# Problems\n\n"
        "Every error has a permanent code: the last part of a problem document's `type`, the\n"
        "first word of a refused command. Protocol endpoints answer with the codes of OAuth.\n\n"
        "| code | status | 한국어 | English |\n|---|---|---|---|\n"
    )
    return head + "\n".join(rows) + "\n"


def commands_page() -> str:
    """The help of every command, as the commands print it."""
    sections = [
        section for name, command in COMMANDS.items() for section in _sections(command, name, None)
    ]
    return "# Commands\n\n" + "\n".join(sections)


def _sections(command: click.Command, name: str, parent: click.Context | None) -> list[str]:
    context = click.Context(command, info_name=name, parent=parent, max_content_width=98)
    sections = [f"## {context.command_path}\n\n```text\n{command.get_help(context)}\n```\n"]
    if isinstance(command, click.Group):
        for child in command.list_commands(context):
            found = command.get_command(context, child)
            assert found is not None
            sections += _sections(found, child, context)
    return sections


def main() -> None:
    """Write both pages."""
    (DOCS / "problems.md").write_text(problems_page(), "utf-8")
    (DOCS / "commands.md").write_text(commands_page(), "utf-8")


if __name__ == "__main__":
    main()
