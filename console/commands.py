"""Commands whose refusals are told on stderr, in Korean and English, and end with status 1.

Exit statuses: 0 done or accepted, 1 refused or rejected, 2 usage, 3 indeterminate.
"""

import sys
from enum import IntEnum
from typing import Any

import click

from credentials.errors import Error
from web.problem_rows import problems


class Exit(IntEnum):
    """What a command's end means."""

    OK = 0
    REFUSED = 1
    USAGE = 2
    INDETERMINATE = 3


class RefusingGroup(click.Group):
    """Commands that may raise `Error`."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except Error as error:
            report(error)
            sys.exit(Exit.REFUSED)


def report(error: Error) -> None:
    """Say on stderr what was refused, why, and what to do; the detail names no personal data."""
    row = problems().get(error.code)
    click.echo(f"{error.code}: {error.detail}", err=True)
    if row is not None:
        click.echo(f"  {row.title_ko}. {row.advice_ko}", err=True)
        click.echo(f"  {row.title_en}. {row.advice_en}", err=True)
