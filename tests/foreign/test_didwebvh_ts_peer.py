"""npm didwebvh-ts, the TypeScript reference implementation, must accept the logs that we write.

Where it is laxer than the specification, a row of LAXER says so, and the specification's verdict is
expected of us all the same. It adds the implicit services to a document, as the specification lets
a resolver, and resolves a deactivated DID to no document.
"""

import copy
import json
import subprocess
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any, TypeAlias

import pytest

from credentials.claims import Claims
from credentials.data_integrity import format_timestamp
from did_registry.webvh.did import parse_did, placeholder_did
from did_registry.webvh.entry import parse_entry
from did_registry.webvh.history import History, begin, replay_prefix
from did_registry.webvh.resolution import resolve
from did_registry.webvh.witness import (
    WitnessRule,
    build_witness_proof,
    encode_witness_file,
    parse_witness_file,
)
from did_registry.webvh.writer import (
    build_deactivation,
    build_genesis,
    build_next,
    next_key_hash,
)
from tests.did_registry.webvh.test_vectors import NEGATIVE, SUITE, VALID
from tests.js.test_js_modules import node
from tests.simulators.webvh_log import (
    HOST,
    NOW,
    START,
    Draft,
    Sealed,
    did_of,
    document,
    multikey,
    plain_drafts,
    resign,
    rotating_drafts,
    seal,
    signer,
    to_log,
)

PEER = Path(__file__).parent / "npm"
DAY = timedelta(days=1)
WITNESSES = [signer(200), signer(201), signer(202)]
RULE = WitnessRule(
    threshold=2, witnesses={f"did:key:{multikey(key)}": key.public_key for key in WITNESSES}
)
IMPLICIT = {"#files", "#whois"}

Ask: TypeAlias = Callable[..., Any]


@pytest.fixture(scope="module")
def ask() -> Iterator[Ask]:
    """The other side, as a process that answers questions."""
    if not (PEER / "node_modules" / "didwebvh-ts").is_dir():
        pytest.fail("didwebvh-ts is missing: install npm, and run tools/peers")
    with subprocess.Popen(
        [node(), "didwebvh_peer.mjs"],
        cwd=PEER,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        stdin, stdout = process.stdin, process.stdout
        assert stdin
        assert stdout

        def question(log: bytes, witness: bytes = b"[]", **options: Any) -> Any:
            asked = {"log": log.decode(), "witness": witness.decode(), "options": options}
            stdin.write(json.dumps(asked) + "\n")
            stdin.flush()
            return json.loads(stdout.readline())

        yield question
        stdin.close()


def _hashes(number: int) -> list[str]:
    return [next_key_hash(signer(n).public_key) for n in (number, number + 50)]


def _written(rotations: int, witness: WitnessRule | None = None) -> tuple[list[bytes], History]:
    """A log that our writer has written, pre-rotation and all."""
    lines = [
        build_genesis(
            document=document(placeholder_did(HOST, None, ("dids", "SEL-DIG"))),
            signer=signer(0),
            next_key_hashes=_hashes(1),
            now=START,
            witness=witness,
        )
    ]
    history = begin(parse_entry(lines[0][:-1], number=1), START)
    for number in range(1, rotations + 1):
        now = START + number * DAY
        line = build_next(
            history,
            document=document(str(history.did), keys=1 + number),
            signer=signer(number),
            next_key_hashes=_hashes(number + 1),
            now=now,
        )
        lines.append(line)
        history = history.advance(parse_entry(line[:-1], number=number + 1), now)
    return lines, history


def _own_members(theirs: Any) -> Claims:
    """A document without the services that a resolver adds."""
    found = {**theirs, "service": [*theirs.get("service", [])]}
    found["service"] = [
        service
        for service in found["service"]
        if "#" + str(service["id"]).rpartition("#")[2] not in IMPLICIT
    ]
    if not found["service"]:
        del found["service"]
    return found


def _agrees(theirs: Any, history: History, **options: str) -> None:
    assert theirs["error"] is None
    ours = resolve(history, [*options.items()], failure=None)
    assert ours.document is not None
    assert _own_members(theirs["document"]) == _own_members(ours.document)
    for name in ("versionId", "created", "scid", "portable", "deactivated"):
        assert theirs["metadata"][name] == ours.metadata[name], name


@pytest.mark.parametrize("rotations", [0, 1, 5])
def test_accepts_our_logs_and_finds_our_versions(ask: Ask, rotations: int) -> None:
    lines, history = _written(rotations)
    log = b"".join(lines)
    _agrees(ask(log), history)
    for version in history.versions:
        _agrees(ask(log, versionId=version.version_id), history, versionId=version.version_id)
        later = format_timestamp(version.time + timedelta(seconds=1))
        _agrees(ask(log, versionTime=later), history, versionTime=later)


def test_a_version_is_current_from_its_own_time_on(ask: Ask) -> None:
    """DID Resolution: what was valid at that time. The other side begins a moment later."""
    lines, history = _written(1)
    for version in history.versions:
        time = format_timestamp(version.time)
        ours = resolve(history, [("versionTime", time)], failure=None)
        assert ours.metadata["versionId"] == version.version_id
        assert ask(b"".join(lines), versionTime=time)["error"].startswith("notFound")


def test_sees_our_deactivation(ask: Ask) -> None:
    lines, history = _written(2)
    lines += build_deactivation(history, signer=signer(3), now=START + 9 * DAY)
    theirs = ask(b"".join(lines))
    assert theirs["error"] is None
    assert theirs["metadata"]["deactivated"] is True
    assert theirs["metadata"]["updateKeys"] == []
    assert theirs["document"] is None


def test_counts_our_witnesses(ask: Ask) -> None:
    lines, history = _written(2, RULE)
    log, last = b"".join(lines), history.latest.version_id

    def said(*proofs: Claims, version: str = last) -> Any:
        return ask(log, encode_witness_file({version: proofs}))

    two = [build_witness_proof(last, key, NOW) for key in WITNESSES[:2]]
    _agrees(said(*two), history)
    stranger = build_witness_proof(last, signer(203), NOW)
    early = history.versions[1].version_id
    old = [build_witness_proof(early, key, NOW) for key in WITNESSES]
    refused = [said(two[0]), said(two[0], two[0]), said(two[0], stranger), ask(log)]
    refused.append(said(*old, version=early))
    for theirs in refused:
        assert "Witness threshold not met" in theirs["error"]


def test_resolves_the_suites_logs_as_we_do(ask: Ask) -> None:
    for name in VALID:
        folder = SUITE / name
        assert ask(*_files(folder))["error"] is None, name


def _files(folder: Path) -> tuple[bytes, bytes]:
    witness = folder / "did-witness.json"
    proofs = witness.read_bytes() if witness.exists() else b"[]"
    return (folder / "did.jsonl").read_bytes(), proofs


def test_the_lock_has_digests_and_no_addresses_of_a_registry() -> None:
    packages = json.loads((PEER / "package-lock.json").read_text())["packages"]
    installed = {name: package for name, package in packages.items() if name}
    assert "node_modules/didwebvh-ts" in installed
    assert [name for name, package in installed.items() if "integrity" not in package] == []
    assert [name for name, package in installed.items() if "resolved" in package] == []


# What is wrong


def _first(change: Callable[[Draft], None]) -> Callable[[], list[Sealed]]:
    return _draft(0, change)


def _second(change: Callable[[Draft], None]) -> Callable[[], list[Sealed]]:
    return _draft(1, change)


def _draft(place: int, change: Callable[[Draft], None]) -> Callable[[], list[Sealed]]:
    def make() -> list[Sealed]:
        drafts = plain_drafts()
        change(drafts[place])
        return seal(drafts)

    return make


def _rotating(change: Callable[[Draft], None]) -> Callable[[], list[Sealed]]:
    def make() -> list[Sealed]:
        drafts = rotating_drafts()
        change(drafts[1])
        return seal(drafts)

    return make


def _sealed(change: Callable[[list[Sealed]], object]) -> Callable[[], list[Sealed]]:
    def make() -> list[Sealed]:
        entries = seal(plain_drafts())
        change(entries)
        return entries

    return make


def _proof(name: str, value: str) -> Callable[[], list[Sealed]]:
    def change(entries: list[Sealed]) -> None:
        entries[1] = resign(entries[1], [signer(0)], **{name: value})

    return _sealed(change)


def _after_deactivation() -> list[Sealed]:
    drafts = plain_drafts()
    drafts[1].parameters = {"deactivated": True}
    return seal(drafts)


def _set(**parameters: Any) -> Callable[[Draft], None]:
    return lambda draft: draft.parameters.update(parameters)


def _swap(entries: list[Sealed]) -> None:
    entries[1], entries[2] = entries[2], entries[1]


def _drop_proof(entries: list[Sealed]) -> None:
    del entries[1]["proof"]


def _double_proof(entries: list[Sealed]) -> None:
    entries[1]["proof"].append(copy.deepcopy(entries[1]["proof"][0]))


def _move(draft: Draft) -> None:
    draft.state = json.loads(json.dumps(draft.state).replace(HOST, "elsewhere.example"))


WRONG: dict[str, Callable[[], list[Sealed]]] = {
    "a changed document": _sealed(lambda entries: entries[1]["state"].update(alsoKnownAs=["x:y"])),
    "a changed parameter": _sealed(lambda entries: entries[1]["parameters"].update(ttl=1)),
    "another SCID": _sealed(lambda entries: entries[0]["parameters"].update(scid="Qm" + "1" * 44)),
    "entries in another order": _sealed(_swap),
    "a missing entry": _sealed(lambda entries: entries.pop(1)),
    "no proof": _sealed(_drop_proof),
    "a key that is not authorised": _second(lambda draft: setattr(draft, "signers", [signer(9)])),
    "an earlier time": _second(lambda draft: setattr(draft, "time", format_timestamp(START - DAY))),
    "the same time twice": _second(lambda draft: setattr(draft, "time", format_timestamp(START))),
    "a time in the future": _second(
        lambda draft: setattr(draft, "time", format_timestamp(NOW + 9 * DAY))
    ),
    "a number left out": _second(lambda draft: setattr(draft, "number", 3)),
    "a key that was not promised": _rotating(lambda draft: setattr(draft, "signers", [signer(9)])),
    "a promise that is not kept": _rotating(
        lambda draft: draft.parameters.update(updateKeys=[multikey(signer(9))])
    ),
    "a DID that moves without leave": _second(_move),
    "an entry after deactivation": _after_deactivation,
    "another purpose of a proof": _proof("proofPurpose", "authentication"),
    "the same proof twice": _sealed(_double_proof),
    "an unknown parameter": _second(_set(favourite="blue")),
    "an unknown method version": _first(_set(method="did:webvh:9.9")),
    "a ttl below zero": _second(_set(ttl=-1)),
    "portable set later": _second(_set(portable=True)),
    "a SCID set again": _second(_set(scid="{SCID}")),
    "watchers that are no list": _second(_set(watchers="https://w.example")),
    "a witness that is no did:key": _second(
        _set(witness={"threshold": 1, "witnesses": [{"id": "did:web:w.example"}]})
    ),
    "a threshold of none": _second(
        _set(witness={"threshold": 0, "witnesses": [{"id": f"did:key:{multikey(signer(9))}"}]})
    ),
    "a threshold that nobody can meet": _second(
        _set(witness={"threshold": 2, "witnesses": [{"id": f"did:key:{multikey(signer(9))}"}]})
    ),
}
# What it accepts, and why we do not. did:webvh 1.0, "DID Method Parameters".
LAXER = {
    "an entry after deactivation": 'no "further updates to the DID are permitted"',
    "a ttl below zero": "an unsigned integer, with a range",
    "watchers that are no list": "a JSON array of URLs",
    "an unknown parameter": "none of the permitted ones, of which each version has its own",
    "the same proof twice": "our own rule: one proof by each key, so that none is counted twice",
}


@pytest.mark.parametrize("case", WRONG)
def test_refuses_what_we_refuse_or_stands_in_the_table(ask: Ask, case: str) -> None:
    entries = WRONG[case]()
    log = to_log(entries)
    did = parse_did(did_of(entries).replace("{SCID}", entries[0]["parameters"]["scid"]))
    ours = replay_prefix(log, did=did, now=NOW, witnesses=parse_witness_file(b"[]"))
    assert ours.failure is not None
    theirs = ask(log)["error"]
    assert (theirs is None) is (case in LAXER), theirs


@pytest.mark.parametrize("name", NEGATIVE)
def test_refuses_the_suites_wrong_logs_or_stands_in_the_table(ask: Ask, name: str) -> None:
    for folder in sorted((SUITE / name).iterdir()):
        if folder.is_dir():
            theirs = ask(*_files(folder))
            assert (theirs["error"] is None) is (name in LAXER), theirs["error"]
