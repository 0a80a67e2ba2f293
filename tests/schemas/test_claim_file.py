"""The reader of claims: one slip at a time is refused."""

import json
from importlib.resources import files
from pathlib import Path

import pytest

from credentials.errors import Malformed
from schemas.catalogue import get
from schemas.claim import ClaimKind, Disclosability
from schemas.reserved_names import RESERVED_NAMES
from schemas.type_file import parse_type_file

CARD = (files("schemas") / "seoul_citizen_card.v1.toml").read_text("utf-8")
CERTIFICATE = (files("schemas") / "city_certificate.v1.toml").read_text("utf-8")
RESIDENCY = (files("schemas") / "seoul_residency.v1.toml").read_text("utf-8")
ELIGIBILITY = (files("schemas") / "youth_allowance_eligibility.v1.toml").read_text("utf-8")
W3C_CONTEXT = Path(__file__).parent.parent / "vectors/jsonld-contexts/credentials-v2.jsonld"

MEMBER_ID = 'path = ["memberId"]'
SLIPS = {
    "unknown key": (CARD, MEMBER_ID, f"{MEMBER_ID}\ncolour = true"),
    "key of another kind": (CARD, MEMBER_ID, f"{MEMBER_ID}\npast = true"),
    "unknown kind": (CARD, 'kind = "text"', 'kind = "prose"'),
    "no word on being required": (CARD, "required = true\n", ""),
    "unknown disclosure": (CARD, 'disclosure = "selective"', 'disclosure = "sometimes"'),
    "empty path": (CARD, MEMBER_ID, "path = []"),
    "path of three": (CARD, MEMBER_ID, 'path = ["a", "b", "c"]'),
    "name in another case": (CARD, MEMBER_ID, 'path = ["MemberId"]'),
    "name of a digest list": (CARD, MEMBER_ID, 'path = ["_sd"]'),
    "name of the type": (CARD, MEMBER_ID, 'path = ["vct"]'),
    "name of the status": (CARD, MEMBER_ID, 'path = ["status"]'),
    "name of a W3C term": (CARD, MEMBER_ID, 'path = ["credentialStatus"]'),
    "defined twice": (CARD, '"memberSince"', '"memberId"'),
    "text without a bound": (CARD, "maximum = 19\n", ""),
    "text with too wide a bound": (CARD, "maximum = 19\n", "maximum = 2001\n"),
    "list without a bound": (CARD, "maximum = 20\n", ""),
    "list of unbounded items": (CARD, "item_maximum = 40\n", ""),
    "pattern without a start": (CARD, '"^[A-Z0-9]', '"[A-Z0-9]'),
    "pattern without an end": (CARD, '{3}$"', '{3}"'),
    "number without a least value": (ELIGIBILITY, "minimum = 2016\n", ""),
    "number beyond what JSON holds": (ELIGIBILITY, "maximum = 2199", "maximum = 9007199254740992"),
    "boolean that does not say if false is stated": (CARD, "true_only = true\n", ""),
    "choice of nothing": (RESIDENCY, 'values = "gu"\n', ""),
    "choice with an unknown key": (RESIDENCY, 'value = "citizen",', 'value = "citizen", x = 1,'),
    "members of another kind": (RESIDENCY, 'members = "gu"', 'members = "si"'),
    "member of nothing": (CERTIFICATE, '["body", "year"]', '["head", "year"]'),
    "member that is an object": (
        CERTIFICATE,
        '["body", "year"]\nkind = "integer"',
        '["body", "year"]\nkind = "object"',
    ),
    "member of an unknown subtype": (CERTIFICATE, '["waterPayment"]', '["gasPayment"]'),
    "whole claim of one subtype": (
        CERTIFICATE, 'path = ["title"]', 'path = ["title"]\nsubtypes = ["career"]',
    ),
    "subtypes without the claim that tells": (CERTIFICATE, 'path = ["subtype"]', 'path = ["sort"]'),
    "subtype that may be missing": (
        CERTIFICATE,
        'path = ["subtype"]\nkind = "enum"\nrequired = true',
        'path = ["subtype"]\nkind = "enum"\nrequired = false',
    ),
    "claim that tells subtypes of none": (
        RESIDENCY, 'path = ["residentType"]', 'path = ["subtype"]',
    ),
    "subtypes that are not on offer": (
        CERTIFICATE, 'values = "subtypes"', 'values = [{ value = "career", ko = "a", en = "b" }]',
    ),
}  # fmt: skip


@pytest.mark.parametrize(("text", "old", "new"), SLIPS.values(), ids=SLIPS.keys())
def test_refuses_one_slip(text: str, old: str, new: str) -> None:
    parse_type_file(text.encode())
    assert old in text
    with pytest.raises(Malformed):
        parse_type_file(text.replace(old, new, 1).encode())


def test_a_member_can_not_be_derived_by_itself() -> None:
    derived = CERTIFICATE.replace(
        'path = ["body", "startsOn"]', 'path = ["body", "startsOn"]\nrule = { name = "issue-day" }'
    )
    with pytest.raises(Malformed):
        parse_type_file(derived.encode())


def test_every_district_is_a_predicate_of_its_own() -> None:
    members = get("SeoulResidencyCredential").members(("residentOfGu",))
    assert len(members) == 25
    assert {member.disclosure for member in members} == {Disclosability.SELECTIVE}
    assert {member.kind for member in members} == {ClaimKind.BOOLEAN}
    assert not any(member.entered or member.required for member in members)
    gwanak = next(member for member in members if member.path[1] == "11620")
    assert (gwanak.label.ko, gwanak.label.en) == ("관악구 거주", "Resident of Gwanak-gu")


def test_no_term_of_the_w3c_context_can_be_a_claim() -> None:
    """A second definition of a protected term makes a JSON-LD processor refuse the credential."""
    terms = _terms(json.loads(W3C_CONTEXT.read_text("utf-8"))["@context"])
    assert {term for term in terms if term[0].islower()} <= RESERVED_NAMES


def _terms(context: dict[str, object] | None) -> set[str]:
    found: set[str] = set()
    for term, definition in (context or {}).items():
        if not term.startswith("@"):
            found.add(term)
        if isinstance(definition, dict):
            found |= _terms(definition.get("@context"))
    return found
