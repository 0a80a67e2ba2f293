import json
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from credentials.errors import Error, Malformed
from credentials.issuance_proof import IssuanceProof
from credentials.keys import KeyType, signer_from_secret
from tests.simulators.clock import START
from tests.simulators.one_change import REMOVED, changed
from wallet.errors import UnknownCredential
from wallet.held_credential import (
    MAX_HELD,
    MAX_HISTORY,
    MAX_SHOWN_CLAIMS,
    Shown,
    VaultContent,
    encode_content,
    parse_content,
)

SECRET = bytes([7]) * 32


def shown(number: int = 0, claims: tuple[str, ...] = ("T.a",)) -> Shown:
    return Shown(
        at=START + timedelta(seconds=number), verifier="도서관", purpose="확인", claims=claims
    )


def keep(content: VaultContent, credential: Any = "eyJ~") -> VaultContent:
    return content.keep(credential, key_type=KeyType.P256, key_secret=SECRET, now=START)


FULL = keep(keep(VaultContent(), {"type": ["VerifiableCredential"]})).record(shown())


def test_reads_what_it_wrote() -> None:
    assert parse_content(encode_content(VaultContent())) == VaultContent()
    assert parse_content(encode_content(FULL)) == FULL


@settings(max_examples=50)
@given(
    st.lists(
        st.tuples(
            st.text(min_size=1, max_size=20),
            st.sampled_from(KeyType),
            st.binary(min_size=32, max_size=32),
        ),
        max_size=5,
    )
)
def test_reads_whatever_it_wrote(rows: list[tuple[str, KeyType, bytes]]) -> None:
    content = VaultContent()
    for text, key_type, secret in rows:
        content = content.keep(text, key_type=key_type, key_secret=secret, now=START)
    assert parse_content(encode_content(content)) == content


def test_gives_each_credential_a_number_of_its_own_and_its_own_key() -> None:
    assert [held.number for held in FULL.held] == [1, 2]
    assert FULL.get(2) is FULL.held[1]
    expected = signer_from_secret(KeyType.P256, SECRET).public_key
    assert FULL.get(1).holder().public_key == expected


def test_keeps_proofs_beside_their_credentials() -> None:
    proof = IssuanceProof(salt=bytes(16), position=5, path=(bytes(32),) * 6)
    content = FULL.keep_proofs({2: proof, 9: proof})
    assert [held.issuance_proof for held in content.held] == [None, proof]
    assert parse_content(encode_content(content)) == content
    assert content.keep_proofs({}) == content


@pytest.mark.parametrize("number", [0, 3, -1])
def test_refuses_a_number_that_it_does_not_hold(number: int) -> None:
    with pytest.raises(UnknownCredential):
        FULL.get(number)


def test_holds_a_thousand_and_not_one_more() -> None:
    content = VaultContent()
    for _ in range(MAX_HELD):
        content = keep(content)
    assert parse_content(encode_content(content)) == content
    with pytest.raises(Malformed):
        keep(content)


def test_the_oldest_line_of_the_record_goes_when_it_is_full() -> None:
    content = VaultContent(shown=tuple(map(shown, range(MAX_HISTORY))))
    content = content.record(shown(MAX_HISTORY))
    assert len(content.shown) == MAX_HISTORY
    assert (content.shown[0], content.shown[-1]) == (shown(1), shown(MAX_HISTORY))
    assert parse_content(encode_content(content)) == content


def test_the_longest_presentation_can_be_recorded() -> None:
    """32 credentials with 64 claims each, and more that is always visible."""
    claims = tuple(f"T.claim{n}" for n in range(MAX_SHOWN_CLAIMS))
    assert MAX_SHOWN_CLAIMS > 32 * 64
    content = VaultContent().record(shown(claims=claims))
    assert parse_content(encode_content(content)) == content


def test_shows_neither_claims_nor_keys_in_a_traceback() -> None:
    assert repr(FULL.held[0]) == "HeldCredential(1)"
    assert "7" * 3 not in repr(FULL)


WRONG: dict[str, tuple[Any, ...]] = {
    "another-version": ("version", 2),
    "a-member-more": ("more", 1),
    "no-numbers": ("next", REMOVED),
    "no-credential": ("held", 0, "credential", REMOVED),
    "a-number-for-it": ("held", 0, "credential", 1),
    "another-key-type": ("held", 0, "keyType", "RS256"),
    "padded-key": ("held", 0, "key", "AA=="),
    "a-day": ("held", 0, "received", "2026-03-13"),
    "a-text-for-a-row": ("held", 0, "x"),
    "too-many": ("shown", [{}] * (MAX_HISTORY + 1)),
    "no-time": ("shown", 0, "at", REMOVED),
    "a-proof-that-is-none": ("held", 0, "issuanceProof", {"v": 1}),
    "a-claim-that-is-none": ("shown", 0, "claims", [1]),
}


@pytest.mark.parametrize("change", WRONG.values(), ids=WRONG)
def test_refuses_a_content_that_is_not_one(change: tuple[Any, ...]) -> None:
    *path, to = change
    document = changed(json.loads(encode_content(FULL)), *path, to=to)
    with pytest.raises(Error):
        parse_content(json.dumps(document).encode())


@settings(max_examples=100)
@given(st.binary(max_size=200))
def test_whatever_the_bytes_the_refusal_is_ours(data: bytes) -> None:
    with pytest.raises(Error):
        parse_content(data)
