"""Tables of the people who act: accounts, sessions, counters of wrong tries, and what was done.

The record of acts is append-only, and each line holds the hash of the one before it, by agency.
"""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from credentials.strict_json import JsonValue
from storage.append_only import make_append_only
from storage.base import Base
from storage.types import Digest, Json, UtcDateTime


class StaffRow(Base):
    """An account. roles: a list of texts; inactive accounts can't sign in."""

    __tablename__ = "staff"

    reference: Mapped[str] = mapped_column(primary_key=True)
    agency: Mapped[str] = mapped_column(index=True)
    password_hash: Mapped[str]
    roles: Mapped[JsonValue] = mapped_column(Json(), nullable=False)
    active: Mapped[bool]


class SessionRow(Base):
    """Somebody who is signed in; the token itself is in their browser only."""

    __tablename__ = "staff_session"

    token_mac: Mapped[bytes] = mapped_column(Digest, primary_key=True)
    reference: Mapped[str] = mapped_column(ForeignKey("staff.reference"), index=True)
    created: Mapped[datetime] = mapped_column(UtcDateTime)
    last_seen: Mapped[datetime] = mapped_column(UtcDateTime, index=True)


class WrongTries(Base):
    """Wrong tries of one account, or from one address."""

    __tablename__ = "wrong_tries"

    subject: Mapped[str] = mapped_column(primary_key=True)
    since: Mapped[datetime] = mapped_column(UtcDateTime)
    count: Mapped[int]


class ActRow(Base):
    """One line of an agency's record: who did what to which record, from where, why, and when."""

    __tablename__ = "act"
    __table_args__ = (
        UniqueConstraint("agency", "number"),
        Index("ix_act_subject", "agency", "subject"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    agency: Mapped[str]
    number: Mapped[int]
    line: Mapped[JsonValue] = mapped_column(Json(), nullable=False)
    subject: Mapped[str]
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    hash: Mapped[bytes] = mapped_column(Digest)


make_append_only(ActRow)
