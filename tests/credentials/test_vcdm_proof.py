"""Whose proof is on a W3C document, for what, and since when."""

from datetime import timedelta
from typing import Any

import pytest

from credentials.claims import Claims
from credentials.errors import KeyMismatch, Malformed, SignatureInvalid, Unsupported
from credentials.json_object import JsonObject
from credentials.validity import Validity
from credentials.vcdm import BASE_CONTEXT
from credentials.vcdm_proof import (
    ASSERTION,
    Secured,
    did_of,
    parse_secured,
    proven_validity,
    sign_secured,
    verify_secured,
)
from tests.simulators.one_change import REMOVED, changed
from tests.simulators.w3c_credentials import (
    ISSUER,
    ISSUER_DID,
    ISSUER_KEY_ID,
    NOW,
    STRANGER,
    resigned,
)

DOCUMENT: Claims = {"@context": [BASE_CONTEXT, "https://a.example/c"], "n": 1}


def signed(binding: Claims | None = None) -> Claims:
    return sign_secured(
        DOCUMENT,
        signer=ISSUER,
        key_id=ISSUER_KEY_ID,
        purpose=ASSERTION,
        created=NOW,
        binding=binding,
    )


def parsed(document: Claims) -> Secured:
    return parse_secured(JsonObject(document), controller=ISSUER_DID, purpose=ASSERTION)


def test_reads_and_proves_what_was_signed() -> None:
    secured = parsed(signed())
    assert secured.created == NOW
    assert secured.controller == ISSUER_DID
    assert secured.document == DOCUMENT
    assert verify_secured(secured, ISSUER.public_key).members == DOCUMENT


def test_signs_what_a_presentation_answers() -> None:
    proof = parsed(signed({"domain": "a.example", "challenge": "c"})).proof
    assert (proof.domain, proof.challenge) == (("a.example",), "c")
    assert parsed(signed()).proof.challenge is None


def test_a_list_of_one_proof_is_that_proof() -> None:
    document = signed()
    verify_secured(parsed({**document, "proof": [document["proof"]]}), ISSUER.public_key)


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("proof",), REMOVED),
        (("proof",), None),
        (("proof",), []),
        (("proof", "created"), REMOVED),
        (("proof", "proofPurpose"), "authentication"),
    ],
    ids=str,
)
def test_refuses_a_malformed_proof(path: tuple[str, ...], value: Any) -> None:
    with pytest.raises(Malformed):
        parsed(changed(signed(), *path, to=value))


def test_does_not_choose_among_several_proofs() -> None:
    document = signed()
    with pytest.raises(Unsupported):
        parsed({**document, "proof": [document["proof"], document["proof"]]})


def test_refuses_a_proof_by_another_controllers_key() -> None:
    document = signed()
    other = parse_secured(JsonObject(document), controller="did:web:a.example", purpose=ASSERTION)
    with pytest.raises(KeyMismatch):
        verify_secured(other, ISSUER.public_key)


def test_refuses_a_signature_by_another_key() -> None:
    with pytest.raises(SignatureInvalid):
        verify_secured(parsed(resigned(signed(), STRANGER)), ISSUER.public_key)


@pytest.mark.parametrize("context", [[], BASE_CONTEXT], ids=["empty", "a text"])
def test_refuses_a_signed_context_that_only_grew_into_one(context: Any) -> None:
    document = resigned(changed(signed(), "@context", to=context))
    grown = changed(document, "@context", to=DOCUMENT["@context"])
    with pytest.raises(Malformed):
        verify_secured(parsed(grown), ISSUER.public_key)


def test_a_proof_that_expires_shortens_the_validity() -> None:
    early, late = NOW + timedelta(days=1), NOW + timedelta(days=2)
    document = resigned(changed(signed(), "proof", "expires", to="2026-03-14T03:04:05Z"))
    secured = parsed(document)
    assert proven_validity(Validity(NOW, late), secured) == Validity(NOW, early)
    assert proven_validity(Validity(NOW, None), secured) == Validity(NOW, early)
    assert proven_validity(Validity(None, NOW), secured) == Validity(None, NOW)
    assert proven_validity(Validity(None, None), parsed(signed())) == Validity(None, None)


def test_a_did_url_is_a_did_and_a_fragment() -> None:
    assert did_of("did:web:a.example#key-1") == "did:web:a.example"
