import pytest
from sqlalchemy.exc import IntegrityError

from credentials.claims import Claims
from credentials.errors import Error, KeyMismatch, TooLarge
from credentials.json_object import parse_object
from credentials.keys import P256Signer, Signer
from did_registry import store
from did_registry.actions.create_did import create_did
from did_registry.errors import DidInvalid, PreRotationRequired
from did_registry.leaf import LeafKind, parse_leaf
from did_registry.webvh.did import placeholder_did
from did_registry.webvh.history import History, replay
from did_registry.webvh.writer import next_key_hash
from storage.transaction import Database
from tests.simulators.registry import HOST, SimulatedRegistry
from tests.simulators.registry_log import update_key

SIGNER, NEXT = update_key(9, 1), update_key(9, 2)


@pytest.fixture
def registry(database: Database) -> SimulatedRegistry:
    return SimulatedRegistry(database)


def _document(code: str = "GU-11620") -> Claims:
    return {"id": placeholder_did(HOST, None, ("dids", code))}


def _create(
    registry: SimulatedRegistry,
    code: str = "GU-11620",
    document: Claims | None = None,
    signer: Signer = SIGNER,
    next_keys: tuple[Signer, ...] = (NEXT,),
) -> History:
    return registry.write(
        lambda session: create_did(
            session,
            code=code,
            document=_document() if document is None else document,
            signer=signer,
            next_key_hashes=[next_key_hash(key.public_key) for key in next_keys],
            witness=None,
            now=registry.clock(),
        )
    )


def test_a_new_did_is_a_line_a_leaf_and_a_row(registry: SimulatedRegistry) -> None:
    history = _create(registry)
    did = history.did
    assert (did.host, did.path) == (HOST, ("dids", "GU-11620"))
    with registry.database.reading() as session:
        log = store.did_log(session, did.scid)
        row = store.find_did(session, did.scid)
        data = store.leaves(session, 1, 2)[0]
    assert row is not None
    assert (row.did, row.code) == (str(did), "GU-11620")
    assert replay(log, did=did, now=registry.clock(), witnesses=None).latest == history.latest
    leaf = parse_leaf(data)
    assert (leaf.kind, leaf.subject) == (LeafKind.DID, did.scid)
    assert leaf.body == {"entry": parse_object(log).members}
    registry.publish()
    registry.replay()


def test_a_code_is_used_once(registry: SimulatedRegistry) -> None:
    _create(registry)
    with pytest.raises(IntegrityError):
        _create(registry, signer=update_key(8, 1))
    registry.publish()
    assert registry.replay().checkpoint.size == 2


def test_the_same_first_entry_is_no_second_did(registry: SimulatedRegistry) -> None:
    _create(registry)
    with pytest.raises(IntegrityError):
        _create(registry)


@pytest.mark.parametrize(
    "path", [("dids", "GU-11621"), ("dids",), (), ("GU-11620", "dids")], ids=str
)
def test_the_code_is_the_end_of_the_dids_path(
    registry: SimulatedRegistry, path: tuple[str, ...]
) -> None:
    with pytest.raises(DidInvalid):
        _create(registry, document={"id": placeholder_did(HOST, None, path)})
    registry.publish()
    assert registry.replay().checkpoint.size == 1


@pytest.mark.parametrize(
    ("signer", "next_keys", "error"),
    [
        (SIGNER, (), PreRotationRequired),
        (SIGNER, (SIGNER,), PreRotationRequired),
        (P256Signer(b"\1" * 32), (NEXT,), KeyMismatch),
    ],
    ids=["no-next-key", "same-next-key", "key-type"],
)
def test_what_the_writer_refuses_leaves_nothing(
    registry: SimulatedRegistry,
    signer: Signer,
    next_keys: tuple[Signer, ...],
    error: type[Error],
) -> None:
    with pytest.raises(error):
        _create(registry, signer=signer, next_keys=next_keys)
    assert _create(registry).latest.number == 1


def test_an_entry_that_is_too_large_for_a_leaf_leaves_nothing(registry: SimulatedRegistry) -> None:
    with pytest.raises(TooLarge):
        _create(registry, document={**_document(), "alsoKnownAs": ["https://" + "x" * 8000] * 2})
    assert registry.read(lambda session: store.find_did_by_code(session, "GU-11620")) is None
    _create(registry)


def test_later_entries_follow(registry: SimulatedRegistry) -> None:
    did = registry.create("SEL-YOUTH")
    registry.clock.advance(days=1)
    registry.rotate(did)
    registry.clock.advance(days=1)
    registry.deactivate(did)
    registry.publish()
    history = registry.replay().history(str(did))
    assert [version.number for version in history.versions] == [1, 2, 3, 4]
    assert history.deactivated
