"""The verifier's tables: who asks here, what was asked and answered, and what was counted.

A verdict's claims are personal data: they are sealed, and kept no longer than the registration
says (`keep_until`). Of a scanned code only a digest is kept, and only while the code could be
shown again.
"""

from datetime import date, datetime

from sqlalchemy import ForeignKey, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from credentials.strict_json import JsonValue
from storage.base import Base
from storage.types import DIGEST_BYTES, Json, UtcDateTime


class VerifierRow(Base):
    """A verifier that asks from here: its code, its DID, and which generation of its key it signs
    with."""

    __tablename__ = "verifier"

    code: Mapped[str] = mapped_column(primary_key=True)
    did: Mapped[str] = mapped_column(unique=True)
    keys: Mapped[int] = mapped_column(default=1)


class RequestRow(Base):
    """One question and its answer.

    `id` is the verifier's own name for it; `address` and `state_value` are what a wallet gets to
    know.
    """

    __tablename__ = "presentation_request"

    id: Mapped[str] = mapped_column(primary_key=True)
    verifier: Mapped[str] = mapped_column(ForeignKey("verifier.code"))
    address: Mapped[str] = mapped_column(unique=True)
    state_value: Mapped[str] = mapped_column(unique=True)
    nonce: Mapped[str]
    query: Mapped[JsonValue] = mapped_column(Json)
    state: Mapped[str]
    created: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
    wallet_error: Mapped[str | None]
    sealed_verdict: Mapped[bytes | None] = mapped_column(LargeBinary)
    keep_until: Mapped[datetime | None] = mapped_column(UtcDateTime, index=True)


class TakenCodeRow(Base):
    """A citizen's QR code that one verifier has taken; forgotten when no window can be open."""

    __tablename__ = "taken_code"

    verifier: Mapped[str] = mapped_column(ForeignKey("verifier.code"), primary_key=True)
    digest: Mapped[bytes] = mapped_column(LargeBinary(DIGEST_BYTES), primary_key=True)
    forget_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)


class DayCountRow(Base):
    """How often a verifier came to a result on one day in Seoul; nothing about whose it was."""

    __tablename__ = "verifier_day_count"

    verifier: Mapped[str] = mapped_column(ForeignKey("verifier.code"), primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    way: Mapped[str] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(primary_key=True)
    times: Mapped[int]
