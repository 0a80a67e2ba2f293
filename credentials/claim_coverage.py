"""Whether a choice of claims is the whole credential: for mechanisms that can't withhold any."""

from collections.abc import Collection, Iterable

from credentials.claims import ClaimPath, Claims, PathElement, select
from credentials.errors import Malformed, Unsupported
from credentials.strict_json import JsonValue


def check_covers(claims: Claims, paths: Collection[ClaimPath]) -> None:
    """Refuse a choice that leaves out a claim; choosing a claim chooses all that lies below it.

    Raises Unsupported if a claim is left out, Malformed if a path leads nowhere.
    """
    for path in paths:
        if not select(claims, path):
            raise Malformed("a path leads to no claim of this credential")
    if not all(_is_covered(value, (name,), paths) for name, value in claims.items()):
        raise Unsupported("a credential of this kind can't withhold a claim")


def _is_covered(value: JsonValue, place: ClaimPath, paths: Collection[ClaimPath]) -> bool:
    if any(_leads_to(path, place) for path in paths):
        return True
    children: Iterable[tuple[PathElement, JsonValue]] = ()
    if isinstance(value, dict):
        children = value.items()
    elif isinstance(value, list):
        children = enumerate(value)
    covered = [_is_covered(child, (*place, element), paths) for element, child in children]
    return bool(covered) and all(covered)


def _leads_to(path: ClaimPath, place: ClaimPath) -> bool:
    # None stands for a place in an array only: `select` has refused it anywhere else.
    return len(path) == len(place) and all(
        wanted in (None, element) for wanted, element in zip(path, place, strict=True)
    )
