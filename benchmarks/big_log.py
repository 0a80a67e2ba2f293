"""A log of any size in SQLite, without the leaves that nobody asks for: the tree over them is the
same, and a million are made in seconds."""

import hashlib
from pathlib import Path
from typing import Final

from sqlalchemy import insert

from did_registry.models import LogHead, LogTile
from did_registry.tlog.merkle import EMPTY_FRONTIER
from did_registry.tlog.tiles import grow
from storage.base import Base
from storage.engine import build_engine
from storage.transaction import Database

_TILES_AT_A_TIME: Final = 1000


def leaf_hash_of(number: int) -> bytes:
    """The hash that stands for leaf `number`."""
    return hashlib.sha256(number.to_bytes(8)).digest()


def build_log(file: Path, size: int) -> Database:
    """A database with head and tiles over so many leaves."""
    database = Database(build_engine(f"sqlite:///{file}"))
    database.create_tables(Base.metadata)
    hashes = [leaf_hash_of(number) for number in range(size)]
    rows = [
        {"level": tile.level, "n": tile.index, "width": tile.width, "data": data}
        for tile, data in grow(0, hashes, lambda _: b"")
    ]
    with database.writing() as session:
        for at in range(0, len(rows), _TILES_AT_A_TIME):
            session.execute(insert(LogTile), rows[at : at + _TILES_AT_A_TIME])
        frontier = EMPTY_FRONTIER.extend(hashes)
        session.add(
            LogHead(id=1, size=size, last_leaf_hash=hashes[-1], frontier=frontier.encode(), term=0)
        )
    return database
