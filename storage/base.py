"""The declarative base of every table, with the names and column types that all of them share."""

from datetime import datetime
from typing import Final

from sqlalchemy import BigInteger, Integer, MetaData
from sqlalchemy.orm import DeclarativeBase

from storage.types import UtcDateTime

# Constraints need names that are the same on every database, or no migration could drop them.
NAMING_CONVENTION: Final = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}

# 64 bits everywhere; SQLite numbers rows by itself only in a column that is called INTEGER.
Int64: Final = BigInteger().with_variant(Integer, "sqlite")


class Base(DeclarativeBase):
    """Every model of the project descends from this; `Mapped[datetime]` is always aware UTC."""

    metadata = MetaData(naming_convention=NAMING_CONVENTION)
    type_annotation_map = {datetime: UtcDateTime, int: Int64}  # noqa: RUF012
