"""INSERT … ON CONFLICT, which both databases have and SQLAlchemy keeps in their dialects."""

from typing import TypeAlias

from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from storage.base import Base

Upsert: TypeAlias = postgresql.Insert | sqlite.Insert


def upsert_into(session: Session, table: type[Base]) -> Upsert:
    """An INSERT into a table that can say what happens where a row is there already."""
    if session.get_bind().dialect.name == "postgresql":
        return postgresql.insert(table)
    return sqlite.insert(table)
