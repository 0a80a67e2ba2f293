"""eddsa-jcs-2022 on any document: the vectors of the W3C, and what the proof does not forgive."""

import hashlib
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from credentials.claims import Claims
from credentials.data_integrity import (
    MAX_DOMAINS,
    format_timestamp,
    parse_proof,
    parse_timestamp,
    sign_document,
    verify_document,
)
from credentials.encoding import decode_multibase, encode_multibase
from credentials.errors import Error, KeyMismatch, Malformed, SignatureInvalid, Unsupported
from credentials.jcs import canonicalize
from credentials.json_object import JsonObject, parse_object
from credentials.keys import Ed25519Signer, P256Signer, PublicKey
from credentials.multikey import encode_multikey, parse_multikey
from tests.simulators.one_change import REMOVED, changed

VECTORS = Path(__file__).parents[1] / "vectors" / "w3c-vc-di-eddsa"
JCS_VECTORS = VECTORS / "eddsa-jcs-2022"
SIGNER = Ed25519Signer(b"\x07" * 32)
OPTIONS: Claims = {
    "created": "2026-03-13T03:04:05Z",
    "verificationMethod": "did:example:a#k",
    "proofPurpose": "assertionMethod",
}
DOCUMENT: Claims = {"@context": ["https://a.example/1", {"@protected": True}], "n": 1}


def verified(document: Claims, key: PublicKey = SIGNER.public_key) -> Claims:
    outer = JsonObject(document)
    unsecured = {name: value for name, value in document.items() if name != "proof"}
    return verify_document(unsecured, parse_proof(outer.object("proof")), key)


def signed(**options: Any) -> Claims:
    """As it arrives: no part of it is an object that another part shares."""
    document = sign_document(DOCUMENT, {**OPTIONS, **options}, SIGNER)
    return parse_object(canonicalize(document)).members


# The other suites of that folder are run by their own mechanisms: eddsa-rdfc-2022 (with
# proof-set-chain, whose proofs all use it); Ed25519Signature2020 is not supported.


def vector(name: str) -> str:
    return (JCS_VECTORS / name).read_text().strip()


def vector_key() -> PublicKey:
    pair = parse_object((VECTORS / "keyPair.json").read_bytes())
    return parse_multikey(pair.text("publicKeyMultibase"))


def test_w3c_vector_documents_canonicalize_and_hash_as_published() -> None:
    document = json.loads((VECTORS / "unsigned.json").read_text())
    options = json.loads(vector("proofConfigJCS.json"))
    assert canonicalize(document).decode() == vector("canonDocJCS.txt")
    assert canonicalize(options).decode() == vector("proofCanonJCS.txt")
    hashes = [hashlib.sha256(canonicalize(value)).hexdigest() for value in (options, document)]
    assert hashes == [vector("proofHashJCS.txt"), vector("docHashJCS.txt")]
    assert "".join(hashes) == vector("combinedHashJCS.txt")


def test_w3c_vector_is_reproduced_by_signing() -> None:
    pair = parse_object((VECTORS / "keyPair.json").read_bytes())
    secret = decode_multibase(pair.text("privateKeyMultibase"))
    assert secret[:2] == b"\x80\x26"  # ed25519-priv
    signer = Ed25519Signer(secret[2:])
    assert encode_multikey(signer.public_key) == pair.text("publicKeyMultibase")
    document = json.loads((VECTORS / "unsigned.json").read_text())
    options = json.loads(vector("proofConfigJCS.json"))
    assert sign_document(document, options, signer) == json.loads(vector("signedJCS.json"))


def test_w3c_vector_signedJCS_verifies() -> None:  # noqa: N802 - the vector's own name
    document = json.loads(vector("signedJCS.json"))
    assert document["proof"]["proofValue"] == vector("sigBTC58JCS.txt")
    assert decode_multibase(vector("sigBTC58JCS.txt")).hex() == vector("sigHexJCS.txt")
    verified(document, vector_key())


@pytest.mark.parametrize("path", [("name",), ("credentialSubject", "id"), ("validFrom",)], ids=str)
def test_w3c_vector_signedJCS_with_one_change_is_refused(path: tuple[str, ...]) -> None:  # noqa: N802
    document = json.loads(vector("signedJCS.json"))
    with pytest.raises(SignatureInvalid):
        verified(changed(document, *path, to="other"), vector_key())


def test_returns_the_document_that_was_signed() -> None:
    assert verified(signed()) == DOCUMENT


@pytest.mark.parametrize(
    "option",
    ["created", "verificationMethod", "proofPurpose", "expires", "domain", "challenge", "nonce"],
)
def test_every_option_is_signed(option: str) -> None:
    document = signed(
        expires="2027-01-01T00:00:00Z", domain="a.example", challenge="c", nonce="n", extra="e"
    )
    other = "2028-01-01T00:00:00Z"
    with pytest.raises(SignatureInvalid):
        verified(changed(document, "proof", option, to=other))


def test_a_member_that_is_added_to_the_proof_breaks_it() -> None:
    with pytest.raises(SignatureInvalid):
        verified(changed(signed(), "proof", "extra", to="x"))


def test_another_key_is_refused() -> None:
    with pytest.raises(SignatureInvalid):
        verified(signed(), Ed25519Signer(b"\x08" * 32).public_key)


def test_a_key_of_another_kind_neither_signs_nor_verifies() -> None:
    other = P256Signer(b"\x07" * 32)
    with pytest.raises(KeyMismatch):
        sign_document(DOCUMENT, OPTIONS, other)
    with pytest.raises(KeyMismatch):
        verified(signed(), other.public_key)


def test_a_context_may_be_appended_and_is_taken_off_again() -> None:
    document = signed()
    document["@context"] = [*DOCUMENT["@context"], "https://b.example/2"]  # type: ignore[misc]
    assert verified(document) == DOCUMENT


@pytest.mark.parametrize(
    "context",
    [
        ["https://b.example/2", "https://a.example/1", {"@protected": True}],
        ["https://a.example/1"],
        ["https://a.example/1", {"@protected": False}],
        "https://a.example/1",
        [],
        REMOVED,
    ],
    ids=["put in front", "taken off", "changed", "made a text", "emptied", "removed"],
)
def test_a_context_may_not_change_otherwise(context: object) -> None:
    with pytest.raises(SignatureInvalid):
        verified(changed(signed(), "@context", to=context))


def test_what_is_returned_has_the_context_in_the_spelling_that_was_signed() -> None:
    document = changed(signed(), "@context", 1, "@protected", to=1)
    assert canonicalize(verified(document)) == canonicalize(DOCUMENT)


def test_a_proof_without_a_context_covers_the_whole_document() -> None:
    plain: Claims = {"n": 1}
    document = sign_document(plain, OPTIONS, SIGNER)
    assert verified(document) == plain
    with pytest.raises(SignatureInvalid):
        verified({**document, "@context": []})


def test_a_context_that_is_taken_out_of_the_proof_breaks_it() -> None:
    with pytest.raises(SignatureInvalid):
        verified(changed(signed(), "proof", "@context", to=REMOVED))


def test_does_not_sign_twice() -> None:
    with pytest.raises(Malformed):
        sign_document(signed(), OPTIONS, SIGNER)


def test_type_and_suite_are_not_the_signers_to_choose() -> None:
    document = signed(type="Other", cryptosuite="other")
    verified(document)
    assert JsonObject(document).object("proof").text("type") == "DataIntegrityProof"


def test_a_value_among_the_options_is_not_signed() -> None:
    assert signed(proofValue="z111") == signed()


@pytest.mark.parametrize("missing", ["verificationMethod", "proofPurpose"])
def test_does_not_sign_options_that_nobody_could_verify(missing: str) -> None:
    with pytest.raises(Malformed):
        sign_document(DOCUMENT, changed(OPTIONS, missing, to=REMOVED), SIGNER)


@pytest.mark.parametrize(
    ("member", "value"),
    [
        ("type", REMOVED),
        ("cryptosuite", REMOVED),
        ("verificationMethod", REMOVED),
        ("verificationMethod", ["did:example:a#k"]),
        ("proofPurpose", REMOVED),
        ("proofPurpose", None),
        ("proofValue", REMOVED),
        ("proofValue", None),
        ("proofValue", "uAAAA"),
        ("proofValue", "z0OIl"),
        ("proofValue", "z" + "1" * 257),
        ("created", 1),
        ("created", "2026-03-13T03:04:05"),
        ("expires", "yesterday"),
        ("challenge", 1),
        ("nonce", 1),
        ("id", 1),
        ("domain", 1),
        ("domain", [1]),
        ("domain", ["a.example"] * (MAX_DOMAINS + 1)),
    ],
    ids=lambda v: str(v)[:24],
)
def test_refuses_a_malformed_proof(member: str, value: object) -> None:
    proof = changed({"proof": signed()["proof"]}, "proof", member, to=value)
    with pytest.raises(Malformed):
        parse_proof(JsonObject(proof).object("proof"))


@pytest.mark.parametrize(
    ("member", "value"),
    [
        ("type", "Ed25519Signature2020"),
        ("cryptosuite", "eddsa-rdfc-2022"),
        ("previousProof", "urn:uuid:1"),
    ],
)
def test_refuses_what_it_does_not_understand(member: str, value: str) -> None:
    proof = changed({"proof": signed()["proof"]}, "proof", member, to=value)
    with pytest.raises(Unsupported):
        parse_proof(JsonObject(proof).object("proof"))


@pytest.mark.parametrize("length", [0, 63, 65])
def test_a_signature_has_64_bytes(length: int) -> None:
    with pytest.raises(SignatureInvalid):
        verified(changed(signed(), "proof", "proofValue", to=encode_multibase(bytes(length))))


def test_reads_every_field_of_a_proof() -> None:
    document = signed(
        created="2026-03-13T12:04:05.5+09:00",
        expires="2026-03-14T00:00:00Z",
        domain=["a.example", "b.example"],
        challenge="c",
    )
    proof = parse_proof(JsonObject(document).object("proof"))
    assert proof.verification_method == "did:example:a#k"
    assert proof.purpose == "assertionMethod"
    assert proof.created == datetime(2026, 3, 13, 3, 4, 5, 500_000, tzinfo=UTC)
    assert proof.expires == datetime(2026, 3, 14, tzinfo=UTC)
    assert proof.domain == ("a.example", "b.example")
    assert proof.challenge == "c"
    assert len(proof.value) == 64


@pytest.mark.parametrize(
    "text",
    [
        "2026-03-13T03:04:05Z",
        "2026-03-13T12:04:05+09:00",
        "2026-03-12T13:04:05-14:00",
        "2026-03-13T17:04:05+14:00",
    ],
)
def test_reads_a_moment_in_any_zone(text: str) -> None:
    assert parse_timestamp(text) == datetime(2026, 3, 13, 3, 4, 5, tzinfo=UTC)


@pytest.mark.parametrize(
    "text",
    [
        "2026-03-13T03:04:05",
        "2026-03-13 03:04:05Z",
        "2026-03-13T03:04:05z",
        "2026-03-13T03:04Z",
        "2026-03-13",
        "2026-02-30T03:04:05Z",
        "2026-03-13T24:00:00Z",
        "2026-03-13T03:04:60Z",
        "2026-03-13T03:04:05+14:01",
        "2026-03-13T03:04:05+0900",
        "2026-W11-5T03:04:05Z",
        "0000-01-01T00:00:00Z",
        "0001-01-01T00:00:00+14:00",
        "12026-03-13T03:04:05Z",
        "2026-03-13T03:04:05.Z",
        "2026-03-13T03:04:05Z\n",
        "２０２６-03-13T03:04:05Z",
        "",
    ],
    ids=repr,
)
def test_refuses_what_is_not_a_date_time_stamp(text: str) -> None:
    with pytest.raises(Malformed):
        parse_timestamp(text)


@settings(max_examples=100)
@given(st.datetimes(timezones=st.just(UTC)))
def test_a_moment_in_whole_seconds_survives_writing_and_reading(moment: datetime) -> None:
    whole = moment.replace(microsecond=0)
    assert parse_timestamp(format_timestamp(whole)) == whole


@settings(max_examples=150)
@given(
    st.sampled_from(sorted({*OPTIONS, "type", "cryptosuite", "domain", "@context", "proofValue"})),
    st.none() | st.integers() | st.text(max_size=90) | st.lists(st.text(max_size=9), max_size=3),
)
def test_any_value_in_a_proof_gives_our_error(member: str, value: Any) -> None:
    document = changed(signed(domain="a.example"), "proof", member, to=value)
    with pytest.raises(Error):
        verified(document)
