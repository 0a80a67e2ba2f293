"""What a verifier counts of its day: by which way something was checked, and what came of it."""

from enum import StrEnum
from typing import Final


class Way(StrEnum):
    """How a presentation came."""

    SCAN = "scan"
    REQUEST = "request"


DECLINED: Final = "DECLINED"  # the citizen sent nothing; every other count is under a result word
