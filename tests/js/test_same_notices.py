"""Python and JavaScript read the same notices, and answer the same after them."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from credentials.claims import Claims
from credentials.data_integrity import sign_document
from credentials.did_key import did_key_method, encode_did_jwk, encode_did_key
from credentials.errors import Error
from credentials.keys import P256Signer
from did_registry.admission import Admission, Asking, EndOfAdmission, anchor_name
from did_registry.document import Purpose
from did_registry.leaf import LeafKind
from did_registry.notice import Compromise, Notice
from did_registry.replica import Replica
from tests.simulators.every_change import every_change
from tests.simulators.javascript import Table, data64, moment
from tests.simulators.js_registry import both_ways, said_key
from tests.simulators.pki import Pki
from tests.simulators.registry_log import RegistryLog, log_key

DAY = timedelta(days=1)
PKI = Pki()
FOREIGN = P256Signer(b"\x31" * 32).public_key
KEY_DID, JWK_DID = encode_did_key(FOREIGN), encode_did_jwk(FOREIGN)
WEB_DID = "did:web:busan.example"


def test_notices() -> None:
    table, log = Table(), RegistryLog()
    agency, other = log.member("GU-11620"), log.member("SEL-HR")
    log.clock.advance(days=10)
    now = log.clock().replace(microsecond=0)
    theft = Compromise(did=str(agency.did), key=agency.key_id, since=now - 3 * DAY)
    admitted = Admission(
        did=KEY_DID, name_ko="부산", name_en="Busan", until=now + 30 * DAY, types=("A", "B/c"),
        asking=Asking(
            attributes=("A.x",), purpose_ko="목적", purpose_en="Purpose", legal_basis="법",
            retention_days=0,
        ),
    )  # fmt: skip
    asked = [
        *((agency.key_id, now - n * DAY) for n in (0, 2, 3, 4, 11)),
        (f"{agency.did}#es256-1", now),
        *((other.key_id, time) for time in (now, now - DAY)),
        *((did_key_method(KEY_DID), time) for time in (now, now - DAY)),
        (f"{JWK_DID}#0", now), (f"{KEY_DID}#x", now), (f"{WEB_DID}#k", now),
    ]  # fmt: skip

    def add(name: str, *more: tuple[str, Any]) -> None:
        leaves = list(log.leaves)
        whole = RegistryLog.__new__(RegistryLog)
        whole.leaves, whole.clock = leaves, log.clock
        for subject, statement in more:
            try:
                whole.add(LeafKind.NOTICE, subject, {"statement": statement})
            except Error:
                return
        for key_id, time in asked:
            _ask(table, f"{name}, {key_id} at {time}", log, whole, key_id, time)

    def one(name: str, notice: Notice, subject: str | None = None, **changes: Any) -> None:
        add(name, (subject or notice.did, log.statement(notice, **changes)))

    scid = agency.did.scid
    one("a theft", theft, scid)
    one("a theft of another", theft, other.did.scid)
    one("a theft to come", replace(theft, since=now + timedelta(seconds=1)), scid)
    one("a theft of no key", replace(theft, key=f"{agency.did}#none"), scid)
    one("a theft of another's key", replace(theft, key=other.key_id), scid)
    one("no root", theft, scid, root=str(agency.did))
    one("a stranger", theft, scid, key_id=agency.key_id, signer=agency.signer)
    twice = [log.statement(replace(theft, since=now - n * DAY)) for n in (1, 4)]
    add("two thefts", *((scid, statement) for statement in twice))
    add("two thefts backwards", *((scid, statement) for statement in twice[::-1]))
    rooted = Compromise(did=str(log.root.did), key=log.root.key_id, since=now)
    own = (log.root.did.scid, log.statement(rooted))
    add("the root's own key", own)
    add("after the root's own key", own, (scid, log.statement(theft)))
    for did in (KEY_DID, JWK_DID, WEB_DID, "did:key:z6Mk", "did:jwk:e30", "did:webvh:a:b", "x"):
        one(f"admitted {did}", replace(admitted, did=did), did)
        key = did_key_method(did) if did == KEY_DID else f"{did}#0"
        stolen = log.statement(Compromise(did=did, key=key, since=now))
        add(f"admitted and stolen {did}", (did, log.statement(replace(admitted, did=did))),
            (did, stolen))  # fmt: skip
        add(f"stolen only {did}", (did, stolen))
    one("admitted as another", admitted, JWK_DID)
    one("admitted from the log", replace(admitted, did=str(agency.did)))
    one("issues only", replace(admitted, asking=None))
    one("asks only", replace(admitted, types=()))
    one("nothing", replace(admitted, types=(), asking=None))
    anchor = PKI.root.certificate
    anchored = replace(admitted, did=anchor_name(anchor), asking=None, anchor=anchor)
    one("an anchor", anchored)
    one("an anchor of another name", anchored, KEY_DID)
    one("an anchor too large", replace(anchored, anchor=bytes(4097)),
        anchor_name(bytes(4097)))  # fmt: skip
    end = EndOfAdmission(did=KEY_DID, since=now + DAY)
    given = (KEY_DID, log.statement(admitted))
    for days in (-1, 0, 1, 29, 30, 31):
        ended = log.statement(replace(end, since=now + days * DAY))
        add(f"ended after {days}", given, (KEY_DID, ended))
        add(f"ended after {days} and again", given, (KEY_DID, ended), given)
        add(f"ended twice after {days}", given, (KEY_DID, log.statement(end)), (KEY_DID, ended))
    add("the anchor's end", (anchored.did, log.statement(anchored)),
        (anchored.did, log.statement(replace(end, did=anchored.did))))  # fmt: skip
    one("the end of nobody", end)
    add("another's end", given, (JWK_DID, log.statement(end)))
    one("twice a type", replace(admitted, types=("A", "A")))
    one("ended", replace(admitted, until=now))
    asked = asked[:1]
    for subject, notice in ((scid, theft), (KEY_DID, admitted), (anchored.did, anchored)):
        statement = log.statement(notice)
        for name, changed in every_change(statement):
            add(f"changed {name}", (subject, changed))
        unsigned = {name: value for name, value in statement.items() if name != "proof"}
        for name, changed in every_change(unsigned):
            try:
                add(f"changed and signed {name}", (subject, resigned_entry(log, changed)))
            except (Error, AttributeError, TypeError):
                continue
    both_ways(table.compare())


def _ask(
    table: Table, name: str, log: RegistryLog, whole: RegistryLog, key_id: str, time: datetime
) -> None:  # fmt: skip
    now, root, note = log.clock(), str(log.root.did), whole.note()
    names = (KEY_DID, JWK_DID, WEB_DID, anchor_name(PKI.root.certificate))
    times = (now, now + 2 * DAY, now + 40 * DAY)
    dids = [(did, at) for did in names for at in times]

    def mine() -> Any:
        replica = Replica(log.root.did)
        for leaf in whole.leaves:
            replica.append(leaf, now)
        view = replica.confirm(note, log_key(), now)
        return {
            "size": view.checkpoint.size,
            "issuers": {
                did: [sorted(held.types) for held in view.accreditations_at(did, at)]
                for did, at in dids
            },
            "verifiers": {
                did: None if (held := view.find_registration(did, at)) is None
                else sorted(held.attributes)
                for did, at in dids
            },
            "keys": [said_key(view.key_at(key_id, Purpose.ASSERTION, time))],
            "schemas": [],
        }  # fmt: skip

    given = {
        "root": root, "leaves": [data64(leaf) for leaf in whole.leaves], "note": data64(note),
        "key": str(log_key()), "now": moment(now),
        "dids": [(did, moment(at)) for did, at in dids],
        "keys": [(key_id, Purpose.ASSERTION.value, moment(time))],
    }  # fmt: skip
    table.add("replica", name, given, mine)


def resigned_entry(log: RegistryLog, unsigned: Any) -> Claims:
    options: Claims = {
        "verificationMethod": log.root.key_id,
        "created": "2026-03-13T03:04:05Z",
        "proofPurpose": Purpose.ASSERTION.value,
    }
    return sign_document(unsigned, options, log.root.signer)
