"""Writes down what somebody did: append-only, each line with the hash of the one before it.

The line holds references only, never what stands in a record: the access record tells who looked at
what, and must not become a second copy of it.
"""

import hashlib
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from credentials.claims import Claims
from credentials.data_integrity import format_timestamp
from credentials.jcs import canonicalize
from staff import store
from staff.account import Account
from staff.act_chain import NO_LINE
from staff.models import ActRow


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """What was done. name: a word such as `approve`; subject: the record's id; reason: why, as a
    code or in the clerk's words; address: the client's network."""

    name: str
    subject: str
    reason: str
    address: str


def record_act(session: Session, account: Account, act: Act, *, now: datetime) -> None:
    """Add one line to the record of the person's agency.

    The record is locked until the transaction ends, so an act is written down after all else.
    """
    store.lock_record(session, account.agency)
    before = store.last_act(session, account.agency)
    number = 1 if before is None else before.number + 1
    line: Claims = {
        "act": act.name,
        "address": act.address,
        "agency": account.agency,
        "at": format_timestamp(now),
        "n": number,
        "prev": (NO_LINE if before is None else before.hash).hex(),
        "reason": act.reason,
        "staff": account.reference,
        "subject": act.subject,
    }
    session.add(
        ActRow(
            agency=account.agency,
            number=number,
            line=line,
            subject=act.subject,
            at=now,
            hash=hashlib.sha256(canonicalize(line)).digest(),
        )
    )
    session.flush()
