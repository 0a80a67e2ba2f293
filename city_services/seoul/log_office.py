"""What agencies offer to the log, and what is left of it after a crash."""

import os
from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property

from console.clock import Clock
from credentials.claims import Claims
from credentials.data_integrity import format_timestamp
from did_registry.actions.agency_tokens import end_tokens, give_token
from did_registry.actions.head_publisher import HeadPublisher
from did_registry.actions.registry_writer import RegistryWriter
from did_registry.actions.sequencer import Sequencer, finish_inbox
from did_registry.store import find_head, latest_checkpoint
from storage.leadership import Leadership
from storage.transaction import Database


@dataclass(frozen=True)
class LogOffice:
    """sequencer_lead: this process's chance to be the one that sequences; clock: the city's."""

    database: Database
    sequencer_lead: Leadership
    writer: RegistryWriter
    clock: Clock

    @cached_property
    def sequencer(self) -> Sequencer:
        """What agencies offer is written in groups, by one process at a time."""
        publisher = HeadPublisher(lambda: self.writer.publish_head(self.clock()))
        return Sequencer(self.database, self.sequencer_lead, publisher, self.clock)

    def give_token(self, code: str, lifetime: timedelta) -> Claims:
        """A new token for an agency's own software. Raises UnknownDid."""
        now = self.clock()
        with self.database.writing() as session:
            token = give_token(session, code, entropy=os.urandom, lifetime=lifetime, now=now)
        return {"code": code, "token": token, "expires_at": format_timestamp(now + lifetime)}

    def end_tokens(self, code: str) -> Claims:
        """End all tokens of an agency, and say how many there were."""
        with self.database.writing() as session:
            return {"code": code, "ended": end_tokens(session, code)}

    def finish(self) -> bool:
        """Log what waits in the inbox, and sign what was logged and not signed, as after a crash;
        whether there was anything to do.

        Raises LogInconsistent, StorageBusy or StorageUnavailable.
        """
        now = self.clock()
        finish_inbox(self.database, self.sequencer_lead, now=now)
        with self.database.writing() as session:
            head, signed = find_head(session), latest_checkpoint(session)
            is_signed = head is None or (signed is not None and signed.size == head.size)
            if not is_signed:
                self.writer.close_head(session, now=now)
        return not is_signed
