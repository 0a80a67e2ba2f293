"""What clerks are shown of claims: in a list enough to tell one from the next; by itself, all."""

from dataclasses import dataclass

from credentials.claims import Claims
from credentials.strict_json import JsonValue
from issuer.search_terms import value_at
from schemas.claim import Claim, ClaimKind
from schemas.credential_type import CredentialType
from schemas.form_fields import LIST_SEPARATOR, entered_claims
from schemas.labels import Label

HIDDEN = "*"
MAX_HIDDEN = 6  # a long name is no longer in a list than this


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimLine:
    """One claim as a page shows it; a label is said in the reader's language."""

    name: str
    label: Label
    value: str | bool | Label


def claim_lines(credential_type: CredentialType, claims: Claims) -> tuple[ClaimLine, ...]:
    """Every claim that was entered, in the order of its type."""
    return tuple(
        ClaimLine(name=claim.name, label=claim.label, value=_shown(claim, value))
        for claim in entered_claims(credential_type)
        if (value := value_at(claims, claim)) is not None
    )


def glance(credential_type: CredentialType, claims: Claims) -> str:
    """The first text of the claims, which is a name as a rule, with its middle hidden."""
    texts = (
        value
        for claim in entered_claims(credential_type)
        if claim.kind is ClaimKind.TEXT and isinstance(value := value_at(claims, claim), str)
    )
    return mask(next(texts, ""))


def mask(text: str) -> str:
    """A name as offices write it where others may read it: the first and the last letter.

    Of one letter nothing is left to hide behind.
    """
    if len(text) <= 2:
        return text[: len(text) - 1] + HIDDEN * min(len(text), 1)
    return text[0] + HIDDEN * min(len(text) - 2, MAX_HIDDEN) + text[-1]


def entered_texts(credential_type: CredentialType, claims: Claims) -> dict[str, str]:
    """The claims as the texts of a form's fields, by the field's name."""
    return {
        claim.name: _typed(value)
        for claim in entered_claims(credential_type)
        if (value := value_at(claims, claim)) is not None
    }


def _shown(claim: Claim, value: JsonValue) -> str | bool | Label:
    if isinstance(value, bool):
        return value
    labels = [choice.label for choice in claim.values if choice.value == value]
    return labels[0] if labels else _typed(value)


def _typed(value: JsonValue) -> str:
    match value:
        case bool():
            return "true" if value else "false"
        case list():
            return f"{LIST_SEPARATOR} ".join(map(str, value))
        case _:
            return str(value)
