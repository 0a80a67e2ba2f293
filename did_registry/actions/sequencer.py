"""One sequencer for the log among all processes, which writes what all of them submit in groups.

    outcome = sequencer.submit(submission, seconds=5)

Each process has one of these. It works in a thread that begins with the first submission and ends
when there is nothing to do. Whoever leads writes its own submissions, and what others have left in
the inbox, in one transaction at a time: while that is on its way to the disk, the next group comes
together, so that one wait for the disk serves all of them. Whoever does not lead leaves its
submissions in the inbox, looks there for the outcome, and takes the lead when it is free.
"""

import threading
from collections import deque
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Final, Protocol

from credentials.errors import Error
from did_registry import inbox_store
from did_registry.actions.sequence import BATCH, accept, sequence, take_over
from did_registry.errors import LogFenced, SequencerStopped
from did_registry.inbox import Outcome, Submission
from storage.leadership import Leadership
from storage.transaction import Database

SEQUENCER: Final = "sequencer"  # the name of the lead
IDLE_SECONDS: Final = 0.5  # without anything to do; then the next one may lead
LOOK_SECONDS: Final = 0.01  # between two looks into the inbox, where nobody rings


class Publisher(Protocol):
    """Signs and shows the log's head some time after it has grown."""

    def wake(self) -> None: ...


class _Ticket:
    """One submission that somebody waits for. kept: it is in the inbox; answer: once decided."""

    __slots__ = ("_decided", "answer", "kept", "submission")

    def __init__(self, submission: Submission) -> None:
        self.submission = submission
        self.kept = False
        self.answer: Outcome | Error | None = None
        self._decided = threading.Event()

    def decide(self, answer: Outcome | Error) -> None:
        self.answer = answer
        self._decided.set()

    def wait(self, seconds: float) -> None:
        self._decided.wait(seconds)


class Sequencer:
    """This process's part of sequencing the log. clock: the city's time."""

    def __init__(
        self,
        database: Database,
        leadership: Leadership,
        publisher: Publisher,
        clock: Callable[[], datetime],
    ) -> None:
        self._database = database
        self._leadership = leadership
        self._publisher = publisher
        self._clock = clock
        self._changed = threading.Condition()
        self._queue: deque[_Ticket] = deque()
        self._working = False
        self._closed = False
        self._thread: threading.Thread | None = None
        # Of the working thread alone:
        self._term: int | None = None
        self._at_hand: list[_Ticket] = []
        self._kept: list[_Ticket] = []
        self._idle = 0.0

    def submit(self, submission: Submission, *, seconds: float) -> Outcome | None:
        """Have a leaf logged, and wait for it; None if it is kept, and its turn has not come yet.

        What is returned is durable. Raises KeyReused, SequencerStopped when the time ran out before
        it was kept anywhere, and StorageBusy, StorageUnavailable or LogInconsistent: after these it
        may be asked for again, with the same key.
        """
        ticket = _Ticket(submission)
        with self._changed:
            if self._closed:
                raise SequencerStopped("this process is ending; ask again with the same key")
            self._queue.append(ticket)
            if not self._working:
                self._working = True
                self._thread = threading.Thread(target=self._work, name="sequencer", daemon=True)
                self._thread.start()
            self._changed.notify()
        ticket.wait(seconds)
        if isinstance(ticket.answer, Error):
            raise ticket.answer
        if ticket.answer is None and not ticket.kept:
            raise SequencerStopped("the log is busy; ask again with the same key")
        return ticket.answer

    def close(self) -> None:
        """Take nothing more, finish what is at hand, and give up the lead."""
        with self._changed:
            self._closed = True
            self._changed.notify()
        if self._thread is not None:
            self._thread.join()

    def __enter__(self) -> "Sequencer":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _work(self) -> None:
        is_over = False
        try:
            while (tickets := self._next()) is not None:
                self._handle(tickets)
            is_over = True
        finally:
            if not is_over:  # a bug: nobody shall wait for this thread any longer
                with self._changed:
                    self._stop()

    def _next(self) -> list[_Ticket] | None:
        """The submissions that have come, perhaps none yet; None when it is time to end."""
        with self._changed:
            if not self._queue and not self._closed:
                self._changed.wait(LOOK_SECONDS)
            is_over = self._closed or (not self._kept and self._idle >= IDLE_SECONDS)
            if not self._queue and is_over:
                self._stop()
                return None
            return [self._queue.popleft() for _ in range(min(BATCH, len(self._queue)))]

    def _handle(self, tickets: list[_Ticket]) -> None:
        self._idle = 0.0 if tickets else self._idle + LOOK_SECONDS
        self._at_hand = tickets
        try:
            if self._lead():
                self._sequence(tickets)
            elif tickets:
                self._keep(tickets)
        except LogFenced:
            self._resign()
            with self._changed:
                self._queue.extendleft(reversed(tickets))
        except Error as error:
            self._resign()
            for ticket in tickets:
                ticket.decide(error)
        self._collect()

    def _lead(self) -> bool:
        """Whether this process leads, for which it tries; a new leader begins a new term."""
        if not self._leadership.take():
            self._term = None
        elif self._term is None:
            with self._database.writing() as session:
                self._term = take_over(session, now=self._clock())
        return self._term is not None

    def _resign(self) -> None:
        self._term = None
        self._leadership.give_up()

    def _sequence(self, tickets: Sequence[_Ticket]) -> None:
        assert self._term is not None
        if not tickets and not _has_waiting(self._database):
            return
        self._idle = 0.0
        submissions = [ticket.submission for ticket in tickets]
        with self._database.writing() as session:
            answers = sequence(session, self._term, submissions, now=self._clock())
        for ticket, answer in zip(tickets, answers, strict=True):
            if answer is not None:
                ticket.decide(answer)
        self._hold([ticket for ticket in tickets if ticket.answer is None])
        self._publisher.wake()

    def _keep(self, tickets: list[_Ticket]) -> None:
        with self._database.writing() as session:
            accept(session, [ticket.submission for ticket in tickets], now=self._clock())
        self._hold(tickets)

    def _hold(self, tickets: Sequence[_Ticket]) -> None:
        for ticket in tickets:
            ticket.kept = True
        self._kept += tickets

    def _collect(self) -> None:
        """Tell those who wait for what is in the inbox, whoever has decided it."""
        if not self._kept:
            return
        try:
            with self._database.reading() as session:
                rows = inbox_store.find(session, [ticket.submission.key for ticket in self._kept])
        except Error:
            return  # they are in the inbox; the next look may find the database again
        for ticket in self._kept:
            row = rows.get(ticket.submission.key)
            outcome = None if row is None else inbox_store.outcome_of(row)
            if outcome is not None:
                ticket.decide(outcome)
        self._kept = [ticket for ticket in self._kept if ticket.answer is None]

    def _stop(self) -> None:
        """Let the next submission begin anew; whoever still waits is told so.

        Under the lock: once it is released, another thread may be at work with what is ours here.
        """
        self._resign()
        left = [*self._at_hand, *self._queue, *self._kept]
        self._at_hand, self._kept = [], []
        self._queue.clear()
        self._idle = 0.0
        self._working = False
        for ticket in left:
            if ticket.answer is None:
                ticket.decide(SequencerStopped("ask again with the same key"))


def finish_inbox(database: Database, leadership: Leadership, *, now: datetime) -> None:
    """Log what an earlier process has left in the inbox, unless another one leads and will do so.

    For the start. Raises what `sequence` raises.
    """
    try:
        if leadership.take():
            _finish(database, now)
    finally:
        leadership.give_up()


def _finish(database: Database, now: datetime) -> None:
    with database.writing() as session:
        term = take_over(session, now=now)
    while _has_waiting(database):
        with database.writing() as session:
            sequence(session, term, [], now=now)


def _has_waiting(database: Database) -> bool:
    with database.reading() as session:
        return bool(inbox_store.waiting(session, 1))
