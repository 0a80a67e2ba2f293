"""The table of what the clock has triggered."""

from datetime import datetime

from sqlalchemy.orm import Mapped, mapped_column

from credentials.strict_json import JsonValue
from storage.base import Base
from storage.types import Json, UtcDateTime


class JobRow(Base):
    """One run of a job, by whichever process has claimed it by compare-and-swap.

    started: when it was begun last; done: null until it ended without a failure; result: what came
    of it so far.
    """

    __tablename__ = "job"

    name: Mapped[str] = mapped_column(primary_key=True)
    due: Mapped[datetime] = mapped_column(UtcDateTime, primary_key=True)
    started: Mapped[datetime | None] = mapped_column(UtcDateTime)
    done: Mapped[datetime | None] = mapped_column(UtcDateTime)
    result: Mapped[JsonValue] = mapped_column(Json(), nullable=True)
