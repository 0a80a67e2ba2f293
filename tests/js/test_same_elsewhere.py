"""Python and JavaScript read the same out of what hosts say of admitted DIDs."""

import json
from datetime import datetime, timedelta
from typing import Any, Literal

from did_registry.actions.foreign_dids import ForeignDids
from did_registry.admission import Admission
from did_registry.document import Purpose
from did_registry.elsewhere import keys_url
from did_registry.notice import Compromise
from tests.simulators.did_host import Abroad, DidHost
from tests.simulators.every_change import every_change
from tests.simulators.javascript import Table, data64, moment
from tests.simulators.js_registry import both_ways, said_key
from tests.simulators.registry_log import RegistryLog, log_key

DAY = timedelta(days=1)
METHODS: tuple[Literal["web", "webvh"], ...] = ("web", "webvh")
DIDS = (
    "did:web:a.example", "did:web:a.example:b", "did:web:a.example%3A8443:b:c", "did:web:",
    "did:web:localhost", "did:web:localhost%3A8000:x", "did:web:x.localhost:y",
    "did:web:a.example:%7Eb", "did:web:a.example:~b", "did:web:a.example:%7eb",
    "did:web:10.0.0.1", "did:web:A.example", "did:web:a.example/x", "did:web:a.example:..",
    "did:web:a.example:%EC%8B%9C", "did:web:a.example:%2E%2E", "did:web:a.example#k",
    "did:webvh:Qm" + "1" * 44 + ":a.example", "did:webvh:Qm" + "1" * 44 + ":a.example%3A1:b:c",
    "did:webvh:a.example", "did:key:z6Mk", "did:ion:x", "",
)  # fmt: skip


def test_the_address_of_a_did() -> None:
    table = Table()
    for did in DIDS:
        table.add("keys-url", did, {"did": did}, keys_url, did)
    both_ways(table.compare())


def test_the_keys_of_dids_elsewhere() -> None:
    table, log, host = Table(), RegistryLog(), DidHost()
    for method in METHODS:
        abroad = Abroad(host, log.clock, method, domain=f"{method}.example")
        _admit(log, abroad.did)
        log.clock.advance(days=3)
        abroad.rotate(keep=True)
        log.clock.advance(days=3)
        abroad.rotate()
        log.clock.advance(days=1)
        served = host.served[abroad.url]
        assert isinstance(served, bytes)
        for number in (1, 2, 3, 4):
            for days in (0, 2, 5, 8):
                key_id = f"{abroad.did}#key-{number}"
                _ask(table, log, abroad.did, served, key_id, log.clock() - days * DAY)
        _ask(table, log, abroad.did, served, abroad.key_id, log.clock(), Purpose.AUTHENTICATION)
        _ask(table, log, abroad.did, served, f"{log.root.did}#eddsa-1", log.clock())
        _ask(table, log, str(log.root.did), served, f"{log.root.did}#eddsa-1", log.clock())
        for wrong in (b"", b"{}", b"[]", b"<html>", b"\xff", served + b"\n{}", served[:-3]):
            _ask(table, log, abroad.did, wrong, abroad.key_id, log.clock())
        _ask(table, log, abroad.did, served.replace(b".example", b".elsewhere"), abroad.key_id,
             log.clock())  # fmt: skip
        if method == "web":
            for _, changed in every_change(json.loads(served)):
                _ask(table, log, abroad.did, json.dumps(changed).encode(), abroad.key_id,
                     log.clock())  # fmt: skip
    both_ways(table.compare())


def test_a_key_that_was_declared_compromised_is_so_elsewhere_too() -> None:
    """An agency of the log has lost the key that a DID elsewhere lists as well."""
    table, log, host = Table(), RegistryLog(), DidHost()
    agency = log.member("GU-11620")
    abroad = Abroad(host, log.clock, "web")
    _admit(log, abroad.did)
    abroad.show({"key-1": agency.signer.public_key})
    log.clock.advance(days=3)
    since = log.clock().replace(microsecond=0) - DAY
    log.give_notice(Compromise(did=str(agency.did), key=agency.key_id, since=since),
                    agency.did.scid)  # fmt: skip
    served = host.served[abroad.url]
    assert isinstance(served, bytes)
    for days in (0, 2):
        _ask(table, log, abroad.did, served, abroad.key_id, log.clock() - days * DAY)
    assert table.compare() == {"found": 1, "refused": 1}


def _admit(log: RegistryLog, did: str) -> None:
    until = log.clock().replace(microsecond=0) + 300 * DAY
    log.give_notice(
        Admission(did=did, name_ko="부산", name_en="Busan", until=until, types=("T",), asking=None)
    )


def _ask(
    table: Table,
    log: RegistryLog,
    did: str,
    served: bytes,
    key_id: str,
    time: datetime,
    purpose: Purpose = Purpose.ASSERTION,
) -> None:
    view, now, host = log.view(), log.clock(), DidHost()

    def mine() -> Any:
        if not view.stands_elsewhere(did):
            return "not elsewhere"
        host.served[keys_url(did)] = served
        known = ForeignDids(host).know(view, did, key_id, now)
        return said_key(known.key_at(key_id, purpose, time))

    world = {
        "root": str(log.root.did), "leaves": [data64(leaf) for leaf in log.leaves],
        "note": data64(log.note()), "key": str(log_key()), "now": moment(now),
    }  # fmt: skip
    given = {
        "world": world, "did": did, "data": data64(served), "method": key_id,
        "purpose": purpose.value, "time": moment(time),
    }  # fmt: skip
    table.add("elsewhere", f"{did} {key_id} at {time}: {served[:40]!r}", given, mine)
