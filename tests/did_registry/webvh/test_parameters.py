import base64
from dataclasses import replace
from typing import Any

import base58
import pytest
from hypothesis import given
from hypothesis import strategies as st

from credentials.json_object import JsonObject
from credentials.keys import P256Signer
from did_registry.errors import LogInvalid, LogParameterInvalid, LogPreRotationBroken
from did_registry.webvh.parameters import (
    Parameters,
    authorised_keys,
    first_parameters,
    key_hash,
    next_parameters,
    required_witnesses,
)
from did_registry.webvh.witness import WitnessRule
from tests.simulators.webvh_log import multikey, next_hash, signer

K0, K1, K2 = (multikey(signer(n)) for n in range(3))
H1, H2 = (next_hash(signer(n)) for n in (1, 2))
SCID = "QmPBLVBvxN4dCGxE2q9jj46TTf5uX7UmvYjJGDGZysu72F"
FIRST: dict[str, Any] = {"method": "did:webvh:1.0", "scid": SCID, "updateKeys": [K0]}
WITNESS: dict[str, Any] = {"threshold": 1, "witnesses": [{"id": f"did:key:{K2}"}]}
RULE = WitnessRule(threshold=1, witnesses={f"did:key:{K2}": signer(2).public_key})


def multibase(data: bytes) -> str:
    """Bytes in base58btc, by another library than ours."""
    return "z" + base58.b58encode(data).decode()


def _first(**changes: Any) -> Parameters:
    return first_parameters(JsonObject({**FIRST, **changes}))


def _next(previous: Parameters, **changes: Any) -> Parameters:
    return next_parameters(JsonObject(changes), previous, number=2)


def test_what_is_not_set_first_has_its_default() -> None:
    assert _first() == Parameters(
        scid=SCID,
        update_keys={K0: signer(0).public_key},
        next_key_hashes=(),
        witness=None,
        watchers=(),
        portable=False,
        deactivated=False,
        ttl=3600,
    )


ALL: dict[str, Any] = {
    "nextKeyHashes": [H1, "any other text"],
    "witness": WITNESS,
    "watchers": ["https://watcher.example/a", "did:web:watcher.example"],
    "portable": True,
    "deactivated": True,
    "ttl": 0,
}


def test_everything_can_be_set_first() -> None:
    assert _first(**ALL) == Parameters(
        scid=SCID,
        update_keys={K0: signer(0).public_key},
        next_key_hashes=(H1, "any other text"),
        witness=RULE,
        watchers=("https://watcher.example/a", "did:web:watcher.example"),
        portable=True,
        deactivated=True,
        ttl=0,
    )


def test_what_is_not_set_later_is_kept() -> None:
    before = replace(_first(**ALL), next_key_hashes=())
    assert _next(before) == before


@pytest.mark.parametrize(
    ("changes", "name", "value"),
    [
        ({"method": "did:webvh:1.0"}, "ttl", 0),
        ({"updateKeys": [K1]}, "update_keys", {K1: signer(1).public_key}),
        ({"updateKeys": []}, "update_keys", {}),
        ({"nextKeyHashes": [H2, "x" * 256]}, "next_key_hashes", (H2, "x" * 256)),
        ({"witness": {}}, "witness", None),
        ({"watchers": []}, "watchers", ()),
        ({"portable": False}, "portable", False),
        ({"deactivated": False}, "deactivated", False),
        ({"ttl": 2**31}, "ttl", 2**31),
    ],
    ids=[
        "method", "keys", "no keys", "hashes", "witness", "watchers", "portable", "deactivated",
        "ttl",
    ],
)  # fmt: skip
def test_what_is_set_later_replaces_what_was(changes: Any, name: str, value: Any) -> None:
    after = _next(replace(_first(**ALL), next_key_hashes=()), **changes)
    assert getattr(after, name) == value


@pytest.mark.parametrize("name", ["method", "scid", "updateKeys"])
def test_the_first_entry_must_set(name: str) -> None:
    with pytest.raises(LogParameterInvalid) as refused:
        first_parameters(JsonObject({key: FIRST[key] for key in FIRST if key != name}))
    assert refused.value.entry == 1


# The same key in spellings that other decoders may take: it would be another text in every list.
RAW = b"\xed\x01" + signer(0).public_key.raw
SPELLINGS: dict[str, str] = {
    "with a leading one": "z1" + K0[1:],
    "with another alphabet's zero": K0[:-1] + "0",
    "in base64url": "u" + base64.urlsafe_b64encode(RAW).decode().rstrip("="),
    "in hexadecimal": "f" + RAW.hex(),
    "in capitals": K0.upper(),
    "with its multibase in capitals": "Z" + K0[1:],
    "without its multibase": K0[1:],
    "with a longer code": multibase(b"\xed\x81\x00" + RAW[2:]),
    "with a byte more": multibase(RAW + b"\0"),
    "with a byte less": multibase(RAW[:-1]),
    "with white space": K0 + " ",
    "with a newline": K0 + "\n",
}


@pytest.mark.parametrize("spelling", SPELLINGS.values(), ids=list(SPELLINGS))
def test_a_key_has_one_spelling(spelling: str) -> None:
    for changes in (
        {"updateKeys": [spelling]},
        {"updateKeys": [K0, spelling]},
        {"witness": {"threshold": 1, "witnesses": [{"id": f"did:key:{spelling}"}]}},
        {"witness": {"threshold": 1, "witnesses": [*WITNESS["witnesses"], {"id": spelling}]}},
    ):
        with pytest.raises(LogParameterInvalid):
            _first(**changes)


BAD: dict[str, dict[str, Any]] = {
    "unknown": {"prerotation": True},
    "method unknown": {"method": "did:webvh:99.0"},
    "method of a draft": {"method": "did:webvh:0.5"},
    "method with a suffix": {"method": "did:webvh:1.0-rc1"},
    "method misspelt": {"method": "didwebvh:1.0"},
    "method null": {"method": None},
    "update keys no list": {"updateKeys": K0},
    "update keys null": {"updateKeys": None},
    "update key a number": {"updateKeys": [0]},
    "update key twice": {"updateKeys": [K0, K0]},
    "update key no Multikey": {"updateKeys": ["z6Mk"]},
    "update key a did:key": {"updateKeys": [f"did:key:{K0}"]},
    "update key of P-256": {"updateKeys": [multikey(P256Signer(b"\1" * 32))]},
    "update keys too many": {"updateKeys": [multikey(signer(n)) for n in range(33)]},
    "hashes no list": {"nextKeyHashes": H1},
    "hashes null": {"nextKeyHashes": None},
    "hash a number": {"nextKeyHashes": [1]},
    "hash twice": {"nextKeyHashes": [H1, H1]},
    "hash too long": {"nextKeyHashes": ["x" * 257]},
    "hashes too many": {"nextKeyHashes": [str(n) for n in range(65)]},
    "witness null": {"witness": None},
    "witness a list": {"witness": []},
    "watchers null": {"watchers": None},
    "watchers a text": {"watchers": "https://watcher.example"},
    "watcher no URL": {"watchers": ["watcher.example"]},
    "watcher with a space": {"watchers": ["https://watcher.example/a b"]},
    "watcher twice": {"watchers": ["https://a.example", "https://a.example"]},
    "watcher too long": {"watchers": ["https://a.example/" + "a" * 2048]},
    "watchers too many": {"watchers": [f"https://a.example/{n}" for n in range(33)]},
    "portable null": {"portable": None},
    "portable a text": {"portable": "false"},
    "deactivated null": {"deactivated": None},
    "deactivated a number": {"deactivated": 0},
    "ttl null": {"ttl": None},
    "ttl negative": {"ttl": -1},
    "ttl too long": {"ttl": 2**31 + 1},
    "ttl a fraction": {"ttl": 1.0},
    "ttl a text": {"ttl": "3600"},
    "ttl true": {"ttl": True},
}


@pytest.mark.parametrize("changes", BAD.values(), ids=list(BAD))
def test_refuses_in_every_entry(changes: dict[str, Any]) -> None:
    with pytest.raises(LogParameterInvalid):
        _first(**changes)
    with pytest.raises(LogParameterInvalid) as refused:
        _next(_first(), **changes)
    assert refused.value.entry == 2


@pytest.mark.parametrize("scid", [None, 7, "", "a", SCID + "a", SCID[:-1] + "0", "서울" * 23])
def test_refuses_a_first_scid_that_can_be_none(scid: Any) -> None:
    with pytest.raises(LogParameterInvalid):
        _first(scid=scid)


@pytest.mark.parametrize("changes", [{"scid": SCID}, {"portable": True}], ids=["scid", "portable"])
def test_refuses_later_what_only_the_first_entry_may_set(changes: dict[str, Any]) -> None:
    for before in (_first(), _first(portable=True)):
        with pytest.raises(LogParameterInvalid):
            _next(before, **changes)


def test_a_portable_did_can_be_fixed_for_ever() -> None:
    fixed = _next(_first(portable=True), portable=False)
    assert not fixed.portable
    with pytest.raises(LogParameterInvalid):
        _next(fixed, portable=True)


def test_pre_rotation_is_kept_and_renewed() -> None:
    after = _next(_first(nextKeyHashes=[H1, H2]), updateKeys=[K1], nextKeyHashes=[H2])
    assert list(after.update_keys) == [K1]
    assert after.next_key_hashes == (H2,)


def test_several_committed_keys_may_take_over_at_once() -> None:
    after = _next(_first(nextKeyHashes=[H1, H2]), updateKeys=[K2, K1], nextKeyHashes=[])
    assert list(after.update_keys) == [K2, K1]


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"updateKeys": [K1]},
        {"nextKeyHashes": [H2]},
        {"updateKeys": [], "nextKeyHashes": []},
        {"updateKeys": [K0], "nextKeyHashes": [H2]},
        {"updateKeys": [K1, K0], "nextKeyHashes": [H2]},
        {"updateKeys": [K2], "nextKeyHashes": [H2]},
        {"updateKeys": [K0], "nextKeyHashes": []},
    ],
    ids=[
        "nothing", "no hashes", "no keys", "empty keys", "the old key", "the old key beside",
        "another key", "the old key, and out",
    ],
)  # fmt: skip
def test_refuses_to_leave_the_committed_keys(changes: dict[str, Any]) -> None:
    with pytest.raises(LogPreRotationBroken) as refused:
        _next(_first(nextKeyHashes=[H1]), **changes)
    assert refused.value.entry == 2


def test_a_kept_key_still_needs_its_hash() -> None:
    before = _next(_first(nextKeyHashes=[H1]), updateKeys=[K1], nextKeyHashes=[H2])
    with pytest.raises(LogPreRotationBroken):
        _next(before, updateKeys=[K1], nextKeyHashes=[H2])


def test_pre_rotation_ends_one_entry_after_its_last_hashes() -> None:
    last = _next(_first(nextKeyHashes=[H1]), updateKeys=[K1], nextKeyHashes=[])
    free = _next(last, updateKeys=[K2])
    assert list(authorised_keys(last, _first(nextKeyHashes=[H1]))) == [K1]
    assert list(authorised_keys(free, last)) == [K1]


def test_keys_are_the_first_entrys_own_then_the_predecessors() -> None:
    first = _first()
    later = _next(first, updateKeys=[K1])
    assert list(authorised_keys(first, None)) == [K0]
    assert list(authorised_keys(later, first)) == [K0]
    assert list(authorised_keys(_next(later), later)) == [K1]


def test_turning_pre_rotation_on_does_not_authorise_its_own_entry() -> None:
    first = _first()
    later = _next(first, updateKeys=[K1], nextKeyHashes=[H2])
    assert list(authorised_keys(later, first)) == [K0]


def test_first_witnesses_approve_at_once_and_others_from_the_next_entry_on() -> None:
    none = _first()
    some = _next(none, witness=WITNESS)
    others = _next(some, witness={"threshold": 1, "witnesses": [{"id": f"did:key:{K1}"}]})
    gone = _next(some, witness={})
    assert required_witnesses(none, None) is None
    assert required_witnesses(_first(witness=WITNESS), None) == RULE
    assert required_witnesses(some, none) == RULE
    assert required_witnesses(others, some) == RULE
    assert required_witnesses(_next(others), others) == others.witness
    assert required_witnesses(gone, some) == RULE
    assert required_witnesses(_next(gone), gone) is None


def test_a_key_hash_is_that_of_the_multikeys_text() -> None:
    assert key_hash(K1) == H1


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8) | st.sampled_from([K0, H1]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=6,
)


@given(st.dictionaries(st.sampled_from([*ALL, "updateKeys", "method", "x"]), _JSON, max_size=3))
def test_any_parameters_are_read_or_our_error(changes: dict[str, Any]) -> None:
    for before in (_first(), _first(nextKeyHashes=[H1])):
        try:
            after = _next(before, **changes)
        except LogInvalid:
            continue
        assert after.scid == SCID
