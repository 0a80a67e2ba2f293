import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from credentials.claims import Claims
from did_registry.errors import LogInvalid, LogMalformed, LogProofInvalid, LogTimeInvalid
from did_registry.webvh.entry import (
    MAX_ENTRIES,
    MAX_LOG_BYTES,
    encode_entry,
    entry_hash,
    genesis_scid,
    hash_text,
    parse_entry,
    read_entry,
    split_log,
)
from tests.simulators.webvh_log import multihash, plain_drafts, scid_of, seal, to_log

# The specification's own example, "Generate Entry Hash"; its entry is of version 0.5, its hash not.
SPEC_ENTRY = json.loads(
    '{"versionId": "QmdmPkUdYzbr9txmx8gM2rsHPgr5L6m3gHjJGAf4vUFoGE", "versionTime":'
    ' "2025-04-01T17:39:50Z", "parameters": {"witness": {"threshold": 2, "witnesses": [{"id":'
    ' "did:key:z6Mkkc51mg2vpQzKWAbWQZupeGYhowaBjYkmvcKMTqteqHB4", "weight": 1}, {"id":'
    ' "did:key:z6MkuDdJdKLCgwZuQuEi9xG6LVgJJ9Tebr74CXPYPSumqgJs", "weight": 1}, {"id":'
    ' "did:key:z6MkoSWmQyp4fTk4ZQy4KUsss9dFX51XfEUzKKKj1J1JUsrF", "weight": 1}]}, "updateKeys":'
    ' ["z6MkgzBDcBFV3sk4ypPE5YXMZHmS213A3HpYY2LmcVKV15jr"], "nextKeyHashes":'
    ' ["QmZreDcjvWEpyRFznQeExWNCsvMLk5i59AcRJJuQC8UodJ"], "method": "did:webvh:0.5", "scid":'
    ' "QmdmPkUdYzbr9txmx8gM2rsHPgr5L6m3gHjJGAf4vUFoGE"}, "state": {"@context":'
    ' ["https://www.w3.org/ns/did/v1"], "id":'
    ' "did:webvh:QmdmPkUdYzbr9txmx8gM2rsHPgr5L6m3gHjJGAf4vUFoGE:domain.example"}}'
)
SPEC_HASH = "QmQ6FJ4fk2xheSSQoEjVpTgx9AQPKhJgtR9hn1nr4EeCrZ"


def _members() -> dict[str, Any]:
    members: dict[str, Any] = dict(seal(plain_drafts())[1])
    return members


def _line(members: Claims) -> bytes:
    return json.dumps(members).encode()


def test_hashes_the_example_of_the_specification() -> None:
    assert entry_hash(SPEC_ENTRY, SPEC_ENTRY["versionId"]) == SPEC_HASH
    assert genesis_scid(SPEC_ENTRY, SPEC_ENTRY["versionId"]) == SPEC_ENTRY["versionId"]


@given(st.binary(max_size=100))
def test_a_hash_is_a_sha256_multihash_in_base58(data: bytes) -> None:
    assert hash_text(data) == multihash(data)


def test_the_scid_is_replaced_before_members_are_sorted() -> None:
    drafts = plain_drafts()
    drafts[0].state |= {"{SCID}": 1, "R": 2, "a": 3}  # `{` sorts behind all, `Qm…` before R
    entries = seal(drafts)
    unsigned = {name: value for name, value in entries[0].items() if name != "proof"}
    assert genesis_scid(unsigned, scid_of(entries)) == scid_of(entries)


def test_reads_an_entry() -> None:
    members = _members()
    entry = parse_entry(_line(members), number=2)
    assert entry.number == 2
    assert entry.version_id == members["versionId"]
    assert entry.time == datetime(2026, 3, 14, 3, 4, 5, tzinfo=UTC)
    assert entry.parameters == {}
    assert entry.state == members["state"]
    assert len(entry.proofs) == 1
    assert entry.members == members
    assert entry.unsigned == {name: members[name] for name in members if name != "proof"}


def test_an_entry_survives_its_canonical_line() -> None:
    members = _members()
    line = encode_entry(members)
    assert line.endswith(b"}\n")
    assert parse_entry(line[:-1], number=2).members == members
    assert read_entry(members, number=2) == parse_entry(line[:-1], number=2)


def test_white_space_between_tokens_means_nothing() -> None:
    spaced = json.dumps(_members(), indent=2).replace("\n", " \r ").encode()
    entry = parse_entry(spaced, number=2)
    assert entry.members == _members()
    assert entry.size == len(spaced) + 1


def test_an_entry_that_cannot_be_written_cannot_be_read() -> None:
    with pytest.raises(LogMalformed) as refused:
        read_entry({**_members(), "state": {"big": 2**53}}, number=5)
    assert refused.value.entry == 5


@pytest.mark.parametrize("time", ["2026-03-14T03:04:05+00:00", "2026-03-14T03:04:05.250000Z"])
def test_reads_every_utc_time(time: str) -> None:
    entry = parse_entry(_line({**_members(), "versionTime": time}), number=2)
    assert entry.time.replace(microsecond=0) == datetime(2026, 3, 14, 3, 4, 5, tzinfo=UTC)


@pytest.mark.parametrize(
    "time",
    [
        "2026-03-14T03:04:05",
        "2026-03-14T12:04:05+09:00",
        "2026-03-14T03:04:05-00:00",
        "2026-03-14t03:04:05z",
        "2026-03-14 03:04:05Z",
        "2026-03-14T03:04Z",
        "2026-03-14T03:04:05.1234567Z",
        "2026-02-29T03:04:05Z",
        "2026-03-14T24:00:00Z",
        "2026-03-14T03:04:60Z",
        "20260314T030405Z",
        "+12026-03-14T03:04:05Z",
        "２026-03-14T03:04:05Z",
        "2026-03-14T03:04:05Z\n",
    ],
)
def test_refuses_every_other_time(time: str) -> None:
    with pytest.raises(LogTimeInvalid) as refused:
        parse_entry(_line({**_members(), "versionTime": time}), number=2)
    assert refused.value.entry == 2


HASH = "Qm" + "a" * 44


@pytest.mark.parametrize(
    "change",
    [
        {"versionId": 2},
        {"versionId": HASH},
        {"versionId": "2"},
        {"versionId": f"02-{HASH}"},
        {"versionId": f"0-{HASH}"},
        {"versionId": f"-2-{HASH}"},
        {"versionId": f"2--{HASH}"},
        {"versionId": f"2-{HASH}-"},
        {"versionId": f"2-{HASH}a"},
        {"versionId": f"2-{HASH[:-1]}0"},
        {"versionId": f" 2-{HASH}"},
        {"versionId": f"２-{HASH}"},
        {"versionId": f"10000-{HASH}"},
        {"versionTime": 0},
        {"parameters": []},
        {"parameters": None},
        {"state": "did:webvh"},
        {"state": None},
        {"note": "unknown member"},
    ],
    ids=str,
)
def test_refuses_an_entry_of_another_shape(change: Claims) -> None:
    with pytest.raises(LogMalformed) as refused:
        parse_entry(_line({**_members(), **change}), number=2)
    assert refused.value.entry == 2


@pytest.mark.parametrize("name", ["versionId", "versionTime", "parameters", "state"])
def test_refuses_an_entry_without_a_member(name: str) -> None:
    members = _members()
    del members[name]
    with pytest.raises(LogMalformed):
        parse_entry(_line(members), number=2)


@pytest.mark.parametrize(
    "line",
    [
        b"",
        b" ",
        b"[]",
        b"null",
        b"{",
        b"\xef\xbb\xbf" + _line(_members()),
        _line(_members())[:-1] + b',"state":{}}',
        _line(_members())[:-1] + b"}{",
        _line(_members())[:-1],
        _line({**_members(), "state": {"pad": "x" * 65_535}}),
        _line(_members()).replace(b'"parameters": {', b'"parameters":{"ttl":1,"ttl":1,', 1),
        _line(_members()).replace(b'"state": {', b'"state":{"a":[{"b":1,"b":2}],', 1),
        _line(_members()).replace(b'"created":', b'"type":"DataIntegrityProof","created":', 1),
        _line(_members()).replace(
            b'"state": {', b'"state":{"a":' + b"[" * 200 + b"]" * 200 + b",", 1
        ),
        _line(_members()).replace(b'"state": {', b'"state":{"a":NaN,', 1),
        _line(_members()).replace(b'"state": {', b'"state":{"a":"\\ud800",', 1),
    ],
    ids=[
        "empty",
        "blank",
        "array",
        "null",
        "cut",
        "BOM",
        "member twice",
        "two",
        "open",
        "long",
        "parameter twice",
        "member twice deep",
        "option twice",
        "deep",
        "NaN",
        "half a character",
    ],
)
def test_refuses_a_line_that_is_not_one_object(line: bytes) -> None:
    with pytest.raises(LogMalformed) as refused:
        parse_entry(line, number=7)
    assert refused.value.entry == 7


def _proof(**changes: Any) -> dict[str, Any]:
    return {**_members()["proof"][0], **changes}


def _without(name: str) -> dict[str, Any]:
    return {key: value for key, value in _proof().items() if key != name}


@pytest.mark.parametrize(
    "proof",
    [
        [],
        None,
        _proof(),
        [7],
        [_proof()] * 5,
        [_proof(type="Ed25519Signature2020")],
        [_proof(cryptosuite="eddsa-rdfc-2022")],
        [_proof(cryptosuite="ecdsa-jcs-2019")],
        [_proof(), _proof(cryptosuite="ecdsa-jcs-2019")],
        [_proof(previousProof="urn:uuid:1")],
        [_proof(proofValue="u" + "A" * 86)],
        [_proof(proofValue=_proof()["proofValue"] + " ")],
        [_proof(proofValue=_proof()["proofValue"][:-1] + "0")],
        [_proof(created="yesterday")],
        *([_without(name)] for name in _proof() if name != "created"),
    ],
    ids=[
        "empty", "null", "an object", "no object", "five", "type", "rdfc", "ecdsa",
        "one of two", "chain", "base64", "white space", "zero", "created",
        *(f"no {name}" for name in _proof() if name != "created"),
    ],
)  # fmt: skip
def test_refuses_an_entry_without_eddsa_jcs_2022_proofs(proof: Any) -> None:
    with pytest.raises(LogProofInvalid) as refused:
        parse_entry(_line({**_members(), "proof": proof}), number=2)
    assert refused.value.entry == 2


def test_refuses_an_entry_without_the_member_proof() -> None:
    members = _members()
    del members["proof"]
    with pytest.raises(LogProofInvalid):
        parse_entry(_line(members), number=2)


def test_a_log_is_cut_at_newlines_and_may_lack_the_last() -> None:
    log = to_log(seal(plain_drafts()))
    assert len(split_log(log)) == 3
    assert split_log(log) == split_log(log.removesuffix(b"\n"))


@pytest.mark.parametrize("log", [b"", b"\n", b"{}\n\n", b"\n{}"])
def test_an_empty_log_and_a_blank_line_are_lines_that_cannot_be_read(log: bytes) -> None:
    with pytest.raises(LogMalformed):
        [parse_entry(line, number=1) for line in split_log(log) if line != b"{}"]


def test_a_log_has_its_bounds() -> None:
    assert len(split_log(b"{}\n" * MAX_ENTRIES)) == MAX_ENTRIES
    with pytest.raises(LogMalformed) as refused:
        split_log(b"{}\n" * (MAX_ENTRIES + 1))
    assert refused.value.entry == MAX_ENTRIES + 1
    assert split_log(b" " * MAX_LOG_BYTES)
    with pytest.raises(LogMalformed):
        split_log(b" " * (MAX_LOG_BYTES + 1))


@given(st.binary(max_size=200))
def test_any_bytes_are_our_error(line: bytes) -> None:
    with pytest.raises(LogInvalid):
        parse_entry(line, number=1)


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=6,
)


@given(st.sampled_from(["versionId", "versionTime", "parameters", "state", "proof"]), _JSON)
def test_any_value_in_any_member_is_read_or_our_error(name: str, value: Any) -> None:
    try:
        entry = parse_entry(_line({**_members(), name: value}), number=2)
    except LogInvalid:
        return
    assert entry.members[name] == value
