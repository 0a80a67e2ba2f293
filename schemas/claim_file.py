"""Reads the claims of a credential type from its TOML, and checks that they fit each other."""

import re
from collections.abc import Iterable, Sequence
from typing import Final

from credentials.errors import Malformed
from credentials.json_object import JsonObject
from schemas.claim import (
    MAX_LIST_CLAIM,
    MAX_TEXT_CLAIM,
    Claim,
    ClaimKind,
    Disclosability,
    EnumValue,
    MemberPath,
    TextContent,
)
from schemas.credential_type import SUBTYPE_CLAIM, Subtype
from schemas.derivation import Rule
from schemas.gu import gu_names
from schemas.labels import Label
from schemas.reserved_names import RESERVED_NAMES
from schemas.rule_file import check_source, parse_rule
from schemas.toml_fields import enum_of, flag_of, label_of, number_of, texts_of

MAX_INTEGER_CLAIM: Final = 2**53 - 1  # what every JSON reader holds exactly; RFC 8259 §6

_NAME: Final = re.compile(r"[a-z][A-Za-z0-9]{0,39}", re.ASCII)
_COMMON_KEYS: Final = (
    "path", "kind", "required", "disclosure", "label", "rule", "subtypes", "aliases",
)  # fmt: skip
_KEYS: Final = {
    ClaimKind.TEXT: ("maximum", "pattern", "content"),
    ClaimKind.TEXTS: ("maximum", "item_maximum", "pattern"),
    ClaimKind.ENUM: ("values",),
    ClaimKind.DATE: ("past",),
    ClaimKind.DATETIME: (),
    ClaimKind.INTEGER: ("minimum", "maximum"),
    ClaimKind.BOOLEAN: ("true_only",),
    ClaimKind.DIGEST: (),
    ClaimKind.OBJECT: ("members", "member_label"),
}


def parse_claims(tables: Iterable[JsonObject], subtypes: Sequence[Subtype]) -> tuple[Claim, ...]:
    """Read the claims of one type, each derived object followed by its members.

    Raises Malformed.
    """
    claims = tuple(claim for table in tables for claim in _claims(table, subtypes))
    _check_paths(claims)
    _check_subtypes(claims, subtypes)
    for claim in claims:
        if claim.rule:
            check_source(claim, claims)
    return claims


def _claims(fields: JsonObject, subtypes: Sequence[Subtype]) -> list[Claim]:
    claim = _claim(fields, subtypes)
    if "members" not in fields:
        return [claim]
    if fields.text("members") != "gu":
        raise Malformed("members can only be gu")
    return [claim, *_district_members(claim, label_of(fields, "member_label"))]


def _claim(fields: JsonObject, subtypes: Sequence[Subtype]) -> Claim:
    kind = enum_of(fields, "kind", ClaimKind)
    fields.only(*_COMMON_KEYS, *_KEYS[kind])
    path = _path(fields)
    rule = parse_rule(fields.object("rule")) if "rule" in fields else None
    return Claim(
        path=path,
        kind=kind,
        required=flag_of(fields, "required"),
        disclosure=enum_of(fields, "disclosure", Disclosability),
        label=label_of(fields, "label"),
        minimum=_minimum(fields, kind),
        maximum=_maximum(fields, kind),
        item_maximum=_item_maximum(fields, kind),
        pattern=_pattern(fields),
        values=_values(fields, subtypes) if kind is ClaimKind.ENUM else (),
        content=enum_of(fields, "content", TextContent)
        if "content" in fields
        else TextContent.PLAIN,
        past=flag_of(fields, "past") if "past" in fields else False,
        true_only=_true_only(fields, kind, rule),
        entered=rule is None,
        rule=rule,
        subtypes=texts_of(fields, "subtypes") if "subtypes" in fields else (),
        aliases=texts_of(fields, "aliases") if "aliases" in fields else (),
    )


def _path(fields: JsonObject) -> MemberPath:
    path = texts_of(fields, "path")
    if len(path) not in (1, 2) or not all(map(_NAME.fullmatch, path)):
        raise Malformed(f"{fields.where}.path must hold one or two names in camel case")
    if path[0] in RESERVED_NAMES:
        raise Malformed(f"a claim can't be called {path[0]}: the name is taken by the envelope")
    return path


def _minimum(fields: JsonObject, kind: ClaimKind) -> int | None:
    match kind:
        case ClaimKind.TEXT | ClaimKind.TEXTS:
            # An empty text or list says nothing; where nothing is meant, the claim is left out.
            return 1
        case ClaimKind.INTEGER:
            return number_of(fields, "minimum", -MAX_INTEGER_CLAIM, MAX_INTEGER_CLAIM)
        case _:
            return None


def _maximum(fields: JsonObject, kind: ClaimKind) -> int | None:
    match kind:
        case ClaimKind.TEXT:
            return number_of(fields, "maximum", 1, MAX_TEXT_CLAIM)
        case ClaimKind.TEXTS:
            return number_of(fields, "maximum", 1, MAX_LIST_CLAIM)
        case ClaimKind.INTEGER:
            return number_of(fields, "maximum", -MAX_INTEGER_CLAIM, MAX_INTEGER_CLAIM)
        case _:
            return None


def _item_maximum(fields: JsonObject, kind: ClaimKind) -> int | None:
    return number_of(fields, "item_maximum", 1, 300) if kind is ClaimKind.TEXTS else None


def _pattern(fields: JsonObject) -> str | None:
    pattern = fields.text_or_none("pattern")
    if pattern is not None and not (pattern.startswith("^") and pattern.endswith("$")):
        raise Malformed(f"{fields.where}.pattern must be anchored at both ends")
    return pattern


def _true_only(fields: JsonObject, kind: ClaimKind, rule: Rule | None) -> bool:
    if kind is not ClaimKind.BOOLEAN:
        return False
    return rule is not None or flag_of(fields, "true_only")


def _values(fields: JsonObject, subtypes: Sequence[Subtype]) -> tuple[EnumValue, ...]:
    values = fields.members.get("values")
    if values == "gu":
        return tuple(EnumValue(value=code, label=name) for code, name in gu_names().items())
    if values == "subtypes":
        return tuple(EnumValue(value=subtype.code, label=subtype.label) for subtype in subtypes)
    return tuple(map(_value, fields.objects("values", max_items=64)))


def _value(fields: JsonObject) -> EnumValue:
    fields.only("value", "ko", "en")
    label = Label(ko=fields.text("ko"), en=fields.text("en"))
    return EnumValue(value=fields.text("value"), label=label)


def _district_members(parent: Claim, label: Label) -> list[Claim]:
    """One predicate a district; `{gu}` in the label stands for its name."""
    return [
        Claim(
            path=(*parent.path, code),
            kind=ClaimKind.BOOLEAN,
            required=False,
            disclosure=Disclosability.SELECTIVE,
            label=Label(ko=label.ko.replace("{gu}", name.ko), en=label.en.replace("{gu}", name.en)),
            true_only=True,
            entered=False,
        )
        for code, name in gu_names().items()
    ]


def _check_paths(claims: Sequence[Claim]) -> None:
    paths = [claim.path for claim in claims]
    objects = {claim.path for claim in claims if claim.kind is ClaimKind.OBJECT}
    for claim in claims:
        if paths.count(claim.path) > 1:
            raise Malformed(f"{claim.name} is defined twice")
        if len(claim.path) == 2 and claim.path[:1] not in objects:
            raise Malformed(f"{claim.name} stands in no object")
        if len(claim.path) == 2 and (claim.kind is ClaimKind.OBJECT or claim.rule):
            raise Malformed(f"{claim.name} is a member: neither an object nor derived itself")


def _check_subtypes(claims: Sequence[Claim], subtypes: Sequence[Subtype]) -> None:
    codes = {subtype.code for subtype in subtypes}
    telling = next((claim for claim in claims if claim.path == (SUBTYPE_CLAIM,)), None)
    if bool(codes) != bool(telling and telling.required and telling.kind is ClaimKind.ENUM):
        raise Malformed("a type with subtypes, and no other, has a required claim `subtype`")
    if telling and {value.value for value in telling.values} != codes:
        raise Malformed("the values of `subtype` must be the subtypes")
    for claim in claims:
        if not codes.issuperset(claim.subtypes) or (claim.subtypes and len(claim.path) == 1):
            raise Malformed(f"{claim.name}: only members of an object belong to some subtypes")
