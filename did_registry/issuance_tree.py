"""The tree over what an agency issued in a period: padded, shuffled, its root in a `batch` leaf.

Leaves are salted digests in the order of their hashes, which no one can tell from a shuffled one;
between them stand random hashes, up to a power of two, so that not even their number is told.
"""

from bisect import bisect_left
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from credentials.errors import Error, TooLarge
from credentials.issuance_proof import MAX_PATH, MIN_PATH, IssuanceProof, issuance_leaf
from credentials.securing.mechanism import Entropy
from did_registry.logged_root import LoggedBatch
from did_registry.tlog.merkle import DIGEST_BYTES, node_hash, perfect_root, split_hashes
from did_registry.view import RegistryView

MIN_LEAVES: Final = 1 << MIN_PATH
MAX_LEAVES: Final = 1 << MAX_PATH


@dataclass(frozen=True, slots=True)
class IssuanceTree:
    """row: its leaves side by side, 32 bytes each; a power of two of them, 64 at least."""

    row: bytes

    @property
    def size(self) -> int:
        """How many leaves it has, padding included."""
        return len(self.row) // DIGEST_BYTES

    def root(self) -> bytes:
        """What is logged of it."""
        return perfect_root(self.row)

    def prove(self, salt: bytes, digest: bytes) -> IssuanceProof | None:
        """That a credential is in it; None if it is not."""
        leaf, leaves = issuance_leaf(salt, digest), split_hashes(self.row)
        position = bisect_left(leaves, leaf)
        if position == self.size or leaves[position] != leaf:
            return None
        return IssuanceProof(salt=salt, position=position, path=tuple(self._path(position)))

    def _path(self, position: int) -> Iterator[bytes]:
        row = self.row
        while len(row) > DIGEST_BYTES:
            at = (position ^ 1) * DIGEST_BYTES
            yield row[at : at + DIGEST_BYTES]
            row, position = _level_above(row), position >> 1


def build_issuance_tree(leaves: Iterable[bytes], entropy: Entropy) -> IssuanceTree:
    """The padded tree over these salted digests. Raises TooLarge beyond sixteen million."""
    known = set(leaves)
    if len(known) > MAX_LEAVES:
        raise TooLarge(f"a period has at most {MAX_LEAVES} credentials")
    size = max(MIN_LEAVES, 1 << max(len(known) - 1, 0).bit_length())
    while len(known) < size:
        known.add(entropy(DIGEST_BYTES))
    return IssuanceTree(b"".join(sorted(known)))


def find_batch(
    view: RegistryView, issuer: str, digest: bytes, proof: IssuanceProof
) -> LoggedBatch | None:
    """The leaf that has held a credential since it was logged, if the proof leads to one.

    issuer: the DID that signed the credential, which must be one of this log; digest: of the
    credential as issued. The leaf's period is not compared with the credential's own time here.
    """
    try:
        agency = view.history(issuer).did.path[-1]
    except (Error, IndexError):
        return None
    batch = view.batches.get((agency, issuance_root(proof, digest)))
    return batch if batch is not None and batch.size == 1 << len(proof.path) else None


def issuance_root(proof: IssuanceProof, digest: bytes) -> bytes:
    """The root that a proof leads to from a credential's digest."""
    found, position = issuance_leaf(proof.salt, digest), proof.position
    for sibling in proof.path:
        left, right = (sibling, found) if position & 1 else (found, sibling)
        found, position = node_hash(left, right), position >> 1
    return found


def _level_above(row: bytes) -> bytes:
    hashes = split_hashes(row)
    return b"".join(map(node_hash, hashes[::2], hashes[1::2]))
