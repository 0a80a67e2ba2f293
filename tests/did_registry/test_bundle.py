"""Trust bundles: what they say, as of when, and that nothing in them is believed."""

import contextlib
import hashlib
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from credentials.claims import Claims
from credentials.encoding import encode_base64url
from credentials.errors import Error, Malformed, TooLarge, Unsupported
from credentials.jcs import canonicalize
from credentials.json_object import parse_object
from credentials.keys import Ed25519Signer
from did_registry.bundle import (
    MAX_LISTS,
    TrustBundle,
    encode_bundle_file,
    is_latest,
    open_bundle,
    parse_bundle_file,
)
from did_registry.errors import LeafRejected, LogInconsistent
from did_registry.leaf import LeafKind
from did_registry.tlog.cosignature import WitnessPolicy, cosign, witness_key
from did_registry.tlog.errors import CheckpointNotSigned, QuorumMissing
from did_registry.tlog.note import encode_note, parse_note
from tests.simulators.registry_log import RegistryLog

LIST = b"the bytes of a list"
URI = "https://gwanin.example/status/GU-11620-1"
SIGNERS = [Ed25519Signer(bytes([number]) * 32) for number in (21, 22, 23)]
KEYS = tuple(witness_key(f"SEL-WIT{n}", it.public_key) for n, it in enumerate(SIGNERS, start=1))
POLICY = WitnessPolicy(witnesses=KEYS, quorum=2)


@pytest.fixture
def log() -> RegistryLog:
    """The root, an agency, and a status list; the last leaf is a day old."""
    log = RegistryLog()
    log.member("GU-11620")
    digest = encode_base64url(hashlib.sha256(LIST).digest())
    period = {"from": "2026-03-13T03:00:00Z", "until": "2026-03-14T03:00:00Z"}
    log.add(LeafKind.STATUS, URI, {"list": URI, "h": digest, "seq": 1, **period})
    log.clock.advance(days=1)
    return log


def _bundle(log: RegistryLog) -> TrustBundle:
    return TrustBundle(checkpoint=log.note(), leaves=tuple(log.leaves), lists={URI: LIST})


def _seen(log: RegistryLog, *ages: timedelta) -> TrustBundle:
    """The same, seen by as many witnesses, so long ago."""
    note = parse_note(log.note())
    lines = [
        cosign(note.text, key.name, signer, log.clock() - age)
        for key, signer, age in zip(KEYS, SIGNERS, ages, strict=False)
    ]
    return replace(_bundle(log), checkpoint=encode_note(note.text, (*note.signatures, *lines)))


def test_what_is_written_is_read_back(log: RegistryLog) -> None:
    assert parse_bundle_file(encode_bundle_file(_bundle(log))) == _bundle(log)


def test_without_witnesses_it_is_known_as_of_the_last_leaf(log: RegistryLog) -> None:
    view = open_bundle(_bundle(log), log.anchor, log.clock())
    assert view.as_of == log.clock() - timedelta(days=1)
    assert view.histories == log.view().histories


def test_with_witnesses_it_is_known_as_of_when_a_quorum_has_seen_it(log: RegistryLog) -> None:
    anchor = replace(log.anchor, witnesses=POLICY)
    hours = [timedelta(hours=hours) for hours in (1, 5, 9)]
    view = open_bundle(_seen(log, *hours), anchor, log.clock())
    assert view.as_of == (log.clock() - hours[1]).replace(microsecond=0)
    with pytest.raises(QuorumMissing):
        open_bundle(_seen(log, hours[0]), anchor, log.clock())


def test_a_witness_from_the_future_makes_nothing_newer_than_now(log: RegistryLog) -> None:
    anchor = replace(log.anchor, witnesses=POLICY)
    view = open_bundle(_seen(log, -timedelta(days=9), -timedelta(days=9)), anchor, log.clock())
    assert view.as_of == log.clock()


def test_a_list_is_the_one_that_the_log_names_last(log: RegistryLog) -> None:
    view = open_bundle(_bundle(log), log.anchor, log.clock())
    assert is_latest(URI, LIST, view)
    assert not is_latest(URI, LIST + b"x", view)
    assert not is_latest("https://elsewhere.example/1", LIST, view)


def test_nothing_in_it_is_believed(log: RegistryLog) -> None:
    bundle, now = _bundle(log), log.clock()
    for number, leaf in enumerate(bundle.leaves):
        flipped = leaf[:40] + bytes([leaf[40] ^ 1]) + leaf[41:]
        leaves = (*bundle.leaves[:number], flipped, *bundle.leaves[number + 1 :])
        with pytest.raises(LeafRejected):
            open_bundle(replace(bundle, leaves=leaves), log.anchor, now)
    with pytest.raises(LogInconsistent):
        open_bundle(replace(bundle, leaves=bundle.leaves[:-1]), log.anchor, now)
    foreign = log.note(key=Ed25519Signer(b"x" * 32))
    with pytest.raises(CheckpointNotSigned):
        open_bundle(replace(bundle, checkpoint=foreign), log.anchor, now)


@pytest.mark.parametrize("name", ["checkpoint", "leaves", "lists", "v"])
def test_every_member_is_required(log: RegistryLog, name: str) -> None:
    members = parse_object(encode_bundle_file(_bundle(log))).members
    del members[name]
    with pytest.raises(Malformed):
        parse_bundle_file(canonicalize(members))


def test_bounds_and_versions(log: RegistryLog) -> None:
    members = parse_object(encode_bundle_file(_bundle(log))).members
    cases: tuple[tuple[Claims, type[Error]], ...] = (
        ({"v": 2}, Unsupported),
        ({"more": 1}, Malformed),
        ({"leaves": ["!"]}, Malformed),
        ({"leaves": [7]}, Malformed),
        ({"leaves": ["A" * 40_000]}, Malformed),
        ({"lists": {f"{n}": "AA==" for n in range(MAX_LISTS + 1)}}, TooLarge),
    )
    for changes, error in cases:
        with pytest.raises(error):
            parse_bundle_file(canonicalize({**members, **changes}))


@given(st.binary(max_size=200))
def test_any_bytes_give_our_typed_error(data: bytes) -> None:
    with contextlib.suppress(Error):
        parse_bundle_file(data)


def test_an_empty_registry_is_none(log: RegistryLog) -> None:
    empty = replace(_bundle(log), checkpoint=log.note(0), leaves=())
    with pytest.raises(Malformed):
        open_bundle(empty, log.anchor, datetime.fromisoformat("2026-03-13T03:00:00+00:00"))
