"""The Bitstring Status List: the examples of its specification, and what a reader refuses."""

import gzip
import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from credentials.claims import Claims
from credentials.data_integrity import sign_document
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
from credentials.keys import P256Signer, PublicKey
from credentials.model import StatusPurpose
from credentials.status.bits import (
    MAX_INFLATED_BYTES,
    MAX_LIST_CHARS,
    MIN_ENTRIES,
    State,
    StatusBits,
    StatusIndexOutOfRange,
    StatusListMismatch,
    StatusListTooShort,
    VerifiedStatusList,
)
from credentials.status.bitstring import (
    encode_bitstring,
    parse_bitstring_list,
    sign_bitstring_list,
    verify_bitstring_list,
)
from credentials.status.token_list import parse_token_list, sign_token_list, verify_token_list
from credentials.vcdm import parse_credential
from credentials.vcdm_envelope import list_url, read_statuses
from tests.simulators.one_change import REMOVED, changed
from tests.simulators.w3c_credentials import (
    HOLDER,
    ISSUER,
    ISSUER_DID,
    ISSUER_KEY_ID,
    LEEWAY,
    NOW,
    STATUS_URI,
    STRANGER,
    credential,
    resigned,
)

VECTOR_FILE = (
    Path(__file__).parents[2] / "vectors" / "w3c-bitstring-status-list" / "spec-examples.json"
)
# Three of the examples are not JSON ("..." and comments in them); two of those use the data model
# 1.1 as well. They are kept as text and can't be run.
EXAMPLES: list[Any] = [e["value"] for e in json.loads(VECTOR_FILE.read_text()) if e["parsed"]]
LISTS = [e for e in EXAMPLES if "BitstringStatusListCredential" in e["type"]]
HOLDERS = [e for e in EXAMPLES if "credentialStatus" in e]

REVOCATION, SUSPENSION = StatusPurpose.REVOCATION, StatusPurpose.SUSPENSION
URI = list_url(STATUS_URI, REVOCATION)
STATES = StatusBits(size=MIN_ENTRIES, marked={7: State.REVOKED, 9: State.SUSPENDED})
TTL = timedelta(hours=1)


def signed(purpose: StatusPurpose = REVOCATION, states: StatusBits = STATES) -> Claims:
    document = sign_bitstring_list(
        states,
        uri=list_url(STATUS_URI, purpose),
        purpose=purpose,
        issued_at=NOW,
        expires=NOW + timedelta(days=1),
        ttl=TTL,
        signer=ISSUER,
        key_id=ISSUER_KEY_ID,
    )
    arrived = json.loads(json.dumps(document))
    assert isinstance(arrived, dict)
    return arrived


def verify(
    document: Claims,
    key: PublicKey = ISSUER.public_key,
    *,
    uri: str = URI,
    purpose: StatusPurpose = REVOCATION,
    now: Any = NOW,
) -> VerifiedStatusList:
    unverified = parse_bitstring_list(JsonObject(document))
    return verify_bitstring_list(unverified, key, uri=uri, purpose=purpose, now=now, leeway=LEEWAY)


SUBJECT = signed()["credentialSubject"]
ENCODED = JsonObject(SUBJECT).text("encodedList", max_chars=MAX_LIST_CHARS)


def with_bits(data: bytes) -> Claims:
    encoded = "u" + encode_base64url(gzip.compress(data, mtime=0))
    return resigned(changed(signed(), "credentialSubject", "encodedList", to=encoded))


@pytest.mark.parametrize("example", LISTS, ids=lambda example: str(example["id"]))
def test_reads_the_list_of_the_specification(example: Any) -> None:
    # The examples bear no proof; here the test's office signs them.
    document = sign_document(
        {**example, "issuer": ISSUER_DID},
        {
            "created": "2026-03-13T03:04:05Z",
            "verificationMethod": ISSUER_KEY_ID,
            "proofPurpose": "assertionMethod",
        },
        ISSUER,
    )
    found = verify(document, uri=example["id"])
    assert found.packed == bytes(MIN_ENTRIES // 8)
    assert found.state(94567) is State.VALID
    assert found.ttl is None


def test_writes_the_empty_list_of_the_specification() -> None:
    for example in LISTS:
        ours = encode_bitstring(StatusBits(size=MIN_ENTRIES, marked={}), REVOCATION)
        theirs = example["credentialSubject"]["encodedList"]
        inflated = [gzip.decompress(decode_base64url(text[1:])) for text in (ours, theirs)]
        assert inflated[0] == inflated[1]


@pytest.mark.parametrize("example", HOLDERS, ids=lambda example: str(example["id"]))
def test_reads_the_status_entries_of_the_specification(example: Any) -> None:
    statuses = read_statuses(parse_credential(JsonObject(example)))
    entries = example["credentialStatus"]
    entries = entries if isinstance(entries, list) else [entries]
    assert [(s.uri, str(s.index), s.purpose.value) for s in statuses] == [
        (e["statusListCredential"], e["statusListIndex"], e["statusPurpose"]) for e in entries
    ]


def test_says_what_it_was_made_from() -> None:
    found = verify(signed())
    assert [found.state(i) for i in (0, 7, 9)] == [State.VALID, State.REVOKED, State.VALID]
    assert (found.uri, found.purpose) == (URI, REVOCATION)
    assert (found.issuer, found.key_id) == (ISSUER_DID, ISSUER_KEY_ID)
    assert (found.issued_at, found.expires, found.ttl) == (NOW, NOW + timedelta(days=1), TTL)
    other = verify(signed(SUSPENSION), uri=list_url(STATUS_URI, SUSPENSION), purpose=SUSPENSION)
    assert [other.state(i) for i in (0, 7, 9)] == [State.VALID, State.VALID, State.SUSPENDED]


def test_counts_from_the_left_most_bit() -> None:
    found = verify(with_bits(b"\x80\x01" + bytes(MIN_ENTRIES // 8 - 2)))
    revoked = [i for i in range(24) if found.state(i) is State.REVOKED]
    assert revoked == [0, 15]


def test_is_written_as_the_specification_demands() -> None:
    document = signed()
    assert document["@context"] == ["https://www.w3.org/ns/credentials/v2"]
    assert document["type"] == ["VerifiableCredential", "BitstringStatusListCredential"]
    subject = JsonObject(document).object("credentialSubject")
    assert subject.text("id") == f"{URI}#list"
    assert subject.text("type") == "BitstringStatusList"
    assert subject.integer("ttl") == 3_600_000
    assert subject.text("encodedList").startswith("uH4sI")


@settings(max_examples=25, deadline=None)
@given(
    st.dictionaries(
        st.integers(0, MIN_ENTRIES - 1), st.sampled_from(list(State)), min_size=1, max_size=40
    ),
    st.lists(st.integers(0, MIN_ENTRIES - 1), max_size=20),
)
def test_both_formats_say_the_same_of_every_index(
    marked: dict[int, State], others: list[int]
) -> None:
    states = StatusBits(size=MIN_ENTRIES, marked=marked)
    token = sign_token_list(
        states,
        uri=STATUS_URI,
        issued_at=NOW,
        expires=NOW + timedelta(days=1),
        ttl=TTL,
        signer=ISSUER,
        key_id=ISSUER_KEY_ID,
    )
    tokens = verify_token_list(
        parse_token_list(token), ISSUER.public_key, uri=STATUS_URI, now=NOW, leeway=LEEWAY
    )
    bitstrings = [
        verify(signed(purpose, states), uri=list_url(STATUS_URI, purpose), purpose=purpose)
        for purpose in (REVOCATION, SUSPENSION)
    ]
    for index in [*marked, *others, 0, MIN_ENTRIES - 1]:
        state = marked.get(index, State.VALID)
        said = {found.state(index) for found in bitstrings} - {State.VALID}
        assert tokens.state(index) is state
        assert said == ({state} - {State.VALID})


def test_tells_whose_key_to_fetch() -> None:
    unverified = parse_bitstring_list(JsonObject(signed()))
    assert unverified.issuer == ISSUER_DID
    assert unverified.key_id == ISSUER_KEY_ID
    assert unverified.issued_at == NOW


def test_refuses_a_signature_by_another_key() -> None:
    with pytest.raises(SignatureInvalid):
        verify(signed(), STRANGER.public_key)
    with pytest.raises(KeyMismatch):
        verify(signed(), P256Signer(b"\x05" * 32).public_key)


def test_refuses_a_list_signed_by_somebody_else_than_its_issuer() -> None:
    document = changed(signed(), "issuer", to="did:web:a.example")
    with pytest.raises(KeyMismatch):
        verify(resigned(document))


def test_refuses_a_list_that_was_changed() -> None:
    encoded = encode_bitstring(StatusBits(size=MIN_ENTRIES, marked={}), REVOCATION)
    with pytest.raises(SignatureInvalid):
        verify(changed(signed(), "credentialSubject", "encodedList", to=encoded))


def test_refuses_the_list_of_another_address_or_of_none() -> None:
    with pytest.raises(StatusListMismatch):
        verify(signed(), uri=URI + "1")
    with pytest.raises(StatusListMismatch):
        verify(resigned(changed(signed(), "id", to=REMOVED)))


def test_refuses_the_list_for_another_purpose() -> None:
    with pytest.raises(StatusListMismatch):
        verify(signed(), purpose=SUSPENSION)
    both = ["refresh", "revocation"]
    verify(resigned(changed(signed(), "credentialSubject", "statusPurpose", to=both)))


def test_serves_no_other_purpose_than_two() -> None:
    with pytest.raises(Unsupported):
        signed(StatusPurpose.ANY)
    anything = resigned(changed(signed(), "credentialSubject", "statusPurpose", to="any"))
    with pytest.raises(Unsupported):
        verify(anything, purpose=StatusPurpose.ANY)


def test_has_a_beginning_and_an_end() -> None:
    ends = NOW + timedelta(days=1)
    verify(signed(), now=ends + LEEWAY - timedelta(seconds=1))
    with pytest.raises(Expired):
        verify(signed(), now=ends + LEEWAY)
    verify(signed(), now=NOW - LEEWAY)
    with pytest.raises(NotYetValid):
        verify(signed(), now=NOW - LEEWAY - timedelta(seconds=1))


def test_does_not_begin_before_its_proof_was_made() -> None:
    document = resigned(changed(signed(), "validFrom", to="2020-01-01T00:00:00Z"))
    with pytest.raises(NotYetValid):
        verify(document, now=NOW - timedelta(days=1))


def test_does_not_begin_before_it_says() -> None:
    document = resigned(changed(signed(), "validFrom", to="2026-03-13T10:00:00Z"))
    with pytest.raises(NotYetValid):
        verify(document)


def test_ends_when_its_proof_expires() -> None:
    document = resigned(changed(signed(), "proof", "expires", to="2026-03-13T04:00:00Z"))
    verify(document)
    with pytest.raises(Expired):
        verify(document, now=NOW + timedelta(hours=2))


def test_end_beginning_and_keeping_time_may_be_missing() -> None:
    document = changed(signed(), "credentialSubject", "ttl", to=REMOVED)
    document = changed(changed(document, "validUntil", to=REMOVED), "validFrom", to=REMOVED)
    found = verify(resigned(document))
    assert (found.expires, found.ttl) == (None, None)


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("type",), ["VerifiableCredential"]),
        (("credentialSubject",), [SUBJECT, {"id": "urn:x:2"}]),
        (("credentialSubject", "type"), "List"),
        (("credentialSubject", "encodedList"), REMOVED),
        (("credentialSubject", "encodedList"), "z" + ENCODED[1:]),
        (("credentialSubject", "encodedList"), ENCODED[1:]),
        (("credentialSubject", "encodedList"), "u"),
        (("credentialSubject", "encodedList"), "u!"),
        (("credentialSubject", "encodedList"), "uAAAA"),
        (("credentialSubject", "ttl"), 0),
        (("credentialSubject", "ttl"), 366 * 86_400_000 + 1),
        (("credentialSubject", "ttl"), "3600000"),
        (("validUntil",), "2020-01-01T00:00:00Z"),
        (("proof", "created"), REMOVED),
        (("proof", "proofPurpose"), "authentication"),
    ],
    ids=lambda v: str(v)[:40],
)
def test_refuses_a_list_with_one_thing_wrong(path: tuple[str, ...], value: object) -> None:
    with pytest.raises(Malformed):
        verify(resigned(changed(signed(), *path, to=value)))


def test_refuses_a_list_in_which_nobody_could_hide() -> None:
    with pytest.raises(StatusListTooShort):
        verify(with_bits(bytes(MIN_ENTRIES // 8 - 1)))
    verify(with_bits(bytes(MIN_ENTRIES // 8)))


def test_stops_a_bomb() -> None:
    with pytest.raises(TooLarge):
        verify(with_bits(bytes(MAX_INFLATED_BYTES + 1)))


def test_has_no_entry_beyond_its_end() -> None:
    with pytest.raises(StatusIndexOutOfRange):
        verify(signed()).state(MIN_ENTRIES)


def test_does_not_sign_what_no_reader_accepts() -> None:
    common: Any = {"uri": URI, "purpose": REVOCATION, "issued_at": NOW, "signer": ISSUER}
    with pytest.raises(Malformed):
        sign_bitstring_list(STATES, **common, expires=NOW, ttl=timedelta(0), key_id=ISSUER_KEY_ID)
    early = NOW - timedelta(seconds=1)
    with pytest.raises(Malformed):
        sign_bitstring_list(STATES, **common, expires=early, ttl=TTL, key_id=ISSUER_KEY_ID)
    with pytest.raises(KeyMismatch):
        sign_bitstring_list(
            STATES,
            **{**common, "signer": P256Signer(b"\5" * 32)},
            expires=NOW,
            ttl=TTL,
            key_id="x:y",
        )


def test_refuses_a_credential_that_is_no_list() -> None:
    with pytest.raises(Malformed):
        parse_bitstring_list(JsonObject(credential(holder=HOLDER.public_key)))


@settings(max_examples=60)
@given(
    st.sampled_from(["id", "type", "statusPurpose", "encodedList", "ttl"]),
    st.none()
    | st.integers(-1, 2**60)
    | st.text(max_size=5)
    | st.binary(max_size=30).map(lambda data: "u" + encode_base64url(data))
    | st.lists(st.text(max_size=3), max_size=2),
)
def test_any_value_in_the_list_gives_a_list_or_our_error(name: str, value: Any) -> None:
    try:
        verify(resigned(changed(signed(), "credentialSubject", name, to=value)))
    except Error:
        return
