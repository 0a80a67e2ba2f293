from collections.abc import Iterator

import pytest
from flask.testing import FlaskClient

from did_registry import store
from did_registry.leaf import EMPTY_CHAIN, verify_chain
from did_registry.tlog.checkpoint import verify_checkpoint
from did_registry.tlog.merkle import leaf_hash
from did_registry.tlog.proof import build_consistency, build_inclusion, verify_consistency
from did_registry.tlog.proof import verify_inclusion as verify
from did_registry.tlog.tiles import Tile, node_reader, parse_bundle, parse_tile
from storage.base import Base
from storage.engine import build_engine
from storage.transaction import Database
from tests.simulators.registry import SimulatedRegistry
from tests.simulators.registry_log import log_key

YEAR = 365 * 24 * 3600
LAST_INDEX = 2**55 - 1  # of the last bundle that a log of 2^63-1 leaves would have


@pytest.fixture(scope="module")
def registry(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SimulatedRegistry]:
    """Signed at 300 leaves, and not changed by those who only read."""
    file = tmp_path_factory.mktemp("log") / "log.sqlite"
    database = Database(build_engine(f"sqlite:///{file}"))
    database.create_tables(Base.metadata)
    yield _signed(database)
    database.close()


def _signed(database: Database) -> SimulatedRegistry:
    registry = SimulatedRegistry(database)
    registry.fill(300)
    registry.publish()
    return registry


@pytest.fixture(scope="module")
def http(registry: SimulatedRegistry) -> FlaskClient:
    return registry.http()


def _stored(registry: SimulatedRegistry) -> list[bytes]:
    return list(registry.read(lambda session: store.leaves(session, 0, 1000)))


# The head


def test_the_newest_head_is_served_as_it_was_signed(sqlite_database: Database) -> None:
    registry = _signed(sqlite_database)
    http = registry.http()
    answer = http.get("/log/checkpoint")
    assert answer.content_type == "text/plain; charset=utf-8"
    assert verify_checkpoint(answer.data, log_key()).size == 300
    registry.fill(301)
    assert http.get("/log/checkpoint").data == answer.data
    note = registry.publish()
    assert http.get("/log/checkpoint").data == note


def test_the_head_is_hardly_cached(http: FlaskClient) -> None:
    headers = http.get("/log/checkpoint").headers
    assert headers["Cache-Control"] == "public, max-age=2"
    assert headers["Access-Control-Allow-Origin"] == "*"
    again = http.get("/log/checkpoint", headers={"If-None-Match": headers["ETag"]})
    assert again.status_code == 304


def test_a_log_that_was_never_signed_has_no_files(database: Database) -> None:
    http = SimulatedRegistry(database).http()
    for path in ("/log/checkpoint", "/log/tile/0/000.p/1", "/log/tile/entries/000.p/1"):
        answer = http.get(path)
        assert answer.status_code == 404
        assert answer.json is not None
        assert answer.json["code"] == "log-file-not-found"


# Tiles and bundles


def test_a_stranger_proves_inclusion_and_consistency_from_the_files_alone(
    http: FlaskClient,
) -> None:
    signed = verify_checkpoint(http.get("/log/checkpoint").data, log_key())

    def read(tile: Tile) -> bytes:
        data: bytes = http.get(f"/log/{tile.path}").data
        assert len(parse_tile(data, tile.width)) == tile.width
        return data

    node = node_reader(signed.size, read)
    bundle = http.get("/log/tile/entries/001.p/44").data
    leaf = parse_bundle(bundle, 44)[-1]
    path = build_inclusion(299, signed.size, node)
    verify(leaf_hash(leaf), 299, signed.size, path, signed.root)
    older = build_consistency(256, signed.size, node)
    verify_consistency(256, node(8, 0), signed.size, signed.root, older)


def test_bundles_hold_the_leaves_byte_for_byte(
    registry: SimulatedRegistry, http: FlaskClient
) -> None:
    first = http.get("/log/tile/entries/000")
    second = http.get("/log/tile/entries/001.p/44")
    assert first.content_type == second.content_type == "application/octet-stream"
    served = [*parse_bundle(first.data, 256), *parse_bundle(second.data, 44)]
    assert served == _stored(registry)
    assert verify_chain(served, EMPTY_CHAIN).size == 300


@pytest.mark.parametrize("width", [1, 44, 255])
def test_widths_that_were_outgrown_are_still_served(
    registry: SimulatedRegistry, http: FlaskClient, width: int
) -> None:
    bundle = http.get(f"/log/tile/entries/000.p/{width}")
    assert list(parse_bundle(bundle.data, width)) == _stored(registry)[:width]
    tile = http.get(f"/log/tile/0/000.p/{width}")
    assert tile.data == b"".join(map(leaf_hash, _stored(registry)[:width]))
    assert bundle.headers["Cache-Control"] == tile.headers["Cache-Control"] == "public, max-age=60"


def test_full_files_never_change(http: FlaskClient) -> None:
    for path in ("/log/tile/0/000", "/log/tile/entries/000"):
        answer = http.get(path)
        assert answer.headers["Cache-Control"] == f"public, max-age={YEAR}, immutable"
        assert answer.headers["Access-Control-Allow-Origin"] == "*"
        assert answer.headers["Cross-Origin-Resource-Policy"] == "cross-origin"
        tag = {"If-None-Match": answer.headers["ETag"]}
        assert http.get(path, headers=tag).status_code == 304
        assert http.head(path).data == b""


def test_upper_levels_are_served(http: FlaskClient) -> None:
    answer = http.get("/log/tile/1/000.p/1")
    assert (answer.status_code, len(answer.data)) == (200, 32)


@pytest.mark.parametrize(
    "path",
    [
        "0/001",
        "0/001.p/45",
        "0/002.p/1",
        "1/000",
        "1/000.p/2",
        "2/000.p/1",
        "7/000.p/1",
        "entries/001",
        "entries/001.p/45",
        "entries/002.p/1",
    ],
)
def test_what_lies_beyond_the_head_is_not_there(http: FlaskClient, path: str) -> None:
    answer = http.get(f"/log/tile/{path}")
    assert answer.status_code == 404
    assert answer.content_type == "application/problem+json"
    assert answer.json is not None
    assert answer.json["code"] == "log-file-not-found"
    assert answer.headers["Cache-Control"] == "no-store"


def test_leaves_that_are_not_signed_yet_are_not_served(sqlite_database: Database) -> None:
    registry = _signed(sqlite_database)
    http = registry.http()
    registry.fill(301)
    assert http.get("/log/tile/entries/001.p/45").status_code == 404
    assert http.get("/log/tile/0/001.p/45").status_code == 404
    registry.publish()
    assert http.get("/log/tile/entries/001.p/45").status_code == 200
    assert http.get("/log/tile/0/001.p/45").status_code == 200


def _far(index: int) -> str:
    digits = f"{index:018}"
    groups = [digits[at : at + 3] for at in range(0, 18, 3)]
    return "/".join([*(f"x{group}" for group in groups[:-1]), groups[-1]])


def test_numbers_beyond_any_database_are_not_there(database: Database) -> None:
    registry = SimulatedRegistry(database)
    registry.publish()
    http = registry.http()
    for tree in ("0", "entries"):
        for index in (LAST_INDEX, LAST_INDEX - 1, LAST_INDEX + 1, 10**17):
            for width in ("", ".p/255"):
                path = f"/log/tile/{tree}/{_far(index)}{width}"
                assert http.get(path).status_code == 404, path


@pytest.mark.parametrize(
    "path",
    [
        "",
        "0",
        "0/0",
        "0/0000",
        "00/000",
        "8/000",
        "-1/000",
        "0/000.p/0",
        "0/000.p/256",
        "0/000.p/01",
        "0/000.p/",
        "0/x000/000",
        "0/000/",
        "0/../0/000",
        "entries/%00",
        "entries/" + "x001/" * 500 + "000",
        "0/٠٠٠",
    ],
)
def test_other_spellings_are_not_there(http: FlaskClient, path: str) -> None:
    assert http.get(f"/log/tile/{path}").status_code == 404


def test_files_are_read_only(http: FlaskClient) -> None:
    for method in ("POST", "PUT", "DELETE", "PATCH"):
        answer = http.open("/log/checkpoint", method=method)
        assert answer.status_code == 405
        assert answer.headers["Allow"]
