"""The trust bundle: the whole registry and its status lists in one file, for whoever is offline.

    {"checkpoint":"<note, base64>","leaves":["<leaf, base64>",…],
     "lists":{"https://…/status/GU-11620-1":"<bytes, base64>",…},"v":1}

Nothing in it is believed: the leaves are replayed to the head that the pinned key and a quorum of
the pinned witnesses have signed, and a list counts only if the log names that very one last.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from credentials.errors import Malformed, TooLarge, Unsupported
from credentials.jcs import canonicalize
from credentials.json_object import parse_object
from credentials.strict_json import JsonValue
from did_registry.leaf import MAX_LEAF_BYTES
from did_registry.replica import Replica
from did_registry.tlog.base64_standard import decode_base64, encode_base64
from did_registry.tlog.checkpoint import verify_checkpoint
from did_registry.tlog.note import parse_note
from did_registry.trust import TrustAnchor
from did_registry.view import RegistryView

MAX_BUNDLE_BYTES: Final = 32 * 1024 * 1024  # 15,000 leaves, or a small country's agencies
MAX_LEAVES: Final = 100_000
MAX_LISTS: Final = 1_000

_VERSION: Final = 1
_MAX_TEXT: Final = MAX_BUNDLE_BYTES
_MAX_LEAF_TEXT: Final = 4 * (MAX_LEAF_BYTES // 3 + 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class TrustBundle:
    """An unverified bundle. checkpoint: the whole note; leaves: all, in order; lists: by their
    addresses."""

    checkpoint: bytes
    leaves: tuple[bytes, ...]
    lists: Mapping[str, bytes]


def encode_bundle_file(bundle: TrustBundle) -> bytes:
    """Write a bundle, canonically. Raises TooLarge for one that nobody would read."""
    leaves: list[JsonValue] = [encode_base64(leaf) for leaf in bundle.leaves]
    lists: dict[str, JsonValue] = {uri: encode_base64(data) for uri, data in bundle.lists.items()}
    data = canonicalize(
        {
            "checkpoint": encode_base64(bundle.checkpoint),
            "leaves": leaves,
            "lists": lists,
            "v": _VERSION,
        }
    )
    if len(data) > MAX_BUNDLE_BYTES:
        raise TooLarge(f"a bundle has at most {MAX_BUNDLE_BYTES} bytes")
    return data


def parse_bundle_file(data: bytes) -> TrustBundle:
    """Read a bundle. Raises Malformed, TooLarge, or Unsupported for another version."""
    fields = parse_object(data, max_bytes=MAX_BUNDLE_BYTES, where="bundle")
    if fields.integer("v") != _VERSION:
        raise Unsupported("a bundle of another version")
    fields.only("checkpoint", "leaves", "lists", "v")
    lists = fields.object("lists")
    names = list(lists.members)
    if len(names) > MAX_LISTS:
        raise TooLarge(f"a bundle has at most {MAX_LISTS} status lists")
    return TrustBundle(
        checkpoint=decode_base64(fields.text("checkpoint", max_chars=_MAX_TEXT)),
        leaves=tuple(_leaf(text) for text in fields.array("leaves", max_items=MAX_LEAVES)),
        lists={name: decode_base64(lists.text(name, max_chars=_MAX_TEXT)) for name in names},
    )


def _leaf(text: JsonValue) -> bytes:
    if not isinstance(text, str) or len(text) > _MAX_LEAF_TEXT:
        raise Malformed("a bundle's leaves are texts of at most 16 KiB")
    return decode_base64(text)


def open_bundle(bundle: TrustBundle, anchor: TrustAnchor, now: datetime) -> RegistryView:
    """Replay a bundle: the registry as of the time for which somebody else has vouched.

    That is when a quorum of the witnesses had seen the head; without witnesses, the time of the
    last leaf. Raises LeafRejected, LogInconsistent, or what the head's verification raises.
    """
    checkpoint = verify_checkpoint(bundle.checkpoint, anchor.log_key)
    seen = anchor.witnesses.verify(parse_note(bundle.checkpoint))
    replica, last = Replica(anchor.root), None
    for data in bundle.leaves:
        last = replica.append(data, now).time
    if last is None or checkpoint.size == 0:
        raise Malformed("the bundle is of an empty registry")
    quorum = anchor.witnesses.quorum
    as_of = sorted(seen.values(), reverse=True)[quorum - 1] if quorum else last
    return replica.confirm(bundle.checkpoint, anchor.log_key, min(as_of, now))


def is_latest(uri: str, data: bytes, view: RegistryView) -> bool:
    """Whether these are the bytes of the list that the log names last."""
    logged = view.lists.get(uri)
    return logged is not None and hashlib.sha256(data).digest() == logged.digest
