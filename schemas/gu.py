"""The 25 districts (gu) of Seoul, from gu.toml."""

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from types import MappingProxyType

from schemas.labels import Label


@cache
def gu_names() -> Mapping[str, Label]:
    """The name of every district by its code, the first five digits of the legal-dong code."""
    rows = tomllib.loads((files(__package__) / "gu.toml").read_text("utf-8"))
    return MappingProxyType({code: Label(**row) for code, row in rows.items()})
