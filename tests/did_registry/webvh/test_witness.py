import json
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from credentials.data_integrity import sign_document
from credentials.errors import Error, KeyMismatch, Malformed, TooLarge
from credentials.json_object import JsonObject
from credentials.keys import P256Signer
from did_registry.errors import LogWitnessMissing
from did_registry.webvh.did import parse_did
from did_registry.webvh.history import History, replay, replay_prefix
from did_registry.webvh.witness import (
    MAX_WITNESS_FILE_BYTES,
    WitnessRule,
    build_witness_proof,
    encode_witness_file,
    last_approvals,
    parse_witness_file,
    parse_witness_rule,
)
from tests.simulators.webvh_log import (
    NOW,
    Sealed,
    did_of,
    multikey,
    plain_drafts,
    seal,
    signer,
    to_log,
)

W = [signer(200 + n) for n in range(3)]
IDS = [f"did:key:{multikey(one)}" for one in W]


def _rule(threshold: Any, *ids: Any) -> dict[str, Any]:
    return {"threshold": threshold, "witnesses": [{"id": one} for one in ids]}


def _witnessed_log(*rules: dict[str, Any] | None) -> list[Sealed]:
    """Three entries; rules[n] is the witness parameter of entry n+1, None to leave it out."""
    drafts = plain_drafts()
    for draft, rule in zip(drafts, rules, strict=True):
        if rule is not None:
            draft.parameters["witness"] = rule
    return seal(drafts)


def _file(entries: list[Sealed], *approvals: tuple[int, int]) -> bytes:
    """did-witness.json with approvals, each (number of the version, number of the witness)."""
    proofs: dict[str, list[Any]] = {}
    for number, witness in approvals:
        version_id = str(entries[number - 1]["versionId"])
        proof = build_witness_proof(version_id, W[witness], NOW)
        proofs.setdefault(version_id, []).append(proof)
    return encode_witness_file(proofs)


def _replay(entries: list[Sealed], file: bytes | None) -> History:
    witnesses = None if file is None else parse_witness_file(file)
    return replay(to_log(entries), did=parse_did(did_of(entries)), now=NOW, witnesses=witnesses)


def test_reads_a_rule_and_writes_it_again() -> None:
    rule = parse_witness_rule(JsonObject(_rule(2, IDS[0], IDS[1])))
    assert rule == WitnessRule(
        threshold=2, witnesses={IDS[0]: W[0].public_key, IDS[1]: W[1].public_key}
    )
    assert rule.to_json() == _rule(2, IDS[0], IDS[1])


def test_an_empty_rule_asks_nobody() -> None:
    assert parse_witness_rule(JsonObject({})) is None


@pytest.mark.parametrize(
    "rule",
    [
        _rule(0, IDS[0]),
        _rule(-1, IDS[0]),
        _rule(2, IDS[0]),
        _rule(1),
        _rule(0),
        _rule("1", IDS[0]),
        _rule(1.0, IDS[0]),
        _rule(True, IDS[0]),
        _rule(None, IDS[0]),
        {"witnesses": [{"id": IDS[0]}]},
        {"threshold": 1},
        {"threshold": 1, "witnesses": {"id": IDS[0]}},
        {"threshold": 1, "witnesses": [IDS[0]]},
        {"threshold": 1, "witnesses": [{"id": IDS[0], "weight": 1}]},
        {"threshold": 1, "witnesses": [{}]},
        {**_rule(1, IDS[0]), "selfWeight": 1},
        _rule(1, IDS[0], IDS[0]),
        _rule(2, IDS[0], IDS[0]),
        _rule(1, multikey(W[0])),
        _rule(1, f"{IDS[0]}#{multikey(W[0])}"),
        _rule(1, "did:web:a.example"),
        _rule(1, IDS[0].replace("did:key:", "did:kex:")),
        _rule(1, "did:key:zDn"),
        _rule(1, f"did:key:{multikey(P256Signer(bytes([1] * 32)))}"),
        _rule(1, 7),
        _rule(1, *(f"did:key:{multikey(signer(n))}" for n in range(33))),
    ],
    ids=lambda rule: json.dumps(rule)[:60],
)
def test_refuses_a_rule_that_would_ask_for_less_than_it_says(rule: dict[str, Any]) -> None:
    with pytest.raises(Malformed):
        parse_witness_rule(JsonObject(rule))


def test_a_log_without_witnesses_needs_no_file() -> None:
    assert _replay(seal(plain_drafts()), None).versions


@pytest.mark.parametrize(
    "approvals",
    [
        [(1, 0), (2, 0), (3, 0)],
        [(3, 0)],
        [(1, 0), (3, 0)],
        [(1, 1), (3, 0)],
    ],
    ids=["each", "only the last", "first and last", "a stranger beside"],
)
def test_an_approval_covers_all_before_it(approvals: list[tuple[int, int]]) -> None:
    entries = _witnessed_log(_rule(1, IDS[0]), None, None)
    assert _replay(entries, _file(entries, *approvals)).latest.number == 3


@pytest.mark.parametrize(
    ("approvals", "missing"),
    [
        ([], 1),
        ([(1, 0)], 2),
        ([(2, 0)], 3),
        ([(3, 1)], 1),
    ],
    ids=["none", "only the first", "not the last", "only a stranger"],
)
def test_names_the_first_entry_that_lacks_approval(
    approvals: list[tuple[int, int]], missing: int
) -> None:
    entries = _witnessed_log(_rule(1, IDS[0]), None, None)
    with pytest.raises(LogWitnessMissing) as refused:
        _replay(entries, _file(entries, *approvals))
    assert refused.value.entry == missing


def test_a_missing_file_approves_nothing() -> None:
    with pytest.raises(LogWitnessMissing):
        _replay(_witnessed_log(_rule(1, IDS[0]), None, None), None)


def test_the_threshold_counts_witnesses_and_not_proofs() -> None:
    entries = _witnessed_log(_rule(2, *IDS), None, None)
    with pytest.raises(LogWitnessMissing):
        _replay(entries, _file(entries, (3, 0), (3, 0), (2, 0), (1, 0)))
    assert _replay(entries, _file(entries, (3, 0), (3, 2)))


def test_witnesses_may_approve_at_different_entries() -> None:
    entries = _witnessed_log(_rule(2, *IDS), {}, None)
    assert _replay(entries, _file(entries, (2, 0), (3, 1)))
    with pytest.raises(LogWitnessMissing):
        _replay(entries, _file(entries, (1, 0), (3, 1)))


def test_new_witnesses_judge_from_the_next_entry_on() -> None:
    entries = _witnessed_log(_rule(1, IDS[0]), _rule(1, IDS[1]), None)
    assert _replay(entries, _file(entries, (2, 0), (3, 1)))
    with pytest.raises(LogWitnessMissing) as refused:
        _replay(entries, _file(entries, (1, 0), (3, 1)))
    assert refused.value.entry == 2


def test_first_witnesses_judge_the_entry_that_brings_them() -> None:
    entries = _witnessed_log(None, _rule(1, IDS[0]), {})
    assert _replay(entries, _file(entries, (3, 0)))
    with pytest.raises(LogWitnessMissing) as refused:
        _replay(entries, _file(entries, (1, 0)))
    assert refused.value.entry == 2


def test_witnesses_judge_the_entry_that_dismisses_them() -> None:
    entries = _witnessed_log(_rule(1, IDS[0]), {}, None)
    assert _replay(entries, _file(entries, (2, 0)))
    with pytest.raises(LogWitnessMissing) as refused:
        _replay(entries, _file(entries, (1, 0)))
    assert refused.value.entry == 2


def _changed(**changes: Any) -> Any:
    def change(proof: dict[str, Any]) -> dict[str, Any]:
        return {**proof, **changes}

    return change


@pytest.mark.parametrize(
    "change",
    [
        _changed(proofPurpose="authentication"),
        _changed(cryptosuite="eddsa-rdfc-2022"),
        _changed(type="Ed25519Signature2020"),
        _changed(created="2020-01-01T00:00:00Z"),
        _changed(proofValue="z1"),
        _changed(verificationMethod=IDS[0]),
        _changed(verificationMethod=[IDS[0]]),
        _changed(verificationMethod=f"{IDS[0]}#{multikey(W[1])}"),
        _changed(verificationMethod=f"{IDS[1]}#{multikey(W[0])}"),
        lambda _: {},
    ],
    ids=[
        "purpose",
        "suite",
        "type",
        "option",
        "value",
        "no #",
        "list",
        "body",
        "fragment",
        "empty",
    ],
)
def test_a_proof_that_does_not_hold_counts_nothing_and_spoils_nothing(change: Any) -> None:
    entries = _witnessed_log(_rule(1, IDS[0]), {}, None)
    file = json.loads(_file(entries, (2, 0)))
    file[0]["proof"][0] = change(file[0]["proof"][0])
    with pytest.raises(LogWitnessMissing):
        _replay(entries, json.dumps(file).encode())
    file[0]["proof"] += json.loads(_file(entries, (2, 0)))[0]["proof"]
    assert _replay(entries, json.dumps(file).encode())


def test_an_approval_for_another_purpose_does_not_count() -> None:
    entries = _witnessed_log(_rule(1, IDS[0]), {}, None)
    version_id = str(entries[1]["versionId"])
    file = json.loads(_file(entries, (2, 0)))
    options = {**file[0]["proof"][0], "proofPurpose": "authentication"}
    del options["proofValue"]
    file[0]["proof"][0] = sign_document({"versionId": version_id}, options, W[0])["proof"]
    with pytest.raises(LogWitnessMissing):
        _replay(entries, json.dumps(file).encode())


def test_an_approval_that_expires_does_not_count() -> None:
    entries = _witnessed_log(_rule(1, IDS[0]), {}, None)
    version_id = str(entries[1]["versionId"])
    file = json.loads(_file(entries, (2, 0)))
    options = {**file[0]["proof"][0], "expires": "2099-01-01T00:00:00Z"}
    del options["proofValue"]
    file[0]["proof"][0] = sign_document({"versionId": version_id}, options, W[0])["proof"]
    with pytest.raises(LogWitnessMissing):
        _replay(entries, json.dumps(file).encode())


def test_an_approval_of_another_log_counts_for_nobody_here() -> None:
    drafts = plain_drafts()
    drafts[0].parameters |= {"witness": _rule(1, IDS[0]), "ttl": 60}
    others = seal(drafts)
    entries = _witnessed_log(_rule(1, IDS[0]), None, None)
    with pytest.raises(LogWitnessMissing) as refused:
        _replay(entries, _file(others, (3, 0)))
    assert refused.value.entry == 1


def test_an_approval_of_an_entry_to_come_counts_for_nobody_yet() -> None:
    entries = _witnessed_log(_rule(1, IDS[0]), None, None)
    file = _file(entries, (1, 0), (3, 0))
    with pytest.raises(LogWitnessMissing) as refused:
        _replay(entries[:2], file)
    assert refused.value.entry == 2
    assert _replay(entries[:1], file)


def test_an_approval_moved_to_another_version_does_not_hold() -> None:
    entries = _witnessed_log(_rule(1, IDS[0]), None, None)
    file = json.loads(_file(entries, (1, 0)))
    file[0]["versionId"] = entries[2]["versionId"]
    with pytest.raises(LogWitnessMissing):
        _replay(entries, json.dumps(file).encode())


def test_what_stands_before_a_missing_approval_is_kept() -> None:
    entries = _witnessed_log(_rule(1, IDS[0]), None, None)
    replayed = replay_prefix(
        to_log(entries),
        did=parse_did(did_of(entries)),
        now=NOW,
        witnesses=parse_witness_file(_file(entries, (2, 0))),
    )
    assert replayed.history is not None
    assert replayed.history.latest.number == 2
    assert isinstance(replayed.failure, LogWitnessMissing)


def test_a_history_can_be_checked_when_approvals_arrive() -> None:
    entries = _witnessed_log(_rule(1, IDS[0]), None, None)
    history = _replay(entries, _file(entries, (3, 0)))
    with pytest.raises(LogWitnessMissing) as refused:
        history.check_witnessed(parse_witness_file(_file(entries, (2, 0))))
    assert refused.value.entry == 3
    history.check_witnessed(parse_witness_file(_file(entries, (3, 0))))


def test_the_last_approval_is_found_however_many_there_are() -> None:
    entries = _witnessed_log(_rule(1, IDS[0]), None, None)
    versions = [str(entry["versionId"]) for entry in entries]
    file = parse_witness_file(_file(entries, (1, 0), (2, 0), (1, 1)))
    witnesses = {did: one.public_key for did, one in zip(IDS, W, strict=True)}
    assert last_approvals(versions, witnesses, file) == dict(zip(IDS, [2, 1, 0], strict=True))


def test_only_ed25519_keys_approve() -> None:
    with pytest.raises(KeyMismatch):
        build_witness_proof("1-Qm", P256Signer(b"\1" * 32), NOW + timedelta(0))


GOOD: Any = {"versionId": "1-Qm", "proof": [{}]}


@pytest.mark.parametrize(
    "file",
    [
        {},
        None,
        [7],
        [{"proof": []}],
        [{"versionId": 1}],
        [{**GOOD, "proof": {}}],
        [{**GOOD, "proof": [7]}],
        [{**GOOD, "did": "did:web:a.example"}],
        [GOOD, GOOD],
        [{**GOOD, "proof": [{}] * 65}],
        [{"versionId": str(n)} for n in range(1001)],
    ],
    ids=lambda file: json.dumps(file)[:40],
)
def test_refuses_a_file_of_another_shape(file: Any) -> None:
    with pytest.raises(Malformed):
        parse_witness_file(json.dumps(file).encode())


def test_refuses_a_file_that_is_too_long() -> None:
    assert parse_witness_file(b"[]" + b" " * (MAX_WITNESS_FILE_BYTES - 2)).proofs == {}
    with pytest.raises(TooLarge):
        parse_witness_file(b"[]" + b" " * MAX_WITNESS_FILE_BYTES)


def test_a_version_without_proofs_is_clutter_and_no_error() -> None:
    assert parse_witness_file(b'[{"versionId":"1-Qm"}]').proofs == {"1-Qm": ()}


@given(st.binary(max_size=100) | st.from_regex(rb"\[\{.*\}\]", fullmatch=True))
def test_any_bytes_are_a_file_or_our_error(data: bytes) -> None:
    try:
        parse_witness_file(data)
    except Error:
        return
    assert data.strip().startswith(b"[")
