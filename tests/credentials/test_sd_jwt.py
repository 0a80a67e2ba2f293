"""RFC 9901 in compact form: the specification's examples by name, and each rule broken alone."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from credentials.claims import Claims
from credentials.encoding import encode_base64url
from credentials.errors import (
    BindingInvalid,
    Error,
    KeyMismatch,
    Malformed,
    SignatureInvalid,
    TooLarge,
    Unsupported,
)
from credentials.json_object import JsonObject
from credentials.jwk import parse_jwk
from credentials.keys import PublicKey
from credentials.model import HolderBinding
from credentials.sd_jwt import (
    MAX_SD_JWT_BYTES,
    bind,
    mint_sd_jwt,
    parse_sd_jwt,
    verify_key_binding,
    verify_sd_jwt,
    withhold,
)
from tests.simulators.sd_jwt import (
    ED25519_HOLDER,
    ED25519_ISSUER,
    HEADER,
    HOLDER,
    ISSUER,
    NOW,
    STRANGER,
    TYP,
    digest,
    disclosure,
    key_binding,
    sd_jwt,
)

VECTORS: Final = Path(__file__).parents[1] / "vectors" / "sd-jwt"
CASES: Final = sorted(path.parent for path in VECTORS.glob("*/*/specification.yml"))
COMPACT: Final = [case for case in CASES if (case / "sd_jwt_presentation.txt").exists()]
JSON_FORM: Final = [case for case in CASES if (case / "sd_jwt_presentation.json").exists()]

NAME: Final = disclosure("salt-1", "name", "김시범")
AGE: Final = disclosure("salt-2", "age", 26)
TOKEN: Final = sd_jwt({"_sd": [digest(NAME), digest(AGE)], "city": "서울"}, NAME, AGE)
REQUEST: Final[Claims] = {"aud": "x509_hash:library", "nonce": "nonce-1"}


def case_name(case: Path) -> str:
    return f"{case.parent.name}/{case.name}"


def read(path: Path) -> Any:
    return json.loads(path.read_text("utf-8"))


def vector_key(x: str, y: str) -> PublicKey:
    return parse_jwk(JsonObject({"kty": "EC", "crv": "P-256", "x": x, "y": y}))


# `issuer_keys` of settings.yml, and the second one of json_serialization_general.
VECTOR_ISSUER: Final = (
    "b28d4MwZMjw8-00CG4xfnn9SLMVMM19SlqZpVb_uNtQ",
    "Xv5zWwuoaTgdS6hV43yI6gBwTnjukmFQQnJ_kCxzqk8",
)
VECTOR_SECOND_ISSUER: Final = (
    "bN-hp3IN0GZB3OlaQnHDPhY4nZsZbQyo4wY-y1NWCvA",
    "vaSsH5jt9zt3aQvTvrSaFYLyjPG9Ug-2vntoNXlCbVU",
)


def check_vector(case: Path, presentation: str, key: PublicKey) -> None:
    """The processed payload is what the case says, and so is the key binding if there is one."""
    # One example is an SD-JWT VC; the others have the type that RFC 9901 invents for examples.
    typ = "dc+sd-jwt" if case.name == "arf-pid" else TYP
    parsed = parse_sd_jwt(presentation)
    processed = verify_sd_jwt(parsed, key, typ=typ)
    assert processed == read(case / "verified_contents.json")
    if not (case / "kb_jwt_payload.json").exists():
        assert parsed.key_binding is None
        return
    holder = parse_jwk(JsonObject(processed).object("cnf").object("jwk"))
    expected = read(case / "kb_jwt_payload.json")
    assert verify_key_binding(parsed, holder) == HolderBinding(
        audience=expected["aud"],
        nonce=expected["nonce"],
        issued_at=datetime.fromtimestamp(expected["iat"], UTC),
    )


# `header_mod` has a number as `kid`, against RFC 7515 §4.1.4. RFC 9901 does not read that member,
# so this layer accepts the token; the SD-JWT VC profile reads it and refuses.
@pytest.mark.parametrize("case", COMPACT, ids=case_name)
def test_processes_the_presentation_of(case: Path) -> None:
    presentation = (case / "sd_jwt_presentation.txt").read_text("utf-8")
    check_vector(case, presentation, vector_key(*VECTOR_ISSUER))


@pytest.mark.parametrize("case", COMPACT, ids=case_name)
def test_processes_the_issuance_of(case: Path) -> None:
    parsed = parse_sd_jwt((case / "sd_jwt_issuance.txt").read_text("utf-8"))
    assert parsed.payload.members == read(case / "sd_jwt_payload.json")
    processed = verify_sd_jwt(parsed, vector_key(*VECTOR_ISSUER), typ=parsed.jws.header.text("typ"))
    claims = read(case / "user_claims.json")
    assert {name: processed[name] for name in claims} == claims


@pytest.mark.parametrize("case", JSON_FORM, ids=case_name)
def test_reads_no_json_serialization_but_verifies_what_is_in_it(case: Path) -> None:
    # RFC 9901 §8 makes this form optional; §8.1 says how it becomes the compact one.
    text = read(case / "sd_jwt_presentation.json")
    with pytest.raises(Malformed):
        parse_sd_jwt(text)
    document = json.loads(text)
    signatures = document.get("signatures", [document])
    unprotected = signatures[0]["header"]
    keys = (vector_key(*VECTOR_ISSUER), vector_key(*VECTOR_SECOND_ISSUER))
    for signature, key in zip(signatures, keys, strict=False):
        jwt = ".".join((signature["protected"], document["payload"], signature["signature"]))
        parts = [jwt, *unprotected["disclosures"]]
        # The holder signed over the first signature's compact form only.
        if signature is signatures[0]:
            check_vector(case, "~".join([*parts, unprotected["kb_jwt"]]), key)
        else:
            processed = verify_sd_jwt(parse_sd_jwt("~".join([*parts, ""])), key, typ=TYP)
            assert processed == read(case / "verified_contents.json")


def verified(token: str) -> Claims:
    return verify_sd_jwt(parse_sd_jwt(token), ISSUER.public_key, typ=TYP)


def test_reveals_what_was_disclosed() -> None:
    assert verified(TOKEN) == {"name": "김시범", "age": 26, "city": "서울"}
    assert verified(TOKEN.replace(AGE + "~", "")) == {"name": "김시범", "city": "서울"}


def test_verifies_an_ed25519_issuer() -> None:
    token = sd_jwt({"a": 1}, signer=ED25519_ISSUER)
    assert verify_sd_jwt(parse_sd_jwt(token), ED25519_ISSUER.public_key, typ=TYP) == {"a": 1}


@pytest.mark.parametrize(
    "token",
    [
        TOKEN.replace("~", ""),
        TOKEN.removesuffix("~"),
        TOKEN.partition("~")[0],
        TOKEN.replace("~", "~~", 1),
        TOKEN + "~",
        "~" + TOKEN,
        TOKEN.replace(".", "~", 1),
        TOKEN + "a.b",
        TOKEN + "김시범",
        "김" + TOKEN,
        "",
        "~",
    ],
    ids=[
        "no-separator",
        "last-separator-missing",
        "jwt-alone",
        "empty-disclosure",
        "empty-disclosure-at-the-end",
        "nothing-before-the-jwt",
        "jwt-with-two-parts",
        "key-binding-with-two-parts",
        "key-binding-is-not-ascii",
        "jwt-is-not-ascii",
        "nothing",
        "separator-alone",
    ],
)
def test_refuses_what_is_not_the_compact_form(token: str) -> None:
    with pytest.raises(Malformed):
        parse_sd_jwt(token)


@pytest.mark.parametrize("payload", [b"[]", b'"text"', b"{", b'{"a":1,"a":2}', b"", b"\xff"])
def test_refuses_a_payload_that_is_no_strict_object(payload: bytes) -> None:
    header, _, signature = TOKEN.partition("~")[0].split(".")
    with pytest.raises(Malformed):
        parse_sd_jwt(f"{header}.{encode_base64url(payload)}.{signature}~")


def test_takes_as_many_bytes_as_the_bound_and_not_one_more() -> None:
    room = MAX_SD_JWT_BYTES - len(sd_jwt({"portrait": ""}))
    tokens = [
        sd_jwt({"portrait": "x" * (room * 3 // 4 - less)}, header={**HEADER, "kid": "x" * more})
        for less in range(20)
        for more in range(8)
    ]
    fitting = [token for token in tokens if len(token) == MAX_SD_JWT_BYTES]
    larger = [token for token in tokens if len(token) == MAX_SD_JWT_BYTES + 1]
    assert verified(fitting[0])
    with pytest.raises(TooLarge):
        parse_sd_jwt(larger[0])


@given(st.text() | st.text("abc~.", max_size=30).map(lambda text: TOKEN + text))
def test_any_text_gives_an_sd_jwt_or_our_error(text: str) -> None:
    try:
        parsed = parse_sd_jwt(text)
        verify_sd_jwt(parsed, ISSUER.public_key, typ=TYP)
        verify_key_binding(parsed, HOLDER.public_key)
    except Error:
        return
    assert text == TOKEN


@settings(max_examples=100)
@given(st.integers(0, len(TOKEN) - 1), st.sampled_from("AZaz09-_~."))
def test_no_character_can_be_changed(at: int, character: str) -> None:
    if TOKEN[at] == character:
        return
    with pytest.raises(Error):
        verified(TOKEN[:at] + character + TOKEN[at + 1 :])


def test_refuses_another_issuers_signature() -> None:
    with pytest.raises(SignatureInvalid):
        verified(sd_jwt({"a": 1}, signer=STRANGER))


def test_refuses_an_algorithm_that_is_not_the_keys() -> None:
    with pytest.raises(KeyMismatch):
        verified(sd_jwt({"a": 1}, signer=ED25519_ISSUER))


def test_refuses_an_unsigned_sd_jwt() -> None:
    header = encode_base64url(json.dumps({"typ": TYP, "alg": "none"}).encode())
    with pytest.raises(Malformed):
        verified(f"{header}.{encode_base64url(b'{}')}.~")
    with pytest.raises(KeyMismatch):
        verified(f"{header}.{encode_base64url(b'{}')}.AAAA~")


@pytest.mark.parametrize("typ", ["JWT", "kb+jwt", f"application/{TYP}", TYP.upper()])
def test_refuses_another_typ(typ: str) -> None:
    with pytest.raises(Malformed):
        verified(sd_jwt({"a": 1}, header={"typ": typ}))


def test_refuses_a_missing_typ() -> None:
    with pytest.raises(Malformed):
        verified(sd_jwt({"a": 1}, header={}))


def test_refuses_header_extensions() -> None:
    with pytest.raises(Unsupported):
        parse_sd_jwt(sd_jwt({"a": 1}, header={**HEADER, "crit": ["exp"]}))


def test_refuses_an_unreferenced_disclosure() -> None:
    with pytest.raises(Malformed):
        verified(sd_jwt({"_sd": [digest(NAME)]}, NAME, AGE))


def test_refuses_other_digests_than_sha_256() -> None:
    with pytest.raises(Unsupported):
        verified(sd_jwt({"_sd_alg": "sha-384"}))


def bound(token: str = TOKEN, **parts: Any) -> str:
    return token + key_binding(token, REQUEST, **parts)


def binding(token: str, key: PublicKey = HOLDER.public_key) -> HolderBinding | None:
    return verify_key_binding(parse_sd_jwt(token), key)


def test_tells_for_whom_and_when_the_holder_signed() -> None:
    expected = HolderBinding(audience="x509_hash:library", nonce="nonce-1", issued_at=NOW)
    assert binding(bound()) == expected
    assert binding(bound(signer=ED25519_HOLDER), ED25519_HOLDER.public_key) == expected
    assert verified(bound()) == verified(TOKEN)


def test_tells_when_no_holder_signed() -> None:
    assert binding(TOKEN) is None


def test_ignores_claims_of_a_key_binding_that_it_does_not_know() -> None:
    extended = key_binding(TOKEN, {**REQUEST, "transaction_data_hashes": ["abc"]})
    assert binding(TOKEN + extended) == binding(bound())


@pytest.mark.parametrize("typ", ["JWT", "application/kb+jwt", "KB+JWT", TYP])
def test_refuses_a_key_binding_of_another_typ(typ: str) -> None:
    with pytest.raises(Malformed):
        binding(bound(header={"typ": typ}))


def test_refuses_a_key_binding_without_a_typ() -> None:
    with pytest.raises(Malformed):
        binding(bound(header={}))


@pytest.mark.parametrize("name", ["iat", "aud", "nonce", "sd_hash"])
def test_refuses_a_key_binding_without(name: str) -> None:
    claims: Claims = {"iat": 1, "sd_hash": digest(TOKEN), **REQUEST}
    complete = sd_jwt(claims, header={"typ": "kb+jwt"}, signer=HOLDER).removesuffix("~")
    assert binding(TOKEN + complete) is not None
    del claims[name]
    lacking = sd_jwt(claims, header={"typ": "kb+jwt"}, signer=HOLDER).removesuffix("~")
    with pytest.raises(Malformed):
        binding(TOKEN + lacking)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("iat", "2026-03-10"),
        ("iat", -1),
        ("iat", True),
        ("aud", ["x509_hash:library"]),
        ("aud", ""),
        ("nonce", 1),
        ("nonce", ""),
        ("sd_hash", None),
    ],
)
def test_refuses_a_key_binding_with_a_mistyped(name: str, value: Any) -> None:
    with pytest.raises(Malformed):
        binding(TOKEN + key_binding(TOKEN, {**REQUEST, name: value}))


def test_refuses_a_key_binding_for_other_disclosures() -> None:
    fewer = TOKEN.replace(AGE + "~", "")
    with pytest.raises(BindingInvalid):
        binding(fewer + key_binding(TOKEN, REQUEST))
    with pytest.raises(BindingInvalid):
        binding(TOKEN + key_binding(fewer, REQUEST))
    swapped = TOKEN.replace(f"{NAME}~{AGE}", f"{AGE}~{NAME}")
    with pytest.raises(BindingInvalid):
        binding(swapped + key_binding(TOKEN, REQUEST))


def test_refuses_a_key_binding_by_another_key() -> None:
    with pytest.raises(SignatureInvalid):
        binding(bound(signer=STRANGER))
    with pytest.raises(KeyMismatch):
        binding(bound(signer=ED25519_HOLDER))


def test_never_takes_the_key_that_a_key_binding_brings_along() -> None:
    jwk: Claims = {"kty": "EC", "crv": "P-256"}
    with pytest.raises(SignatureInvalid):
        binding(bound(header={"typ": "kb+jwt", "jwk": jwk, "kid": "own"}, signer=STRANGER))


@pytest.mark.parametrize("name", ["exp", "nbf"])
def test_refuses_a_key_binding_with_times_that_nobody_would_check(name: str) -> None:
    with pytest.raises(Unsupported):
        binding(TOKEN + key_binding(TOKEN, {**REQUEST, name: 4_000_000_000}))


def test_mints_what_it_verifies() -> None:
    payload: Claims = {"_sd": [digest(NAME)], "city": "서울"}
    token = mint_sd_jwt(HEADER, payload, [NAME], ISSUER)
    assert verified(token) == {"name": "김시범", "city": "서울"}
    assert parse_sd_jwt(token).payload.members == {**payload, "_sd_alg": "sha-256"}
    assert mint_sd_jwt(HEADER, {}, [], ISSUER).count("~") == 1


def test_mints_nothing_that_is_too_large() -> None:
    with pytest.raises(TooLarge):
        mint_sd_jwt(HEADER, {"portrait": "x" * MAX_SD_JWT_BYTES}, [], ISSUER)


def test_withholds_what_no_path_leads_to() -> None:
    shown = withhold(parse_sd_jwt(bound()), [("age",)])
    assert shown == TOKEN.replace(NAME + "~", "")
    assert withhold(parse_sd_jwt(TOKEN), []).count("~") == 1


def test_refuses_to_show_a_claim_that_is_not_there() -> None:
    with pytest.raises(Malformed):
        withhold(parse_sd_jwt(TOKEN), [("missing",)])


def test_binds_what_it_verifies() -> None:
    token = bind(TOKEN, holder=HOLDER, audience="x509_hash:library", nonce="nonce-1", now=NOW)
    assert binding(token) == binding(bound())


def test_binds_nothing_that_is_too_large() -> None:
    with pytest.raises(TooLarge):
        bind("x" * MAX_SD_JWT_BYTES, holder=HOLDER, audience="a", nonce="n", now=NOW)
