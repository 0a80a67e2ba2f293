"""One entry after another: a valid log, one thing wrong with it, everything else done again."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
import rfc8785

from credentials.data_integrity import format_timestamp
from credentials.keys import P256Signer
from credentials.multikey import encode_multikey
from did_registry.errors import (
    LogDeactivated,
    LogDocumentInvalid,
    LogHashMismatch,
    LogInvalid,
    LogKeyNotAuthorised,
    LogMalformed,
    LogOutOfSequence,
    LogParameterInvalid,
    LogPreRotationBroken,
    LogProofInvalid,
    LogScidMismatch,
    LogTimeInvalid,
)
from did_registry.webvh.entry import MAX_ENTRIES, MAX_LOG_BYTES, parse_entry
from did_registry.webvh.version import CLOCK_SKEW, Version, verify_entry
from tests.simulators.webvh_log import (
    NOW,
    START,
    Draft,
    Sealed,
    document,
    multihash,
    multikey,
    plain_drafts,
    resign,
    rotating_drafts,
    scid_of,
    seal,
    signer,
    to_log,
)

OTHER_SCID = "QmdmPkUdYzbr9txmx8gM2rsHPgr5L6m3gHjJGAf4vUFoGE"
MOVED = "did:webvh:{SCID}:registry.seoul.example:dids:SEL-DIG"
OLD = document()["id"]


def _verify(entries: list[Sealed]) -> Version:
    version: Version | None = None
    for number, line in enumerate(to_log(entries).splitlines(), start=1):
        version = verify_entry(parse_entry(line, number=number), version, NOW)
    assert version is not None
    return version


@pytest.mark.parametrize("drafts", [plain_drafts, rotating_drafts])
def test_accepts_a_log_in_order(drafts: Callable[[], list[Draft]]) -> None:
    version = _verify(seal(drafts()))
    assert version.number == 3
    assert version.time == START + timedelta(days=2)
    assert version.version_id.startswith("3-Qm")
    assert str(version.did) == version.document.id


# Changes to plain drafts, before everything is hashed and signed.


def _plain_keys(drafts: list[Draft]) -> None:
    drafts[1].signers = [signer(1)]


def _own_new_key(drafts: list[Draft]) -> None:
    drafts[2].signers = [signer(1)]


def _two_keys_one_not_authorised(drafts: list[Draft]) -> None:
    drafts[1].signers = [signer(0), signer(1)]


def _retired_key(drafts: list[Draft]) -> None:
    drafts.append(Draft(parameters={}, time=format_timestamp(START + timedelta(days=9))))


def _frozen(drafts: list[Draft]) -> None:
    drafts[1].parameters["updateKeys"] = []


def _after_the_end(drafts: list[Draft]) -> None:
    drafts[1].parameters["deactivated"] = True


def _alive_again(drafts: list[Draft]) -> None:
    drafts[1].parameters["deactivated"] = True
    drafts[2].parameters["deactivated"] = False


def _dead_from_the_start(drafts: list[Draft]) -> None:
    drafts[0].parameters["deactivated"] = True


def _same_time(drafts: list[Draft]) -> None:
    drafts[1].time = drafts[0].time


def _back_in_time(drafts: list[Draft]) -> None:
    drafts[1].time = format_timestamp(START - timedelta(seconds=1))


def _in_the_future(drafts: list[Draft]) -> None:
    drafts[2].time = format_timestamp(NOW + CLOCK_SKEW + timedelta(seconds=1))


def _first_in_the_future(drafts: list[Draft]) -> None:
    drafts[0].time = format_timestamp(NOW + CLOCK_SKEW + timedelta(seconds=1))


def _number_skipped(drafts: list[Draft]) -> None:
    drafts[1].number = 3


def _number_repeated(drafts: list[Draft]) -> None:
    drafts[2].number = 2


def _first_number_two(drafts: list[Draft]) -> None:
    drafts[0].number = 2


def _other_scid_later(drafts: list[Draft]) -> None:
    drafts[1].state["id"] = OLD.replace("{SCID}", OTHER_SCID)


def _no_scid_later(drafts: list[Draft]) -> None:
    drafts[1].state["id"] = "did:webvh:registry.gwanin.example"


def _other_method(drafts: list[Draft]) -> None:
    drafts[1].state["id"] = OLD.replace("webvh", "web")


def _no_id(drafts: list[Draft]) -> None:
    del drafts[1].state["id"]


def _id_with_fragment(drafts: list[Draft]) -> None:
    drafts[0].state["id"] = OLD + "#key-0"


def _moved(drafts: list[Draft]) -> None:
    drafts[1].state = {**document(MOVED), "alsoKnownAs": [OLD]}


def _moved_silently(drafts: list[Draft]) -> None:
    drafts[0].parameters["portable"] = True
    drafts[1].state = {**document(MOVED), "alsoKnownAs": ["did:web:registry.gwanin.example"]}


def _moved_when_fixed(drafts: list[Draft]) -> None:
    drafts[0].parameters["portable"] = True
    drafts[1].parameters["portable"] = False
    drafts[1].state = {**document(MOVED), "alsoKnownAs": [OLD]}


def _moved_with_its_scid(drafts: list[Draft]) -> None:
    drafts[0].parameters["portable"] = True
    moved = MOVED.replace("{SCID}", OTHER_SCID)
    drafts[1].state = {**document(moved), "alsoKnownAs": [OLD]}


def _parameter(place: int, **changes: Any) -> Callable[[list[Draft]], None]:
    return lambda drafts: drafts[place].parameters.update(changes)


DRAFTS: dict[str, tuple[Callable[[list[Draft]], None], type[LogInvalid], int]] = {
    "signed by a stranger": (_plain_keys, LogKeyNotAuthorised, 2),
    "signed by the key that it brings": (_own_new_key, LogKeyNotAuthorised, 3),
    "signed by a retired key": (_retired_key, LogKeyNotAuthorised, 4),
    "signed by an update key and a stranger": (
        _two_keys_one_not_authorised, LogKeyNotAuthorised, 2),
    "no update keys left": (_frozen, LogKeyNotAuthorised, 3),
    "after deactivation": (_after_the_end, LogDeactivated, 3),
    "taking deactivation back": (_alive_again, LogDeactivated, 3),
    "after a first entry that deactivates": (_dead_from_the_start, LogDeactivated, 2),
    "same time": (_same_time, LogTimeInvalid, 2),
    "earlier time": (_back_in_time, LogTimeInvalid, 2),
    "future": (_in_the_future, LogTimeInvalid, 3),
    "first in the future": (_first_in_the_future, LogTimeInvalid, 1),
    "a number skipped": (_number_skipped, LogOutOfSequence, 2),
    "a number repeated": (_number_repeated, LogOutOfSequence, 3),
    "first number 2": (_first_number_two, LogOutOfSequence, 1),
    "another SCID later": (_other_scid_later, LogScidMismatch, 2),
    "no SCID later": (_no_scid_later, LogScidMismatch, 2),
    "another method": (_other_method, LogScidMismatch, 2),
    "another SCID after a move": (_moved_with_its_scid, LogScidMismatch, 2),
    "no id": (_no_id, LogDocumentInvalid, 2),
    "an id with a fragment": (_id_with_fragment, LogDocumentInvalid, 1),
    "moved without leave": (_moved, LogDocumentInvalid, 2),
    "moved without its old name": (_moved_silently, LogDocumentInvalid, 2),
    "moved in the entry that forbids it": (_moved_when_fixed, LogDocumentInvalid, 2),
    "first parameter": (_parameter(0, ttl=-1), LogParameterInvalid, 1),
    "later parameter": (_parameter(2, ttl=-1), LogParameterInvalid, 3),
}  # fmt: skip


@pytest.mark.parametrize(("change", "error", "entry"), DRAFTS.values(), ids=list(DRAFTS))
def test_refuses(
    change: Callable[[list[Draft]], None], error: type[LogInvalid], entry: int
) -> None:
    drafts = plain_drafts()
    change(drafts)
    with pytest.raises(error) as refused:
        _verify(seal(drafts))
    assert type(refused.value) is error
    assert refused.value.entry == entry


def _omits_the_next_key(drafts: list[Draft]) -> None:
    del drafts[1].parameters["updateKeys"]
    drafts[1].signers = [signer(0)]


def _signs_with_the_old_key(drafts: list[Draft]) -> None:
    drafts[1].signers = [signer(0)]


def _takes_another_key(drafts: list[Draft]) -> None:
    drafts[1].parameters["updateKeys"] = [multikey(signer(9))]
    drafts[1].signers = [signer(9)]


@pytest.mark.parametrize(
    ("change", "error"),
    [
        (_omits_the_next_key, LogPreRotationBroken),
        (_takes_another_key, LogPreRotationBroken),
        (_signs_with_the_old_key, LogKeyNotAuthorised),
    ],
)
def test_refuses_under_pre_rotation(
    change: Callable[[list[Draft]], None], error: type[LogInvalid]
) -> None:
    drafts = rotating_drafts()
    change(drafts)
    with pytest.raises(error) as refused:
        _verify(seal(drafts))
    assert refused.value.entry == 2


# Changes to what is sealed already.


def _rehash(entries: list[Sealed], place: int) -> None:
    """Give an entry its right hash and a proof again, as its author would."""
    entry = {name: value for name, value in entries[place].items() if name != "proof"}
    previous = entries[place - 1]["versionId"] if place else scid_of(entries)
    digest = multihash(rfc8785.dumps({**entry, "versionId": previous}))
    entries[place] = resign({**entry, "versionId": f"{place + 1}-{digest}"}, [signer(0)])


def _scid_of_something_else(entries: list[Sealed]) -> None:
    text = json.dumps(entries[0]).replace(scid_of(entries), OTHER_SCID)
    entries[0] = json.loads(text)
    _rehash(entries, 0)


def _scid_in_the_id_only(entries: list[Sealed]) -> None:
    entries[0]["state"] = document(OLD.replace("{SCID}", OTHER_SCID))
    _rehash(entries, 0)


def _first_document_changed(entries: list[Sealed]) -> None:
    entries[0]["state"] = {**document(f"did:webvh:{scid_of(entries)}:a.example"), "extra": 1}
    _rehash(entries, 0)


def _hash_of_something_else(entries: list[Sealed]) -> None:
    entries[1]["versionId"] = f"2-{OTHER_SCID}"
    entries[1] = resign(entries[1], [signer(0)])


def _content_changed(entries: list[Sealed]) -> None:
    entries[1]["state"] = {**document(entries[0]["state"]["id"]), "extra": 1}
    entries[1] = resign(entries[1], [signer(0)])


def _hash_without_its_predecessor(entries: list[Sealed]) -> None:
    entry = {name: value for name, value in entries[1].items() if name != "proof"}
    digest = multihash(rfc8785.dumps({**entry, "versionId": scid_of(entries)}))
    entries[1] = resign({**entry, "versionId": f"2-{digest}"}, [signer(0)])


def _fork(entries: list[Sealed]) -> None:
    drafts = plain_drafts()
    drafts[1].parameters["ttl"] = 60
    entries[1] = seal(drafts)[1]


def _signature_of_another_entry(entries: list[Sealed]) -> None:
    entries[1]["proof"] = entries[0]["proof"]


def _signature_by_another_key(entries: list[Sealed]) -> None:
    proof = resign(entries[1], [signer(1)])["proof"]
    entries[1] = resign(entries[1], [signer(0)])
    entries[1]["proof"][0]["proofValue"] = proof[0]["proofValue"]


def _proof_options_changed(entries: list[Sealed]) -> None:
    entries[1]["proof"][0]["created"] = "2026-03-14T03:04:06Z"


def _one_proof_of_two_changed(entries: list[Sealed]) -> None:
    good = resign(entries[1], [signer(0)])["proof"][0]
    entries[1]["proof"] = [good, good]


def _another_purpose(entries: list[Sealed]) -> None:
    entries[1] = resign(entries[1], [signer(0)], proofPurpose="authentication")


def _proof_that_expires(entries: list[Sealed]) -> None:
    entries[1] = resign(entries[1], [signer(0)], expires="2099-01-01T00:00:00Z")


def _signature_in_another_spelling(entries: list[Sealed]) -> None:
    proof = entries[1]["proof"][0]
    proof["proofValue"] = "z1" + proof["proofValue"][1:]


def _method(text: str) -> Callable[[list[Sealed]], None]:
    def change(entries: list[Sealed]) -> None:
        entries[1] = resign(entries[1], [signer(0)], verificationMethod=text)

    return change


K0, K1 = multikey(signer(0)), multikey(signer(1))
P256 = encode_multikey(P256Signer(b"\1" * 32).public_key)

SEALED: dict[str, tuple[Callable[[list[Sealed]], None], type[LogInvalid], int]] = {
    "SCID of something else": (_scid_of_something_else, LogScidMismatch, 1),
    "SCID of something else in the id": (_scid_in_the_id_only, LogScidMismatch, 1),
    "first document changed": (_first_document_changed, LogScidMismatch, 1),
    "hash of something else": (_hash_of_something_else, LogHashMismatch, 2),
    "content changed": (_content_changed, LogHashMismatch, 2),
    "hash without its predecessor": (_hash_without_its_predecessor, LogHashMismatch, 2),
    "a fork spliced in": (_fork, LogHashMismatch, 3),
    "signature of another entry": (_signature_of_another_entry, LogProofInvalid, 2),
    "signature by another key": (_signature_by_another_key, LogProofInvalid, 2),
    "proof options changed": (_proof_options_changed, LogProofInvalid, 2),
    "one proof listed twice": (_one_proof_of_two_changed, LogProofInvalid, 2),
    "another purpose": (_another_purpose, LogProofInvalid, 2),
    "a signature in another spelling": (_signature_in_another_spelling, LogProofInvalid, 2),
    "a proof that expires": (_proof_that_expires, LogProofInvalid, 2),
    "the body names one key, the fragment another": (
        _method(f"did:key:{K1}#{K0}"), LogProofInvalid, 2),
    "the fragment names one key, the body another": (
        _method(f"did:key:{K0}#{K1}"), LogProofInvalid, 2),
    "no fragment": (_method(f"did:key:{K0}"), LogProofInvalid, 2),
    "a bare Multikey": (_method(K0), LogProofInvalid, 2),
    "a bare fragment": (_method(f"#{K0}"), LogProofInvalid, 2),
    "another DID method": (_method(f"did:web:{K0}#{K0}"), LogProofInvalid, 2),
    "a key of P-256": (_method(f"did:key:{P256}#{P256}"), LogKeyNotAuthorised, 2),
}  # fmt: skip


@pytest.mark.parametrize(("change", "error", "entry"), SEALED.values(), ids=list(SEALED))
def test_refuses_sealed(
    change: Callable[[list[Sealed]], None], error: type[LogInvalid], entry: int
) -> None:
    entries = seal(plain_drafts())
    change(entries)
    with pytest.raises(error) as refused:
        _verify(entries)
    assert type(refused.value) is error
    assert refused.value.entry == entry


def test_refuses_a_first_entry_that_still_holds_the_placeholder() -> None:
    drafts = plain_drafts()
    drafts[0].state["note"] = "{SCID}"
    entries = seal(drafts)[:1]
    entries[0]["state"]["note"] = "{SCID}"  # the SCID's hash is that of both spellings
    _rehash(entries, 0)
    with pytest.raises(LogScidMismatch):
        _verify(entries)


def test_the_placeholder_may_stand_in_a_later_entry() -> None:
    entries = seal(plain_drafts())[:2]
    entries[1]["state"]["note"] = "{SCID}"
    _rehash(entries, 1)
    assert _verify(entries).document.members["note"] == "{SCID}"


def test_refuses_a_number_that_has_no_canonical_form() -> None:
    for place in (0, 1):
        drafts = plain_drafts()
        drafts[place].state["big"] = 12345
        line = to_log(seal(drafts)[: place + 1]).replace(b"12345", b"9007199254740993")
        entries = [json.loads(one) for one in line.splitlines()]
        with pytest.raises(LogMalformed):
            _verify(entries)


def test_a_log_ends_where_it_could_not_be_read_any_more() -> None:
    drafts = plain_drafts()
    lines = to_log(seal(drafts)).splitlines()
    first = verify_entry(parse_entry(lines[0], number=1), None, NOW)
    second = parse_entry(lines[1], number=2)
    room = MAX_LOG_BYTES - second.size
    assert verify_entry(second, replace(first, log_size=room), NOW).log_size == MAX_LOG_BYTES
    with pytest.raises(LogMalformed):
        verify_entry(second, replace(first, log_size=room + 1), NOW)


@pytest.mark.parametrize(
    ("number", "error"), [(MAX_ENTRIES, LogHashMismatch), (MAX_ENTRIES + 1, LogMalformed)]
)
def test_a_log_has_a_thousand_entries(number: int, error: type[LogInvalid]) -> None:
    lines = to_log(seal(plain_drafts())).splitlines()
    first = verify_entry(parse_entry(lines[0], number=1), None, NOW)
    before = replace(first, entry=replace(first.entry, number=number - 1))
    last = replace(parse_entry(lines[1], number=2), number=number)
    with pytest.raises(error):
        verify_entry(last, before, NOW)


def test_a_little_clock_difference_is_forgiven() -> None:
    drafts = plain_drafts()
    drafts[2].time = format_timestamp(NOW + CLOCK_SKEW)
    assert _verify(seal(drafts)).time == NOW + CLOCK_SKEW


def test_two_update_keys_may_sign_together() -> None:
    drafts = plain_drafts()
    drafts[0].parameters["updateKeys"] = [K0, K1]
    drafts[1].signers = [signer(0), signer(1)]
    assert len(_verify(seal(drafts)[:2]).entry.proofs) == 2


def test_one_of_several_update_keys_is_enough() -> None:
    drafts = plain_drafts()
    drafts[0].parameters["updateKeys"] = [K0, K1]
    drafts[1].signers = [signer(1)]
    assert _verify(seal(drafts)[:2]).number == 2


def test_a_portable_did_moves_and_says_where_it_was() -> None:
    drafts = plain_drafts()
    drafts[0].parameters["portable"] = True
    for draft in drafts[1:]:
        draft.state = {**document(MOVED), "alsoKnownAs": [OLD]}
    version = _verify(seal(drafts))
    assert version.did.host == "registry.seoul.example"


def test_pre_rotation_can_be_ended_and_the_did_deactivated_in_two_entries() -> None:
    drafts = rotating_drafts()
    drafts[2].parameters["nextKeyHashes"] = []
    drafts.append(
        Draft(
            parameters={"updateKeys": [], "deactivated": True},
            time=format_timestamp(START + timedelta(days=3)),
            signers=[signer(2)],
        )
    )
    assert _verify(seal(drafts)).parameters.deactivated


def test_a_proof_needs_no_created() -> None:
    entries = seal(plain_drafts())
    entries[1] = resign(entries[1], [signer(0)], domain="https://a.example")
    assert _verify(entries[:2]).number == 2
