"""SD-JWT VC type metadata: what a wallet reads to show a credential, served at its `vct`.

Spec: SD-JWT VC (draft 12 and later, which say `locale` and `mandatory`), Type Metadata Format,
Display Metadata and Claim Metadata.
"""

import base64
import hashlib

from credentials.strict_json import JsonValue
from schemas.catalogue import type_url
from schemas.claim import Claim
from schemas.credential_type import CredentialType
from schemas.labels import ENGLISH, KOREAN


def type_metadata(credential_type: CredentialType, base_url: str) -> dict[str, JsonValue]:
    """The type metadata document."""
    return {
        "vct": type_url(credential_type, base_url),
        "name": credential_type.title.en,
        "description": credential_type.description.en,
        "display": _display(credential_type),
        "claims": [_claim_metadata(claim) for claim in credential_type.claims],
    }


def sri(document: bytes) -> str:
    """A document's integrity metadata, for `vct#integrity` and `digestSRI`. Spec: W3C SRI §3.5."""
    return "sha256-" + base64.b64encode(hashlib.sha256(document).digest()).decode("ascii")


def _display(credential_type: CredentialType) -> list[JsonValue]:
    card = credential_type.card
    rendering: JsonValue = {
        "simple": {"background_color": card.background, "text_color": card.text}
    }
    title, description = credential_type.title, credential_type.description
    return [
        {"locale": KOREAN, "name": title.ko, "description": description.ko, "rendering": rendering},
        {
            "locale": ENGLISH,
            "name": title.en,
            "description": description.en,
            "rendering": rendering,
        },
    ]


def _claim_metadata(claim: Claim) -> dict[str, JsonValue]:
    metadata: dict[str, JsonValue] = {
        "path": [*claim.path],
        "display": claim.label.display("label"),
        "mandatory": claim.required and not claim.subtypes,
        "sd": "always" if claim.selective else "never",
    }
    if claim.values:
        # Ours, as the specification allows: how to show a code such as 11620.
        metadata["values"] = [
            {"value": value.value, "display": value.label.display("label")}
            for value in claim.values
        ]
    return metadata
