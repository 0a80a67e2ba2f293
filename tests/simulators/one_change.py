"""A valid document with exactly one thing changed, for tests of what a parser refuses.

changed({"a": [{"b": 1}]}, "a", 0, "b", to=2)    == {"a": [{"b": 2}]}
changed({"a": 1, "b": 2}, "b", to=REMOVED)       == {"a": 1}
"""

import copy
from enum import Enum
from typing import Any, Final

from credentials.claims import Claims


class Removed(Enum):
    """Its one member stands for a member that is taken away; it prints alike in every process."""

    REMOVED = "removed"


REMOVED: Final = Removed.REMOVED


def changed(document: Claims, *path: str | int, to: object) -> Claims:
    """A deep copy of a JSON object whose member at `path` is another, or is gone."""
    result = copy.deepcopy(document)
    owner: Any = result
    for step in path[:-1]:
        owner = owner[step]
    if to is REMOVED:
        del owner[path[-1]]
    else:
        owner[path[-1]] = to
    return result
