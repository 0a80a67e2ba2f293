"""What people read of a card: labels and values in their language, from the type's definition."""

import json
from enum import StrEnum

from credentials.claims import ClaimPath
from credentials.strict_json import JsonValue
from schemas.claim import Claim
from schemas.credential_type import CredentialType
from schemas.labels import Label


class Language(StrEnum):
    """The languages that people are spoken to in, first to last."""

    KOREAN = "ko"
    ENGLISH = "en"


def in_language(label: Label, language: Language) -> str:
    """A label in one language."""
    return label.ko if language is Language.KOREAN else label.en


def claim_label(credential_type: CredentialType, path: ClaimPath, language: Language) -> str:
    """What a claim is called; its path where the type has no name for it."""
    claim = credential_type.find_claim(path)
    return ".".join(map(str, path)) if claim is None else in_language(claim.label, language)


def value_text(
    credential_type: CredentialType, path: ClaimPath, value: JsonValue, language: Language
) -> str:
    """A claim's value on one line; a value of a closed list by its label."""
    return _text(value, credential_type.find_claim(path), language)


def _text(value: JsonValue, claim: Claim | None, language: Language) -> str:
    if isinstance(value, list):
        return ", ".join(_text(item, claim, language) for item in value)
    for offered in () if claim is None else claim.values:
        if offered.value == value:
            return in_language(offered.label, language)
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    # Characters that a terminal would obey are spelled out: the values are an issuer's words.
    return text if text.isprintable() else json.dumps(text)
