"""The witnesses that a log asks: who they are, and what DIDs say of them."""

import json
from typing import Any

import pytest

from credentials.did_key import encode_did_key
from credentials.errors import Malformed
from did_registry.tlog.cosignature import NO_WITNESSES
from did_registry.witness_peers import parse_witness_peers
from tests.simulators.witnesses import NAMES, POLICY, approver

DIDS = [encode_did_key(approver(name).public_key) for name in NAMES]


def _file(**changes: Any) -> bytes:
    usual = {
        "quorum": 2,
        "threshold": 2,
        "witnesses": [
            {"key": str(key), "url": "https://w.example/", "did": did}
            for key, did in zip(POLICY.witnesses, DIDS, strict=True)
        ],
    }
    merged = usual | changes
    return json.dumps({name: value for name, value in merged.items() if value is not None}).encode()


def _bare(*names: str) -> list[dict[str, str]]:
    """The witnesses, of which only these have a did."""
    found = json.loads(_file())["witnesses"]
    for name, one in zip(NAMES, found, strict=True):
        if name not in names:
            del one["did"]
    return list(found)


def test_witnesses_of_the_log_are_those_of_its_dids() -> None:
    peers = parse_witness_peers(_file())
    assert peers.policy == POLICY
    assert peers.rule is not None
    assert (peers.rule.threshold, list(peers.rule.witnesses)) == (2, DIDS)
    assert [(peer.url, peer.did) for peer in peers.peers] == [
        ("https://w.example", d) for d in DIDS
    ]


def test_a_witness_of_the_log_need_not_be_one_of_dids() -> None:
    peers = parse_witness_peers(_file(witnesses=_bare("SEL-WIT2"), threshold=1))
    assert peers.rule is not None
    assert list(peers.rule.witnesses) == [DIDS[1]]
    assert parse_witness_peers(_file(witnesses=_bare(), threshold=None)).rule is None
    none = parse_witness_peers(b'{"quorum":0,"witnesses":[]}')
    assert (none.policy, none.rule, none.peers) == (NO_WITNESSES, None, ())


@pytest.mark.parametrize(
    "data",
    [
        _file(threshold=None),
        _file(threshold=0),
        _file(threshold=4),
        _file(threshold=True),
        _file(witnesses=_bare()),
        _file(witnesses=_bare("SEL-WIT1")),
        _file(quorum=4),
        _file(more=1),
        _file(witnesses=[*_bare(*NAMES)[:2], _bare(*NAMES)[2] | {"did": DIDS[0]}]),
        _file(witnesses=[*_bare(*NAMES)[:2], _bare(*NAMES)[2] | {"did": "did:web:w.example"}]),
    ],
    ids=[
        "no-threshold",
        "zero",
        "too-many",
        "no-number",
        "threshold-of-nobody",
        "threshold-of-one",
        "quorum",
        "unknown",
        "a-did-twice",
        "no-did-key",
    ],
)
def test_refuses(data: bytes) -> None:
    with pytest.raises(Malformed):
        parse_witness_peers(data)
