"""What is current, and that there is nothing: proven by one row, or by two neighbours."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from credentials.claims import Claims
from credentials.encoding import encode_base64url
from credentials.errors import Error
from did_registry.directory import (
    SUBJECT,
    Directory,
    DirectoryRow,
    PlacedRow,
    did_key,
    row_of,
    status_key,
    verify_absent,
    verify_latest,
)
from did_registry.errors import LeafRejected, NotInDirectory
from did_registry.leaf import LeafKind
from did_registry.tlog.merkle import EMPTY_ROOT, leaf_hash, root_of
from tests.simulators.registry_log import RegistryLog

DIGEST = encode_base64url(b"\x11" * 32)
keys = st.text(st.sampled_from("abcz/"), min_size=1, max_size=4)


def _row(key: str, number: int = 1) -> DirectoryRow:
    return DirectoryRow(key=key, latest=f"{number}-z", index=number, deactivated=False)


def _status(sequence: int) -> Claims:
    return {
        "list": "L",
        "h": DIGEST,
        "seq": sequence,
        "from": "2026-03-13T03:00:00Z",
        "until": "2026-03-14T03:00:00Z",
    }


def test_the_bytes_of_a_row_are_its_four_members() -> None:
    row = DirectoryRow(key="did/Q", latest="2-Qm", index=7, deactivated=True)
    assert row.encode() == b'["did/Q","2-Qm",7,["deactivated"]]'
    other = DirectoryRow(key="status/L", latest=3, index=9, deactivated=False)
    assert other.encode() == b'["status/L",3,9,[]]'
    directory = Directory([other, row])
    assert directory.root == root_of([leaf_hash(row.encode()), leaf_hash(other.encode())])


def test_an_empty_directory_has_the_empty_root_and_proves_absence() -> None:
    empty = Directory([])
    assert (len(empty), empty.root, empty.prove("did/Q")) == (0, EMPTY_ROOT, ())
    verify_absent((), "did/Q", root=EMPTY_ROOT, size=0)


@given(st.sets(keys, max_size=40), keys)
def test_every_key_is_there_or_not_and_never_both(present: set[str], asked: str) -> None:
    directory = Directory(_row(key) for key in present)
    evidence, root, size = directory.prove(asked), directory.root, len(directory)
    if asked in present:
        assert verify_latest(evidence, asked, root=root, size=size) == _row(asked)
        assert directory.find(asked) == _row(asked)
        with pytest.raises(Error):
            verify_absent(evidence, asked, root=root, size=size)
    else:
        verify_absent(evidence, asked, root=root, size=size)
        assert directory.find(asked) is None
        with pytest.raises(NotInDirectory):
            verify_latest(evidence, asked, root=root, size=size)


@given(st.sets(keys, min_size=1, max_size=40), st.data())
def test_what_is_there_cannot_be_shown_absent(present: set[str], data: st.DataObject) -> None:
    directory = Directory(_row(key) for key in present)
    asked = data.draw(st.sampled_from(sorted(present)))
    others = [directory.prove(key)[0] for key in sorted(present - {asked})]
    evidence = data.draw(st.lists(st.sampled_from(others), max_size=3)) if others else []
    with pytest.raises(Error):
        verify_absent(evidence, asked, root=directory.root, size=len(directory))


CHANGES = {
    "version": lambda one: replace(one, row=replace(one.row, latest="9-z")),
    "index": lambda one: replace(one, row=replace(one.row, index=9)),
    "deactivated": lambda one: replace(one, row=replace(one.row, deactivated=True)),
    "position": lambda one: replace(one, position=one.position + 1),
    "path": lambda one: replace(one, path=one.path[:-1]),
    "node": lambda one: replace(one, path=(bytes(32), *one.path[1:])),
}


@pytest.mark.parametrize("change", CHANGES)
def test_a_changed_row_place_or_path_proves_nothing(change: str) -> None:
    directory = Directory(_row(key) for key in "abcde")
    (placed,) = directory.prove("c")
    changed: PlacedRow = CHANGES[change](placed)
    with pytest.raises(Error):
        verify_latest((changed,), "c", root=directory.root, size=5)


def test_neighbours_with_a_place_between_them_prove_no_absence() -> None:
    directory = Directory(_row(key) for key in "ace")
    around = (*directory.prove("a"), *directory.prove("e"))
    for evidence in (around, around[:1], around[1:], ()):
        with pytest.raises(NotInDirectory):
            verify_absent(evidence, "b", root=directory.root, size=3)


def test_a_replica_takes_the_directory_that_follows_from_the_leaves() -> None:
    log = RegistryLog()
    agency = log.member("GU-11620")
    log.add(LeafKind.STATUS, "L", _status(4))
    rows = log.view().latest
    assert set(rows) == {did_key(log.root.did.scid), did_key(agency.did.scid), status_key("L")}
    assert (rows[status_key("L")].latest, rows[status_key("L")].index) == (4, 2)
    log.add(LeafKind.DIRECTORY, SUBJECT, Directory(rows.values()).leaf_body(3))
    assert log.view().latest == rows


@pytest.mark.parametrize(
    ("name", "value"), [("n", 1), ("upto", 1), ("root", DIGEST)], ids=["n", "upto", "root"]
)
def test_a_replica_refuses_another_directory(name: str, value: str | int) -> None:
    log = RegistryLog()
    log.member("GU-11620")
    right = Directory(log.view().latest.values()).leaf_body(2)
    leaf = log.build(LeafKind.DIRECTORY, SUBJECT, {**right, name: value})
    with pytest.raises(LeafRejected, match="not the directory"):
        log.replica().append(leaf, log.clock())
    with pytest.raises(LeafRejected, match="not the directory"):
        log.replica().append(log.build(LeafKind.DIRECTORY, "other", right), log.clock())
    log.replica().append(log.build(LeafKind.DIRECTORY, SUBJECT, right), log.clock())


@pytest.mark.parametrize("sequence", [3, 4])
def test_a_list_does_not_go_back(sequence: int) -> None:
    log = RegistryLog()
    log.add(LeafKind.STATUS, "L", _status(4))
    with pytest.raises(LeafRejected, match="sequence"):
        log.replica().append(log.build(LeafKind.STATUS, "L", _status(sequence)), log.clock())
    log.replica().append(log.build(LeafKind.STATUS, "L", _status(5)), log.clock())


def test_a_deactivated_did_is_marked_and_other_kinds_have_no_row() -> None:
    log = RegistryLog()
    agency = log.member("GU-11620")
    log.clock.advance(days=1)
    log.deactivate(agency)
    row = log.view().latest[did_key(agency.did.scid)]
    assert row.deactivated
    assert row.latest == agency.history.latest.version_id
    log.add(LeafKind.SCHEMA, "types/T/v1", {"h": DIGEST})
    leaf = log.replica().append(
        log.build(LeafKind.SCHEMA, "types/U/v1", {"h": DIGEST}), log.clock()
    )
    assert row_of(leaf) is None
