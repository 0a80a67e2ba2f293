"""Finds a credential's place in a status list: at random, so that places next to each other tell
nothing about when or to whom they were given, and never one that was used before."""

from collections.abc import Callable
from typing import Final

from credentials.securing.mechanism import Entropy
from credentials.status.bits import MIN_ENTRIES
from issuer.errors import StatusListFull

EPOCHS: Final = 8  # each has its own share of a list
# A million places, 131,072 for an epoch: a city's most busy agency needs a hundred thousand.
LIST_SIZE: Final = EPOCHS * MIN_ENTRIES

# With a share half full, sixty-four misses in a row happen once in 10^19.
_MAX_DRAWS: Final = 64


def free_index(size: int, is_taken: Callable[[int], bool], entropy: Entropy, *, epoch: int) -> int:
    """Draw an index below `size` that is not taken, from the epoch's own share of the list.

    After a restore it is not known which places were given away since the backup; each epoch takes
    another eighth, so that none of them is given again. Raises StatusListFull after 64 misses, and
    when the database was put back more than seven times.
    """
    if epoch >= EPOCHS:
        raise StatusListFull("the list has no share left for another epoch")
    for _ in range(_MAX_DRAWS):
        index = int.from_bytes(entropy(8)) % (size // EPOCHS) * EPOCHS + epoch
        if not is_taken(index):
            return index
    raise StatusListFull("no free place was found in the status list")
