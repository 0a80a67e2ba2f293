"""The tree over what was issued in a period, and the leaf that a proof leads to."""

import os
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from credentials.encoding import encode_base64url
from credentials.issuance_proof import IssuanceProof, issuance_leaf
from did_registry.actions.append import LeafDraft
from did_registry.issuance_tree import IssuanceTree, build_issuance_tree, find_batch
from did_registry.leaf import LeafKind
from did_registry.logged_root import LoggedBatch
from did_registry.tlog.merkle import split_hashes
from did_registry.tlog.proof import verify_inclusion
from did_registry.view import RegistryView
from storage.transaction import Database
from tests.simulators.registry import SimulatedRegistry

SALT = bytes(16)
BEGINS, ENDS = datetime(2026, 3, 11, 15, tzinfo=UTC), datetime(2026, 3, 12, 15, tzinfo=UTC)


def digest_of(number: int) -> bytes:
    return number.to_bytes(32)


def tree_of(count: int) -> IssuanceTree:
    leaves = (issuance_leaf(SALT, digest_of(number)) for number in range(count))
    return build_issuance_tree(leaves, os.urandom)


@given(st.integers(0, 300), st.data())
def test_every_credential_of_a_period_is_proven_and_no_other(
    count: int, data: st.DataObject
) -> None:
    tree = tree_of(count)
    assert tree.prove(SALT, digest_of(count)) is None
    if not count:
        return
    number = data.draw(st.integers(0, count - 1))
    proof = tree.prove(SALT, digest_of(number))
    assert proof is not None
    leaf = issuance_leaf(SALT, digest_of(number))
    verify_inclusion(leaf, proof.position, tree.size, proof.path, tree.root())


@pytest.mark.parametrize(
    ("count", "size"), [(0, 64), (1, 64), (64, 64), (65, 128), (128, 128), (129, 256)]
)
def test_a_tree_is_padded_to_a_power_of_two(count: int, size: int) -> None:
    assert tree_of(count).size == size


def test_nothing_in_a_tree_tells_when_a_credential_was_issued() -> None:
    """Leaves stand in the order of their hashes; padding stands between them."""
    leaves = split_hashes(tree_of(40).row)
    assert list(leaves) == sorted(leaves)
    known = {issuance_leaf(SALT, digest_of(number)) for number in range(40)}
    assert known < set(leaves)
    assert tree_of(40).root() != tree_of(40).root()


@pytest.fixture
def registry(sqlite_database: Database) -> SimulatedRegistry:
    registry = SimulatedRegistry(sqlite_database)
    registry.publish()
    return registry


def log(registry: SimulatedRegistry, tree: IssuanceTree, code: str, size: int) -> None:
    body = {
        "agency": code,
        "root": encode_base64url(tree.root()),
        "n": size,
        "from": "2026-03-11T15:00:00Z",
        "until": "2026-03-12T15:00:00Z",
    }
    registry.append([LeafDraft(kind=LeafKind.BATCH, subject=code, body=body)])  # type: ignore[arg-type]
    registry.publish()


def proof_in(tree: IssuanceTree, number: int = 3) -> IssuanceProof:
    proof = tree.prove(SALT, digest_of(number))
    assert proof is not None
    return proof


def test_a_proof_leads_to_the_first_leaf_that_holds_the_credential(
    registry: SimulatedRegistry,
) -> None:
    did, tree = str(registry.create("GU-11620")), tree_of(9)
    logged_at = registry.clock()
    log(registry, tree, "GU-11620", 64)
    found = find_batch(registry.replay(), did, digest_of(3), proof_in(tree))
    assert found == LoggedBatch(
        size=64, begins=BEGINS, ends=ENDS, index=2, logged_at=logged_at.replace(microsecond=0)
    )


def test_of_two_leaves_over_one_tree_the_first_counts(registry: SimulatedRegistry) -> None:
    did, tree = str(registry.create("GU-11620")), tree_of(9)
    log(registry, tree, "GU-11620", 64)
    registry.clock.advance(days=1)
    log(registry, tree, "GU-11620", 128)
    found = find_batch(registry.replay(), did, digest_of(3), proof_in(tree))
    assert found is not None
    assert found.index == 2


@pytest.mark.parametrize(
    "what",
    [
        "another credential",
        "another agency",
        "nobody",
        "another position",
        "another salt",
        "a sibling changed",
        "path cut",
        "path longer",
        "an inner node for a leaf",
    ],
)
def test_a_proof_with_one_thing_wrong_leads_nowhere(registry: SimulatedRegistry, what: str) -> None:
    did, other = str(registry.create("GU-11620")), str(registry.create("GU-11680"))
    tree = tree_of(100)
    log(registry, tree, "GU-11620", 128)
    proof, view = proof_in(tree), registry.replay()
    wrong: dict[str, tuple[str, int, IssuanceProof]] = {
        "another credential": (did, 4, proof),
        "another agency": (other, 3, proof),
        "nobody": ("did:key:z6Mk", 3, proof),
        "another position": (did, 3, replace(proof, position=proof.position ^ 1)),
        "another salt": (did, 3, replace(proof, salt=bytes(15) + b"\x01")),
        "a sibling changed": (did, 3, replace(proof, path=(bytes(32), *proof.path[1:]))),
        "path cut": (did, 3, replace(proof, path=proof.path[:-1], position=proof.position % 64)),
        "path longer": (did, 3, replace(proof, path=(*proof.path, bytes(32)))),
        "an inner node for a leaf": (did, 3, replace(proof, path=proof.path[1:], position=0)),
    }
    issuer, number, changed = wrong[what]
    assert find_batch(view, did, digest_of(3), proof) is not None
    assert find_batch(view, issuer, digest_of(number), changed) is None


def test_a_leaf_that_says_another_size_is_not_believed(registry: SimulatedRegistry) -> None:
    did, tree = str(registry.create("GU-11620")), tree_of(9)
    log(registry, tree, "GU-11620", 128)
    assert find_batch(registry.replay(), did, digest_of(3), proof_in(tree)) is None


def test_a_leaf_beyond_the_checkpoint_is_not_there(registry: SimulatedRegistry) -> None:
    did, tree = str(registry.create("GU-11620")), tree_of(9)
    registry.publish()
    before: RegistryView = registry.replay()
    log(registry, tree, "GU-11620", 64)
    assert find_batch(before, did, digest_of(3), proof_in(tree)) is None
