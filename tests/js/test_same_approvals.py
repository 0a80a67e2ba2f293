"""Approvals of DID logs: both languages count the same ones, whatever the file says."""

import json
from itertools import combinations
from typing import Any

from did_registry.webvh.witness import build_witness_proof, encode_witness_file
from tests.simulators.every_change import every_change
from tests.simulators.javascript import Table
from tests.simulators.js_registry import add_log, both_ways
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

KEYS = [signer(200 + number) for number in range(3)]
RULE: dict[str, Any] = {
    "threshold": 2,
    "witnesses": [{"id": f"did:key:{multikey(key)}"} for key in KEYS],
}


def _log(*rules: dict[str, Any] | None) -> list[Sealed]:
    """Three entries, each with its `witness` parameter, or none for None."""
    drafts = plain_drafts()
    for draft, rule in zip(drafts, rules, strict=True):
        if rule is not None:
            draft.parameters["witness"] = rule
    return seal(drafts)


def _file(entries: list[Sealed], approvals: tuple[tuple[int, int], ...]) -> bytes:
    """Approvals of a version, by its place, by a witness, by its place."""
    proofs: dict[str, list[Any]] = {}
    for place, key in approvals:
        version_id = str(entries[place]["versionId"])
        proof = build_witness_proof(version_id, KEYS[key], NOW)
        proofs.setdefault(version_id, []).append(proof)
    return encode_witness_file(proofs)


def test_whose_approvals_are_enough() -> None:
    table = Table()
    one = {"threshold": 1, "witnesses": RULE["witnesses"][:1]}
    logs = {
        "first": _log(RULE, None, None),
        "later": _log(None, RULE, None),
        "exchanged": _log(RULE, one, None),
        "ended": _log(RULE, {}, None),
    }
    every = [(place, key) for place in range(3) for key in range(3)]
    for name, entries in logs.items():
        add_log(table, f"{name} no file", to_log(entries), did_of(entries))
        for count in range(4):
            for approvals in combinations(every, count):
                file = _file(entries, approvals)
                add_log(table, f"{name} {approvals}", to_log(entries), did_of(entries), file)
    both_ways(table.compare())


def test_every_change_of_the_file() -> None:
    table = Table()
    entries = _log(RULE, None, None)
    whole = json.loads(_file(entries, ((2, 0), (2, 1))))
    for name, changed in every_change({"file": whole}):
        file = json.dumps(changed.get("file", {})).encode()
        add_log(table, name, to_log(entries), did_of(entries), file)
    both_ways(table.compare())
