"""The reader of type files: one slip at a time is refused."""

from importlib.resources import files

import pytest
from hypothesis import given
from hypothesis import strategies as st

from credentials.errors import Error, Malformed
from schemas.catalogue import load_all
from schemas.credential_type import Audience, Binding, SubjectKind, ValidityRule
from schemas.type_file import parse_type_file

CARD = (files("schemas") / "seoul_citizen_card.v1.toml").read_text("utf-8")
CERTIFICATE = (files("schemas") / "city_certificate.v1.toml").read_text("utf-8")
ELIGIBILITY = (files("schemas") / "youth_allowance_eligibility.v1.toml").read_text("utf-8")

SLIPS = {
    "no TOML": (CARD, 'name = "', 'name = '),
    "unknown key": (CARD, "catalogue = 15", "catalogue = 15\nqr = true"),
    "missing key": (CARD, "single_use = false", ""),
    "name in another form": (CARD, '"SeoulCitizenCardCredential"', '"seoul-card"'),
    "version zero": (CARD, "version = 1", "version = 0"),
    "version as text": (CARD, "version = 1", 'version = "1"'),
    "label in one language": (CARD, ', en = "Seoul Citizen Card"', ""),
    "label in a third language": (CARD, 'en = "Seoul Citizen Card"', 'en = "a", fr = "b"'),
    "unknown subject": (CARD, 'subject = "person"', 'subject = "people"'),
    "unknown binding": (CARD, '"holder-key"', '"paper"'),
    "unknown issuance": (CARD, '"reviewed"', '"guessed"'),
    "unknown audience": (CARD, 'audience = "holder"', 'audience = "all"'),
    "unknown online": (CARD, 'online = "optional"', 'online = "maybe"'),
    "unknown status": (CARD, '"revoke"]', '"forget"]'),
    "waits too long": (CARD, "claim_by_days = 60", "claim_by_days = 366"),
    "validity of no days": (CARD, "{ days = 365 }", "{ days = 0 }"),
    "no validity": (CARD, "{ days = 365 }", "{ }"),
    "two validities": (CARD, "{ days = 365 }", "{ days = 365, endless = true }"),
    "endless is false": (CARD, "{ days = 365 }", "{ endless = false }"),
    "unknown validity": (CARD, "{ days = 365 }", "{ days = 365, weeks = 1 }"),
    "plus days without a claim": (CARD, "{ days = 365 }", "{ days = 365, plus_days = 1 }"),
    "until an unknown claim": (ELIGIBILITY, '"roundClosesOn", plus', '"noSuchDay", plus'),
    "until a claim that is no date": (ELIGIBILITY, '"roundClosesOn", plus', '"round", plus'),
    "until without plus days": (ELIGIBILITY, ", plus_days = 30", ""),
    "colour by name": (CARD, '"#ffffff"', '"white"'),
    "unknown card key": (CARD, 'text = "#ffffff"', 'text = "#ffffff", font = "a"'),
    "personal claim always visible": (CARD, 'disclosure = "selective"', 'disclosure = "always"'),
    "object withheld as a whole": (
        CERTIFICATE,
        'kind = "object"\nrequired = true\ndisclosure = "always"',
        'kind = "object"\nrequired = true\ndisclosure = "selective"',
    ),
    "subtype withheld": (
        CERTIFICATE,
        'kind = "enum"\nrequired = true\ndisclosure = "always"',
        'kind = "enum"\nrequired = true\ndisclosure = "selective"',
    ),
    "unknown key of a subtype": (CERTIFICATE, "[subtypes.career]", "[subtypes.career]\ndays = 1"),
}  # fmt: skip


@pytest.mark.parametrize(("text", "old", "new"), SLIPS.values(), ids=SLIPS.keys())
def test_refuses_one_slip(text: str, old: str, new: str) -> None:
    parse_type_file(text.encode())
    assert old in text
    with pytest.raises(Malformed):
        parse_type_file(text.replace(old, new, 1).encode())


def test_an_until_claim_must_be_in_every_credential() -> None:
    before, name, after = ELIGIBILITY.rpartition('path = ["roundClosesOn"]')
    optional = before + name + after.replace("required = true", "required = false")
    with pytest.raises(Malformed):
        parse_type_file(optional.encode())


def test_reads_what_the_file_says() -> None:
    card = parse_type_file(CARD.encode())
    assert (card.name, card.version, card.catalogue) == ("SeoulCitizenCardCredential", 1, 15)
    assert card.subject is SubjectKind.PERSON
    assert card.mechanisms == ("sd-jwt-vc", "eddsa-jcs-2022")
    assert card.validity == ValidityRule(days=365)
    assert card.claim_by_days == 60


def test_a_subtype_without_its_own_validity_has_that_of_the_type() -> None:
    certificate = parse_type_file(CERTIFICATE.encode())
    validity = {subtype.code: subtype.validity for subtype in certificate.subtypes}
    assert validity["waterPayment"] == ValidityRule(days=90)
    assert validity["career"] == ValidityRule()


def test_only_registry_types_are_public_and_bound_to_nobody() -> None:
    known = load_all().values()
    registry = {"IssuerAccreditationCredential", "VerifierRegistrationCredential"}
    assert {each.name for each in known if each.audience is Audience.PUBLIC} == registry
    assert {each.name for each in known if each.binding is Binding.NONE} == registry
    assert {each.name for each in known if each.mechanisms == ("eddsa-jcs-2022",)} == registry


@given(st.binary(max_size=200))
def test_any_bytes_are_refused_as_ours(data: bytes) -> None:
    with pytest.raises(Error):
        parse_type_file(data)
