"""Reads the TOML of one credential type, strictly: an unknown key or a missing bound is refused.

The files are ours, but a slip in one would be published for good, so nothing is guessed.
"""

import re
from collections.abc import Iterable
from typing import Final

from credentials.errors import Malformed
from credentials.json_object import JsonObject
from schemas.claim import Claim, ClaimKind
from schemas.claim_file import parse_claims
from schemas.credential_type import (
    SUBTYPE_CLAIM,
    Audience,
    Binding,
    CardColours,
    CredentialType,
    Issuance,
    Online,
    StatusAction,
    SubjectKind,
    Subtype,
    ValidityRule,
)
from schemas.derivation import MAX_RULE_DAYS
from schemas.toml_fields import (
    enum_of,
    enums_of,
    flag_of,
    label_of,
    matching,
    number_of,
    parse_toml,
    texts_of,
)

MAX_CLAIM_BY_DAYS: Final = 365
_NAME: Final = re.compile(r"[A-Z][A-Za-z0-9]{2,59}", re.ASCII)
_COLOUR: Final = re.compile(r"#[0-9a-f]{6}")
_KEYS: Final = (
    "name", "version", "catalogue", "title", "description", "subject", "binding", "issuance",
    "online", "single_use", "audience", "mechanisms", "issuers", "status", "claim_by_days",
    "validity", "card", "subtypes", "claims",
)  # fmt: skip


def parse_type_file(data: bytes) -> CredentialType:
    """Read one type. Raises Malformed, naming the key that is wrong."""
    fields = parse_toml(data)
    fields.only(*_KEYS)
    validity = _validity(fields.object("validity"))
    subtypes = _subtypes(fields, validity)
    credential_type = CredentialType(
        name=matching(fields, "name", _NAME),
        version=number_of(fields, "version", 1, 999),
        catalogue=number_of(fields, "catalogue", 1, 999),
        title=label_of(fields, "title"),
        description=label_of(fields, "description"),
        subject=enum_of(fields, "subject", SubjectKind),
        binding=enum_of(fields, "binding", Binding),
        issuance=enum_of(fields, "issuance", Issuance),
        online=enum_of(fields, "online", Online),
        single_use=flag_of(fields, "single_use"),
        audience=enum_of(fields, "audience", Audience),
        mechanisms=texts_of(fields, "mechanisms"),
        issuers=texts_of(fields, "issuers"),
        status=enums_of(fields, "status", StatusAction),
        claim_by_days=number_of(fields, "claim_by_days", 1, MAX_CLAIM_BY_DAYS),
        validity=validity,
        card=_card(fields.object("card")),
        subtypes=subtypes,
        claims=parse_claims(fields.objects("claims", max_items=64), subtypes),
    )
    _check_visibility(credential_type)
    _check_until_claims(credential_type)
    return credential_type


def _validity(fields: JsonObject) -> ValidityRule:
    fields.only("days", "until_claim", "plus_days", "endless")
    if sum(name in fields for name in ("days", "until_claim", "endless")) != 1:
        raise Malformed(f"{fields.where} must have one of days, until_claim, endless")
    if "endless" in fields and not flag_of(fields, "endless"):
        raise Malformed(f"{fields.where}.endless can only be true")
    if ("until_claim" in fields) != ("plus_days" in fields):
        raise Malformed(f"{fields.where} must have until_claim and plus_days together")
    return ValidityRule(
        days=number_of(fields, "days", 1, MAX_RULE_DAYS) if "days" in fields else None,
        until_claim=fields.text_or_none("until_claim"),
        plus_days=number_of(fields, "plus_days", 0, MAX_RULE_DAYS) if "plus_days" in fields else 0,
    )


def _subtypes(fields: JsonObject, validity: ValidityRule) -> tuple[Subtype, ...]:
    table = fields.object_or_none("subtypes")
    return tuple(_subtype(code, table.object(code), validity) for code in table) if table else ()


def _subtype(code: str, fields: JsonObject, validity: ValidityRule) -> Subtype:
    fields.only("label", "validity")
    own = fields.object_or_none("validity")
    return Subtype(
        code=code, label=label_of(fields, "label"), validity=_validity(own) if own else validity
    )


def _card(fields: JsonObject) -> CardColours:
    fields.only("background", "text")
    return CardColours(
        background=matching(fields, "background", _COLOUR), text=matching(fields, "text", _COLOUR)
    )


def _check_visibility(credential_type: CredentialType) -> None:
    """Whatever says something about a person can be withheld. PIPA 16, dossier §4.

    An object is visible and its members are not. The subtype stays visible as the type does:
    without it nobody could tell who may issue it.
    """
    personal = credential_type.subject is SubjectKind.PERSON
    for claim in credential_type.claims:
        if claim.kind is ClaimKind.OBJECT or claim.path == (SUBTYPE_CLAIM,):
            if claim.selective:
                raise Malformed(f"{claim.name} can't be withheld as a whole")
        elif personal and not claim.selective:
            raise Malformed(f"{claim.name} is about a person: its holder may withhold it")


def _check_until_claims(credential_type: CredentialType) -> None:
    dates = _required_dates(credential_type.claims)
    rules = [credential_type.validity, *(subtype.validity for subtype in credential_type.subtypes)]
    for rule in rules:
        if rule.until_claim is not None and rule.until_claim not in dates:
            raise Malformed("until_claim must name a date that every credential of the type has")


def _required_dates(claims: Iterable[Claim]) -> set[str]:
    return {
        claim.name
        for claim in claims
        if claim.kind is ClaimKind.DATE and claim.required and len(claim.path) == 1
    }
