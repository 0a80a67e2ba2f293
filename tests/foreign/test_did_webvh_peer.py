"""PyPI did-webvh, the Python reference implementation, must accept the logs that we write.

Only this direction: where it is laxer than the specification, its acceptance proves nothing, so
every rule has its own test beside the code. It reads from a folder and never from the network.
"""

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from did_webvh.resolver import resolve_did  # type: ignore[import-untyped]

from credentials.data_integrity import format_timestamp
from did_registry import store
from did_registry.actions.collect_approvals import collect_approvals
from did_registry.webvh.did import placeholder_did
from did_registry.webvh.entry import parse_entry
from did_registry.webvh.history import History, begin
from did_registry.webvh.resolution import resolve
from did_registry.webvh.witness import WitnessRule, build_witness_proof, encode_witness_file
from did_registry.webvh.writer import (
    build_deactivation,
    build_genesis,
    build_next,
    next_key_hash,
)
from storage.transaction import Database
from tests.simulators.event_loop import run
from tests.simulators.peer_hashes import weakly_held_hash
from tests.simulators.registry import SimulatedRegistry
from tests.simulators.webvh_log import HOST, START, document, multikey, signer
from tests.simulators.witnesses import POLICY, SimulatedWitnesses

DAY = timedelta(days=1)
WITNESS = signer(200)
RULE = WitnessRule(threshold=1, witnesses={f"did:key:{multikey(WITNESS)}": WITNESS.public_key})


def _hashes(number: int) -> list[str]:
    return [next_key_hash(signer(n).public_key) for n in (number, number + 50)]


def _written(*, rotations: int, witness: WitnessRule | None = None) -> tuple[list[bytes], History]:
    lines = [
        build_genesis(
            document=document(placeholder_did(HOST, None, ("dids", "SEL-DIG"))),
            signer=signer(0),
            next_key_hashes=_hashes(1),
            now=START,
            witness=witness,
        )
    ]
    history = begin(parse_entry(lines[0].rstrip(b"\n"), number=1), START)
    for number in range(1, rotations + 1):
        now = START + number * DAY
        state = document(str(history.did), keys=1 + number)
        line = build_next(
            history,
            document=state,
            signer=signer(number),
            next_key_hashes=_hashes(number + 1),
            now=now,
        )
        lines.append(line)
        history = history.advance(parse_entry(line.rstrip(b"\n"), number=number + 1), now)
    return lines, history


@pytest.fixture(scope="module", autouse=True)
def hash_of_theirs() -> object:
    return weakly_held_hash()


def _ask(folder: Path, did: str, **options: Any) -> Any:
    return run(resolve_did(did, local_history=folder, add_implicit=False, **options)).serialize()


@pytest.mark.parametrize("rotations", [0, 1, 5])
def test_accepts_our_logs(tmp_path: Path, rotations: int) -> None:
    lines, history = _written(rotations=rotations)
    (tmp_path / "did.jsonl").write_bytes(b"".join(lines))
    theirs = _ask(tmp_path, str(history.did))
    assert theirs["didResolutionMetadata"] is None
    assert theirs["didDocument"] == history.latest.document.members
    ours = resolve(history, [], failure=None).metadata
    for name in ("created", "updated", "versionId", "versionTime", "scid", "portable"):
        assert theirs["didDocumentMetadata"][name] == ours[name]


def test_finds_our_versions(tmp_path: Path) -> None:
    lines, history = _written(rotations=3)
    (tmp_path / "did.jsonl").write_bytes(b"".join(lines))
    for version in history.versions:
        for option in (
            {"version_id": version.version_id},
            {"version_time": format_timestamp(version.time)},
        ):
            theirs = _ask(tmp_path, str(history.did), **option)
            assert theirs["didDocument"] == version.document.members


def test_sees_our_deactivation(tmp_path: Path) -> None:
    lines, history = _written(rotations=2)
    lines += build_deactivation(history, signer=signer(3), now=START + 9 * DAY)
    (tmp_path / "did.jsonl").write_bytes(b"".join(lines))
    theirs = _ask(tmp_path, str(history.did))
    assert theirs["didDocumentMetadata"]["deactivated"] is True
    assert "verificationMethod" not in theirs["didDocument"]


def test_counts_our_witnesses(tmp_path: Path) -> None:
    lines, history = _written(rotations=2, witness=RULE)
    (tmp_path / "did.jsonl").write_bytes(b"".join(lines))
    last = history.latest.version_id
    proof = build_witness_proof(last, WITNESS, START + 3 * DAY)
    (tmp_path / "did-witness.json").write_bytes(encode_witness_file({last: [proof]}))
    assert _ask(tmp_path, str(history.did))["didResolutionMetadata"] is None
    early = history.versions[1].version_id
    proof = build_witness_proof(early, WITNESS, START + 3 * DAY)
    (tmp_path / "did-witness.json").write_bytes(encode_witness_file({early: [proof]}))
    assert _ask(tmp_path, str(history.did))["didResolutionMetadata"]["error"] == "invalidDid"


def test_accepts_what_our_registry_serves_with_its_witnesses(
    tmp_path: Path, sqlite_database: Database
) -> None:
    registry = SimulatedRegistry(sqlite_database, witnesses=POLICY)
    town = SimulatedWitnesses(tmp_path, registry.clock)
    did = registry.create("GU-11620", town.rule)
    for _ in range(3):
        registry.publish()
        town.cosign(sqlite_database)
        collect_approvals(sqlite_database, town.peers, town, now=registry.clock())
        for name in ("did.jsonl", "did-witness.json"):
            served = registry.http().get(f"/dids/GU-11620/{name}")
            (tmp_path / name).write_bytes(served.data)
        theirs = _ask(tmp_path, str(did))
        assert theirs["didResolutionMetadata"] is None
        last = (tmp_path / "did.jsonl").read_bytes().splitlines()[-1]
        assert theirs["didDocumentMetadata"]["versionId"] == json.loads(last)["versionId"]
        registry.clock.advance(days=1)
        registry.rotate(did)
    log = registry.read(lambda session: store.did_log(session, did.scid))
    (tmp_path / "did.jsonl").write_bytes(log)  # with an entry that nobody has approved
    assert _ask(tmp_path, str(did))["didResolutionMetadata"]["error"] == "invalidDid"
    town.close()


def test_refuses_our_log_with_one_letter_changed(tmp_path: Path) -> None:
    lines, history = _written(rotations=1)
    log = b"".join(lines).replace(b"#key-1", b"#key-9")
    (tmp_path / "did.jsonl").write_bytes(log)
    theirs = _ask(tmp_path, str(history.did))
    assert theirs["didResolutionMetadata"]["error"] == "invalidDid"
