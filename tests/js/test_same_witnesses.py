"""Python and JavaScript want the same witnesses, and the same directory."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

from credentials.claims import Claims
from credentials.encoding import encode_base64url
from credentials.keys import Ed25519Signer
from did_registry.directory import SUBJECT, Directory
from did_registry.leaf import LeafKind
from did_registry.tlog.cosignature import (
    WitnessKey,
    WitnessPolicy,
    cosign,
    parse_witness_key,
    witness_key,
)
from did_registry.tlog.note import NoteSignature, encode_note, parse_note
from tests.simulators.javascript import Table, data64, moment
from tests.simulators.js_registry import add_replica, both_ways
from tests.simulators.registry_log import RegistryLog

SIGNERS = [Ed25519Signer(bytes([number]) * 32) for number in (21, 22, 23)]
KEYS = [witness_key(f"SEL-WIT{n}", it.public_key) for n, it in enumerate(SIGNERS, start=1)]
DIGEST = encode_base64url(b"\1" * 32)


def _verify(note: bytes, witnesses: Sequence[str], quorum: int) -> Claims:
    keys = tuple(map(parse_witness_key, witnesses))
    times = WitnessPolicy(witnesses=keys, quorum=quorum).verify(parse_note(note))
    return {name: moment(time) for name, time in sorted(times.items())}


def _lines(log: RegistryLog) -> dict[str, list[NoteSignature]]:
    """Signatures of witnesses on a head: right, and wrong in one thing."""
    text, now = parse_note(log.note()).text, log.clock()
    first, second, third = (
        cosign(text, key.name, signer, now) for key, signer in zip(KEYS, SIGNERS, strict=True)
    )
    earlier = cosign(text, KEYS[0].name, SIGNERS[0], now - timedelta(seconds=7))
    return {
        "none": [],
        "one": [first],
        "two": [first, second],
        "all": [third, second, first],
        "one twice": [first, earlier],
        "another text": [first, cosign(b"x\n" + text, KEYS[1].name, SIGNERS[1], now)],
        "another name": [first, replace(second, name="SEL-WIT9")],
        "another's key": [first, cosign(text, KEYS[1].name, SIGNERS[2], now)],
        "a broken one beside two": [first, second, replace(third, value=third.value[:-1] + b"x")],
        "a short one": [first, replace(second, value=second.value[:20])],
        "a later time": [first, replace(second, value=bytes(8) + second.value[8:])],
        "no date": [first, second, replace(third, value=b"\xff" * 8 + third.value[8:])],
    }


def test_quorums() -> None:
    table, log = Table(), RegistryLog()
    note = parse_note(log.note())
    for name, lines in _lines(log).items():
        signed = encode_note(note.text, (*note.signatures, *lines))
        for quorum in (-1, 0, 1, 2, 3, 4):
            _add(table, f"{name}, {quorum}", signed, KEYS, quorum)
        _add(table, f"{name}, nobody watches", signed, [], 0)
    _add(table, "a witness twice", signed, [*KEYS, KEYS[0]], 2)
    named = witness_key(KEYS[0].name, Ed25519Signer(b"z" * 32).public_key)
    _add(table, "a name twice", signed, [*KEYS, named], 2)
    other = witness_key("SEL-WIT9", SIGNERS[0].public_key)
    _add(table, "a key twice", signed, [*KEYS, other], 2)
    many = [witness_key(f"W{n}", Ed25519Signer(bytes([n]) * 32).public_key) for n in range(33)]
    _add(table, "too many", signed, many, 1)
    text = str(KEYS[0])
    for place in range(len(text)):
        for piece in ("", "+", "A", "0", "=", "ü"):
            wrong = text[:place] + piece + text[place + 1 :]
            given = {"note": data64(signed), "witnesses": [wrong], "quorum": 1}
            table.add("quorum", ascii(wrong), given, _verify, signed, [wrong], 1)
    both_ways(table.compare())


def _add(
    table: Table, name: str, note: bytes, witnesses: Sequence[WitnessKey], quorum: int
) -> None:
    texts = [str(key) for key in witnesses]
    given = {"note": data64(note), "witnesses": texts, "quorum": quorum}
    table.add("quorum", name, given, _verify, note, texts, quorum)


def test_directories() -> None:
    table, log = Table(), RegistryLog()
    for code in ("GU-11620", "SEL-HR", "VER-LIB"):
        agency = log.member(code)
    log.clock.advance(days=1)
    log.rotate(agency)
    log.add(LeafKind.STATUS, "https://gwanin.example/status/A", _status(log, 3))
    log.add(LeafKind.STATUS, "https://gwanin.example/status/B", _status(log, 1, "B"))
    log.clock.advance(days=1)
    log.deactivate(agency)
    for sequence in (2, 3, 4):
        leaf = log.build(LeafKind.STATUS, "https://gwanin.example/status/A", _status(log, sequence))
        add_replica(table, f"status {sequence}", log, [*log.leaves, leaf])
    right = Directory(log.view().latest.values()).leaf_body(len(log.leaves))
    bodies: dict[str, Claims] = {
        "right": right,
        "n": {**right, "n": 5},
        "upto": {**right, "upto": len(log.leaves) - 1},
        "root": {**right, "root": DIGEST},
        "an old one": Directory(log.view().latest.values()).leaf_body(1),
    }
    for name, body in bodies.items():
        for subject in (SUBJECT, "another"):
            leaf = log.build(LeafKind.DIRECTORY, subject, body)
            add_replica(table, f"{name} as {subject}", log, [*log.leaves, leaf])
    for number in range(4):
        right = Directory(log.view().latest.values()).leaf_body(len(log.leaves))
        log.add(LeafKind.DIRECTORY, SUBJECT, right)
        add_replica(table, f"right again {number}", log, list(log.leaves))
    both_ways(table.compare())


def _status(log: RegistryLog, sequence: int, name: str = "A") -> Claims:
    now = log.clock().replace(microsecond=0)
    return {
        "list": f"https://gwanin.example/status/{name}",
        "h": DIGEST,
        "seq": sequence,
        "from": now.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "until": (now + timedelta(days=1)).strftime("%Y-%m-%dT%H:%M:%SZ"),
    }
