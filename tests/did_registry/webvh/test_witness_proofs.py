"""Every proof in a did-witness.json counts, and every byte of it."""

from datetime import timedelta

import pytest

from credentials.errors import Error, Malformed
from credentials.jcs import canonicalize
from did_registry.webvh.did import placeholder_did
from did_registry.webvh.entry import parse_entry
from did_registry.webvh.history import History, begin
from did_registry.webvh.witness import WitnessRule, build_witness_proof, encode_witness_file
from did_registry.webvh.witness_proofs import verify_every_proof
from did_registry.webvh.writer import build_genesis, next_key_hash
from tests.simulators.webvh_log import HOST, START, document, multikey, signer

ONE, TWO, STRANGER = signer(200), signer(201), signer(202)
RULE = WitnessRule(
    threshold=1, witnesses={f"did:key:{multikey(key)}": key.public_key for key in (ONE, TWO)}
)
NOW = START + timedelta(days=1)


@pytest.fixture(scope="module")
def history() -> History:
    line = build_genesis(
        document=document(placeholder_did(HOST, None, ("dids", "SEL-DIG"))),
        signer=signer(0),
        next_key_hashes=[next_key_hash(signer(1).public_key)],
        now=START,
        witness=RULE,
    )
    return begin(parse_entry(line[:-1], number=1), START)


def test_proofs_of_every_witness_are_returned(history: History) -> None:
    version = history.latest.version_id
    proofs = [build_witness_proof(version, key, NOW) for key in (ONE, TWO)]
    file = verify_every_proof(encode_witness_file({version: proofs}), history)
    history.check_witnessed(file)
    assert len(file.proofs[version]) == 2
    assert verify_every_proof(b"[]", history).proofs == {}


def test_one_changed_byte_is_refused(history: History) -> None:
    version = history.latest.version_id
    data = encode_witness_file({version: [build_witness_proof(version, ONE, NOW)]})
    for at in range(len(data)):
        with pytest.raises(Error):
            verify_every_proof(data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :], history)


def test_what_counts_for_nobody_is_refused_as_well(history: History) -> None:
    version = history.latest.version_id
    right = build_witness_proof(version, ONE, NOW)
    other = f"2{version[1:]}"
    for listed in (
        {version: [right, build_witness_proof(version, STRANGER, NOW)]},
        {version: [right], other: [build_witness_proof(other, ONE, NOW)]},
        {version: [build_witness_proof(other, ONE, NOW)]},
        {version: [{**right, "proofPurpose": "authentication"}]},
    ):
        with pytest.raises(Error):
            verify_every_proof(encode_witness_file(listed), history)


def test_another_text_of_the_same_is_refused(history: History) -> None:
    version = history.latest.version_id
    right = build_witness_proof(version, ONE, NOW)
    for data in (
        encode_witness_file({version: [right]}) + b"\n",
        encode_witness_file({version: [right]}).replace(b",", b", "),
        canonicalize([{"versionId": version}]),
    ):
        with pytest.raises(Malformed):
            verify_every_proof(data, history)
