"""JSON Schema (draft 2020-12) of a type's claims, for the published document and for our checks.

All three come from one definition: what a clerk may enter, what is issued, and what a verifier may
be shown when the holder withholds the rest.
"""

from collections.abc import Sequence
from enum import StrEnum
from typing import Final, TypeAlias

from credentials.strict_json import JsonValue
from schemas.catalogue import type_path
from schemas.claim import Claim, ClaimKind, MemberPath
from schemas.credential_type import SUBTYPE_CLAIM, CredentialType, Subtype

Schema: TypeAlias = "dict[str, JsonValue]"

DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"

# `format` alone is a remark to most validators, so the patterns hold the shape and the range.
_DATE_PATTERN: Final = "^(19|20|21)[0-9]{2}-[0-9]{2}-[0-9]{2}$"
_DATETIME_PATTERN: Final = (
    "^(19|20|21)[0-9]{2}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(Z|[+-][0-9]{2}:[0-9]{2})$"
)
_DIGEST_PATTERN: Final = "^[0-9a-f]{64}$"


class Stage(StrEnum):
    """At which point of a credential's life its claims are looked at."""

    ENTERED = "entered"  # before anything is derived
    ISSUED = "issued"  # all that the issuer signs
    DISCLOSED = "disclosed"  # what the holder chose to show of it


def schema_path(credential_type: CredentialType) -> str:
    """The path of a type's JSON Schema below the registry's address."""
    return f"{type_path(credential_type)}/schema.json"


def json_schema(credential_type: CredentialType, base_url: str) -> Schema:
    """The published schema of a W3C credential of this type, to which `credentialSchema` points.

    It is evaluated against the whole credential, so the claims stand below `credentialSubject`,
    where the subject's identifier may stand beside them. Spec: VC JSON Schema, Processing.
    """
    subject = claims_schema(credential_type, Stage.ISSUED)
    properties = subject["properties"]
    assert isinstance(properties, dict)
    return {
        "$schema": DIALECT,
        "$id": f"{base_url}/{schema_path(credential_type)}",
        "title": credential_type.title.en,
        "description": credential_type.description.en,
        "type": "object",
        "required": ["credentialSubject"],
        "properties": {
            "credentialSubject": {
                **subject,
                "properties": {"id": {"type": "string", "minLength": 1}, **properties},
            }
        },
    }


def claims_schema(credential_type: CredentialType, stage: Stage) -> Schema:
    """The schema of the claims alone, as one of the stages sees them."""
    schema = _object_schema(credential_type, (), stage)
    conditions: list[JsonValue] = [
        _subtype_condition(credential_type, subtype, parent.path, stage)
        for parent in credential_type.members(())
        if any(member.subtypes for member in credential_type.members(parent.path))
        for subtype in credential_type.subtypes
    ]
    return {**schema, "allOf": conditions} if conditions else schema


def belongs(claim: Claim, stage: Stage) -> bool:
    """Whether a claim can occur at this stage at all."""
    return claim.entered or stage is not Stage.ENTERED


def _object_schema(credential_type: CredentialType, parent: MemberPath, stage: Stage) -> Schema:
    members = [claim for claim in credential_type.members(parent) if belongs(claim, stage)]
    return {
        "type": "object",
        "properties": {
            claim.path[-1]: _claim_schema(credential_type, claim, stage) for claim in members
        },
        "required": _required([claim for claim in members if not claim.subtypes], stage),
        "additionalProperties": False,
    }


def _subtype_condition(
    credential_type: CredentialType, subtype: Subtype, parent: MemberPath, stage: Stage
) -> Schema:
    """If the claims are of this subtype, then the object has its members and no other's."""
    members = [claim for claim in credential_type.members(parent) if claim.subtypes]
    own = [claim for claim in members if claim.is_in(subtype.code)]
    foreign = {claim.path[-1]: False for claim in members if not claim.is_in(subtype.code)}
    return {
        "if": {
            "properties": {SUBTYPE_CLAIM: {"const": subtype.code}},
            "required": [SUBTYPE_CLAIM],
        },
        "then": {
            "properties": {
                parent[-1]: {"properties": {**foreign}, "required": _required(own, stage)}
            }
        },
    }


def _required(claims: Sequence[Claim], stage: Stage) -> list[JsonValue]:
    return [
        claim.path[-1]
        for claim in claims
        if claim.required and not (stage is Stage.DISCLOSED and claim.selective)
    ]


def _claim_schema(credential_type: CredentialType, claim: Claim, stage: Stage) -> Schema:
    if claim.kind is ClaimKind.OBJECT:
        return _object_schema(credential_type, claim.path, stage)
    return {"title": claim.label.en, **_value_schema(claim)}


def _value_schema(claim: Claim) -> Schema:
    match claim.kind:
        case ClaimKind.TEXT:
            return _bounded_text(claim.minimum, claim.maximum, claim.pattern)
        case ClaimKind.TEXTS:
            return {
                "type": "array",
                "items": _bounded_text(1, claim.item_maximum, claim.pattern),
                "minItems": claim.minimum,
                "maxItems": claim.maximum,
                "uniqueItems": True,
            }
        case ClaimKind.ENUM:
            return {"enum": [value.value for value in claim.values]}
        case ClaimKind.DATE:
            return {"type": "string", "format": "date", "pattern": _DATE_PATTERN}
        case ClaimKind.DATETIME:
            return {"type": "string", "format": "date-time", "pattern": _DATETIME_PATTERN}
        case ClaimKind.INTEGER:
            return {"type": "integer", "minimum": claim.minimum, "maximum": claim.maximum}
        case ClaimKind.BOOLEAN:
            return {"const": True} if claim.true_only else {"type": "boolean"}
        case ClaimKind.DIGEST:
            return {"type": "string", "pattern": _DIGEST_PATTERN}
        case ClaimKind.OBJECT:
            return {"type": "object"}


def _bounded_text(minimum: int | None, maximum: int | None, pattern: str | None) -> Schema:
    schema: Schema = {"type": "string", "minLength": minimum, "maxLength": maximum}
    return {**schema, "pattern": pattern} if pattern else schema
