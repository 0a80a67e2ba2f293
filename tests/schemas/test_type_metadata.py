"""Type metadata, as wallets read it."""

import base64
import hashlib
import json
from typing import Any

import pytest

from credentials.jcs import canonicalize
from schemas.catalogue import get, load_all
from schemas.credential_type import CredentialType
from schemas.type_metadata import sri, type_metadata

BASE = "https://gwanin.example"


def _metadata(known: CredentialType) -> dict[str, Any]:
    metadata: dict[str, Any] = json.loads(canonicalize(type_metadata(known, BASE)))
    return metadata


def _claims(known: CredentialType) -> dict[tuple[str, ...], dict[str, Any]]:
    return {tuple(claim["path"]): claim for claim in _metadata(known)["claims"]}


@pytest.mark.parametrize("known", load_all().values(), ids=lambda known: known.name)
def test_names_its_vct_and_speaks_both_languages(known: CredentialType) -> None:
    metadata = _metadata(known)
    assert metadata["vct"] == f"{BASE}/types/{known.name}/v1"
    assert [entry["locale"] for entry in metadata["display"]] == ["ko", "en"]
    for claim in _claims(known).values():
        assert [entry["locale"] for entry in claim["display"]] == ["ko", "en"]


def test_says_of_each_claim_whether_it_is_always_there_and_whether_it_can_be_withheld() -> None:
    claims = _claims(get("CityCertificateCredential"))
    assert (claims[("subtype",)]["mandatory"], claims[("subtype",)]["sd"]) == (True, "never")
    assert (claims[("title",)]["mandatory"], claims[("title",)]["sd"]) == (True, "always")
    assert (claims[("pdfSha256",)]["mandatory"], claims[("pdfSha256",)]["sd"]) == (False, "always")
    assert (claims[("body",)]["mandatory"], claims[("body",)]["sd"]) == (True, "never")
    year = claims[("body", "year")]
    assert (year["mandatory"], year["sd"]) == (False, "always")


def test_describes_every_claim_and_what_a_code_means() -> None:
    residency = get("SeoulResidencyCredential")
    claims = _claims(residency)
    assert list(claims) == [claim.path for claim in residency.claims]
    assert {
        "value": "11620",
        "display": [
            {"locale": "ko", "label": "관악구"},
            {"locale": "en", "label": "Gwanak-gu"},
        ],
    } in claims[("guCode",)]["values"]
    assert "values" not in claims[("birthDate",)]


def test_integrity_is_a_sha_256_in_standard_base64() -> None:
    algorithm, _, digest = sri(b"a document").partition("-")
    assert algorithm == "sha256"
    assert base64.b64decode(digest, validate=True) == hashlib.sha256(b"a document").digest()
