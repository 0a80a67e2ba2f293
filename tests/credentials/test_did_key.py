"""did:key and did:jwk: identifiers that are a key, and that name one method only."""

import json
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from credentials.did_key import (
    did_key_method,
    encode_did_jwk,
    encode_did_key,
    parse_self_describing,
)
from credentials.encoding import encode_base64url
from credentials.errors import Error, Malformed, Unsupported
from credentials.jwk import encode_jwk
from credentials.keys import Ed25519Signer, KeyType, P256Signer, PublicKey

KEYS: Final[list[PublicKey]] = [
    Ed25519Signer(bytes([1]) * 32).public_key,
    P256Signer(bytes([1]) * 32).public_key,
]
EACH_KEY: Final = pytest.mark.parametrize("key", KEYS, ids=["Ed25519", "P-256"])


@EACH_KEY
def test_did_key_returns_the_key_it_was_given(key: PublicKey) -> None:
    did = encode_did_key(key)
    assert parse_self_describing(did) == parse_self_describing(did_key_method(did)) == key
    assert did_key_method(did) == f"{did}#{did.removeprefix('did:key:')}"


@EACH_KEY
def test_did_jwk_returns_the_key_it_was_given(key: PublicKey) -> None:
    did = encode_did_jwk(key)
    assert parse_self_describing(did) == parse_self_describing(did + "#0") == key


def test_reads_the_example_of_did_jwk() -> None:
    # did:jwk, Examples: P-256.
    did = (
        "did:jwk:eyJjcnYiOiJQLTI1NiIsImt0eSI6IkVDIiwieCI6ImFjYklRaXVNczNpOF91c3pFakoydHBUdFJNNEVV"
        "M3l6OTFQSDZDZEgyVjAiLCJ5IjoiX0tjeUxqOXZXTXB0bm1LdG00NkdxRHo4d2Y3NEk1TEtncmwyR3pIM25TRSJ9"
    )
    assert parse_self_describing(did + "#0").type is KeyType.P256


def test_reads_the_example_of_did_key() -> None:
    # did:key, Test Vectors: Ed25519.
    did = "did:key:z6MkiTBz1ymuepAQ4HEHYSF1H8quG5GLVVQR3djdX3mDooWp"
    key = parse_self_describing(did)
    assert (key.type, encode_did_key(key)) == (KeyType.ED25519, did)


@pytest.mark.parametrize(
    "did_url",
    [
        did_key_method(encode_did_key(KEYS[0])) + "x",
        encode_did_key(KEYS[0]) + "#" + encode_did_key(KEYS[1]).removeprefix("did:key:"),
        encode_did_key(KEYS[0]) + "#0",
        encode_did_key(KEYS[0]) + "#",
        encode_did_jwk(KEYS[0]) + "#1",
        encode_did_jwk(KEYS[0]) + "#",
        encode_did_key(KEYS[0]) + "?a=b",
        encode_did_key(KEYS[0]) + "/path",
        "did:key:",
        "did:jwk:",
        "did:jwk:" + encode_base64url(b"[]"),
        "did:jwk:" + encode_base64url(b'{"kty":"EC","kty":"EC"}'),
        "did:jwk:" + encode_base64url(b'{"kty":"OKP","crv":"Ed25519","x":"AQAB","d":"AQAB"}'),
        encode_did_jwk(KEYS[0]) + "=",
        "did:key:z" + "1" * 1024,
    ],
)
def test_refuses_what_names_no_method_of_a_key(did_url: str) -> None:
    with pytest.raises(Malformed):
        parse_self_describing(did_url)


def did_jwk_of_length(size: int) -> str:
    """A did:jwk with a member that nobody reads, so long that the DID has this many characters."""
    empty = json.dumps({**encode_jwk(KEYS[0]), "kid": ""}).encode()
    filler = (size - len("did:jwk:")) * 3 // 4 - len(empty)
    jwk = {**encode_jwk(KEYS[0]), "kid": "x" * filler}
    return "did:jwk:" + encode_base64url(json.dumps(jwk).encode())


def test_a_did_has_at_most_1024_characters() -> None:
    longest, too_long = did_jwk_of_length(1024), did_jwk_of_length(1026)
    assert (len(longest), len(too_long)) == (1024, 1026)
    assert parse_self_describing(longest) == KEYS[0]
    with pytest.raises(Malformed):
        parse_self_describing(too_long)


@pytest.mark.parametrize("did", ["", "did:web:example", "DID:key:z6Mk", "did:jwk", "did:webvh:a:b"])
def test_refuses_other_methods(did: str) -> None:
    with pytest.raises(Unsupported):
        parse_self_describing(did)


@given(
    st.sampled_from(["did:key:", "did:key:z6Mk", "did:jwk:", ""]),
    st.text(max_size=30) | st.binary(max_size=30).map(encode_base64url),
)
def test_any_text_gives_our_error(prefix: str, rest: str) -> None:
    with pytest.raises(Error):
        parse_self_describing(prefix + rest)
