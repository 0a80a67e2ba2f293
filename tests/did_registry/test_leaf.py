"""Leaves: one spelling, a closed list of kinds, and the chain from each to the one before."""

import json
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from credentials.claims import Claims
from credentials.encoding import encode_base64url
from credentials.errors import Error, Malformed, TooLarge, Unsupported
from credentials.jcs import canonicalize
from credentials.keys import Ed25519Signer
from credentials.strict_json import JsonValue
from did_registry.leaf import (
    EMPTY_CHAIN,
    MAX_LEAF_BYTES,
    ChainHead,
    Leaf,
    LeafKind,
    build_leaf,
    parse_leaf,
    verify_chain,
    verify_next,
)
from did_registry.tlog.checkpoint import build_checkpoint
from did_registry.tlog.errors import LeafChainBroken
from did_registry.tlog.merkle import leaf_hash
from did_registry.tlog.note import Ed25519NoteSigner

TIME = datetime(2026, 3, 13, 3, 4, 5, tzinfo=UTC)
DIGEST = encode_base64url(bytes(range(32)))
LAST_YEAR = "registry.gwanin.example/2025"
LAST_HEAD = build_checkpoint(
    LAST_YEAR, 7, bytes(32), [Ed25519NoteSigner(LAST_YEAR, Ed25519Signer(bytes([1]) * 32))]
).decode()
PERIOD: Claims = {"from": "2026-03-12T00:00:00Z", "until": "2026-03-13T00:00:00Z"}

# One good body of each kind, with the subject it belongs to.
BODIES: dict[LeafKind, tuple[str, Claims]] = {
    LeafKind.DID: ("QmScid", {"entry": {"versionId": "1-Qm"}}),
    LeafKind.ACCREDITATION: ("SEL-YOUTH", {"credential": {"type": ["VerifiableCredential"]}}),
    LeafKind.VERIFIER: ("VER-LIB", {"credential": {"type": ["VerifiableCredential"]}}),
    LeafKind.SCHEMA: ("SeoulResidencyCredential/v1", {"h": DIGEST}),
    LeafKind.STATUS: ("GU-11620/3", {"list": "GU-11620/3", "h": DIGEST, "seq": 0, **PERIOD}),
    LeafKind.DIRECTORY: ("directory", {"root": DIGEST, "n": 3, "upto": 1233}),
    LeafKind.BATCH: ("GU-11620", {"agency": "GU-11620", "root": DIGEST, "n": 512, **PERIOD}),
    LeafKind.AUDIT: ("GU-11620", {"agency": "GU-11620", "head": DIGEST, "n": 80}),
    LeafKind.NOTICE: ("did:web:issuer.example", {"statement": {"act": "admit"}}),
    LeafKind.SERVICE: ("mileage", {"service": "mileage", "root": DIGEST, "seq": 2}),
    LeafKind.ORIGIN: (LAST_YEAR, {"checkpoint": LAST_HEAD}),
}


def leaf_of(kind: LeafKind, *, index: int = 1234, previous: bytes = bytes(range(32))) -> Leaf:
    subject, body = BODIES[kind]
    return Leaf(
        index=index, previous=previous, kind=kind, subject=subject, time=TIME, body=dict(body)
    )


def members_of(kind: LeafKind) -> dict[str, JsonValue]:
    members: dict[str, JsonValue] = json.loads(build_leaf(leaf_of(kind)))
    return members


def chain(length: int) -> list[bytes]:
    leaves: list[bytes] = []
    head = EMPTY_CHAIN
    for kind in list(LeafKind)[:length]:
        leaves.append(build_leaf(leaf_of(kind, index=head.size, previous=head.last)))
        head = ChainHead(size=head.size + 1, last=leaf_hash(leaves[-1]))
    return leaves


def test_a_leaf_has_exactly_these_bytes() -> None:
    assert build_leaf(leaf_of(LeafKind.SCHEMA)) == (
        b'{"body":{"h":"AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8"},"i":1234,"kind":"schema",'
        b'"prev":"AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=","sub":"SeoulResidencyCredential/v1"'
        b',"t":"2026-03-13T03:04:05Z","v":1}'
    )


def test_the_kinds_are_those_of_the_contract() -> None:
    assert {kind.value for kind in LeafKind} == {
        *("did", "accreditation", "verifier", "schema", "status", "directory"),
        *("batch", "audit", "notice", "service", "origin"),
    }


@pytest.mark.parametrize("kind", LeafKind)
def test_reads_the_leaf_it_wrote(kind: LeafKind) -> None:
    assert parse_leaf(build_leaf(leaf_of(kind))) == leaf_of(kind)


@pytest.mark.parametrize("kind", LeafKind)
def test_every_member_of_a_body_is_required_and_there_is_no_other(kind: LeafKind) -> None:
    _, body = BODIES[kind]
    for name in body:
        without = {other: value for other, value in body.items() if other != name}
        with pytest.raises(Malformed):
            parse_leaf(canonicalize({**members_of(kind), "body": without}))
    with pytest.raises(Malformed):
        parse_leaf(canonicalize({**members_of(kind), "body": {**body, "name": "x"}}))


@pytest.mark.parametrize("kind", LeafKind)
@pytest.mark.parametrize("value", [None, True, -1, 1.5, "", "x", [], {}], ids=repr)
def test_no_member_of_a_body_takes_any_value(kind: LeafKind, value: JsonValue) -> None:
    _, body = BODIES[kind]
    for name in body:
        with pytest.raises(Malformed):
            parse_leaf(canonicalize({**members_of(kind), "body": {**body, name: value}}))


NAMED = [
    (LeafKind.STATUS, "list"),
    (LeafKind.BATCH, "agency"),
    (LeafKind.AUDIT, "agency"),
    (LeafKind.SERVICE, "service"),
]


@pytest.mark.parametrize(("kind", "name"), NAMED)
def test_a_body_names_the_subject_of_its_leaf(kind: LeafKind, name: str) -> None:
    members = members_of(kind)
    with pytest.raises(Malformed):
        parse_leaf(canonicalize({**members, "sub": "SEL-OMB"}))


def test_the_last_checkpoint_is_of_the_log_that_is_named() -> None:
    with pytest.raises(Malformed):
        parse_leaf(canonicalize({**members_of(LeafKind.ORIGIN), "sub": "registry.example/2024"}))


@pytest.mark.parametrize("kind", [LeafKind.STATUS, LeafKind.BATCH])
def test_a_period_ends_after_it_begins(kind: LeafKind) -> None:
    _, body = BODIES[kind]
    with pytest.raises(Malformed):
        parse_leaf(canonicalize({**members_of(kind), "body": {**body, "until": body["from"]}}))


@pytest.mark.parametrize("length", [31, 33])
def test_a_digest_in_a_body_has_32_bytes(length: int) -> None:
    body: Claims = {"h": encode_base64url(bytes(length))}
    with pytest.raises(Malformed):
        parse_leaf(canonicalize({**members_of(LeafKind.SCHEMA), "body": body}))


@pytest.mark.parametrize(
    ("name", "value", "error"),
    [
        pytest.param("v", 2, Unsupported, id="version"),
        pytest.param("kind", "person", Unsupported, id="unknown kind"),
        pytest.param("kind", "verifier", Malformed, id="another kind than the body's"),
        pytest.param("i", -1, Malformed, id="negative index"),
        pytest.param("i", True, Malformed, id="index true"),
        pytest.param("prev", "AA==", Malformed, id="short predecessor"),
        pytest.param("prev", DIGEST, Malformed, id="predecessor in base64url"),
        pytest.param("sub", "강감찬", Malformed, id="subject that is not ASCII"),
        pytest.param("sub", "a b", Malformed, id="space in the subject"),
        pytest.param("sub", "s" * 257, Malformed, id="long subject"),
        pytest.param("t", "2026-03-13T03:04:05.000Z", Malformed, id="fraction of a second"),
        pytest.param("t", "2026-03-13T12:04:05+09:00", Malformed, id="another zone"),
        pytest.param("t", "2026-02-30T03:04:05Z", Malformed, id="no such day"),
        pytest.param("body", [], Malformed, id="body that is no object"),
        pytest.param("extra", 1, Malformed, id="unknown member"),
    ],
)
def test_refuses_a_leaf_with_one_thing_changed(
    name: str, value: JsonValue, error: type[Error]
) -> None:
    with pytest.raises(error):
        parse_leaf(canonicalize({**members_of(LeafKind.SCHEMA), name: value}))


@pytest.mark.parametrize("name", ["body", "i", "kind", "prev", "sub", "t", "v"])
def test_every_member_of_a_leaf_is_required(name: str) -> None:
    members = members_of(LeafKind.SCHEMA)
    del members[name]
    with pytest.raises(Malformed):
        parse_leaf(canonicalize(members))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        pytest.param(b'"i":1234', b'"i": 1234', id="space"),
        pytest.param(b'"i":1234', b'"i":1234.0', id="number spelled otherwise"),
        pytest.param(b'"kind":"schema"', b'"kind":"sch\\u0065ma"', id="needless escape"),
        pytest.param(b'"i":1234,"kind":"schema"', b'"kind":"schema","i":1234', id="other order"),
        pytest.param(b'"v":1}', b'"v":1}\n', id="newline at the end"),
        pytest.param(b'"i":1234', b'"i":1234,"i":1234', id="member twice"),
    ],
)
def test_refuses_the_same_leaf_in_another_spelling(old: bytes, new: bytes) -> None:
    data = build_leaf(leaf_of(LeafKind.SCHEMA))
    assert old in data
    with pytest.raises(Malformed):
        parse_leaf(data.replace(old, new))


def test_a_leaf_has_at_most_16_kib() -> None:
    leaf = leaf_of(LeafKind.NOTICE)
    room = MAX_LEAF_BYTES - len(build_leaf(leaf))
    for spare in (0, 1):
        body: Claims = {"statement": {"act": "admit" + "x" * (room + spare)}}
        large = Leaf(**{name: getattr(leaf, name) for name in Leaf.__slots__} | {"body": body})
        if spare:
            with pytest.raises(TooLarge):
                build_leaf(large)
        else:
            assert len(build_leaf(large)) == MAX_LEAF_BYTES


@pytest.mark.parametrize(
    "time",
    [
        pytest.param(datetime(2026, 3, 13, 3, 4, 5), id="no zone"),  # noqa: DTZ001
        pytest.param(TIME + timedelta(microseconds=1), id="fraction of a second"),
        pytest.param(TIME.astimezone(timezone(timedelta(hours=9))), id="another zone"),
    ],
)
def test_does_not_write_a_time_that_a_leaf_cannot_carry(time: datetime) -> None:
    leaf = Leaf(
        index=0, previous=bytes(32), kind=LeafKind.SCHEMA, subject="x/v1", time=time,
        body={"h": DIGEST},
    )  # fmt: skip
    with pytest.raises(Malformed):
        build_leaf(leaf)


def test_a_chain_is_followed_from_its_first_leaf() -> None:
    leaves = chain(11)
    head = verify_chain(leaves, EMPTY_CHAIN)
    assert head == ChainHead(size=11, last=leaf_hash(leaves[-1]))
    middle = verify_chain(leaves[:4], EMPTY_CHAIN)
    assert verify_chain(leaves[4:], middle) == head
    assert verify_next(leaves[4], middle)[0] == parse_leaf(leaves[4])


def test_refuses_a_chain_with_a_leaf_left_out_doubled_or_swapped() -> None:
    a, b, c, d = chain(4)
    for leaves in ([a, c, d], [a, b, b, c], [a, c, b, d], [b, c, d]):
        with pytest.raises(LeafChainBroken):
            verify_chain(leaves, EMPTY_CHAIN)


def test_refuses_a_leaf_of_the_right_index_that_names_another_predecessor() -> None:
    leaves = chain(3)
    forged = build_leaf(leaf_of(LeafKind.SCHEMA, index=2, previous=leaf_hash(leaves[0])))
    with pytest.raises(LeafChainBroken):
        verify_chain([*leaves[:2], forged], EMPTY_CHAIN)


def test_refuses_a_leaf_of_another_index_that_names_the_right_predecessor() -> None:
    leaves = chain(2)
    forged = build_leaf(leaf_of(LeafKind.SCHEMA, index=3, previous=leaf_hash(leaves[1])))
    with pytest.raises(LeafChainBroken):
        verify_chain([*leaves, forged], EMPTY_CHAIN)


@settings(max_examples=200)
@given(data=st.data(), kind=st.sampled_from(LeafKind))
def test_any_bytes_are_a_leaf_or_our_error(data: st.DataObject, kind: LeafKind) -> None:
    good = build_leaf(leaf_of(kind))
    at = data.draw(st.integers(0, len(good)))
    mutant = good[:at] + data.draw(st.binary(max_size=3)) + good[at + 1 :]
    try:
        leaf = parse_leaf(mutant)
    except Error:
        return
    assert build_leaf(leaf) == mutant


@settings(max_examples=200)
@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
        max_leaves=8,
    ),
    st.sampled_from(LeafKind),
    st.sampled_from(["body", "i", "kind", "prev", "sub", "t", "v"]),
)
def test_any_value_in_any_member_is_read_or_refused_with_our_error(
    value: JsonValue, kind: LeafKind, name: str
) -> None:
    data = json.dumps({**members_of(kind), name: value}, sort_keys=True).encode()
    try:
        leaf = parse_leaf(data)
    except Error:
        return
    assert build_leaf(leaf) == data
