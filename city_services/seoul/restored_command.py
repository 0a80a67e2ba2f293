"""`gwanin restored`: what an operator says after putting a backup of the database back."""

from collections.abc import Callable
from datetime import datetime
from typing import Protocol

import click
from sqlalchemy.orm import Session

from console.clock import Clock
from console.output import emit, json_option, member_lines
from credentials.claims import Claims
from credentials.data_integrity import format_timestamp
from did_registry.view import RegistryView
from issuer.actions.end_offers import end_offers
from storage.epoch import begin_epoch
from storage.transaction import Database


class City(Protocol):
    """What the command needs of the composition root's city."""

    @property
    def database(self) -> Database: ...
    @property
    def clock(self) -> Clock: ...
    def check_database(self) -> None: ...
    def replay(self) -> RegistryView: ...
    def settle_guard(self) -> None: ...


def restored_command(open_city: Callable[[], City]) -> click.Command:
    """`gwanin restored`."""

    @click.command("restored")
    @json_option
    def command(*, as_json: bool) -> None:
        """Begin a new epoch, with the city stopped, after a backup of the database was put back.

        Open offers, codes, tokens and sign-ins of before are dead, and places in status lists come
        from a share that was never used. The log must be where its guard knows it.
        """
        city = open_city()
        city.check_database()
        city.replay()
        city.settle_guard()
        with city.database.writing() as session:
            document = _begin(session, city.clock())
        emit(document, member_lines(document), as_json=as_json)

    return command


def _begin(session: Session, now: datetime) -> Claims:
    return {
        "epoch": begin_epoch(session, now=now),
        "began": format_timestamp(now),
        "offers_ended": end_offers(session),
    }
