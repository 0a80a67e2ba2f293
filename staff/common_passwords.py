"""Passwords that everybody tries first, from common_passwords.txt: of 15 characters or more."""

from functools import cache
from importlib.resources import files


@cache
def common_passwords() -> frozenset[str]:
    """The list, in lower case."""
    text = (files(__package__) / "common_passwords.txt").read_text("utf-8")
    return frozenset(line for line in text.splitlines() if line and not line.startswith("#"))
