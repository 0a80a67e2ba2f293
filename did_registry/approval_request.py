"""The request that a log's writer sends to a witness of a DID: `add-did-version`.

    log 1734
    <the DID's did.jsonl, so many bytes>c2sp.org/tlog-proof@v1
    extra <the leaf of the last entry>
    …

The tlog-proof shows where in the log the last entry stands. The answer has the form of
did-witness.json: one version, with one proof.
"""

import re
from dataclasses import dataclass
from typing import Final

from credentials.errors import Malformed, TooLarge
from did_registry.tlog.tlog_proof import MAX_PROOF_BYTES
from did_registry.webvh.entry import MAX_LOG_BYTES

REQUEST_TYPE: Final = "application/octet-stream"
ANSWER_TYPE: Final = "application/json"
MAX_REQUEST_BYTES: Final = MAX_LOG_BYTES + MAX_PROOF_BYTES + 16

_LENGTH: Final = re.compile(rb"log ([1-9][0-9]{0,6})\n")


@dataclass(frozen=True, slots=True, kw_only=True)
class ApprovalRequest:
    """A version to approve, unverified. log: did.jsonl up to and with it; proof: the tlog-proof of
    the leaf that holds its entry, with that leaf."""

    log: bytes
    proof: bytes


def encode_approval_request(request: ApprovalRequest) -> bytes:
    """Write the request's body. Raises what `parse_approval_request` raises."""
    data = b"log %d\n" % len(request.log) + request.log + request.proof
    if parse_approval_request(data) != request:
        raise Malformed("not the parts of a request for approval")
    return data


def parse_approval_request(data: bytes) -> ApprovalRequest:
    """Read the request's body; neither log nor proof is looked at. Raises Malformed or TooLarge."""
    if len(data) > MAX_REQUEST_BYTES:
        raise TooLarge(f"a request for approval has at most {MAX_REQUEST_BYTES} bytes")
    found = _LENGTH.match(data)
    if found is None:
        raise Malformed("a request for approval begins with the length of the DID log")
    start, size = found.end(), int(found[1])
    log, proof = data[start : start + size], data[start + size :]
    if size > MAX_LOG_BYTES or len(proof) > MAX_PROOF_BYTES:
        raise TooLarge("the DID log or its proof is larger than one can be")
    if len(log) != size or not proof:
        raise Malformed("a request for approval is a DID log and a proof")
    return ApprovalRequest(log=log, proof=proof)
