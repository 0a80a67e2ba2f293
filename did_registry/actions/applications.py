"""Takes applications of agencies and verifiers, and reads them; nothing of it is on the log."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy.orm import Session

from credentials.json_object import JsonObject
from did_registry import application_store
from did_registry.application import (
    OPEN,
    RECEIPT_ALPHABET,
    RECEIPT_GROUP_CHARS,
    RECEIPT_GROUPS,
    Application,
    ApplicationState,
    encode_application,
    is_receipt,
    parse_stored,
)
from did_registry.errors import ApplicationsFull, UnknownApplication
from did_registry.models import ApplicationRow

MAX_WAITING: Final = 500  # a city has 25 districts; what is beyond is no applicant


@dataclass(frozen=True, slots=True, kw_only=True)
class Received:
    """An application in its course. reason: why it was refused; act: the root's act about it."""

    receipt: str
    application: Application
    state: ApplicationState
    received_at: datetime
    decided_at: datetime | None
    reason: str | None
    act: str | None


def submit_application(session: Session, application: Application, *, now: datetime) -> str:
    """Keep an application for the registry's people; returns its receipt number, by which the
    applicant alone finds it again.

    Raises ApplicationsFull while 500 wait.
    """
    if application_store.count(session, sorted(OPEN)) >= MAX_WAITING:
        raise ApplicationsFull("too many applications are waiting")
    receipt = _draw_receipt()
    row = ApplicationRow(
        receipt=receipt,
        kind=application.applicant.value,
        code=application.wish.code,
        content=encode_application(application),
        state=ApplicationState.RECEIVED.value,
        received_at=now,
        decided_at=None,
        reason=None,
        act=None,
    )
    application_store.add(session, row)
    return receipt


def get_application(session: Session, receipt: str) -> Received:
    """The application with a receipt number. Raises UnknownApplication."""
    return read_application(get_row(session, receipt))


def list_applications(
    session: Session, states: Sequence[ApplicationState], *, offset: int, limit: int
) -> list[Received]:
    """Those in one of these states, the newest first."""
    rows = application_store.listed(session, states, offset=offset, limit=limit)
    return [read_application(row) for row in rows]


def get_row(session: Session, receipt: str) -> ApplicationRow:
    """Its row. Raises UnknownApplication."""
    row = application_store.find(session, receipt) if is_receipt(receipt) else None
    if row is None:
        raise UnknownApplication("no application has this receipt number")
    return row


def read_application(row: ApplicationRow) -> Received:
    """The application that a row holds."""
    return Received(
        receipt=row.receipt,
        application=parse_stored(JsonObject(row.content, "the application")),
        state=ApplicationState(row.state),
        received_at=row.received_at,
        decided_at=row.decided_at,
        reason=row.reason,
        act=row.act,
    )


def _draw_receipt() -> str:
    groups = (
        "".join(secrets.choice(RECEIPT_ALPHABET) for _ in range(RECEIPT_GROUP_CHARS))
        for _ in range(RECEIPT_GROUPS)
    )
    return "-".join(groups)
