"""The fields of a clerk's form for a type, in order; and how their texts become claims.

HTML forms and CSV files both give texts under dotted names (`body.year`), so both are read here.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final

from credentials.claims import Claims
from credentials.strict_json import JsonValue
from schemas.claim import Claim, ClaimKind, EnumValue
from schemas.claim_checks import parse_entered
from schemas.credential_type import CredentialType
from schemas.labels import Label

LIST_SEPARATOR: Final = ";"
_INTEGER: Final = re.compile(r"-?[0-9]{1,16}", re.ASCII)
_BOOLEANS: Final = {"true": True, "false": False}


class FieldInput(StrEnum):
    """How a claim is entered."""

    LINE = "line"
    LIST = "list"  # texts between semicolons
    CHOICE = "choice"
    DATE = "date"
    MOMENT = "moment"
    NUMBER = "number"
    TICK = "tick"


@dataclass(frozen=True, slots=True, kw_only=True)
class FormField:
    """One field. minimum, maximum: characters of a line, value of a number, items of a list.

    name: the claim's path with dots.   subtypes: those it is shown for; () for all.
    past: a date that can't lie in the future.
    """

    name: str
    input: FieldInput
    label: Label
    required: bool
    minimum: int | None
    maximum: int | None
    pattern: str | None
    values: tuple[EnumValue, ...]
    past: bool
    subtypes: tuple[str, ...]


def form_fields(credential_type: CredentialType) -> tuple[FormField, ...]:
    """The fields of a type: every claim that is entered, each member of an object by itself."""
    return tuple(
        FormField(
            name=claim.name,
            input=_input(claim.kind),
            label=claim.label,
            required=claim.required,
            minimum=claim.minimum,
            maximum=claim.maximum,
            pattern=claim.pattern,
            values=claim.values,
            past=claim.past,
            subtypes=claim.subtypes,
        )
        for claim in entered_claims(credential_type)
    )


def entered_claims(credential_type: CredentialType) -> tuple[Claim, ...]:
    """The claims that somebody types in, without the objects around them."""
    return tuple(
        claim
        for claim in credential_type.claims
        if claim.entered and claim.kind is not ClaimKind.OBJECT
    )


def parse_fields(credential_type: CredentialType, fields: Mapping[str, str], on: date) -> Claims:
    """Read the texts of a form or a CSV row, under dotted names, into claims.

    An empty text means that the claim is missing. Numbers are digits, booleans `true` or `false`,
    lists are separated by semicolons. Raises InvalidClaims, as `parse_entered` does.
    """
    entered: Claims = {
        claim.name: {}
        for claim in credential_type.claims
        if claim.kind is ClaimKind.OBJECT and claim.entered
    }
    for name, text in fields.items():
        if text:
            _place(entered, name, _value(credential_type, name, text))
    return parse_entered(credential_type, entered, on)


def _place(entered: Claims, name: str, value: JsonValue) -> None:
    parent, dot, member = name.partition(".")
    container = entered.get(parent)
    if dot and isinstance(container, dict):
        container[member] = value
    else:
        # A dotted name below no object of the type stays whole, and is refused as unknown.
        entered[name] = value


def _value(credential_type: CredentialType, name: str, text: str) -> JsonValue:
    """The text as its claim's kind; what can't be read stays a text and is refused as one."""
    claim = credential_type.find_claim(tuple(name.split(".")))
    match claim.kind if claim else None:
        case ClaimKind.INTEGER:
            return int(text) if _INTEGER.fullmatch(text) else text
        case ClaimKind.BOOLEAN:
            return _BOOLEANS.get(text.lower(), text)
        case ClaimKind.TEXTS:
            return [item.strip() for item in text.split(LIST_SEPARATOR)]
        case _:
            return text


def _input(kind: ClaimKind) -> FieldInput:
    match kind:
        case ClaimKind.TEXT | ClaimKind.DIGEST | ClaimKind.OBJECT:
            return FieldInput.LINE
        case ClaimKind.TEXTS:
            return FieldInput.LIST
        case ClaimKind.ENUM:
            return FieldInput.CHOICE
        case ClaimKind.DATE:
            return FieldInput.DATE
        case ClaimKind.DATETIME:
            return FieldInput.MOMENT
        case ClaimKind.INTEGER:
            return FieldInput.NUMBER
        case ClaimKind.BOOLEAN:
            return FieldInput.TICK
