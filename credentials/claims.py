"""Claim paths: which part of a credential's claims is meant. OpenID4VP 1.0 §7, SD-JWT VC §4.6.1."""

from collections.abc import Iterable
from typing import TypeAlias

from credentials.errors import Malformed
from credentials.strict_json import JsonValue

# A member name, an array index, or None for every element of an array.
PathElement: TypeAlias = str | int | None
ClaimPath: TypeAlias = tuple[PathElement, ...]
Claims: TypeAlias = dict[str, JsonValue]

MAX_PATH_LENGTH = 16


def parse_claim_path(value: JsonValue) -> ClaimPath:
    """Read a claims path pointer: 1 to 16 strings, non-negative integers or nulls.

    Raises Malformed. Spec: OpenID4VP 1.0 §7.
    """
    if not isinstance(value, list) or not 1 <= len(value) <= MAX_PATH_LENGTH:
        raise Malformed("a claim path is an array of 1 to 16 elements")
    return tuple(_element(element) for element in value)


def select(claims: JsonValue, path: ClaimPath) -> list[JsonValue]:
    """The values that a path points at, in order; empty when there is none.

    A step into a value of the wrong kind ends the whole search. Spec: OpenID4VP 1.0 §7.1.1.
    """
    selected = [claims]
    for element in path:
        steps = [_step(value, element) for value in selected]
        if any(step is None for step in steps):
            return []
        selected = [found for step in steps for found in step or ()]
    return selected


def keep(claims: Claims, paths: Iterable[ClaimPath]) -> Claims:
    """A copy of the claims that holds what these paths lead to, and nothing else.

    A path that leads nowhere keeps nothing; one that goes into an array keeps the whole array.
    """
    kept: Claims = {}
    for path in paths:
        _keep(claims, path, kept)
    return kept


def _keep(source: Claims, path: ClaimPath, kept: Claims) -> None:
    name, *rest = path
    if not isinstance(name, str) or name not in source:
        return
    value, already = source[name], kept.get(name)
    if not rest or isinstance(value, list):
        kept[name] = value
        return
    if not isinstance(value, dict):
        return
    inner: Claims = dict(already) if isinstance(already, dict) else {}
    _keep(value, tuple(rest), inner)
    if inner:
        kept[name] = inner


def _step(value: JsonValue, element: PathElement) -> list[JsonValue] | None:
    """What one element selects of one value; None if it is for a value of another kind."""
    if isinstance(element, str):
        if not isinstance(value, dict):
            return None
        return [value[element]] if element in value else []
    if not isinstance(value, list):
        return None
    if element is None:
        return value
    return [value[element]] if element < len(value) else []


def _element(value: JsonValue) -> PathElement:
    if isinstance(value, bool) or not isinstance(value, str | int | None):
        raise Malformed("a claim path holds strings, non-negative integers or nulls")
    if isinstance(value, int) and value < 0:
        raise Malformed("a claim path holds no negative index")
    return value
