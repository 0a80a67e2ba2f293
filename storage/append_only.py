"""Tables whose rows stay as they were written: the database itself refuses everything else."""

from typing import Final, cast

from sqlalchemy import DDL, Table, event

from storage.base import Base

_SQLITE_REFUSAL: Final = (
    "CREATE TRIGGER {name}_{verb} BEFORE {verb} ON {name} "
    "BEGIN SELECT RAISE(ABORT, '{name} is append-only'); END"
)
_POSTGRESQL_FUNCTION: Final = (
    "CREATE OR REPLACE FUNCTION {name}_is_append_only() RETURNS trigger LANGUAGE plpgsql AS "
    "$$ BEGIN RAISE EXCEPTION '{name} is append-only'; END $$"
)
_POSTGRESQL_REFUSAL: Final = (
    "CREATE TRIGGER {name}_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {name} "
    "FOR EACH STATEMENT EXECUTE FUNCTION {name}_is_append_only()"
)


def make_append_only(model: type[Base]) -> None:
    """Let a table's creation bring the triggers that refuse UPDATE, DELETE and TRUNCATE."""
    table = cast(Table, model.__table__)
    statements = [
        ("sqlite", _SQLITE_REFUSAL.format(name=table.name, verb="UPDATE")),
        ("sqlite", _SQLITE_REFUSAL.format(name=table.name, verb="DELETE")),
        ("postgresql", _POSTGRESQL_FUNCTION.format(name=table.name)),
        ("postgresql", _POSTGRESQL_REFUSAL.format(name=table.name)),
    ]
    for dialect, statement in statements:
        ddl = DDL(statement).execute_if(dialect=dialect)  # type: ignore[no-untyped-call]
        event.listen(table, "after_create", ddl)
