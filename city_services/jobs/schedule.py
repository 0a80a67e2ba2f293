"""When a job is due, and what it amounts to. Every job here is done once a day, in the night."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Final, TypeAlias

from credentials.claims import Claims
from credentials.strict_json import JsonValue
from schemas.seoul_calendar import day_in_seoul, start_of_day

# After midnight, so that what was begun before it has been committed.
DELAY: Final = timedelta(minutes=10)
# How long a worker may take before another one begins the same again: every job may be done twice.
LEASE: Final = timedelta(minutes=10)
MAX_FAILURES: Final = 100  # that are named in a result


@dataclass(frozen=True, slots=True, kw_only=True)
class JobResult:
    """What came of a job. count: of what it did, such as leaves; failed: what it was to do for and
    could not, such as an agency's code, with the code of the error."""

    count: int = 0
    failed: dict[str, str] = field(default_factory=dict)

    def to_json(self) -> Claims:
        """As it stands in the job's row."""
        named: dict[str, JsonValue] = dict(list(self.failed.items())[:MAX_FAILURES])
        return {"count": self.count, "failed": named}


# Does everything that is open from before a time, wherever an earlier run was missed.
Work: TypeAlias = Callable[[datetime], JobResult]


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """name: its rows'; work: given the midnight in Seoul with which the last day ended, aware UTC;
    what it did before, it finds done."""

    name: str
    work: Work


def due_day(now: datetime) -> date:
    """The day in Seoul that began last, ten minutes ago or more.

    Of the days that were missed, the last one stands for all.
    """
    return day_in_seoul(now - DELAY)


def due_at(day: date) -> datetime:
    """When the jobs of a day are due."""
    return start_of_day(day) + DELAY
