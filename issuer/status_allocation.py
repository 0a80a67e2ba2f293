"""Finds a credential's place in a status list: at random, so that places next to each other tell
nothing about when or to whom they were given, and never one that was used before."""

from collections.abc import Callable
from typing import Final

from credentials.securing.mechanism import Entropy
from credentials.status.bits import MIN_ENTRIES
from issuer.errors import StatusListFull

LIST_SIZE: Final = 8 * MIN_ENTRIES  # a million places: a city's most busy agency fills a tenth

# With a list half full, sixty-four misses in a row happen once in 10^19.
_MAX_DRAWS: Final = 64


def free_index(size: int, is_taken: Callable[[int], bool], entropy: Entropy) -> int:
    """Draw an index below `size` that is not taken. Raises StatusListFull after 64 misses."""
    for _ in range(_MAX_DRAWS):
        index = int.from_bytes(entropy(8)) % size
        if not is_taken(index):
            return index
    raise StatusListFull("no free place was found in the status list")
