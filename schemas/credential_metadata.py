"""What a credential issuer's metadata says about showing credentials of a type.

Spec: OpenID4VCI 1.0 §12.2.4 (`credential_metadata`) and appendix B.2 (claims descriptions).
"""

from typing import Final

from credentials.claims import ClaimPath
from credentials.errors import Unsupported
from credentials.strict_json import JsonValue
from schemas.claim import Claim
from schemas.credential_type import CredentialType
from schemas.labels import ENGLISH, KOREAN

# Where the claims stand in a credential of each format. OpenID4VCI 1.0 appendix A.
_SUBJECT_PATHS: Final[dict[str, ClaimPath]] = {
    "dc+sd-jwt": (),
    "ldp_vc": ("credentialSubject",),
}


def credential_metadata(
    credential_type: CredentialType, credential_format: str
) -> dict[str, JsonValue]:
    """The `credential_metadata` of a credential configuration in this format.

    Claims stand in the order in which a wallet shows them. Raises Unsupported for a format in
    which we do not issue.
    """
    if credential_format not in _SUBJECT_PATHS:
        raise Unsupported("claims are not described for this credential format")
    subject = _SUBJECT_PATHS[credential_format]
    return {
        "display": _display(credential_type),
        "claims": [_claim(claim, subject) for claim in credential_type.claims],
    }


def _display(credential_type: CredentialType) -> list[JsonValue]:
    title, description = credential_type.title, credential_type.description
    colours: dict[str, JsonValue] = {
        "background_color": credential_type.card.background,
        "text_color": credential_type.card.text,
    }
    return [
        {"name": title.ko, "description": description.ko, "locale": KOREAN, **colours},
        {"name": title.en, "description": description.en, "locale": ENGLISH, **colours},
    ]


def _claim(claim: Claim, subject: ClaimPath) -> dict[str, JsonValue]:
    return {
        "path": [*subject, *claim.path],
        "mandatory": claim.required and not claim.subtypes,
        "display": claim.label.display("name"),
    }
