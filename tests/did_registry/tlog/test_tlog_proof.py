"""tlog-proof files: one spelling, read strictly."""

import contextlib
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from credentials.errors import Error, Malformed, TooLarge
from did_registry.tlog.tlog_proof import (
    MAX_EXTRA_BYTES,
    MAX_PATH,
    TlogProof,
    encode_tlog_proof,
    parse_tlog_proof,
)

HASH = bytes(range(32))
TEXT = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="
NOTE = "example.com/log\n9\nAAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\n\n— x AAAA\n".encode()
PROOF = TlogProof(index=7, path=(HASH,), checkpoint=NOTE, extra=None)

digests = st.binary(min_size=32, max_size=32)
proofs = st.builds(
    TlogProof,
    index=st.integers(0, 2**63 - 2),
    path=st.lists(digests, max_size=MAX_PATH).map(tuple),
    checkpoint=st.just(NOTE) | st.binary(max_size=40),
    extra=st.none() | st.binary(max_size=40),
)


def test_the_text_is_header_index_path_and_checkpoint() -> None:
    expected = f"c2sp.org/tlog-proof@v1\nindex 7\n{TEXT}\n\n".encode() + NOTE
    assert encode_tlog_proof(PROOF) == expected
    assert parse_tlog_proof(expected) == PROOF


def test_extra_data_stands_before_the_index() -> None:
    data = b"c2sp.org/tlog-proof@v1\nextra eHl6\nindex 0\n\n" + NOTE
    assert parse_tlog_proof(data) == replace(PROOF, index=0, path=(), extra=b"xyz")


@given(proofs)
def test_round_trip(proof: TlogProof) -> None:
    assert parse_tlog_proof(encode_tlog_proof(proof)) == proof


WRONG = {
    "empty": b"",
    "another header": b"c2sp.org/tlog-proof@v2\nindex 7\n\n" + NOTE,
    "no index": b"c2sp.org/tlog-proof@v1\n\n" + NOTE,
    "a leading zero": b"c2sp.org/tlog-proof@v1\nindex 07\n\n" + NOTE,
    "a negative index": b"c2sp.org/tlog-proof@v1\nindex -1\n\n" + NOTE,
    "an index beyond": b"c2sp.org/tlog-proof@v1\nindex 9223372036854775807\n\n" + NOTE,
    "index before extra": b"c2sp.org/tlog-proof@v1\nindex 7\nextra eHl6\n\n" + NOTE,
    "extra twice": b"c2sp.org/tlog-proof@v1\nextra eHl6\nextra eHl6\nindex 7\n\n" + NOTE,
    "a short hash": b"c2sp.org/tlog-proof@v1\nindex 7\neHl6\n\n" + NOTE,
    "unpadded extra": b"c2sp.org/tlog-proof@v1\nextra eHk\nindex 7\n\n" + NOTE,
    "carriage returns": b"c2sp.org/tlog-proof@v1\r\nindex 7\r\n\r\n" + NOTE,
    "no gap": b"c2sp.org/tlog-proof@v1\nindex 7\n",
    "not ASCII": "c2sp.org/tlog-proof@v1\nindex ٧\n\n".encode() + NOTE,
}


@pytest.mark.parametrize("case", WRONG)
def test_refuses(case: str) -> None:
    with pytest.raises(Malformed):
        parse_tlog_proof(WRONG[case])


def test_refuses_what_is_too_large() -> None:
    for proof in (
        replace(PROOF, path=(HASH,) * (MAX_PATH + 1)),
        replace(PROOF, extra=bytes(MAX_EXTRA_BYTES + 1)),
    ):
        with pytest.raises(TooLarge):
            encode_tlog_proof(proof)


@given(st.binary(max_size=200))
def test_any_bytes_are_a_proof_or_refused(data: bytes) -> None:
    for candidate in (data, b"c2sp.org/tlog-proof@v1\n" + data):
        with contextlib.suppress(Error):
            assert encode_tlog_proof(parse_tlog_proof(candidate)) == candidate
