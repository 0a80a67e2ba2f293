"""RFC 6962 hashing: leaves, nodes, roots, and the frontier from which a tree grows.

All hashes are SHA-256, 32 bytes. A tree is numbered by (level, index): level 0 holds the leaf
hashes, and node (l, i) covers the leaves from i·2^l to (i+1)·2^l.
"""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from credentials.errors import Malformed

DIGEST_BYTES: Final = 32
MAX_SIZE: Final = 2**63 - 1  # what an SQL BIGINT and the int64 of other C2SP software can count

EMPTY_ROOT: Final = hashlib.sha256(b"").digest()

_LEAF: Final = b"\x00"
_NODE: Final = b"\x01"
_SIZE_BYTES: Final = 8
_sha256 = hashlib.sha256


def leaf_hash(leaf: bytes) -> bytes:
    """The hash of one leaf's bytes. Spec: RFC 6962 §2.1."""
    return _sha256(_LEAF + leaf).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """The hash of an inner node over its two children, 32 bytes each. Spec: RFC 6962 §2.1."""
    return _sha256(_NODE + left + right).digest()


def root_of(leaf_hashes: Iterable[bytes]) -> bytes:
    """The root of the tree over these leaf hashes, in order. Spec: RFC 6962 §2.1."""
    return EMPTY_FRONTIER.extend(leaf_hashes).root()


@dataclass(frozen=True, slots=True)
class Frontier:
    """All that a tree must remember to grow: the roots of its perfect subtrees, largest first.

    size: the number of leaves; nodes: one hash for each bit that is set in `size`.
    """

    size: int
    nodes: tuple[bytes, ...]

    def append(self, leaf: bytes) -> "Frontier":
        """The frontier after one more leaf hash."""
        return self.extend((leaf,))

    def extend(self, leaf_hashes: Iterable[bytes]) -> "Frontier":
        """The frontier after these leaf hashes; the fast way to append many.

        Raises Malformed for a hash that has not 32 bytes.
        """
        nodes, size = list(self.nodes), self.size
        for node in leaf_hashes:
            if len(node) != DIGEST_BYTES:
                raise Malformed("a leaf hash has 32 bytes")
            carry = size
            while carry & 1:  # a perfect subtree of the same height stands to the left: join them
                node = _sha256(_NODE + nodes.pop() + node).digest()
                carry >>= 1
            nodes.append(node)
            size += 1
        return Frontier(size, tuple(nodes))

    def root(self) -> bytes:
        """The root of the tree of this size."""
        return fold_right(self.nodes) if self.nodes else EMPTY_ROOT

    def encode(self) -> bytes:
        """Size (8 bytes, big-endian), then the hashes: at most 2,024 bytes."""
        return self.size.to_bytes(_SIZE_BYTES) + b"".join(self.nodes)


EMPTY_FRONTIER: Final = Frontier(0, ())


def decode_frontier(data: bytes) -> Frontier:
    """Read what `Frontier.encode` wrote. Raises Malformed for anything else."""
    size, hashes = int.from_bytes(data[:_SIZE_BYTES]), data[_SIZE_BYTES:]
    if len(data) < _SIZE_BYTES or size > MAX_SIZE:
        raise Malformed("not an encoded frontier")
    if len(hashes) != size.bit_count() * DIGEST_BYTES:
        raise Malformed("the frontier has not the number of hashes that its size demands")
    return Frontier(size, split_hashes(hashes))


def perfect_root(row: bytes) -> bytes:
    """The root of the perfect subtree over 2^n neighbouring hashes, given as one row of bytes."""
    while len(row) > DIGEST_BYTES:
        pairs = range(0, len(row), 2 * DIGEST_BYTES)
        row = b"".join([_sha256(_NODE + row[at : at + 2 * DIGEST_BYTES]).digest() for at in pairs])
    return row


def fold_right(nodes: tuple[bytes, ...]) -> bytes:
    """The root over neighbouring perfect subtrees of falling height; at least one."""
    root = nodes[-1]
    for node in reversed(nodes[:-1]):
        root = node_hash(node, root)
    return root


def split_hashes(data: bytes) -> tuple[bytes, ...]:
    """Cut a row of 32-byte hashes apart; its length must be a multiple of 32."""
    return tuple(data[at : at + DIGEST_BYTES] for at in range(0, len(data), DIGEST_BYTES))
