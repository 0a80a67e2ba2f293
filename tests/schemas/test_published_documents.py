"""The published documents: complete, canonical, and never changed again."""

import hashlib

import pytest

from credentials.jcs import canonicalize
from credentials.strict_json import parse_json
from schemas.catalogue import get, load_all
from schemas.credential_type import CredentialType
from schemas.published_documents import integrity, published_documents
from schemas.type_metadata import sri

BASE = "https://gwanin.example"

# A published document is immutable: every credential names it by its digest. If this fails, the
# change belongs into a new version of the type (`*.v2.toml`), not into this table.
PINNED = {
    "contexts/CityCertificateCredential/v1":
        "368c0c334567f62f5d645879354ecd596ca51c45644f8daea0c94f28d0fe4604",
    "contexts/IssuerAccreditationCredential/v1":
        "58cd24b35c455ea6cc802aee4b06da7e31b224e3927c521669cc386e54aa2f52",
    "contexts/SeoulCitizenCardCredential/v1":
        "26a63a9e0d5465c79627b14269ea05dd95e4c27a88e3a6ab92add1bb751a044b",
    "contexts/SeoulResidencyCredential/v1":
        "b6bf72f0afd4329f885b75ec05cc355eb857c64c8d594ef9b6f2b02ea6c93149",
    "contexts/VerifierRegistrationCredential/v1":
        "2ccacede91f0d9aa5e405825a018141edb9ba9cee7ed79f3c3514220d1bf7796",
    "contexts/YouthAllowanceEligibilityCredential/v1":
        "9f54fccc0264afbc8ae558acc76e424cfde6fe9de305fcff0f1e1cdedd212d65",
    "types/CityCertificateCredential/v1":
        "6f46498a0ce87369823ac3153557abab3c19f01c99d92e3571b8e3e827cf44c4",
    "types/CityCertificateCredential/v1/schema.json":
        "db25631210cb3f4d81abbf35cd7c7b5cd242f1efe72c2e6ffbc18b1d13f453f0",
    "types/IssuerAccreditationCredential/v1":
        "3585c1ad832828e57047e1837c558a237df1f9e2231b613f22dadf21e628e304",
    "types/IssuerAccreditationCredential/v1/schema.json":
        "bfc8c94336d68b42f73d8877c9ed60e51112fc2e4ea950574f94c9849238b3b3",
    "types/SeoulCitizenCardCredential/v1":
        "70190f052200df8b64d35b0b10e99313127206813db307a20d2f7d50b7e81917",
    "types/SeoulCitizenCardCredential/v1/schema.json":
        "1918b243e5d98019ccf3b1268498c84429b0484d352645a9ee9f05aca81db51d",
    "types/SeoulResidencyCredential/v1":
        "8a846a205aca6d7ac9073ee81cd4f565ffc8ab43d99b4d78dfac315a5bd138b8",
    "types/SeoulResidencyCredential/v1/schema.json":
        "432bba795f850f4ea564a934ddf9f3b0b1c9e7dba81494f2e848c2a191bf0eb6",
    "types/VerifierRegistrationCredential/v1":
        "a7a3cec1c806b4af8297a1284e0d38e691b81880e7b3132923df5f5545e16fb5",
    "types/VerifierRegistrationCredential/v1/schema.json":
        "fcd138fc25dc2b6a8a13e6e7af85a0ce15b809c52ad18a02c7db9709ab7396c4",
    "types/YouthAllowanceEligibilityCredential/v1":
        "95388106c50352338c5c9400b201a1cb6b386318e7991980ede736d6c2e992b2",
    "types/YouthAllowanceEligibilityCredential/v1/schema.json":
        "7638f73f22d35ac22416d99d7d052ec0cb2cf3253693640c53cb1c8a71e2cb2c",
}  # fmt: skip


def test_every_published_document_is_the_one_that_was_published() -> None:
    digests = {
        path: hashlib.sha256(document).hexdigest()
        for known in load_all().values()
        for path, document in published_documents(known, BASE).items()
    }
    assert digests == PINNED


@pytest.mark.parametrize("known", load_all().values(), ids=lambda known: known.name)
def test_documents_are_canonical_json(known: CredentialType) -> None:
    for document in published_documents(known, BASE).values():
        assert canonicalize(parse_json(document)) == document


def test_a_type_has_three_documents() -> None:
    assert set(published_documents(get("SeoulResidencyCredential"), BASE)) == {
        "types/SeoulResidencyCredential/v1",
        "types/SeoulResidencyCredential/v1/schema.json",
        "contexts/SeoulResidencyCredential/v1",
    }


def test_integrity_is_given_by_full_address() -> None:
    residency = get("SeoulResidencyCredential")
    found = integrity(residency, BASE)
    for path, document in published_documents(residency, BASE).items():
        assert found[f"{BASE}/{path}"] == sri(document)
    assert len(found) == 3
