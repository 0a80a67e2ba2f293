import hashlib
from dataclasses import replace

import pytest

from did_registry import store
from did_registry.actions.publish_types import publish_types
from did_registry.errors import LogInconsistent
from schemas.catalogue import load_all
from schemas.published_documents import published_documents
from storage.transaction import Database
from tests.simulators.registry import SimulatedRegistry, draft


@pytest.fixture
def registry(database: Database) -> SimulatedRegistry:
    return SimulatedRegistry(database)


def test_every_document_of_every_type_is_logged_with_its_digest(
    registry: SimulatedRegistry,
) -> None:
    count = registry.publish_types()
    registry.publish()
    expected = {
        path: hashlib.sha256(document).digest()
        for credential_type in load_all().values()
        for path, document in published_documents(credential_type, registry.url).items()
    }
    assert registry.replay().schemas == expected
    assert count == len(expected) == 3 * len(load_all())


def test_publishing_twice_logs_nothing_anew(registry: SimulatedRegistry) -> None:
    registry.publish_types()
    note = registry.publish()
    registry.clock.advance(days=1)
    registry.publish_types()
    assert registry.publish() == note


def test_what_is_missing_is_added(registry: SimulatedRegistry) -> None:
    registry.fill(3)
    registry.publish_types()
    registry.publish()
    assert len(registry.replay().schemas) == 2 + 3 * len(load_all())


def test_a_document_that_changed_is_refused_and_nothing_is_logged(
    registry: SimulatedRegistry,
) -> None:
    """As after a change of a type file without a new version."""
    path = next(iter(published_documents(next(iter(load_all().values())), registry.url)))
    registry.append([replace(draft(1), subject=path)])
    with pytest.raises(LogInconsistent, match=path):
        registry.publish_types()
    registry.publish()
    assert registry.replay().checkpoint.size == 2


def test_types_of_another_address_are_refused(registry: SimulatedRegistry) -> None:
    registry.publish_types()
    with pytest.raises(LogInconsistent, match="another address"):
        registry.write(
            lambda session: publish_types(
                session, "https://elsewhere.example", now=registry.clock()
            )
        )
    assert registry.read(store.latest_checkpoint) is None
    registry.publish()
    registry.replay()
