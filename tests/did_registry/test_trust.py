from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from credentials.claims import Claims
from credentials.errors import Error, Malformed, TooLarge, Unsupported
from credentials.jcs import canonicalize
from credentials.json_object import parse_object
from credentials.keys import Ed25519Signer
from did_registry.errors import DidInvalid
from did_registry.tlog.cosignature import WitnessPolicy, witness_key
from did_registry.trust import MAX_TRUST_BYTES, encode_trust_anchor, parse_trust_anchor
from tests.simulators.one_change import REMOVED, changed
from tests.simulators.registry_log import RegistryLog

ANCHOR = RegistryLog().anchor
DOCUMENT = parse_object(encode_trust_anchor(ANCHOR)).members


def _parse(document: Claims) -> None:
    parse_trust_anchor(canonicalize(document))


def test_what_is_written_is_read_back() -> None:
    assert parse_trust_anchor(encode_trust_anchor(ANCHOR)) == ANCHOR
    assert encode_trust_anchor(ANCHOR) == canonicalize(DOCUMENT)
    assert set(DOCUMENT) == {"log", "quorum", "registry", "root", "witnesses"}


@pytest.mark.parametrize("name", ["log", "registry", "root"])
def test_every_member_is_required_and_a_text(name: str) -> None:
    for value in (REMOVED, None, 7, "", ["x"]):
        with pytest.raises(Malformed):
            _parse(changed(DOCUMENT, name, to=value))


@pytest.mark.parametrize(
    ("name", "value"),
    [
        *(("quorum", value) for value in (REMOVED, "0", -1, 1, True)),
        *(("witnesses", value) for value in (REMOVED, "x", ["x"], None)),
    ],
)
def test_who_watches_is_said_openly(name: str, value: object) -> None:
    with pytest.raises(Malformed):
        _parse(changed(DOCUMENT, name, to=value))


def test_witnesses_and_their_quorum_are_read_back() -> None:
    keys = tuple(
        witness_key(f"SEL-WIT{n}", Ed25519Signer(bytes([n]) * 32).public_key) for n in (1, 2, 3)
    )
    watched = replace(ANCHOR, witnesses=WitnessPolicy(witnesses=keys, quorum=2))
    assert parse_trust_anchor(encode_trust_anchor(watched)) == watched


def test_unknown_members_are_refused() -> None:
    with pytest.raises(Malformed):
        _parse({**DOCUMENT, "logs": []})


def test_the_log_key_must_be_one() -> None:
    with pytest.raises(Malformed):
        _parse(changed(DOCUMENT, "log", to="registry.gwanin.example/2026"))
    name, _, rest = str(DOCUMENT["log"]).partition("+")
    with pytest.raises(Malformed):
        _parse(changed(DOCUMENT, "log", to=f"{name}x+{rest}"))
    with pytest.raises(Unsupported):
        _parse(changed(DOCUMENT, "log", to=f"{name}+00000000+BA=="))


def test_the_root_must_be_a_did() -> None:
    with pytest.raises(DidInvalid):
        _parse(changed(DOCUMENT, "root", to=f"{DOCUMENT['root']}#key-1"))


def test_bounds_come_before_parsing() -> None:
    data = encode_trust_anchor(ANCHOR)
    padded = data + b" " * (MAX_TRUST_BYTES - len(data))
    assert parse_trust_anchor(padded) == ANCHOR
    with pytest.raises(TooLarge):
        parse_trust_anchor(padded + b" ")


@given(data=st.binary(max_size=200))
def test_any_bytes_give_our_typed_error(data: bytes) -> None:
    with pytest.raises(Error):
        parse_trust_anchor(data)
