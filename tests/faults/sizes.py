"""How large the faults and races are: at suite size, or at full size with GWANIN_SOAK=1.

`make soak` runs the same tests at full size; no other number of them depends on the environment.
"""

import os
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True, kw_only=True)
class Size:
    """One row: as much as a change must stand, and as much as a release must."""

    suite: int
    soak: int

    def __int__(self) -> int:
        return self.soak if IS_SOAK else self.suite


IS_SOAK: Final = os.environ.get("GWANIN_SOAK") == "1"

REDEMPTIONS: Final = Size(suite=500, soak=500)  # of one code at the same time
REDEMPTION_ROUNDS: Final = Size(suite=1, soak=20)
RACERS: Final = Size(suite=16, soak=60)  # for a token, a nonce, a tx_code, a place in a list
RACE_ROUNDS: Final = Size(suite=1, soak=20)
LIVES: Final = Size(suite=25, soak=400)  # of an offer, as a state machine
STEPS_OF_A_LIFE: Final = Size(suite=30, soak=50)
ANSWERS: Final = Size(suite=50, soak=500)  # to one request for presentations at the same time
ANSWER_ROUNDS: Final = Size(suite=1, soak=20)
SILENT_SENDERS: Final = Size(suite=140, soak=400)  # who send half a body and stop
IMPORTED_ROWS: Final = Size(suite=1_000, soak=20_000)  # of one file, while others write
LOG_WRITERS: Final = Size(suite=6, soak=16)  # to the registry's log at the same time
LOG_WRITES: Final = Size(suite=4, soak=25)  # of each of them
SIGKILLS: Final = Size(suite=200, soak=1_000)  # of a process that writes to the log
POSTGRES_RESTARTS: Final = Size(suite=3, soak=50)  # while the log is written to
STOPS: Final = Size(suite=6, soak=60)  # of a sequencer, which is woken later
