"""Under which words an entitlement is found: whole values, in one spelling.

What is stored of them is a keyed digest (`SecretMacs`), so a clerk finds a person by the whole name
or birth date, and a table that is stolen answers no question at all.
"""

from collections.abc import Iterator
from typing import Final

from credentials.claims import Claims
from credentials.strict_json import JsonValue
from schemas.claim import Claim, ClaimKind
from schemas.clean_text import normalise
from schemas.credential_type import CredentialType
from schemas.form_fields import entered_claims

MAX_TERM_CHARS: Final = 200

# A value of a closed list is everybody's, and finds nobody.
_SEARCHED: Final = frozenset({ClaimKind.TEXT, ClaimKind.DATE})


def search_term(text: str) -> str:
    """The one spelling of a value: NFC, without case, without spaces."""
    return "".join(normalise(normalise(text).casefold()).split())


def search_terms(credential_type: CredentialType, claims: Claims) -> frozenset[str]:
    """Every value of these claims that an entitlement is found by."""
    return frozenset(_terms(credential_type, claims))


def _terms(credential_type: CredentialType, claims: Claims) -> Iterator[str]:
    for claim in entered_claims(credential_type):
        value = value_at(claims, claim)
        if claim.kind in _SEARCHED and isinstance(value, str) and len(value) <= MAX_TERM_CHARS:
            yield search_term(value)


def value_at(claims: Claims, claim: Claim) -> JsonValue:
    """What the claims hold at a claim's place; None where nothing stands."""
    found: JsonValue = claims
    for name in claim.path:
        found = found.get(name) if isinstance(found, dict) else None
    return found
