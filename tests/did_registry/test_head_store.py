"""Which head strangers see, and who has signed it."""

import pytest

from did_registry import head_store
from did_registry.tlog.cosignature import NO_WITNESSES, WitnessPolicy, cosign, witness_key
from did_registry.tlog.note import parse_note
from storage.transaction import Database
from tests.simulators.registry import SimulatedRegistry
from tests.simulators.witnesses import cosigner


@pytest.fixture
def registry(database: Database) -> SimulatedRegistry:
    return SimulatedRegistry(database)


def _policy(*names: str, quorum: int) -> WitnessPolicy:
    """Witnesses of these names; a name with an exclamation mark has another key."""
    keys = tuple(witness_key(name.rstrip("!"), cosigner(name).public_key) for name in names)
    return WitnessPolicy(witnesses=keys, quorum=quorum)


def _cosigned(registry: SimulatedRegistry, size: int, *names: str) -> None:
    """A head over so many leaves with a line by each of these."""
    registry.fill(size)
    text, now = parse_note(registry.publish()).text, registry.clock()
    for name in names:
        line = cosign(text, name.rstrip("!"), cosigner(name), now)
        with registry.database.writing() as session:
            head_store.add_cosignature(session, size, line)


def _shown(registry: SimulatedRegistry, policy: WitnessPolicy) -> int | None:
    row = registry.read(lambda session: head_store.published_checkpoint(session, policy))
    return None if row is None else row.size


@pytest.mark.parametrize(
    ("policy", "size"),
    [
        (_policy("A", "B", "C", quorum=2), 5),
        (_policy("A", "B", "C", quorum=3), None),
        (_policy("C", "D", "E", quorum=1), 3),
        (_policy("A", "D", "E", quorum=2), None),
        (_policy("A!", "B", "C", quorum=2), 3),
        (_policy("A", "B!", "D", quorum=1), 7),
        (_policy("A", "B!", "D", quorum=2), None),
        (NO_WITNESSES, 7),
    ],
    ids=[
        "quorum",
        "too-few",
        "one-stayed",
        "exchanged",
        "key-exchanged",
        "newest",
        "both-keys-of-one-name",
        "unwatched",
    ],
)
def test_only_a_quorum_of_the_witnesses_of_today_shows_a_head(
    registry: SimulatedRegistry, policy: WitnessPolicy, size: int | None
) -> None:
    _cosigned(registry, 3, "B", "C")
    _cosigned(registry, 5, "A", "B")
    _cosigned(registry, 7, "A", "A!")
    assert _shown(registry, policy) == size
    note = registry.read(lambda session: head_store.published_note(session, policy))
    assert (note is None) == (size is None)


def test_a_witness_with_another_key_signs_a_head_beside_its_old_line(
    registry: SimulatedRegistry,
) -> None:
    _cosigned(registry, 3, "A", "A!", "A")
    lines = registry.read(lambda session: head_store.cosignatures(session, 3))
    old, new = _policy("A", quorum=1).witnesses[0], _policy("A!", quorum=1).witnesses[0]
    assert {line.key_id for line in lines} == {old.key_id, new.key_id}
    _cosigned(registry, 5, "A")
    assert registry.read(lambda session: head_store.cosigned_size(session, old)) == 5
    assert registry.read(lambda session: head_store.cosigned_size(session, new)) == 3
