"""What a holder shows to prove since when a credential exists: read strictly, or not at all."""

import hashlib
import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from credentials.errors import Error, Malformed, TooLarge, Unsupported
from credentials.issuance_proof import (
    MAX_PROOF_BYTES,
    IssuanceProof,
    issuance_leaf,
    parse_issuance_proof,
)

PROOF = IssuanceProof(salt=bytes(16), position=63, path=(bytes(32),) * 6)


def encoded(**changes: Any) -> bytes:
    return json.dumps({**PROOF.to_json(), **changes}).encode()


@given(
    st.binary(min_size=16, max_size=16),
    st.lists(st.binary(min_size=32, max_size=32), min_size=6, max_size=24),
    st.data(),
)
def test_a_proof_is_read_as_it_was_written(salt: bytes, path: list[bytes], data: Any) -> None:
    position = data.draw(st.integers(0, (1 << len(path)) - 1))
    proof = IssuanceProof(salt=salt, position=position, path=tuple(path))
    assert parse_issuance_proof(json.dumps(proof.to_json()).encode()) == proof


@given(st.binary(max_size=100))
def test_whatever_else_is_there_is_refused(data: bytes) -> None:
    with pytest.raises(Error):
        parse_issuance_proof(data)


SIBLING = PROOF.to_json()["path"][0]  # type: ignore[index]


@pytest.mark.parametrize(
    "data",
    [
        encoded(path=[SIBLING] * 5),
        encoded(path=[SIBLING] * 25),
        encoded(path=[SIBLING] * 5 + ["AAAA"]),
        encoded(path=[SIBLING] * 5 + [1]),
        encoded(path="x"),
        encoded(position=64),
        encoded(position=-1),
        encoded(position="1"),
        encoded(salt="AAAA"),
        encoded(salt=PROOF.to_json()["salt"] + "="),  # type: ignore[operator]
        encoded(root="x"),
        b"[]",
    ],
    ids=[
        *("path too short", "path too long", "short sibling", "sibling no text", "no path"),
        *("position beyond the tree", "negative", "text", "short salt", "padded salt"),
        *("another member", "no object"),
    ],
)
def test_refuses_a_proof_with_one_thing_wrong(data: bytes) -> None:
    with pytest.raises(Malformed):
        parse_issuance_proof(data)


def test_refuses_another_version_and_what_is_too_long() -> None:
    with pytest.raises(Unsupported):
        parse_issuance_proof(encoded(v=2))
    with pytest.raises(TooLarge):
        parse_issuance_proof(encoded() + b" " * MAX_PROOF_BYTES)


def test_a_leaf_is_the_salted_digest() -> None:
    salt, digest = bytes(range(16)), bytes(range(32))
    assert issuance_leaf(salt, digest) == hashlib.sha256(b"\x00" + salt + digest).digest()
    assert issuance_leaf(salt, digest) != issuance_leaf(bytes(16), digest)
    assert replace(PROOF, salt=salt) != PROOF
