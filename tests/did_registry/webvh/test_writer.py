import json
from datetime import timedelta
from typing import Any

import pytest
import rfc8785
from hypothesis import given, settings
from hypothesis import strategies as st

from credentials.errors import Error, KeyMismatch, Malformed
from credentials.keys import P256Signer
from did_registry.document import Purpose
from did_registry.errors import (
    LogDeactivated,
    LogDocumentInvalid,
    LogKeyNotAuthorised,
    LogPreRotationBroken,
    LogProofInvalid,
    LogTimeInvalid,
    PreRotationRequired,
)
from did_registry.webvh.did import placeholder_did
from did_registry.webvh.entry import parse_entry, split_log
from did_registry.webvh.history import History, begin, replay
from did_registry.webvh.parameters import MAX_TTL
from did_registry.webvh.witness import WitnessRule
from did_registry.webvh.writer import (
    build_deactivation,
    build_genesis,
    build_next,
    next_key_hash,
)
from tests.simulators.webvh_log import (
    DID,
    HOST,
    START,
    document,
    multikey,
    next_hash,
    rotating_drafts,
    seal,
    signer,
)

HOUR = timedelta(hours=1)


def _hashes(*numbers: int) -> list[str]:
    return [next_key_hash(signer(number).public_key) for number in numbers]


def _genesis(**changes: Any) -> bytes:
    usual: dict[str, Any] = {
        "document": document(),
        "signer": signer(0),
        "next_key_hashes": _hashes(1, 51),
        "now": START,
    }
    return build_genesis(**{**usual, **changes})


def _begin(line: bytes) -> History:
    return begin(parse_entry(line.rstrip(b"\n"), number=1), START)


def _next(history: History, **changes: Any) -> bytes:
    usual: dict[str, Any] = {
        "document": history.latest.document.members,
        "signer": signer(history.latest.number),
        "next_key_hashes": _hashes(history.latest.number + 1),
        "now": history.latest.time + HOUR,
    }
    return build_next(history, **{**usual, **changes})


def _follow(history: History, line: bytes) -> History:
    entry = parse_entry(line.rstrip(b"\n"), number=history.latest.number + 1)
    return history.advance(entry, history.latest.time + HOUR)


def test_writes_what_the_specification_computes() -> None:
    drafts = rotating_drafts()[:1]
    drafts[0].parameters["portable"] = False
    assert json.loads(_genesis()) == seal(drafts)[0]


def test_a_line_is_canonical_and_ends_with_a_newline() -> None:
    line = _genesis()
    assert line == rfc8785.dumps(json.loads(line)) + b"\n"


def test_a_first_entry_begins_a_history() -> None:
    history = _begin(_genesis())
    assert str(history.did) == history.latest.document.id
    assert history.did.host == HOST
    key = history.key_at(f"{history.did}#key-0", Purpose.ASSERTION, START)
    assert key.key == signer(100).public_key
    assert history.latest.parameters.next_key_hashes == tuple(_hashes(1, 51))


def test_a_first_entry_can_set_what_later_ones_keep() -> None:
    rule = WitnessRule(
        threshold=1, witnesses={f"did:key:{multikey(signer(7))}": signer(7).public_key}
    )
    history = _begin(_genesis(portable=True, witness=rule, ttl=60))
    parameters = _follow(history, _next(history)).latest.parameters
    assert (parameters.portable, parameters.witness, parameters.ttl) == (True, rule, 60)


def test_a_did_of_a_registry_on_the_own_desk() -> None:
    template = document(placeholder_did("localhost", 8000, ("dids", "SEL-DIG")))
    did = str(_begin(_genesis(document=template)).did)
    assert did.endswith(":localhost%3A8000:dids:SEL-DIG")


def test_a_next_entry_hands_over_to_the_committed_key() -> None:
    history = _begin(_genesis())
    changed = {**history.latest.document.members, "alsoKnownAs": ["https://a.example/"]}
    later = _follow(history, _next(history, document=changed))
    assert later.latest.document.also_known_as == ("https://a.example/",)
    assert list(later.latest.parameters.update_keys) == [multikey(signer(1))]


def test_the_backup_key_may_take_over_as_well() -> None:
    history = _begin(_genesis())
    assert _next(history, signer=signer(51))


def test_witnesses_can_be_named_later() -> None:
    rule = WitnessRule(
        threshold=1, witnesses={f"did:key:{multikey(signer(7))}": signer(7).public_key}
    )
    history = _begin(_genesis())
    assert _follow(history, _next(history, witness=rule)).latest.witnesses == rule


@pytest.mark.parametrize("hashes", [[], _hashes(0), _hashes(1, 0)], ids=["none", "own", "own too"])
def test_refuses_to_write_without_a_fresh_next_key(hashes: list[str]) -> None:
    with pytest.raises(PreRotationRequired):
        _genesis(next_key_hashes=hashes)
    history = _begin(_genesis())
    with pytest.raises(PreRotationRequired):
        _next(history, next_key_hashes=[h.replace(_hashes(0)[0], _hashes(1)[0]) for h in hashes])


def test_only_ed25519_keys_update() -> None:
    p256 = P256Signer(b"\1" * 32)
    with pytest.raises(KeyMismatch):
        next_key_hash(p256.public_key)
    with pytest.raises(KeyMismatch):
        _genesis(signer=p256)


BAD_GENESIS: dict[str, tuple[dict[str, Any], type[Error]]] = {
    "a document without the placeholder": (
        {"document": document(DID.replace("{SCID}", "Qm" + "1" * 44))}, Error),
    "an IP address": (
        {"document": document(DID.replace(HOST, "127.0.0.1"))}, LogDocumentInvalid),
    "a document without an id": ({"document": {}}, LogDocumentInvalid),
    "a number that JCS cannot write": ({"document": {**document(), "n": 2**53}}, Malformed),
    "a ttl out of range": ({"ttl": MAX_TTL + 1}, Error),
    "the same hash twice": ({"next_key_hashes": _hashes(1, 1)}, Error),
}  # fmt: skip


@pytest.mark.parametrize(("changes", "error"), BAD_GENESIS.values(), ids=list(BAD_GENESIS))
def test_refuses_to_write_a_first_entry_that_would_be_refused(
    changes: dict[str, Any], error: type[Error]
) -> None:
    with pytest.raises(error):
        _genesis(**changes)


class _WrongSigner:
    """Says that it is one key and signs with another, as a mixed-up key store would."""

    public_key = signer(0).public_key

    def sign(self, message: bytes) -> bytes:
        return signer(9).sign(message)


def test_checks_the_signature_that_it_was_given() -> None:
    with pytest.raises(LogProofInvalid):
        _genesis(signer=_WrongSigner())


def test_refuses_to_write_what_would_be_refused() -> None:
    history = _begin(_genesis())
    with pytest.raises(LogPreRotationBroken):
        _next(history, signer=signer(9))
    with pytest.raises(LogDocumentInvalid):
        _next(history, document={**document(), "id": f"did:webvh:{history.scid}:b.example"})
    for early in (timedelta(0), timedelta(milliseconds=999), -HOUR):
        with pytest.raises(LogTimeInvalid):
            _next(history, now=START + early)


def test_deactivates_in_two_entries() -> None:
    history = _begin(_genesis())
    lines = build_deactivation(history, signer=signer(1), now=START + HOUR)
    assert len(lines) == 2
    free = _follow(history, lines[0])
    assert not free.deactivated
    assert free.latest.document == history.latest.document
    ended = _follow(free, lines[1])
    assert ended.deactivated
    assert ended.latest.parameters.update_keys == {}
    assert set(ended.latest.document.members) == {"@context", "id"}
    with pytest.raises(LogDeactivated):
        _next(ended)


def test_deactivation_can_be_finished_after_an_interruption() -> None:
    history = _begin(_genesis())
    first, second = build_deactivation(history, signer=signer(1), now=START + HOUR)
    half = _follow(history, first)
    again = build_deactivation(half, signer=signer(1), now=START + HOUR + timedelta(seconds=1))
    assert again == (second,)


def test_deactivation_needs_the_committed_key() -> None:
    history = _begin(_genesis())
    with pytest.raises(LogPreRotationBroken):
        build_deactivation(history, signer=signer(0), now=START + HOUR)
    half = _follow(history, build_deactivation(history, signer=signer(1), now=START + HOUR)[0])
    with pytest.raises(LogKeyNotAuthorised):
        build_deactivation(half, signer=signer(0), now=START + 2 * HOUR)


def test_a_next_key_is_published_as_the_hash_of_its_multikey() -> None:
    assert next_key_hash(signer(1).public_key) == next_hash(signer(1))


STEPS = st.lists(
    st.tuples(st.sampled_from(["rotate", "backup", "rename", "end"]), st.integers(1, 10**6)),
    max_size=6,
)


@given(STEPS)
@settings(max_examples=40)
def test_whatever_is_written_in_whatever_order_is_valid(steps: list[tuple[str, int]]) -> None:
    lines = [_genesis(next_key_hashes=_hashes(1, 51))]
    history = _begin(lines[0])
    for step, seconds in steps:
        now = history.latest.time + timedelta(seconds=seconds)
        number = history.latest.number
        who = signer(number + 50 if step == "backup" else number)
        state = history.latest.document.members
        if step == "rename":
            state = {**state, "alsoKnownAs": [f"https://a.example/{seconds}"]}
        if step == "end":
            written = list(build_deactivation(history, signer=who, now=now))
        else:
            hashes = _hashes(number + 1, number + 51)
            written = [
                build_next(history, document=state, signer=who, next_key_hashes=hashes, now=now)
            ]
        lines += written
        log = b"".join(lines)
        now += timedelta(seconds=1)
        history = replay(log, did=history.did, now=now, witnesses=None)
        assert len(history.versions) == len(lines) == len(split_log(log))
        if history.deactivated:
            return
