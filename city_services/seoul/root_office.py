"""Where the city's own people act for the registry's root: who may, and what follows for tenants.

Each act is one transaction, with the signed head that covers it and a line in the record of acts;
the witnesses are asked when it is durable.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from sqlalchemy.orm import Session

from console.clock import Clock
from credentials.keys import KeyType
from did_registry.actions.applications import Received, get_application
from did_registry.actions.approve_act import approve_act
from did_registry.actions.propose_act import propose_act, withdraw_act
from did_registry.actions.registry_writer import RegistryWriter
from did_registry.actions.review_application import propose_enrolment, refuse_application
from did_registry.actions.root_acts import get_act, list_acts
from did_registry.actions.root_desk import DidPlan, NewKeys, RootDesk
from did_registry.document import Purpose
from did_registry.root_act import RootAct, Terms
from did_registry.webvh.did import Did
from issuer.actions import adopt_keys as issuer_keys
from issuer.actions.context import IssuerContext
from issuer.actions.open_agency import open_agency
from issuer.agency import KEY_FRAGMENTS, Agency
from staff import store as staff_store
from staff.account import Account, Role, parse_staff_reference
from staff.actions.record_act import Act, record_act
from staff.actions.sessions import account_of
from staff.errors import NotPermitted
from storage.transaction import Database
from verifier.actions import adopt_keys as verifier_keys
from verifier.actions.open_verifier import open_verifier
from verifier.actions.service import KEY_FRAGMENT

AT_THE_MACHINE: Final = "command-line"


class Noted(StrEnum):
    """What the record of the root's agency says of these acts."""

    PROPOSED = "root-act-proposed"
    APPROVED = "root-act-approved"
    WITHDRAWN = "root-act-withdrawn"
    OPENED = "root-act-opened"
    APPLICATION_OPENED = "application-opened"
    APPLICATION_REFUSED = "application-refused"


@dataclass(frozen=True, slots=True)
class CityTenants:
    """The agencies and verifiers that sign with their DIDs' keys in this installation."""

    issuer: IssuerContext

    def hold(self, session: Session, code: str) -> None:
        """Let nobody sign with this code's keys while they change."""
        issuer_keys.hold_keys(session, self.issuer, code)

    def adopt(self, session: Session, keys: NewKeys, *, now: datetime) -> None:
        """Let whoever has this code sign with the new keys."""
        issuer_keys.adopt_keys(session, self.issuer, keys.code, keys.generation, now=now)
        verifier_keys.adopt_keys(session, keys.code, keys.generation)

    def issuing(self, code: str) -> DidPlan:
        """An agency's DID: a key of each type, and where wallets find its offers."""
        agency = Agency(code=code, did="", public_url=self.issuer.settings.public_url)
        return DidPlan(
            keys={fragment: key_type for key_type, fragment in KEY_FRAGMENTS.items()},
            purpose=Purpose.ASSERTION,
            credential_issuer=agency.credential_issuer,
        )

    def asking(self) -> DidPlan:
        """A verifier's DID: the key that its requests are signed with."""
        return DidPlan(
            keys={KEY_FRAGMENT: KeyType.P256},
            purpose=Purpose.AUTHENTICATION,
            credential_issuer=None,
        )

    def welcome(self, session: Session, code: str, did: Did, *, asks: bool, now: datetime) -> None:
        """Let a new verifier ask from here, or a new agency issue."""
        if asks:
            open_verifier(session, code, str(did))
        else:
            open_agency(session, self.issuer, code, str(did), now=now)


@dataclass(frozen=True, slots=True, kw_only=True)
class RootOffice:
    """clock: the city's time; each act reads it once. address: from where the people act, for the
    record. `by` names a staff account of the root's agency with the role `root`; every act raises
    NotPermitted for another."""

    database: Database
    desk: RootDesk
    writer: RegistryWriter
    clock: Clock
    address: str

    def propose(self, terms: Terms, *, by: str) -> RootAct:
        """Propose an act; see `propose_act`."""
        with self.database.writing() as session:
            account, now = self._officer(session, by), self.clock()
            act = propose_act(session, self.desk, terms, by=account.reference, now=now)
            self._close(session, account, Noted.PROPOSED, act, now)
        return act

    def approve(self, act_id: str, *, by: str) -> RootAct:
        """Be an act's second person; see `approve_act`."""
        with self.database.writing() as session:
            account, now = self._officer(session, by), self.clock()
            act = approve_act(session, self.desk, act_id, by=account.reference, now=now)
            self._close(session, account, Noted.APPROVED, act, now)
        return act

    def withdraw(self, act_id: str, *, by: str) -> RootAct:
        """Give an act up; see `withdraw_act`."""
        with self.database.writing() as session:
            account, now = self._officer(session, by), self.clock()
            act = withdraw_act(session, act_id, by=account.reference, now=now)
            self._record(session, account, Noted.WITHDRAWN, act.id, act.kind.value, now)
        return act

    def acts(self) -> Sequence[RootAct]:
        """Every act, the oldest first."""
        with self.database.reading() as session:
            return list_acts(session)

    def open_act(self, act_id: str, *, by: str) -> RootAct:
        """Show an act to one of these people, which is recorded. Raises UnknownAct."""
        with self.database.writing() as session:
            account, now = self._officer(session, by), self.clock()
            act = get_act(session, act_id)
            self._record(session, account, Noted.OPENED, act.id, act.kind.value, now)
        return act

    def open_application(self, receipt: str, *, by: str) -> Received:
        """Show an application to one of them, which is recorded. Raises UnknownApplication."""
        with self.database.writing() as session:
            account, now = self._officer(session, by), self.clock()
            found = get_application(session, receipt)
            self._record(session, account, Noted.APPLICATION_OPENED, receipt, "", now)
        return found

    def propose_enrolment(self, receipt: str, *, by: str) -> RootAct:
        """Propose to grant an application; see `review_application`."""
        with self.database.writing() as session:
            account, now = self._officer(session, by), self.clock()
            act = propose_enrolment(session, self.desk, receipt, by=account.reference, now=now)
            self._close(session, account, Noted.PROPOSED, act, now)
        return act

    def refuse_application(self, receipt: str, reason: str, *, by: str) -> Received:
        """Refuse an application; see `review_application`."""
        with self.database.writing() as session:
            account, now = self._officer(session, by), self.clock()
            found = refuse_application(session, receipt, reason, by=account.reference, now=now)
            self._record(session, account, Noted.APPLICATION_REFUSED, receipt, "", now)
        return found

    def _officer(self, session: Session, by: str) -> Account:
        """Raises NotPermitted, or Malformed for what is no reference."""
        row = staff_store.find_staff(session, parse_staff_reference(by))
        if row is None or not row.active or row.agency != self.desk.root_code:
            raise NotPermitted(f"acts of the root take an open account of {self.desk.root_code}")
        account = account_of(row)
        account.require(Role.ROOT)
        return account

    def _close(
        self, session: Session, account: Account, name: Noted, act: RootAct, now: datetime
    ) -> None:
        """Sign the log over whatever the act has logged, with the rest of the transaction."""
        if act.effect is not None:
            self.writer.close_head(session, now=now)
        self._record(session, account, name, act.id, act.kind.value, now)

    def _record(
        self,
        session: Session,
        account: Account,
        name: Noted,
        subject: str,
        reason: str,
        now: datetime,
    ) -> None:
        line = Act(name=name.value, subject=subject, reason=reason, address=self.address)
        record_act(session, account, line, now=now)
