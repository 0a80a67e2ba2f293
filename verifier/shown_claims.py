"""Claims as people read them: each with its label and its value in words, in the type's order."""

from collections.abc import Iterator
from dataclasses import dataclass

from credentials.claims import Claims
from credentials.strict_json import JsonValue
from schemas.claim import Claim, ClaimKind, MemberPath
from schemas.credential_type import CredentialType
from schemas.labels import Label


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownClaim:
    """One line. text: the value, or None for `is_true`, whose words are the page's."""

    label: Label
    text: Label | None
    is_true: bool


def shown_claims(credential_type: CredentialType, claims: Claims) -> tuple[ShownClaim, ...]:
    """The lines of those claims that the type defines."""
    return tuple(_lines(credential_type, claims, ()))


def _lines(
    credential_type: CredentialType, claims: Claims, parent: MemberPath
) -> Iterator[ShownClaim]:
    for claim in credential_type.members(parent):
        value = claims.get(claim.path[-1])
        if isinstance(value, dict):
            yield from _lines(credential_type, value, claim.path)
        elif value is not None:
            yield _line(claim, value)


def _line(claim: Claim, value: JsonValue) -> ShownClaim:
    if isinstance(value, bool):
        return ShownClaim(label=claim.label, text=None, is_true=value)
    if claim.kind is ClaimKind.ENUM:
        labels = {one.value: one.label for one in claim.values}
        if value in labels:
            return ShownClaim(label=claim.label, text=labels[str(value)], is_true=False)
    parts = value if isinstance(value, list) else [value]
    text = ", ".join(str(part) for part in parts)
    return ShownClaim(label=claim.label, text=Label(ko=text, en=text), is_true=False)
