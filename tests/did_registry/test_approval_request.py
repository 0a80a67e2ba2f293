"""The request for approval: read back as it was written, and nothing else is read."""

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from credentials.errors import Error, Malformed, TooLarge
from did_registry.approval_request import (
    MAX_REQUEST_BYTES,
    ApprovalRequest,
    encode_approval_request,
    parse_approval_request,
)
from did_registry.tlog.tlog_proof import MAX_PROOF_BYTES
from did_registry.webvh.entry import MAX_LOG_BYTES


@given(st.binary(min_size=1, max_size=300), st.binary(min_size=1, max_size=300))
def test_what_is_written_is_read_back(log: bytes, proof: bytes) -> None:
    request = ApprovalRequest(log=log, proof=proof)
    assert parse_approval_request(encode_approval_request(request)) == request


@pytest.mark.parametrize(
    "data",
    [b"", b"log 2\n{}", b"log 3\n{}", b"log 0\nproof", b"log 02\n{}proof", b"log 2 {}proof"],
    ids=["empty", "no-proof", "too-short", "no-log", "leading-zero", "no-newline"],
)
def test_refuses(data: bytes) -> None:
    with pytest.raises(Malformed):
        parse_approval_request(data)


@pytest.mark.parametrize(
    "data",
    [
        b"log %d\n" % (MAX_LOG_BYTES + 1) + bytes(MAX_LOG_BYTES + 2),
        b"log 1\n" + bytes(MAX_PROOF_BYTES + 2),
        bytes(MAX_REQUEST_BYTES + 1),
    ],
    ids=["log", "proof", "whole"],
)
def test_refuses_what_is_too_large(data: bytes) -> None:
    with pytest.raises(TooLarge):
        parse_approval_request(data)


def test_a_log_without_a_proof_is_not_written() -> None:
    with pytest.raises(Malformed):
        encode_approval_request(ApprovalRequest(log=b"{}", proof=b""))


@given(st.binary(max_size=100) | st.binary(max_size=100).map(lambda tail: b"log 5\n" + tail))
def test_any_bytes_give_our_typed_error(data: bytes) -> None:
    with contextlib.suppress(Error):
        parse_approval_request(data)
