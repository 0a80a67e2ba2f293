"""What issuer metadata says about a type."""

import json
from typing import Any

import pytest

from credentials.claims import ClaimPath, parse_claim_path
from credentials.errors import Unsupported
from credentials.jcs import canonicalize
from schemas.catalogue import get, load_all
from schemas.credential_metadata import credential_metadata
from schemas.credential_type import CredentialType

RESIDENCY = get("SeoulResidencyCredential")


def _metadata(known: CredentialType, credential_format: str) -> dict[str, Any]:
    metadata = canonicalize(credential_metadata(known, credential_format))
    parsed: dict[str, Any] = json.loads(metadata)
    return parsed


def _paths(known: CredentialType, credential_format: str) -> list[ClaimPath]:
    claims = _metadata(known, credential_format)["claims"]
    return [parse_claim_path(claim["path"]) for claim in claims]


@pytest.mark.parametrize("known", load_all().values(), ids=lambda known: known.name)
def test_describes_every_claim_where_it_stands_in_each_format(known: CredentialType) -> None:
    own = [claim.path for claim in known.claims]
    assert _paths(known, "dc+sd-jwt") == own
    assert _paths(known, "ldp_vc") == [("credentialSubject", *path) for path in own]


def test_refuses_a_format_in_which_nothing_is_issued() -> None:
    with pytest.raises(Unsupported):
        credential_metadata(RESIDENCY, "mso_mdoc")


def test_shows_the_card_in_both_languages() -> None:
    display = _metadata(RESIDENCY, "dc+sd-jwt")["display"]
    assert display[0] == {
        "name": "서울시 거주확인증",
        "description": RESIDENCY.description.ko,
        "locale": "ko",
        "background_color": "#083891",
        "text_color": "#ffffff",
    }
    assert display[1]["locale"] == "en"


def test_tells_which_claims_are_always_there() -> None:
    claims = _metadata(RESIDENCY, "dc+sd-jwt")["claims"]
    assert claims[0] == {
        "path": ["nameKo"],
        "mandatory": True,
        "display": [{"locale": "ko", "name": "이름"}, {"locale": "en", "name": "Name"}],
    }
    visa = next(claim for claim in claims if claim["path"] == ["visaClass"])
    assert visa["mandatory"] is False
