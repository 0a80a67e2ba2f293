"""The verifier's tables: who asks here, and what was asked and answered.

A verdict's claims are personal data: they are sealed, and kept no longer than the registration
says (`keep_until`).
"""

from datetime import datetime

from sqlalchemy import ForeignKey, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from credentials.strict_json import JsonValue
from storage.base import Base
from storage.types import Json, UtcDateTime


class VerifierRow(Base):
    """A verifier that asks from here, by its code and its DID."""

    __tablename__ = "verifier"

    code: Mapped[str] = mapped_column(primary_key=True)
    did: Mapped[str] = mapped_column(unique=True)


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
