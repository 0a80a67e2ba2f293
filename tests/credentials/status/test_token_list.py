"""The Token Status List: the vectors of its draft, and what a reader does not accept."""

import hashlib
import json
import zlib
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from credentials.claims import Claims
from credentials.encoding import decode_base64url, encode_base64url
from credentials.errors import (
    Error,
    Expired,
    KeyMismatch,
    Malformed,
    NotYetValid,
    SignatureInvalid,
    TooLarge,
    Unsupported,
)
from credentials.json_object import JsonObject
from credentials.jws import peek_claims, peek_header, sign_claims
from credentials.keys import P256Signer, PublicKey
from credentials.model import StatusPurpose
from credentials.status.bits import (
    MAX_INFLATED_BYTES,
    MIN_ENTRIES,
    State,
    StatusBits,
    StatusIndexOutOfRange,
    StatusListMismatch,
    VerifiedStatusList,
)
from credentials.status.token_list import (
    encode_status_list,
    parse_token_list,
    sign_token_list,
    verify_token_list,
)
from tests.simulators.one_change import REMOVED, changed
from tests.simulators.w3c_credentials import (
    ISSUER,
    ISSUER_DID,
    ISSUER_KEY_ID,
    LEEWAY,
    NOW,
    STATUS_URI,
    STRANGER,
)

VECTOR_FILE = (
    Path(__file__).parents[2] / "vectors" / "oauth-token-status-list" / "status_list_vectors.json"
)
VECTORS: list[Any] = json.loads(VECTOR_FILE.read_text())
STATES = StatusBits(size=MIN_ENTRIES, marked={7: State.REVOKED, 9: State.SUSPENDED})
HEADER: Claims = {"typ": "statuslist+jwt", "kid": ISSUER_KEY_ID}
TTL = timedelta(hours=1)


def signed(states: StatusBits = STATES) -> str:
    return sign_token_list(
        states,
        uri=STATUS_URI,
        issued_at=NOW,
        expires=NOW + timedelta(days=1),
        ttl=TTL,
        signer=ISSUER,
        key_id=ISSUER_KEY_ID,
    )


def claims() -> Claims:
    return peek_claims(signed()).members


def verify(
    token: str, key: PublicKey = ISSUER.public_key, *, uri: str = STATUS_URI, now: Any = NOW
) -> VerifiedStatusList:
    return verify_token_list(parse_token_list(token), key, uri=uri, now=now, leeway=LEEWAY)


def resigned(*path: str | int, to: object) -> str:
    return sign_claims(HEADER, changed(claims(), *path, to=to), ISSUER)


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: str(vector["name"]))
def test_reads_the_vector(vector: Any) -> None:
    found = verify(resigned("status_list", to=vector["json"]))
    assert found.bits == vector["bits"]
    assert len(found.packed) == vector["raw_len"]
    nonzero = {int(index): value for index, value in vector["nonzero"].items()}
    assert {index: found.value(index) for index in nonzero} == nonzero
    assert sum(found.value(index) != 0 for index in range(0, vector["size"], 1009)) == sum(
        index % 1009 == 0 for index in nonzero
    )


@pytest.mark.parametrize("vector", [v for v in VECTORS if v["bits"] == 2 and v["size"] >= 2**17])
def test_writes_the_list_of_the_vector(vector: Any) -> None:
    # The vector also uses 3, which is its issuer's own; those entries are set by hand.
    states = {1: State.REVOKED, 2: State.SUSPENDED}
    own = [int(index) for index, value in vector["nonzero"].items() if value == 3]
    marked = {int(i): states[value] for i, value in vector["nonzero"].items() if value in states}
    claim = JsonObject(encode_status_list(StatusBits(size=vector["size"], marked=marked)))
    packed = bytearray(zlib.decompress(decode_base64url(claim.text("lst"))))
    for index in own:
        packed[index // 4] |= 3 << index % 4 * 2
    assert packed == zlib.decompress(decode_base64url(vector["json"]["lst"]))


def test_says_what_it_was_made_from() -> None:
    found = verify(signed())
    assert [found.state(index) for index in (0, 7, 8, 9)] == [
        State.VALID,
        State.REVOKED,
        State.VALID,
        State.SUSPENDED,
    ]
    assert (found.uri, found.purpose) == (STATUS_URI, StatusPurpose.ANY)
    assert (found.issuer, found.key_id) == (ISSUER_DID, ISSUER_KEY_ID)
    assert (found.issued_at, found.expires, found.ttl) == (NOW, NOW + timedelta(days=1), TTL)


def test_is_written_as_the_draft_demands() -> None:
    token = signed()
    assert peek_header(token).members == {**HEADER, "alg": "EdDSA"}
    assert claims().keys() == {"sub", "iat", "exp", "ttl", "status_list"}
    assert claims()["ttl"] == 3600


def test_can_be_signed_with_p256() -> None:
    signer = P256Signer(b"\x05" * 32)
    token = sign_claims(HEADER, claims(), signer)
    assert verify(token, signer.public_key).state(7) is State.REVOKED


def test_tells_whose_key_to_fetch() -> None:
    unverified = parse_token_list(signed())
    assert unverified.issuer == ISSUER_DID
    assert unverified.key_id == ISSUER_KEY_ID
    assert unverified.issued_at == NOW


def test_reads_a_kid_that_is_relative_to_the_issuer() -> None:
    header: Claims = {**HEADER, "kid": "#key-1"}
    token = sign_claims(header, {**claims(), "iss": ISSUER_DID}, ISSUER)
    assert parse_token_list(token).key_id == f"{ISSUER_DID}#key-1"
    assert verify(token).issuer == ISSUER_DID


def test_the_issuer_may_be_named_beside_a_whole_kid() -> None:
    assert verify(resigned("iss", to=ISSUER_DID)).key_id == ISSUER_KEY_ID


@pytest.mark.parametrize("kid", [None, "key-1", "#key-1", "https://a.example#key-1"])
def test_does_not_guess_whose_key_it_is(kid: str | None) -> None:
    header: Claims = {"typ": "statuslist+jwt"}
    if kid is not None:
        header["kid"] = kid
    with pytest.raises(Unsupported):
        parse_token_list(sign_claims(header, claims(), ISSUER))


def test_refuses_an_issuer_other_than_the_keys_owner() -> None:
    with pytest.raises(Malformed):
        parse_token_list(resigned("iss", to="did:web:a.example"))


def test_refuses_a_signature_by_another_key() -> None:
    with pytest.raises(SignatureInvalid):
        verify(signed(), STRANGER.public_key)
    with pytest.raises(KeyMismatch):
        verify(signed(), P256Signer(b"\x05" * 32).public_key)


def test_refuses_another_type_of_token() -> None:
    with pytest.raises(Malformed):
        verify(sign_claims({**HEADER, "typ": "dc+sd-jwt"}, claims(), ISSUER))


def test_refuses_the_list_of_another_address() -> None:
    with pytest.raises(StatusListMismatch):
        verify(signed(), uri=STATUS_URI + "1")


def test_has_a_beginning_and_an_end() -> None:
    ends = NOW + timedelta(days=1)
    verify(signed(), now=ends + LEEWAY - timedelta(seconds=1))
    with pytest.raises(Expired):
        verify(signed(), now=ends + LEEWAY)
    verify(signed(), now=NOW - LEEWAY)
    with pytest.raises(NotYetValid):
        verify(signed(), now=NOW - LEEWAY - timedelta(seconds=1))


def test_does_not_begin_before_its_nbf() -> None:
    token = resigned("nbf", to=int(NOW.timestamp()) + 3600)
    with pytest.raises(NotYetValid):
        verify(token)
    verify(token, now=NOW + timedelta(hours=1))


def test_end_and_keeping_time_may_be_missing() -> None:
    found = verify(resigned("exp", to=REMOVED))
    assert found.expires is None
    assert verify(resigned("ttl", to=REMOVED)).ttl is None


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("sub",), REMOVED),
        (("iat",), REMOVED),
        (("iat",), "1"),
        (("exp",), "1"),
        (("nbf",), "1"),
        (("ttl",), 0),
        (("ttl",), -1),
        (("ttl",), 366 * 86_400 + 1),
        (("ttl",), "3600"),
        (("status_list",), REMOVED),
        (("status_list", "bits"), REMOVED),
        (("status_list", "bits"), 3),
        (("status_list", "bits"), 0),
        (("status_list", "bits"), True),
        (("status_list", "lst"), REMOVED),
        (("status_list", "lst"), "eNrbuRgAAhcBXQ="),
        (("status_list", "lst"), "e!"),
        (("status_list", "lst"), "AAAA"),
    ],
    ids=str,
)
def test_refuses_a_list_with_one_thing_wrong(path: tuple[str, ...], value: object) -> None:
    with pytest.raises(Malformed):
        verify(resigned(*path, to=value))


def test_stops_a_bomb() -> None:
    bomb = encode_base64url(zlib.compress(bytes(MAX_INFLATED_BYTES + 1), 9))
    with pytest.raises(TooLarge):
        verify(resigned("status_list", "lst", to=bomb))


@pytest.mark.parametrize("index", [-1, MIN_ENTRIES, 2**70])
def test_has_no_entry_beyond_its_end(index: int) -> None:
    with pytest.raises(StatusIndexOutOfRange):
        verify(signed()).state(index)


def test_an_issuers_own_status_is_neither_valid_nor_invalid() -> None:
    lst = encode_base64url(zlib.compress(b"\xe4"))  # 0, 1, 2, 3
    found = verify(resigned("status_list", "lst", to=lst))
    assert [found.state(i) for i in range(3)] == [State.VALID, State.REVOKED, State.SUSPENDED]
    with pytest.raises(Unsupported):
        found.state(3)


@pytest.mark.parametrize("ttl", [timedelta(0), timedelta(days=367)], ids=str)
def test_does_not_sign_a_keeping_time_that_no_reader_accepts(ttl: timedelta) -> None:
    with pytest.raises(Malformed):
        sign_token_list(
            STATES,
            uri=STATUS_URI,
            issued_at=NOW,
            expires=NOW,
            ttl=ttl,
            signer=ISSUER,
            key_id=ISSUER_KEY_ID,
        )


def test_does_not_sign_for_a_key_that_no_reader_could_find() -> None:
    with pytest.raises(Unsupported):
        sign_token_list(
            STATES,
            uri=STATUS_URI,
            issued_at=NOW,
            expires=NOW,
            ttl=TTL,
            signer=ISSUER,
            key_id="key-1",
        )


def test_does_not_sign_more_than_one_token_carries() -> None:
    # A million entries in a pattern that hardly compresses.
    kinds = list(State)
    noise = hashlib.shake_256(b"status").digest(2**20)
    marked = {index: kinds[byte % 3] for index, byte in enumerate(noise)}
    with pytest.raises(TooLarge):
        signed(StatusBits(size=2**20, marked=marked))


@settings(max_examples=100)
@given(
    st.text(max_size=40) | st.binary(max_size=60).map(lambda b: "e30.e30." + encode_base64url(b))
)
def test_any_text_gives_our_error(text: str) -> None:
    with pytest.raises(Error):
        parse_token_list(text)


@settings(max_examples=60)
@given(
    st.sampled_from(["sub", "iat", "exp", "nbf", "ttl", "iss", "status_list"]),
    st.none()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=5)
    | st.dictionaries(st.sampled_from(["bits", "lst"]), st.integers(0, 9) | st.text(max_size=9)),
)
def test_any_claim_gives_a_list_or_our_error(name: str, value: Any) -> None:
    try:
        verify(resigned(name, to=value))
    except Error:
        return
