"""Replays a served log leaf by leaf and compares every tile with what its leaves give.

What is held is what follows from the leaves, and one bundle of them.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeAlias

from credentials.errors import Error
from did_registry.actions.served_copy import ServedCopy, bundle_file
from did_registry.audit_errors import FileRejected
from did_registry.audit_memory import KeptLeaves
from did_registry.errors import LeafRejected, LogInconsistent
from did_registry.replica import Replica
from did_registry.tlog.checkpoint import Checkpoint
from did_registry.tlog.merkle import leaf_hash, split_hashes
from did_registry.tlog.note import VerifierKey
from did_registry.tlog.tile_stream import TileStream
from did_registry.tlog.tiles import HEIGHT, WIDTH, Bundle, Tile, width_at
from did_registry.view import RegistryView

# Told how many of how many leaves are done, after every bundle.
OnLeaves: TypeAlias = Callable[[int, int], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Disagreement:
    """A tile that has another hash than its leaves give; index: of the first leaf below it."""

    tile: Tile
    index: int


class LogWalk:
    """One audit's way through a log. watched_size: where its root on the way is to be noted."""

    def __init__(
        self,
        copy: ServedCopy,
        replica: Replica,
        tiles: TileStream,
        kept: KeptLeaves,
        *,
        watched_size: int | None,
        on_leaves: OnLeaves,
    ) -> None:
        self._copy = copy
        self._replica = replica
        self._tiles = tiles
        self._kept = kept
        self._watched_size = watched_size
        self._on_leaves = on_leaves
        self._disagreement: _Disagreement | None = None
        self.watched_root: bytes | None = None

    @property
    def size(self) -> int:
        """How many leaves are behind it."""
        return self._replica.size

    def remembered(self) -> tuple[bytes, ...]:
        """The leaves that the next audit begins from."""
        return self._kept.leaves()

    def advance(
        self, note: bytes, checkpoint: Checkpoint, key: VerifierKey, now: datetime
    ) -> RegistryView:
        """Go on to a signed head, and return what follows from all leaves under it.

        Raises FileRejected for a tile or a bundle; LeafRejected, which names the first leaf that is
        wrong; LogInconsistent, and what fetching raises.
        """
        end = checkpoint.size
        try:
            while self.size < end:
                self._advance_through_bundle(end, now)
                self._on_leaves(self.size, end)
            view = self._replica.confirm(note, key, now)
        except (LeafRejected, LogInconsistent) as error:
            raise self._blamed(error, end) from error
        found = self._disagreement
        if found is not None:
            # All leaves lead to the signed root, so it is the tile that is wrong.
            detail = f"its hash over leaf {found.index} is not that of the leaf"
            raise FileRejected(detail, file=f"/log/{found.tile.path}")
        return view

    def _advance_through_bundle(self, end: int, now: datetime) -> None:
        index, start = divmod(self.size, WIDTH)
        bundle = Bundle(index, width_at(0, index, end))
        leaves = self._copy.bundle(bundle)
        hashes = [leaf_hash(leaf) for leaf in leaves]
        self._check_known(bundle, hashes[:start])
        tiles = self._tiles.extend(hashes[start:])
        # Before the leaves are looked at: when one is refused, the tile says which one was changed.
        self._compare(tiles if self._tiles.size < end else [*tiles, *self._tiles.edge()])
        for data in leaves[start:]:
            self._take(data, bundle, now)

    def _check_known(self, bundle: Bundle, hashes: Sequence[bytes]) -> None:
        """The bundle's first leaves may be ones that are behind us already."""
        rows = [data for tile, data in self._tiles.edge() if tile.level == 0]
        for offset, (ours, theirs) in enumerate(
            zip(hashes, split_hashes(b"".join(rows)), strict=True)
        ):
            if ours != theirs:
                detail = "it is another than the one that was there before"
                index = bundle.index * WIDTH + offset
                raise LeafRejected(detail, index=index, file=bundle_file(bundle))

    def _compare(self, tiles: Iterable[tuple[Tile, bytes]]) -> None:
        for tile, expected in tiles:
            served = self._copy.tile(tile)
            if len(served) != len(expected):
                detail = f"it has {len(served)} bytes and should have {len(expected)}"
                raise FileRejected(detail, file=f"/log/{tile.path}")
            if served != expected and self._disagreement is None:
                self._disagreement = _Disagreement(
                    tile=tile, index=_first_below(tile, served, expected)
                )

    def _take(self, data: bytes, bundle: Bundle, now: datetime) -> None:
        try:
            leaf = self._replica.append(data, now)
        except LeafRejected as error:
            detail = error.detail.removeprefix(f"leaf {error.index}: ")
            raise LeafRejected(detail, index=error.index, file=bundle_file(bundle)) from error
        self._kept.take(leaf, data)
        if self.size == self._watched_size:
            self.watched_root = self._replica.tree_root

    def _blamed(self, error: LeafRejected | LogInconsistent, end: int) -> Error:
        """The first thing that is wrong: a changed leaf is refused only at the next one's `prev`,
        or at the root, but disagrees with its tile."""
        found = self._disagreement
        if found is None:
            return error
        if isinstance(error, LeafRejected) and (found.tile.level or error.index <= found.index):
            return error
        index = found.index // WIDTH
        return LeafRejected(
            f"its hash is not the one in /log/{found.tile.path}",
            index=found.index,
            file=bundle_file(Bundle(index, width_at(0, index, end))),
        )


def _first_below(tile: Tile, served: bytes, expected: bytes) -> int:
    """The first leaf below the first hash that differs."""
    pairs = zip(split_hashes(served), split_hashes(expected), strict=True)
    offset = next(offset for offset, (theirs, ours) in enumerate(pairs) if theirs != ours)
    return (tile.index * WIDTH + offset) << HEIGHT * tile.level
