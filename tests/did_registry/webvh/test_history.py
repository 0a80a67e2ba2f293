from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from credentials.data_integrity import format_timestamp
from credentials.errors import KeyMismatch
from did_registry.document import Purpose
from did_registry.errors import (
    LogDocumentInvalid,
    LogInvalid,
    LogMalformed,
    LogParameterInvalid,
    LogProofInvalid,
    LogScidMismatch,
    UnknownKey,
    VersionNotFound,
)
from did_registry.webvh.did import parse_did
from did_registry.webvh.entry import encode_entry, parse_entry, read_entry
from did_registry.webvh.history import History, Replayed, begin, replay, replay_prefix
from tests.simulators.webvh_log import (
    DID,
    NOW,
    START,
    Draft,
    Sealed,
    did_of,
    document,
    multikey,
    plain_drafts,
    rotating_drafts,
    seal,
    signer,
    to_log,
)

DAY = timedelta(days=1)
SECOND = timedelta(seconds=1)
MOVED = "did:webvh:{SCID}:registry.seoul.example:dids:SEL-DIG"


def _replay(entries: list[Sealed], place: int = 0) -> History:
    did = parse_did(did_of(entries, place))
    return replay(to_log(entries), did=did, now=NOW, witnesses=None)


def _with_documents(*documents: dict[str, Any]) -> list[Draft]:
    """One entry a day with these documents, all signed by key 0."""
    first = plain_drafts()[0]
    later = [Draft(parameters={}) for _ in documents[1:]]
    drafts = [first, *later]
    for days, (draft, state) in enumerate(zip(drafts, documents, strict=True)):
        draft.state, draft.time = state, format_timestamp(START + days * DAY)
    return drafts


def test_replays_a_log() -> None:
    entries = seal(plain_drafts())
    history = _replay(entries)
    assert [version.version_id for version in history.versions] == [
        entry["versionId"] for entry in entries
    ]
    assert str(history.did) == did_of(entries)
    assert history.scid == entries[0]["parameters"]["scid"]
    assert history.latest is history.versions[-1]
    assert not history.deactivated


def test_following_entry_by_entry_comes_to_the_same() -> None:
    entries = seal(rotating_drafts())
    lines = to_log(entries).splitlines()
    history = begin(parse_entry(lines[0], number=1), NOW)
    for number, line in enumerate(lines[1:], start=2):
        history = history.advance(parse_entry(line, number=number), NOW)
    assert history == _replay(entries)


def test_a_replica_reads_entries_out_of_other_texts() -> None:
    entries = seal(rotating_drafts())
    history = begin(read_entry(entries[0], number=1), NOW)
    for number, members in enumerate(entries[1:], start=2):
        history = history.advance(read_entry(members, number=number), NOW)
    log = b"".join(encode_entry(version.entry.members) for version in history.versions)
    assert replay(log, did=history.did, now=NOW, witnesses=None) == history
    assert history.latest.log_size == len(log)


def test_advancing_looks_at_nothing_but_the_new_entry() -> None:
    lines = to_log(seal(plain_drafts())).splitlines()
    early = begin(parse_entry(lines[0], number=1), START)
    # The clock that judged the first entry is not asked again, nor is its proof.
    later = early.advance(parse_entry(lines[1], number=2), START + DAY)
    assert early.latest.number == 1
    assert later.versions[0] is early.versions[0]


def test_a_log_may_lack_its_last_newline() -> None:
    entries = seal(plain_drafts())
    log = to_log(entries).rstrip(b"\n")
    assert replay(log, did=parse_did(did_of(entries)), now=NOW, witnesses=None).latest.number == 3


def test_refuses_the_log_of_another_scid() -> None:
    other = parse_did("did:webvh:QmdmPkUdYzbr9txmx8gM2rsHPgr5L6m3gHjJGAf4vUFoGE:a.example")
    with pytest.raises(LogScidMismatch):
        replay(to_log(seal(plain_drafts())), did=other, now=NOW, witnesses=None)


def test_refuses_the_log_of_another_address() -> None:
    entries = seal(plain_drafts())
    other = parse_did(did_of(entries).replace("SEL-DIG", "GU-11620"))
    with pytest.raises(LogDocumentInvalid):
        replay(to_log(entries), did=other, now=NOW, witnesses=None)


def _moved() -> list[Sealed]:
    drafts = _with_documents(document(), {**document(MOVED), "alsoKnownAs": [DID]})
    drafts[0].parameters["portable"] = True
    return seal(drafts)


@pytest.mark.parametrize("place", [0, 1])
def test_a_did_that_moved_is_found_by_both_names(place: int) -> None:
    assert str(_replay(_moved(), place).did) == did_of(_moved(), 1)


@pytest.mark.parametrize("log", [b"", b"\n", b"x", b"{}\n"])
def test_refuses_a_log_without_a_first_entry(log: bytes) -> None:
    did = parse_did(did_of(seal(plain_drafts())))
    with pytest.raises(LogInvalid) as refused:
        replay(log, did=did, now=NOW, witnesses=None)
    assert refused.value.entry == 1


def _prefix(entries: list[Sealed], tail: bytes = b"") -> Replayed:
    did = parse_did(did_of(entries))
    return replay_prefix(to_log(entries) + tail, did=did, now=NOW, witnesses=None)


def test_keeps_what_stands_before_the_first_fault() -> None:
    entries = seal(plain_drafts())
    replayed = _prefix(entries[:2], b'{"versionId":\n')
    assert replayed.history is not None
    assert replayed.history.latest.number == 2
    assert isinstance(replayed.failure, LogMalformed)
    assert replayed.failure.entry == 3


def test_looks_at_nothing_behind_the_first_fault() -> None:
    entries = seal(plain_drafts())
    entries[1]["proof"] = []
    replayed = _prefix(entries)
    assert replayed.history is not None
    assert replayed.history.latest.number == 1
    assert isinstance(replayed.failure, LogProofInvalid)


def test_a_log_that_is_wrong_from_the_start_leaves_nothing() -> None:
    drafts = plain_drafts()
    drafts[0].parameters["ttl"] = -1
    replayed = _prefix(seal(drafts))
    assert replayed.history is None
    assert isinstance(replayed.failure, LogParameterInvalid)


def test_a_did_that_only_an_invalid_entry_names_is_not_found() -> None:
    entries = _moved()
    entries[1]["proof"] = []
    did = parse_did(did_of(entries, 1))
    replayed = replay_prefix(to_log(entries), did=did, now=NOW, witnesses=None)
    assert replayed.history is None
    assert isinstance(replayed.failure, LogDocumentInvalid)


def test_finds_versions_by_id_number_and_time() -> None:
    history = _replay(seal(plain_drafts()))
    second = history.versions[1]
    assert history.version(second.version_id) is second
    assert history.number(2) is second
    assert history.version_at(second.time) is second
    assert history.version_at(history.versions[2].time - SECOND) is second
    assert history.version_at(NOW) is history.latest


@pytest.mark.parametrize(
    "find",
    [
        lambda history: history.version("2-" + history.latest.version_id[2:]),
        lambda history: history.version(""),
        lambda history: history.number(0),
        lambda history: history.number(-1),
        lambda history: history.number(4),
        lambda history: history.version_at(START - SECOND),
    ],
    ids=["other id", "no id", "zero", "negative", "beyond", "before creation"],
)
def test_there_is_no_other_version(find: Any) -> None:
    with pytest.raises(VersionNotFound):
        find(_replay(seal(plain_drafts())))


def _key_history(*documents: dict[str, Any]) -> tuple[History, str]:
    entries = seal(_with_documents(*documents))
    return _replay(entries), did_of(entries) + "#key-0"


def _other_key() -> dict[str, Any]:
    changed = document()
    changed["verificationMethod"][0]["publicKeyMultibase"] = multikey(signer(150))
    return changed


def _unlisted() -> dict[str, Any]:
    return {**document(), "assertionMethod": []}


def _extended() -> dict[str, Any]:
    extended = document()
    extended["verificationMethod"][0]["comment"] = "the same key"
    return extended


def test_a_key_that_stays_has_no_end() -> None:
    history, method = _key_history(document(), document(), _extended())
    found = history.key_at(method, Purpose.ASSERTION, NOW)
    assert found.key == signer(100).public_key
    assert found.valid_from == START
    assert found.retired_at is None


def test_a_key_that_left_is_still_found_for_its_time() -> None:
    history, method = _key_history(document(), document(), _unlisted(), _unlisted())
    for moment in (START, START + 2 * DAY - SECOND):
        found = history.key_at(method, Purpose.ASSERTION, moment)
        assert (found.valid_from, found.retired_at) == (START, START + 2 * DAY)
    with pytest.raises(UnknownKey):
        history.key_at(method, Purpose.ASSERTION, START + 2 * DAY)


def test_another_key_under_the_same_name_ends_the_first() -> None:
    history, method = _key_history(document(), _other_key())
    first = history.key_at(method, Purpose.ASSERTION, START)
    second = history.key_at(method, Purpose.ASSERTION, START + DAY)
    assert (first.key, first.retired_at) == (signer(100).public_key, START + DAY)
    assert (second.key, second.valid_from) == (signer(150).public_key, START + DAY)


def test_a_key_that_comes_back_has_two_lives() -> None:
    history, method = _key_history(document(), _unlisted(), document())
    first = history.key_at(method, Purpose.ASSERTION, START)
    again = history.key_at(method, Purpose.ASSERTION, NOW)
    assert (first.valid_from, first.retired_at) == (START, START + DAY)
    assert (again.valid_from, again.retired_at) == (START + 2 * DAY, None)


def test_a_later_document_that_cannot_be_read_ends_a_key() -> None:
    history, method = _key_history(document(), {**document(), "assertionMethod": 7})
    found = history.key_at(method, Purpose.ASSERTION, START)
    assert found.retired_at == START + DAY


def test_deactivation_ends_every_key() -> None:
    drafts = _with_documents(document(), document())
    drafts[1].parameters["deactivated"] = True
    entries = seal(drafts)
    history, method = _replay(entries), did_of(entries) + "#key-0"
    assert history.deactivated
    found = history.key_at(method, Purpose.ASSERTION, START + DAY - SECOND)
    assert found.retired_at == START + DAY
    with pytest.raises(UnknownKey):
        history.key_at(method, Purpose.ASSERTION, START + DAY)


def test_a_key_is_for_its_purpose_only() -> None:
    history, method = _key_history(document())
    for _ in range(2):  # The second time, it is known for its own purpose.
        with pytest.raises(UnknownKey):
            history.key_at(method, Purpose.AUTHENTICATION, NOW)
        history.key_at(method, Purpose.ASSERTION, NOW)


def test_keys_are_told_apart_also_when_they_are_asked_for_again() -> None:
    history, method = _key_history(document(keys=2))
    other = method.removesuffix("0") + "1"
    for _ in range(2):
        assert history.key_at(method, Purpose.ASSERTION, NOW).key == signer(100).public_key
        assert history.key_at(other, Purpose.ASSERTION, NOW).key == signer(101).public_key


def test_a_longer_history_is_asked_anew() -> None:
    drafts = _with_documents(document(), _unlisted())
    entries = seal(drafts)
    shorter, method = _replay(entries[:1]), did_of(entries) + "#key-0"
    assert shorter.key_at(method, Purpose.ASSERTION, START).retired_at is None
    longer = shorter.advance(read_entry(entries[1], number=2), NOW)
    assert longer.key_at(method, Purpose.ASSERTION, START).retired_at == START + DAY
    assert shorter.key_at(method, Purpose.ASSERTION, START).retired_at is None


def test_there_is_no_key_before_there_is_a_did() -> None:
    history, method = _key_history(document())
    with pytest.raises(UnknownKey):
        history.key_at(method, Purpose.ASSERTION, START - SECOND)


def test_a_key_of_another_controller_is_no_key_of_the_did() -> None:
    foreign = document()
    foreign["verificationMethod"][0]["controller"] = "did:web:a.example"
    history, method = _key_history(foreign)
    with pytest.raises(KeyMismatch):
        history.key_at(method, Purpose.ASSERTION, NOW)


_LINES = to_log(seal(plain_drafts())).splitlines(keepends=True)


@given(st.integers(0, 2), st.integers(0, len(min(_LINES, key=len)) - 1), st.binary(max_size=3))
@settings(max_examples=200)
def test_a_log_that_was_touched_anywhere_is_refused_or_means_the_same(
    place: int, offset: int, patch: bytes
) -> None:
    line = _LINES[place]
    touched = line[:offset] + patch + line[offset + len(patch) :]
    log = b"".join([*_LINES[:place], touched, *_LINES[place + 1 :]])
    did = parse_did(did_of(seal(plain_drafts())))
    replayed = replay_prefix(log, did=did, now=NOW, witnesses=None)
    if replayed.failure is None:
        assert replayed.history == replay(b"".join(_LINES), did=did, now=NOW, witnesses=None)
    else:
        assert replayed.failure.entry == place + 1
