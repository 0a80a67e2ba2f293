"""Two signed heads of one log of which the newer does not continue the older, as a file to keep.

    {"before":"<note>","now":"<note>","proof":["<hash>",…],"root":"<hash>","v":1,"what":"forked"}

The notes alone show it when they give one size two roots. When the newer one is larger, `proof`
leads from `root`, which the newer tree has at the older size, to the newer root (RFC 9162 §2.1.4):
the log has signed another root for that size. A head that is smaller than one before is kept as it
is; whether it was rolled back or an old copy is shown, both were signed.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from credentials.jcs import canonicalize
from credentials.strict_json import JsonValue
from did_registry.tlog.base64_standard import encode_base64

_VERSION = 1


class Manner(StrEnum):
    """In which way a log does not continue what it said."""

    SHORTENED = "shortened"
    TWO_ROOTS = "two-roots"
    FORKED = "forked"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rewriting:
    """before, now: the notes as they were served; root: which the newer tree has at the older size,
    and proof: that it does, both for a fork only."""

    manner: Manner
    before: bytes
    now: bytes
    root: bytes | None = None
    proof: Sequence[bytes] = ()

    def encode(self) -> bytes:
        """The file; the same for the same heads."""
        hashes: list[JsonValue] = [encode_base64(node) for node in self.proof]
        return canonicalize(
            {
                "before": self.before.decode(),
                "now": self.now.decode(),
                "proof": hashes,
                "root": None if self.root is None else encode_base64(self.root),
                "v": _VERSION,
                "what": self.manner.value,
            }
        )
