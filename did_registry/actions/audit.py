"""Audits a registry from what it serves to everybody, from nothing or from a remembered head.

    head ── leaves and tiles ── DID logs, proofs, documents, lists ── valid, and worth remembering
      └── does it continue the head that was believed last? if not: both heads are evidence

Nothing is forgiven: the first thing that is not what the signed head commits to ends the audit.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from credentials.errors import Error
from did_registry.actions.audit_files import FileAudit, OnFiles
from did_registry.actions.served_copy import ServedCopy
from did_registry.actions.walk_log import LogWalk, OnLeaves
from did_registry.audit_errors import AuditMemoryDamaged, FileRejected, LogRewritten
from did_registry.audit_memory import AuditMemory, KeptLeaves, remembered_leaves
from did_registry.errors import LeafRejected, RegistryUnavailable
from did_registry.replica import Replica
from did_registry.rewriting import Manner, Rewriting
from did_registry.tlog.checkpoint import Checkpoint, verify_checkpoint
from did_registry.tlog.proof import build_consistency, verify_consistency
from did_registry.tlog.tile_stream import TileStream, frontier_of, right_edge
from did_registry.tlog.tiles import Tile, node_reader, width_at
from did_registry.trust import TrustAnchor
from did_registry.view import RegistryView
from web.outbound import Outbound

# What is published while we look may be newer than the head that we have; a lie stays one.
_TRIES: Final = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Watcher:
    """Who waits for an audit. pause: lets the registry publish what it has just logged."""

    on_leaves: OnLeaves
    on_files: OnFiles
    pause: Callable[[], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Audited:
    """What was found to be right.

    view: without the roots that a replica need not note; continued: the size of the remembered
    head, of which the tree below was proven to be the same, and from which on the leaves were
    replayed; files: how many were compared beside the log; memory: what the next audit begins from.
    """

    view: RegistryView
    continued: int
    files: int
    memory: AuditMemory


def audit_over_http(
    anchor: TrustAnchor,
    home: str,
    outbound: Outbound,
    memory: AuditMemory | None,
    watcher: Watcher,
    now: datetime,
) -> Audited:
    """Verify everything that a registry serves.

    anchor: whose `registry_url` is audited; home: the address that the registry gives itself.
    memory: of the last audit that found all right, None for an audit from the first leaf.
    Raises LogRewritten, which has both heads, when the log does not continue the remembered one;
    LeafRejected, which names the first leaf that is wrong; FileRejected, which names the file;
    LogInconsistent; AuditMemoryDamaged; what `ServedCopy.head` raises; FetchRefused, FetchFailed or
    RegistryUnavailable.
    """
    copy = ServedCopy(anchor, home, outbound)
    audit = _Audit(copy, anchor, memory, watcher, now)
    return audit.run()


class _Audit:
    def __init__(
        self,
        copy: ServedCopy,
        anchor: TrustAnchor,
        memory: AuditMemory | None,
        watcher: Watcher,
        now: datetime,
    ) -> None:
        self._copy = copy
        self._anchor = anchor
        self._memory = memory
        self._watcher = watcher
        self._now = now
        self._files = FileAudit(copy, anchor.log_key)
        self._old = None if memory is None else _remembered_head(memory, anchor)

    def run(self) -> Audited:
        note, head = self._first_head()
        walk = self._resume(head)
        continued = 0 if walk is None else walk.size
        walk = walk or self._begin()
        for attempt in range(_TRIES):
            view = walk.advance(note, head, self._anchor.log_key, self._now)
            self._check_not_forked(walk, note, head)
            try:
                self._files.check(view, self._watcher.on_files)
            except FileRejected:
                if attempt + 1 == _TRIES:
                    raise
                self._watcher.pause()
                note, head = self._newer(walk.size)
                continue
            break
        memory = AuditMemory(note=note, leaves=walk.remembered())
        return Audited(view=view, continued=continued, files=self._files.files, memory=memory)

    def _first_head(self) -> tuple[bytes, Checkpoint]:
        """The head that must continue the remembered one. A shorter one is asked for again, since a
        cache may be some seconds behind."""
        note, head = self._copy.head()
        for _ in range(1, _TRIES):
            if self._old is None or head.size >= self._old.size:
                break
            self._watcher.pause()
            note, head = self._copy.head()
        self._check_not_rewritten(note, head)
        return note, head

    def _newer(self, size: int) -> tuple[bytes, Checkpoint]:
        note, head = self._copy.head()
        if head.size < size:
            raise RegistryUnavailable("/log/checkpoint: it is older than the one before")
        return note, head

    def _begin(self) -> LogWalk:
        return LogWalk(
            self._copy,
            Replica(self._anchor.root, notes_roots=False),
            TileStream(0, ()),
            KeptLeaves(),
            watched_size=None if self._old is None else self._old.size,
            on_leaves=self._watcher.on_leaves,
        )

    def _resume(self, head: Checkpoint) -> LogWalk | None:
        """Begin at the remembered head, if the tiles at its right edge give its root; if not, only
        an audit from the first leaf tells whether they are wrong or the log was rewritten."""
        if self._memory is None or self._old is None:
            return None
        leaves, kept = remembered_leaves(self._memory, self._old.size), KeptLeaves()
        edge = [(tile, self._edge(tile, head.size)) for tile in right_edge(self._old.size)]
        try:
            frontier = frontier_of(self._old.size, edge)
        except Error:
            return None
        if frontier.root() != self._old.root:
            return None
        try:
            replica = Replica.resumed(self._anchor.root, self._memory.leaves, frontier, self._now)
        except LeafRejected as error:
            raise AuditMemoryDamaged(f"what it remembers does not hold: {error.detail}") from error
        for leaf, data in zip(leaves, self._memory.leaves, strict=True):
            kept.take(leaf, data)
        return LogWalk(
            self._copy,
            replica,
            TileStream(self._old.size, edge),
            kept,
            watched_size=None,
            on_leaves=self._watcher.on_leaves,
        )

    def _edge(self, tile: Tile, size: int) -> bytes:
        """What was at the right edge of a smaller tree, from the tile that stands there now."""
        wider = Tile(tile.level, tile.index, width_at(tile.level, tile.index, size))
        return self._copy.tile(wider)[: 32 * tile.width]

    def _check_not_rewritten(self, note: bytes, head: Checkpoint) -> None:
        if self._old is None or self._memory is None:
            return
        if head.size < self._old.size:
            raise LogRewritten(
                f"{self._old.size} leaves were signed before, and now {head.size} are",
                rewriting=Rewriting(manner=Manner.SHORTENED, before=self._memory.note, now=note),
            )
        if head.size == self._old.size and head.root != self._old.root:
            raise LogRewritten(
                f"two roots are signed over {head.size} leaves",
                rewriting=Rewriting(manner=Manner.TWO_ROOTS, before=self._memory.note, now=note),
            )

    def _check_not_forked(self, walk: LogWalk, note: bytes, head: Checkpoint) -> None:
        root = walk.watched_root
        if self._old is None or self._memory is None or root in (None, self._old.root):
            return
        assert root is not None
        # Every tile was compared with the leaves just now, so that they give a proof.
        node = node_reader(head.size, self._copy.tile)
        proof = build_consistency(self._old.size, head.size, node)
        verify_consistency(self._old.size, root, head.size, head.root, proof)
        raise LogRewritten(
            f"the log has another root at {self._old.size} leaves than it signed then",
            rewriting=Rewriting(
                manner=Manner.FORKED, before=self._memory.note, now=note, root=root, proof=proof
            ),
        )


def _remembered_head(memory: AuditMemory, anchor: TrustAnchor) -> Checkpoint:
    try:
        return verify_checkpoint(memory.note, anchor.log_key)
    except Error as error:
        detail = "its head is not signed by the log that the trust file names"
        raise AuditMemoryDamaged(detail) from error
