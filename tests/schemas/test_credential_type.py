"""Names that others rely on: permissions of issuers and attributes of verifiers."""

import pytest

from schemas.catalogue import get
from schemas.credential_type import attribute_name, permission

RESIDENCY = get("SeoulResidencyCredential")
CERTIFICATE = get("CityCertificateCredential")


def test_an_issuer_is_permitted_a_type_or_one_subtype() -> None:
    assert permission(RESIDENCY, {}) == "SeoulResidencyCredential"
    assert permission(CERTIFICATE, {"subtype": "career"}) == "CityCertificateCredential/career"


@pytest.mark.parametrize("claims", [{}, {"subtype": "diploma"}, {"subtype": 1}])
def test_nobody_is_permitted_a_subtype_that_does_not_exist(claims: dict[str, object]) -> None:
    assert permission(CERTIFICATE, claims) == "CityCertificateCredential/"  # type: ignore[arg-type]


def test_an_attribute_is_the_type_and_the_path() -> None:
    name = attribute_name(RESIDENCY, ("residentOfGu", "11620"))
    assert name == "SeoulResidencyCredential.residentOfGu.11620"


def test_finds_a_claim_by_its_exact_path() -> None:
    found = RESIDENCY.find_claim(("residentOfGu", "11620"))
    assert found is not None
    assert found.name == "residentOfGu.11620"
    assert RESIDENCY.find_claim(("residentOfGu", "99999")) is None
    assert RESIDENCY.find_claim(("residentOfGu", None)) is None


def test_members_stand_directly_below_their_object() -> None:
    assert {claim.path for claim in CERTIFICATE.members(("body",))} >= {("body", "role")}
    assert ("body", "role") not in {claim.path for claim in CERTIFICATE.members(())}
