"""Column types, on both databases: what goes in comes out, and what must not go in does not."""

import contextlib
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import MetaData, bindparam, insert, literal, select, text
from sqlalchemy.engine import default
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from credentials.strict_json import JsonValue
from storage.transaction import Database
from storage.types import ColumnValueInvalid, Digest, Json, UtcDateTime

SEOUL = timezone(timedelta(hours=9))
NOON = datetime(2026, 3, 13, 12, 0, 0, 123456, tzinfo=SEOUL)


class Models(DeclarativeBase):
    metadata = MetaData()


class Sample(Models):
    __tablename__ = "sample"

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    document: Mapped[JsonValue] = mapped_column(Json(max_bytes=100), nullable=True)
    digest: Mapped[bytes | None] = mapped_column(Digest)


@pytest.fixture
def samples(database: Database) -> Database:
    database.create_tables(Models.metadata)
    return database


def kept(database: Database, **values: object) -> Sample:
    """What is read after these values were written."""
    with database.writing() as session:
        session.execute(insert(Sample).values(id=1, **values))
    with database.reading() as session:
        return session.scalars(select(Sample)).one()


def test_an_instant_comes_back_in_utc_to_the_microsecond(samples: Database) -> None:
    at = kept(samples, at=NOON).at
    assert at == NOON
    assert at is not None
    assert at.tzinfo is UTC


def test_a_document_and_a_digest_come_back(samples: Database) -> None:
    document: JsonValue = {"이름": ["강감찬", 1, 2.5, None, True, "\u0000\U0001f600"]}
    sample = kept(samples, document=document, digest=bytes(range(32)))
    assert (sample.document, sample.digest) == (document, bytes(range(32)))


def test_nothing_comes_back_as_nothing(samples: Database) -> None:
    sample = kept(samples, at=None, document=None, digest=None)
    assert (sample.at, sample.document, sample.digest) == (None, None, None)


def test_instants_compare_in_the_database_whatever_their_zone(samples: Database) -> None:
    kept(samples, at=NOON)
    with samples.reading() as session:
        for other, count in ((NOON.astimezone(UTC), 1), (NOON - timedelta(microseconds=1), 0)):
            assert len(session.scalars(select(Sample).where(Sample.at <= other)).all()) == count


@pytest.mark.parametrize(
    ("column", "value"),
    [
        pytest.param("at", datetime(2026, 3, 13), id="time without a zone"),  # noqa: DTZ001
        pytest.param("at", "2026-03-13T00:00:00Z", id="time as text"),
        pytest.param("document", {"x": float("nan")}, id="not a number"),
        pytest.param("document", {"x": 2**53}, id="integer that JSON does not carry"),
        pytest.param("document", {"x": b""}, id="bytes in JSON"),
        pytest.param("document", "x" * 99, id="document beyond its size"),
        pytest.param("digest", bytes(31), id="short digest"),
        pytest.param("digest", "0" * 32, id="digest as text"),
    ],
)
def test_refuses_to_write_what_the_column_cannot_hold(
    samples: Database, column: str, value: object
) -> None:
    with pytest.raises(ColumnValueInvalid):
        kept(samples, **{column: value})


@pytest.mark.parametrize(
    ("column", "value"),
    [
        pytest.param("at", 2**62, id="year beyond 9999"),
        pytest.param("document", '{"a":1,"a":2}', id="member twice"),
        pytest.param("document", "{", id="document cut short"),
        pytest.param("digest", b"short", id="digest cut short"),
    ],
)
def test_refuses_to_read_a_damaged_row(samples: Database, column: str, value: object) -> None:
    with samples.writing() as session:
        session.execute(text(f"INSERT INTO sample (id, {column}) VALUES (1, :value)"),
                        {"value": value})  # fmt: skip
    with samples.reading() as session, pytest.raises(ColumnValueInvalid):
        session.scalars(select(Sample)).one()


def test_no_refusal_repeats_the_value(samples: Database) -> None:
    with pytest.raises(ColumnValueInvalid) as caught:
        kept(samples, document={"name": "강감찬", "x": float("nan")})
    assert "강감찬" not in str(caught.value)


@settings(max_examples=50, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    at=st.datetimes(timezones=st.just(UTC)),
    document=st.recursive(
        st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | st.text(max_size=5),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner),
        max_leaves=5,
    ),
    digest=st.binary(min_size=32, max_size=32),
)
def test_every_value_that_is_taken_comes_back(
    sqlite_database: Database, at: datetime, document: JsonValue, digest: bytes
) -> None:
    query = select(
        literal(at, UtcDateTime), bindparam("d", document, Json), literal(digest, Digest)
    )
    with sqlite_database.reading() as session:
        assert tuple(session.execute(query).one()) == (at, document, digest)


@given(st.binary(max_size=60))
def test_any_stored_text_is_a_document_or_our_error(data: bytes) -> None:
    stored = data.decode("latin-1")
    with contextlib.suppress(ColumnValueInvalid):
        Json().process_result_value(stored, default.DefaultDialect())
