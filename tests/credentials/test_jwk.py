"""JWK: Wycheproof's cases by name, the thumbprints of the RFCs, and what may not become a key."""

import hashlib
import json
from pathlib import Path
from typing import Any, Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from credentials.claims import Claims
from credentials.encoding import encode_base64url
from credentials.errors import Error, Malformed, Unsupported
from credentials.json_object import JsonObject
from credentials.jwk import encode_jwk, parse_jwk, thumbprint
from credentials.keys import Ed25519Signer, KeyType, P256Signer, PublicKey
from tests.simulators.one_change import REMOVED, changed

FILE: Final = Path(__file__).parents[1] / "vectors" / "wycheproof" / "json_web_key_test.json"
GROUPS: Final[list[Any]] = json.loads(FILE.read_text("utf-8"))["testGroups"]

KEYS: Final[list[PublicKey]] = [
    Ed25519Signer(bytes([1]) * 32).public_key,
    P256Signer(bytes([1]) * 32).public_key,
]
OKP: Final[Claims] = encode_jwk(KEYS[0])
EC: Final[Claims] = encode_jwk(KEYS[1])


# The valid cases are all of RSA and HMAC, which are not in use here, so their keys are refused too.
# Case 1 puts a symmetric key beside a good one, so that a token could choose between them. Here it
# never can: there are no symmetric keys, and the header's alg is held against the key.
@pytest.mark.parametrize(
    ("key", "tcid"),
    [
        pytest.param(key, test["tcId"], id=f"{test['tcId']}-{test['comment']}-{at}")
        for group in GROUPS
        for test in group["tests"]
        for at, key in enumerate((group.get("public") or group["private"])["keys"])
    ],
)
def test_refuses_the_keys_of_wycheproof(key: Any, tcid: int) -> None:
    if tcid == 1 and key["kty"] == "EC":
        assert parse_jwk(JsonObject(key)).type is KeyType.P256
        return
    with pytest.raises((Malformed, Unsupported)):
        parse_jwk(JsonObject(key))


@pytest.mark.parametrize("key", KEYS, ids=["Ed25519", "P-256"])
def test_returns_the_key_it_was_given(key: PublicKey) -> None:
    assert parse_jwk(JsonObject(encode_jwk(key))) == key


def test_reads_the_key_of_rfc_8037() -> None:
    # RFC 8037 appendix A.2 and A.3.
    jwk: Claims = {
        "kty": "OKP",
        "crv": "Ed25519",
        "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo",
    }
    key = parse_jwk(JsonObject(jwk))
    assert key.type is KeyType.ED25519
    assert encode_jwk(key) == jwk
    assert thumbprint(key) == "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k"


def test_the_thumbprint_is_over_the_required_members_in_order() -> None:
    # RFC 7638 §3.2: crv, kty, x, y.
    text = '{{"crv":"P-256","kty":"EC","x":"{x}","y":"{y}"}}'.format(**EC)
    expected = encode_base64url(hashlib.sha256(text.encode()).digest())
    assert thumbprint(KEYS[1]) == expected


@pytest.mark.parametrize(
    "more",
    [
        {"alg": "ES256"},
        {"use": "sig"},
        {"kid": "key-1", "x5t": "abc"},
        {"key_ops": ["verify"]},
        {"key_ops": ["sign", "verify"], "ext": True},
    ],
)
def test_accepts_members_that_agree_or_say_nothing(more: Claims) -> None:
    assert parse_jwk(JsonObject({**EC, **more})) == KEYS[1]


def test_knows_both_names_of_the_ed25519_algorithm() -> None:
    for name in ("EdDSA", "Ed25519"):
        assert parse_jwk(JsonObject({**OKP, "alg": name})) == KEYS[0]


@pytest.mark.parametrize(
    ("jwk", "name", "value"),
    [
        (EC, "kty", REMOVED),
        (EC, "crv", None),
        (EC, "x", REMOVED),
        (EC, "y", REMOVED),
        (EC, "y", EC["x"]),
        (EC, "x", encode_base64url(bytes(31))),
        (EC, "x", encode_base64url(bytes(33))),
        (EC, "x", f"{EC['x']}="),
        (EC, "x", 1),
        (OKP, "x", REMOVED),
        (OKP, "x", encode_base64url(bytes(31))),
        (EC, "alg", "ES384"),
        (EC, "alg", "EdDSA"),
        (OKP, "alg", "ES256"),
        (EC, "alg", 1),
        (EC, "use", "enc"),
        (EC, "use", ["sig"]),
        (EC, "key_ops", ["encrypt"]),
        (EC, "key_ops", ["sign"]),
        (EC, "key_ops", []),
        (EC, "key_ops", "verify"),
        (EC, "key_ops", ["verify"] * 9),
    ],
)
def test_refuses_a_key_with_one_thing_wrong(jwk: Claims, name: str, value: object) -> None:
    with pytest.raises(Malformed):
        parse_jwk(JsonObject(changed(jwk, name, to=value)))


def test_refuses_coordinates_that_share_their_bytes_otherwise() -> None:
    point = KEYS[1].raw
    jwk: Claims = {**EC, "x": encode_base64url(point[1:34]), "y": encode_base64url(point[34:])}
    with pytest.raises(Malformed):
        parse_jwk(JsonObject(jwk))


@pytest.mark.parametrize("name", ["d", "p", "q", "dp", "dq", "qi", "oth", "k"])
def test_refuses_private_members(name: str) -> None:
    with pytest.raises(Malformed):
        parse_jwk(JsonObject({**EC, name: "AQAB"}))


@pytest.mark.parametrize(
    ("jwk", "name", "value"),
    [
        (EC, "crv", "P-384"),
        (EC, "crv", "secp256k1"),
        (EC, "crv", REMOVED),
        (EC, "kty", "OKP"),
        (OKP, "kty", "EC"),
        (OKP, "crv", "X25519"),
        (OKP, "crv", "Ed448"),
        (EC, "kty", "RSA"),
    ],
)
def test_refuses_kinds_of_keys_that_are_not_in_use(jwk: Claims, name: str, value: object) -> None:
    with pytest.raises(Unsupported):
        parse_jwk(JsonObject(changed(jwk, name, to=value)))


@given(
    st.dictionaries(
        st.sampled_from([*EC, "alg", "use", "key_ops"]),
        st.none() | st.text(max_size=5) | st.lists(st.text(max_size=3), max_size=2),
        min_size=1,
    )
)
def test_any_members_give_our_error(members: Claims) -> None:
    with pytest.raises(Error):
        parse_jwk(JsonObject({**EC, **members}))
