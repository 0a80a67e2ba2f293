"""The JSON-LD context: every claim is defined, protected, and clashes with nothing."""

import json
from pathlib import Path
from typing import Any

import pytest

from schemas.catalogue import get, load_all
from schemas.claim import ClaimKind
from schemas.credential_type import CredentialType
from schemas.jsonld_context import context_path, jsonld_context

BASE = "https://gwanin.example"
VOCABULARY = f"{BASE}/types/SeoulResidencyCredential/v1"
W3C_CONTEXT = Path(__file__).parent.parent / "vectors/jsonld-contexts/credentials-v2.jsonld"


def _context(known: CredentialType) -> dict[str, Any]:
    context = jsonld_context(known, BASE)["@context"]
    assert isinstance(context, dict)
    return context


@pytest.mark.parametrize("known", load_all().values(), ids=lambda known: known.name)
def test_defines_the_type_and_every_claim_and_nothing_else(known: CredentialType) -> None:
    context = _context(known)
    top = {claim.path[0] for claim in known.members(())}
    assert context.keys() == {"@version", "@protected", known.name} | top
    for claim in known.claims:
        if claim.kind is ClaimKind.OBJECT:
            inner = context[claim.path[0]]["@context"]
            members = {member.path[1] for member in known.members(claim.path)}
            assert inner.keys() == {"@protected"} | members


@pytest.mark.parametrize("known", load_all().values(), ids=lambda known: known.name)
def test_all_terms_are_protected_and_none_is_one_of_the_w3c(known: CredentialType) -> None:
    context = _context(known)
    assert context["@protected"] is True
    assert context["@version"] == 1.1
    w3c = json.loads(W3C_CONTEXT.read_text("utf-8"))["@context"]
    assert not {term for term in context if not term.startswith("@")} & w3c.keys()
    nested = [term["@context"] for term in context.values() if "@context" in str(term)]
    assert all(inner["@protected"] is True for inner in nested)


@pytest.mark.parametrize("known", load_all().values(), ids=lambda known: known.name)
def test_no_two_claims_share_an_address(known: CredentialType) -> None:
    context = _context(known)
    terms = [term for name, term in context.items() if isinstance(term, dict)]
    terms += [inner for term in terms for inner in term.get("@context", {}).values()]
    addresses = [term["@id"] for term in terms if isinstance(term, dict)]
    assert len(addresses) == len(set(addresses)) == len(known.claims)
    assert all(address.startswith(f"{BASE}/types/{known.name}/v1#") for address in addresses)


def test_terms_have_the_type_of_their_kind() -> None:
    context = _context(get("SeoulResidencyCredential"))
    assert context["SeoulResidencyCredential"] == VOCABULARY
    assert context["birthDate"] == {
        "@id": f"{VOCABULARY}#birthDate",
        "@type": "http://www.w3.org/2001/XMLSchema#date",
    }
    assert context["nameKo"] == {"@id": f"{VOCABULARY}#nameKo"}
    assert context["residentOfGu"]["@context"]["11620"] == {
        "@id": f"{VOCABULARY}#residentOfGu.11620",
        "@type": "http://www.w3.org/2001/XMLSchema#boolean",
    }
    card = _context(get("SeoulCitizenCardCredential"))
    assert card["facilityScopes"]["@container"] == "@set"
    year = _context(get("CityCertificateCredential"))["body"]["@context"]["year"]
    assert year["@type"] == "http://www.w3.org/2001/XMLSchema#integer"


def test_is_served_under_its_own_path() -> None:
    path = context_path(get("SeoulResidencyCredential"))
    assert path == "contexts/SeoulResidencyCredential/v1"
