"""Compromise notices that take effect before the witnesses have signed the head that holds them.

    ["c2sp.org/tlog-proof@v1\\nextra …\\nindex 41\\n…", …]

Each is a leaf with its place under a head that the log alone has signed. Of such a head nothing
else is believed: it may be one that only we are shown. A compromise is, since it was the root's own
key that signed it, and since it takes a right and gives none. Witnesses that are away, or are kept
away, must not keep a stolen key alive. Whoever has it from here keeps it: it is never taken back.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final

from credentials.errors import Malformed
from credentials.jcs import canonicalize
from credentials.json_object import JsonObject
from credentials.keys import PublicKey
from credentials.strict_json import parse_json
from did_registry.admission import own_key
from did_registry.errors import KeyCompromised, LogInconsistent
from did_registry.leaf import Leaf, LeafKind, parse_leaf
from did_registry.notice import Compromise, read_notice, signing_key_of
from did_registry.tlog.checkpoint import verify_checkpoint
from did_registry.tlog.merkle import leaf_hash
from did_registry.tlog.note import VerifierKey
from did_registry.tlog.proof import verify_inclusion
from did_registry.tlog.tlog_proof import parse_tlog_proof
from did_registry.view import RegistryView

MAX_URGENT: Final = 64
MAX_URGENT_BYTES: Final = 2 * 1024 * 1024  # leaves of at most 16 KiB, each with path and head
CLOCK_SKEW: Final = timedelta(minutes=5)

_MAX_PROOF_CHARS: Final = 64 * 1024


def read_urgent(
    data: bytes, view: RegistryView, key: VerifierKey, now: datetime
) -> Mapping[PublicKey, datetime]:
    """The keys that are declared compromised, and since when; of DIDs and admitted keys that the
    view does not know, none.

    key: of the log. The root must have the key that signs a notice, as far as the view goes.
    Raises Malformed or TooLarge for the file, and for any proof, leaf or notice in it that does not
    hold what verifying it raises: then nothing in the file is believed.
    """
    found: dict[PublicKey, datetime] = {}
    for proof in read_proofs(data):
        notice, subject = _proven(proof, view, key, now)
        for one in _keys(notice, subject, view):
            found[one] = min(notice.since, found.get(one, notice.since))
    return found


def encode_urgent(proofs: Sequence[str]) -> bytes:
    """Write the file, in its one spelling."""
    return canonicalize([*proofs])


def read_proofs(data: bytes) -> list[bytes]:
    """The proofs in the file, unverified. Raises Malformed or TooLarge."""
    listed = JsonObject({"file": parse_json(data, max_bytes=MAX_URGENT_BYTES)})
    texts = listed.array("file", max_items=MAX_URGENT)
    if not all(isinstance(text, str) and len(text) <= _MAX_PROOF_CHARS for text in texts):
        raise Malformed("an urgent notice is the text of a proof")
    return [str(text).encode() for text in texts]


def _proven(
    data: bytes, view: RegistryView, key: VerifierKey, now: datetime
) -> tuple[Compromise, str]:
    """A compromise that is under a signed head, and is signed by the root; with its subject."""
    proof = parse_tlog_proof(data)
    if proof.extra is None:
        raise Malformed("the proof comes without its leaf")
    head = verify_checkpoint(proof.checkpoint, key)
    verify_inclusion(leaf_hash(proof.extra), proof.index, head.size, proof.path, head.root)
    leaf = parse_leaf(proof.extra)
    if leaf.kind is not LeafKind.NOTICE or leaf.index != proof.index:
        raise LogInconsistent("the leaf is no notice, or stands at another place")
    if leaf.time > now + CLOCK_SKEW:
        raise LogInconsistent("the leaf is dated in the future")
    return _compromise(leaf, view, now), leaf.subject


def _compromise(leaf: Leaf, view: RegistryView, now: datetime) -> Compromise:
    """The root must have the key today: the leaf's time is the log's word alone, and a thief of the
    log's key and of one that the root has retired could date a leaf back."""
    statement = leaf.body["statement"]
    signed_by = signing_key_of(statement, view.history(str(view.root)), logged_at=now)
    if signed_by in view.compromised:
        raise KeyCompromised("the root has declared this key of its own compromised")
    notice = read_notice(statement, signed_by, logged_at=leaf.time)
    if not isinstance(notice, Compromise):
        raise LogInconsistent("only a compromise is believed before the witnesses have seen it")
    return notice


def _keys(notice: Compromise, subject: str, view: RegistryView) -> frozenset[PublicKey]:
    """Every key that ever stood under this name, as far as the view goes."""
    if notice.did in view.admitted:
        own = own_key(notice.did, notice.key)
        return frozenset() if own is None or subject != notice.did else frozenset({own})
    history = view.histories.get(subject)
    if history is None or str(history.did) != notice.did:
        return frozenset()
    return history.keys_named(notice.key)
