"""The staff of one agency, with a password hasher that costs next to nothing."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Literal

import pytest
from argon2 import PasswordHasher
from sqlalchemy.orm import Session

from staff.account import Account, Role
from staff.actions.open_account import open_account
from staff.actions.service import StaffService
from staff.actions.sessions import current
from staff.actions.sign_in import sign_in
from storage.transaction import Database
from tests.simulators.clock import SimulatedClock

PASSWORD = "correct horse battery"


class CountingHasher(PasswordHasher):
    """Remembers what every password was compared with."""

    def __init__(self) -> None:
        super().__init__(time_cost=1, memory_cost=8, parallelism=1)
        self.compared: list[str | bytes] = []

    def verify(
        self,
        hash: str | bytes,  # noqa: A002 - the library's own name
        password: str | bytes,
    ) -> Literal[True]:
        self.compared.append(hash)
        return super().verify(hash, password)


@dataclass(slots=True)
class Office:
    """The acts of staff, each in a transaction of its own."""

    service: StaffService
    clock: SimulatedClock
    hasher: CountingHasher

    @contextmanager
    def writing(self) -> Iterator[Session]:
        with self.service.database.writing() as session:
            yield session

    def open(self, reference: str, *roles: Role, active: bool = True) -> None:
        with self.writing() as session:
            open_account(session, self.service, reference, PASSWORD, roles, active=active)

    def sign_in(self, name: str, password: str = PASSWORD, address: str = "192.0.2.1") -> str:
        return sign_in(self.service, name, password, address=address, now=self.clock())

    def who(self, token: str) -> Account:
        with self.writing() as session:
            return current(session, self.service, token, self.clock())


@pytest.fixture
def office(sqlite_database: Database) -> Office:
    """An office of two clerks over a new SQLite database."""
    return _opened(sqlite_database)


@pytest.fixture
def each_office(database: Database) -> Office:
    """The same, once over a database of each kind: for what many write at once."""
    return _opened(database)


def _opened(database: Database) -> Office:
    hasher, clock = CountingHasher(), SimulatedClock()
    service = StaffService(
        database=database,
        mac_key=bytes(32),
        hasher=hasher,
        dummy_hash=hasher.hash("nobody"),
        entropy=os.urandom,
        clock=clock,
    )
    made = Office(service, clock, hasher)
    made.open("GU-11620-01", Role.DRAFT)
    made.open("GU-11620-02", Role.APPROVE, Role.REVOKE)
    return made
