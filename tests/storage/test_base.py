from datetime import datetime

from sqlalchemy import BigInteger, Integer, MetaData, UniqueConstraint, make_url
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.schema import CreateTable

from storage.base import Base
from storage.types import UtcDateTime


class Separate(Base):
    """A base of its own, so that these tables do not join the project's."""

    __abstract__ = True
    metadata = MetaData(naming_convention=Base.metadata.naming_convention)


class Example(Separate):
    __tablename__ = "example"
    __table_args__ = (UniqueConstraint("name", "made"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    made: Mapped[datetime]


POSTGRESQL = make_url("postgresql+psycopg://").get_dialect()()
SQLITE = make_url("sqlite://").get_dialect()()
TABLE = Separate.metadata.tables["example"]


def test_a_plain_datetime_is_an_aware_one_in_the_database() -> None:
    assert isinstance(TABLE.c.made.type, UtcDateTime)


def test_a_plain_integer_has_64_bits_and_numbers_rows_on_both_databases() -> None:
    column = TABLE.c.id
    assert isinstance(column.type.dialect_impl(POSTGRESQL), BigInteger)
    assert isinstance(column.type.dialect_impl(SQLITE), Integer)
    assert "BIGSERIAL" in str(CreateTable(TABLE).compile(dialect=POSTGRESQL))


def test_constraints_are_named_alike_everywhere() -> None:
    names = {constraint.name for constraint in TABLE.constraints}
    assert names == {"pk_example", "uq_example_name_made"}


def test_other_packages_tables_stay_apart() -> None:
    assert "example" not in Base.metadata.tables
