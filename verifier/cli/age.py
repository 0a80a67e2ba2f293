"""How old something may be, as it is typed: 90m, 24h, 7d."""

import re
from datetime import timedelta
from typing import Final

import click

_AGE: Final = re.compile(r"([1-9][0-9]{0,4})([mhd])")
_UNITS: Final = {"m": timedelta(minutes=1), "h": timedelta(hours=1), "d": timedelta(days=1)}


class Age(click.ParamType[timedelta]):
    """A number of minutes, hours or days."""

    name = "age"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> timedelta:
        """Read it; wrong usage for anything else."""
        if isinstance(value, timedelta):
            return value
        found = _AGE.fullmatch(str(value))
        if found is None:
            self.fail(f"{value!r} is no age: write 90m, 24h or 7d", param, ctx)
        return int(found[1]) * _UNITS[found[2]]
