"""Many workers write to the log at the same moment: one history, and no false alarm.

Real threads with connections of their own, on both databases, with the guard's file and witnesses.
"""

import logging
from functools import partial
from pathlib import Path

import pytest

from did_registry.actions.append import LeafDraft
from did_registry.actions.guard_file import FileSignGuard
from did_registry.actions.publish_checkpoint import settle_guard
from did_registry.actions.registry_writer import RegistryWriter
from did_registry.tlog.note import Ed25519NoteSigner
from storage.transaction import Database
from tests.faults.sizes import LOG_WRITERS, LOG_WRITES
from tests.simulators.race import race
from tests.simulators.registry import SimulatedRegistry, draft
from tests.simulators.registry_log import LOG_KEY, ORIGIN, log_key
from tests.simulators.witnesses import POLICY, SimulatedWitnesses


def test_writers_at_once_make_one_history_and_raise_no_alarm(
    database: Database, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    registry = SimulatedRegistry(database, witnesses=POLICY)
    registry.guard = FileSignGuard(tmp_path / "log-guard.json")
    registry.publish()
    town = SimulatedWitnesses(tmp_path, registry.clock)
    writer = RegistryWriter(
        database=database,
        signer=Ed25519NoteSigner(ORIGIN, LOG_KEY),
        key=log_key(),
        guard=registry.guard,
        peers=town.peers,
        outbound=town,
    )

    def write(number: int) -> None:
        for turn in range(int(LOG_WRITES)):
            leaf: LeafDraft = draft(1000 * number + turn)
            with database.writing() as session:
                writer.record(session, [leaf], now=registry.clock())

    with caplog.at_level(logging.ERROR, logger="gwanin.registry"):
        outcomes = race([partial(write, number) for number in range(1, int(LOG_WRITERS) + 1)])
    assert outcomes == [None] * int(LOG_WRITERS)
    view = registry.replay()
    assert len(view.schemas) == int(LOG_WRITERS) * int(LOG_WRITES)
    with database.writing() as session:
        settle_guard(session, registry.guard)
    # A head that another has overtaken is nobody's failure; SQLite's one lock may be, for a while.
    alarms = {record.__dict__["line"].code for record in caplog.records}
    assert alarms <= {"storage-busy"}
    writer.publish(registry.clock())
    shown = int(registry.http().get("/log/checkpoint").data.split(b"\n")[1])
    assert shown == view.checkpoint.size
    town.close()
