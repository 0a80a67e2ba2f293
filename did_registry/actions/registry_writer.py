"""Whoever may write to our log: leaves in the caller's transaction, and the head that covers them.

    writer.record(session, drafts, now=now)     # with everything else that shall be true with them

The leaves, the directory and one signed head for all leaves of a transaction are stored with the
caller's own rows or not at all.
Once that is durable, the guard is told and the witnesses are asked, outside of any transaction: a
head is shown when a quorum has signed it, at once or with the next one.
"""

import logging
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import Final

from sqlalchemy.orm import Session

from credentials.errors import Error
from did_registry.actions.append import LeafDraft, append
from did_registry.actions.collect_approvals import collect_approvals
from did_registry.actions.collect_cosignatures import Sender, collect_cosignatures
from did_registry.actions.log_directory import log_directory
from did_registry.actions.publish_checkpoint import publish_checkpoint, settle_guard
from did_registry.errors import LogWitnessMissing
from did_registry.sign_guard import SignGuard
from did_registry.tlog.note import NoteSigner, VerifierKey
from did_registry.witness_peers import WitnessPeers
from storage.transaction import Database, after_commit, before_commit
from web.logs import LogLine

_LOG = logging.getLogger("gwanin.registry")
_NAME: Final = "registry-head"
_WAITING: Final = LogLine(event="did-versions-wait", code=LogWitnessMissing.code)


@dataclass(frozen=True, slots=True, kw_only=True)
class RegistryWriter:
    """Everything that a head of our log needs to be signed and published. key: of the signer."""

    database: Database
    signer: NoteSigner = field(repr=False)
    key: VerifierKey
    guard: SignGuard
    peers: WitnessPeers
    outbound: Sender

    def record(self, session: Session, drafts: Sequence[LeafDraft], *, now: datetime) -> list[int]:
        """Append leaves, and sign the log over them as the last part of the transaction; returns
        their indexes.

        Raises Malformed or TooLarge for a draft that can't be a leaf, and LogInconsistent.
        """
        indexes = append(session, drafts, now=now)
        self.close_head(session, now=now)
        return indexes

    def close_head(self, session: Session, *, now: datetime) -> None:
        """Sign the log at the end of this transaction, and publish it when that is durable."""
        before_commit(session, _NAME, partial(self._sign, session, now))
        after_commit(session, _NAME, partial(self.publish, now))

    def _sign(self, session: Session, now: datetime) -> None:
        log_directory(session, now=now)
        publish_checkpoint(session, self.signer, self.guard, now=now)

    def publish_head(self, now: datetime) -> None:
        """Sign what the log has that is not signed yet, and publish it. What fails is reported."""
        try:
            with self.database.writing() as session:
                self.close_head(session, now=now)
        except Error as error:
            _report(error)

    def publish(self, now: datetime) -> None:
        """Tell the guard, ask the witnesses: for the head, then for the DIDs under it. What fails
        is for the operator, not for the caller, whose own work is done: the next head asks again.
        """
        try:
            with self.database.writing() as session:
                settle_guard(session, self.guard)
            if self.peers.peers:
                collect_cosignatures(
                    self.database, self.peers, self.outbound, key=self.key, now=now
                )
                waiting = collect_approvals(self.database, self.peers, self.outbound, now=now)
                if waiting:
                    _LOG.warning(_WAITING.event, extra={"line": _WAITING})
        except Error as error:
            _report(error)


def _report(error: Error) -> None:
    line = LogLine(event="head-not-published", code=error.code)
    _LOG.error(line.event, extra={"line": line})
