"""Compact JWS: Wycheproof's cases by name, and each rule of RFC 7515 and RFC 8725 broken alone."""

import dataclasses
import json
from pathlib import Path
from typing import Any, Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from credentials.claims import Claims
from credentials.encoding import encode_base64url
from credentials.errors import (
    Error,
    KeyMismatch,
    Malformed,
    SignatureInvalid,
    TooLarge,
    Unsupported,
)
from credentials.json_object import JsonObject
from credentials.jwk import parse_jwk
from credentials.jws import (
    MAX_HEADER_BYTES,
    MAX_JWS_BYTES,
    parse_compact,
    peek_claims,
    peek_header,
    sign_claims,
    sign_compact,
    verify_compact,
    verify_parsed,
)
from credentials.keys import Ed25519Signer, P256Signer, PublicKey, Signer

FILE: Final = Path(__file__).parents[1] / "vectors" / "wycheproof" / "json_web_signature_test.json"
GROUPS: Final[list[Any]] = json.loads(FILE.read_text("utf-8"))["testGroups"]

ED25519: Final = Ed25519Signer(bytes([1]) * 32)
P256: Final = P256Signer(bytes([1]) * 32)
EACH_SIGNER: Final = pytest.mark.parametrize("signer", [ED25519, P256], ids=["EdDSA", "ES256"])


def segment(value: Any) -> str:
    return encode_base64url(json.dumps(value).encode())


def signed(header: Claims, payload: bytes = b"{}", signer: Signer = P256) -> str:
    """A token with exactly this header, which `sign_compact` would not write."""
    text = segment(header) + "." + encode_base64url(payload)
    return text + "." + encode_base64url(signer.sign(text.encode()))


def key_of(group: Any) -> PublicKey:
    return parse_jwk(JsonObject(group.get("public") or group["private"]))


def verify_whatever_typ(token: str, key: PublicKey) -> None:
    # Wycheproof's headers have no `typ`, without which nothing is accepted here. It is put into
    # the parsed header; the signature is over the text, which stays as it is.
    jws = parse_compact(token)
    header = JsonObject({**jws.header.members, "typ": "JWT"})
    verify_parsed(dataclasses.replace(jws, header=header), key, typ="JWT")


def cases(*, ours: bool) -> list[Any]:
    return [
        pytest.param(group, test, id=f"{test['tcId']}-{test['comment']}")
        for group in GROUPS
        for test in group["tests"]
        if (group.get("public", {}).get("crv") == "P-256") is ours
    ]


# RSA, HMAC and P-521 are not in use here, so the keys themselves are refused, good or bad.
@pytest.mark.parametrize(("group", "test"), cases(ours=False))
def test_refuses_the_key_of_an_algorithm_that_is_not_in_use(group: Any, test: Any) -> None:
    with pytest.raises((Malformed, Unsupported)):
        key_of(group)


@pytest.mark.parametrize(("group", "test"), cases(ours=True))
def test_es256_gives_wycheproofs_verdict(group: Any, test: Any) -> None:
    if test["result"] == "valid":
        verify_whatever_typ(test["jws"], key_of(group))
    else:
        with pytest.raises(Error):
            verify_whatever_typ(test["jws"], key_of(group))


@EACH_SIGNER
def test_verifies_what_it_signs(signer: Signer) -> None:
    token = sign_claims({"typ": "test+jwt", "kid": "a"}, {"b": 1, "a": "김시범"}, signer)
    jws = verify_compact(token, signer.public_key, typ="test+jwt")
    assert jws.header.members == {"alg": signer.public_key.type, "typ": "test+jwt", "kid": "a"}
    assert jws.payload == '{"a":"김시범","b":1}'.encode()
    assert jws.claims().integer("b") == 1
    assert peek_header(token).text("kid") == "a"
    assert peek_claims(token).text("a") == "김시범"


def test_signs_equal_claims_with_equal_bytes() -> None:
    first = sign_claims({"typ": "t"}, {"a": 1, "b": 2}, ED25519)
    assert first == sign_claims({"typ": "t"}, {"b": 2, "a": 1}, ED25519)


def test_the_key_chooses_the_algorithm_when_signing() -> None:
    token = sign_compact({"typ": "t", "alg": "none"}, b"{}", P256)
    assert peek_header(token).text("alg") == "ES256"


def test_knows_both_names_of_the_ed25519_algorithm() -> None:
    for name in ("EdDSA", "Ed25519"):
        token = signed({"alg": name, "typ": "t"}, signer=ED25519)
        assert verify_compact(token, ED25519.public_key, typ="t")


@pytest.mark.parametrize("alg", ["none", "None", "HS256", "ES384", "EdDSA", "es256", "ES256K"])
def test_refuses_an_algorithm_that_is_not_the_keys(alg: str) -> None:
    with pytest.raises(KeyMismatch):
        verify_compact(signed({"alg": alg, "typ": "t"}), P256.public_key, typ="t")


@pytest.mark.parametrize("alg", ["ES256", "none", "Ed448"])
def test_refuses_an_algorithm_that_is_not_the_ed25519_keys(alg: str) -> None:
    token = signed({"alg": alg, "typ": "t"}, signer=ED25519)
    with pytest.raises(KeyMismatch):
        verify_compact(token, ED25519.public_key, typ="t")


@pytest.mark.parametrize(
    "header",
    [
        {"typ": "t"},
        {"alg": 1, "typ": "t"},
        {"alg": ["ES256"], "typ": "t"},
        {"alg": "ES256"},
        {"alg": "ES256", "typ": "T"},
        {"alg": "ES256", "typ": "application/x-t"},
        {"alg": "ES256", "typ": None},
    ],
)
def test_refuses_a_header_with_one_thing_wrong(header: Claims) -> None:
    with pytest.raises(Malformed):
        verify_compact(signed(header), P256.public_key, typ="t")


@pytest.mark.parametrize("name", ["crit", "b64"])
def test_refuses_header_extensions(name: str) -> None:
    header: Claims = {"alg": "ES256", "typ": "t", name: []}
    with pytest.raises(Unsupported):
        verify_compact(signed(header), P256.public_key, typ="t")
    with pytest.raises(Unsupported):
        peek_header(signed(header))


def test_reads_the_long_form_of_a_media_type() -> None:
    token = signed({"alg": "ES256", "typ": "application/t"})
    assert verify_compact(token, P256.public_key, typ="t")


GOOD: Final = sign_claims({"typ": "t"}, {"a": 1}, P256)
PARTS: Final = GOOD.split(".")


@pytest.mark.parametrize(
    "token",
    [
        "",
        "..",
        PARTS[0],
        ".".join(PARTS[:2]),
        ".".join([*PARTS, PARTS[2]]),
        ".".join(["", *PARTS[1:]]),
        ".".join([PARTS[0], "", PARTS[2]]),
        ".".join([*PARTS[:2], ""]),
        ".".join([PARTS[0] + "=", *PARTS[1:]]),
        ".".join([PARTS[0], "김", PARTS[2]]),
        ".".join([*PARTS[:2], PARTS[2] + "*"]),
        ".".join([encode_base64url(b'{"alg":"ES256","alg":"none","typ":"t"}'), *PARTS[1:]]),
        ".".join([encode_base64url(b"[]"), *PARTS[1:]]),
        GOOD + "\n",
        " " + GOOD,
    ],
    ids=range(15),
)
def test_refuses_what_is_no_compact_jws(token: str) -> None:
    with pytest.raises(Malformed):
        verify_compact(token, P256.public_key, typ="t")


def test_refuses_a_payload_that_was_not_signed() -> None:
    with pytest.raises(SignatureInvalid):
        verify_compact(".".join([PARTS[0], segment({"a": 2}), PARTS[2]]), P256.public_key, typ="t")


def test_refuses_a_header_that_was_not_signed() -> None:
    header = segment({"alg": "ES256", "typ": "t", "kid": "b"})
    with pytest.raises(SignatureInvalid):
        verify_compact(".".join([header, *PARTS[1:]]), P256.public_key, typ="t")


def test_is_bounded_before_any_work_is_done() -> None:
    with pytest.raises(TooLarge):
        verify_compact("a" * (MAX_JWS_BYTES + 1), P256.public_key, typ="t")
    with pytest.raises(Malformed) as refusal:
        verify_compact("a" * MAX_JWS_BYTES, P256.public_key, typ="t")
    assert not isinstance(refusal.value, TooLarge)
    header: Claims = {"alg": "ES256", "typ": "t", "kid": "x" * MAX_HEADER_BYTES}
    with pytest.raises(TooLarge):
        peek_header(signed(header))


def test_claims_must_be_a_strict_json_object() -> None:
    for payload in (b"[]", b"", b'{"a":1,"a":2}'):
        token = sign_compact({"typ": "t"}, payload or b"x", P256)
        with pytest.raises(Malformed):
            verify_compact(token, P256.public_key, typ="t").claims()
        with pytest.raises(Malformed):
            peek_claims(token)


@given(
    st.text() | st.text("abc.=", max_size=20) | st.tuples(*[st.text(max_size=9)] * 3).map(".".join)
)
def test_any_text_gives_our_error(text: str) -> None:
    for read in (
        peek_header,
        peek_claims,
        lambda token: verify_compact(token, P256.public_key, typ="t"),
    ):
        with pytest.raises(Error):
            read(text)
