"""The published JSON Schema: what a stranger's validator makes of our credentials."""

from datetime import date

import jsonschema_rs
import pytest

from credentials.claims import Claims
from schemas.catalogue import get, load_all
from schemas.claim import ClaimKind
from schemas.credential_type import CredentialType
from schemas.derived_claims import derive
from schemas.json_schema import Stage, claims_schema, json_schema

BASE = "https://gwanin.example"
TYPES = list(load_all().values())
RESIDENCY = get("SeoulResidencyCredential")
CERTIFICATE = get("CityCertificateCredential")
RESIDENT: Claims = {
    "nameKo": "김시범",
    "birthDate": "1999-05-17",
    "guCode": "11620",
    "residentType": "citizen",
    "registeredSince": "2019-03-02",
}
CAREER: Claims = {
    "subtype": "career",
    "title": "경력증명서",
    "documentNo": "공공일자리과-0421",
    "holderName": "김시범",
    "issuedOn": "2026-03-13",
    "body": {"workplace": "견본도서관", "role": "사서보조", "startsOn": "2025-03-01"},
}


def _credential(subject: Claims) -> Claims:
    return {
        "@context": ["https://www.w3.org/ns/credentials/v2"],
        "type": ["VerifiableCredential"],
        "issuer": "did:example:1",
        "credentialSubject": {"id": "did:example:2", **subject},
        "credentialSchema": {"id": BASE, "type": "JsonSchema"},
    }


def _accepts(credential_type: CredentialType, credential: Claims) -> bool:
    schema = json_schema(credential_type, BASE)
    return jsonschema_rs.Draft202012Validator(schema).is_valid(credential)


@pytest.mark.parametrize("credential_type", TYPES, ids=lambda known: known.name)
def test_is_a_schema_that_names_itself(credential_type: CredentialType) -> None:
    schema = json_schema(credential_type, BASE)
    jsonschema_rs.meta.validate(schema)
    assert schema["$id"] == f"{BASE}/types/{credential_type.name}/v1/schema.json"
    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"


@pytest.mark.parametrize(
    ("credential_type", "claims"), [(RESIDENCY, RESIDENT), (CERTIFICATE, CAREER)]
)
def test_accepts_a_whole_credential_as_issued(
    credential_type: CredentialType, claims: Claims
) -> None:
    issued = derive(credential_type, claims, date(2026, 3, 13)).claims
    assert _accepts(credential_type, _credential(issued))


@pytest.mark.parametrize(
    "change",
    [
        {"residentOfSeoul": False},
        {"ageOver20": True},
        {"birthDate": "1999-5-17"},
        {"residentOfGu": {"11000": True}},
        {"guCode": "11000"},
    ],
    ids=lambda change: next(iter(change)),
)
def test_refuses_an_issued_credential_with_one_change(change: Claims) -> None:
    issued = derive(RESIDENCY, RESIDENT, date(2026, 3, 13)).claims
    assert not _accepts(RESIDENCY, _credential({**issued, **change}))


@pytest.mark.parametrize("missing", ["birthDate", "residentOfSeoul", "residentOfGu", "asOfDate"])
def test_refuses_an_issued_credential_without_a_required_claim(missing: str) -> None:
    issued = derive(RESIDENCY, RESIDENT, date(2026, 3, 13)).claims
    del issued[missing]
    assert not _accepts(RESIDENCY, _credential(issued))


def test_refuses_a_member_of_another_subtype_or_a_missing_one() -> None:
    body = CAREER["body"]
    assert isinstance(body, dict)
    assert not _accepts(CERTIFICATE, _credential({**CAREER, "body": {**body, "year": 2025}}))
    assert not _accepts(CERTIFICATE, _credential({**CAREER, "body": {"role": "사서보조"}}))


def test_what_is_entered_leaves_out_what_is_derived() -> None:
    entered = claims_schema(RESIDENCY, Stage.ENTERED)["properties"]
    issued = claims_schema(RESIDENCY, Stage.ISSUED)["properties"]
    assert isinstance(entered, dict)
    assert isinstance(issued, dict)
    assert issued.keys() - entered.keys() == {
        claim.path[0] for claim in RESIDENCY.claims if claim.rule
    }


def test_what_is_disclosed_needs_only_what_can_not_be_withheld() -> None:
    assert claims_schema(RESIDENCY, Stage.DISCLOSED)["required"] == ["residentOfGu"]
    assert claims_schema(CERTIFICATE, Stage.DISCLOSED)["required"] == ["subtype", "body"]


@pytest.mark.parametrize("credential_type", TYPES, ids=lambda known: known.name)
def test_every_text_list_and_number_is_bounded(credential_type: CredentialType) -> None:
    for claim in credential_type.claims:
        if claim.kind in {ClaimKind.TEXT, ClaimKind.TEXTS, ClaimKind.INTEGER}:
            assert claim.minimum is not None
            assert claim.maximum is not None
