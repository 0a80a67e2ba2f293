"""An application: somebody who wants to issue or to ask here, and what becomes of it.

    received ──propose──> proposed ──approve──> approved      enrolled, by two people of the root
       │   ^                 │  │
       │   └────withdraw─────┘  └──refuse──> refused
       └──refuse──> refused

What the two people decide about is the enrolment that it holds; nothing is on the log before that.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from credentials.claims import Claims
from credentials.errors import Malformed
from credentials.json_object import JsonObject
from did_registry.errors import ApplicationNotOpen
from did_registry.root_act import ActKind, Enrol, encode_terms, parse_terms

# Without letters and digits that can be taken for one another: it is read out on the telephone.
RECEIPT_ALPHABET: Final = "abcdefghjkmnpqrstuvwxyz23456789"
RECEIPT_GROUPS, RECEIPT_GROUP_CHARS = 4, 4  # 16 of 31: 79 bits, as nobody else shall find it

_RECEIPT: Final = re.compile(rf"[{RECEIPT_ALPHABET}]{{4}}(?:-[{RECEIPT_ALPHABET}]{{4}}){{3}}")


class Applicant(StrEnum):
    """What somebody wants to be."""

    AGENCY = "agency"
    VERIFIER = "verifier"


class ApplicationState(StrEnum):
    """How far an application has come."""

    RECEIVED = "received"
    PROPOSED = "proposed"
    APPROVED = "approved"
    REFUSED = "refused"


class ApplicationEvent(StrEnum):
    """What may happen to it."""

    PROPOSE = "propose"
    WITHDRAW = "withdraw"
    APPROVE = "approve"
    REFUSE = "refuse"


TRANSITIONS: Final[Mapping[tuple[ApplicationState, ApplicationEvent], ApplicationState]] = (
    MappingProxyType(
        {
            (ApplicationState.RECEIVED, ApplicationEvent.PROPOSE): ApplicationState.PROPOSED,
            (ApplicationState.RECEIVED, ApplicationEvent.REFUSE): ApplicationState.REFUSED,
            (ApplicationState.PROPOSED, ApplicationEvent.WITHDRAW): ApplicationState.RECEIVED,
            (ApplicationState.PROPOSED, ApplicationEvent.APPROVE): ApplicationState.APPROVED,
            (ApplicationState.PROPOSED, ApplicationEvent.REFUSE): ApplicationState.REFUSED,
        }
    )
)
OPEN: Final = frozenset({ApplicationState.RECEIVED, ApplicationState.PROPOSED})


@dataclass(frozen=True, slots=True, kw_only=True)
class Application:
    """What was applied for. wish: the enrolment that would follow; legal_basis: the law by which it
    would issue or ask; contact: an office, never a person."""

    wish: Enrol
    legal_basis: str
    contact: str

    @property
    def applicant(self) -> Applicant:
        return Applicant.AGENCY if self.wish.asking is None else Applicant.VERIFIER


def advance(state: ApplicationState, event: ApplicationEvent) -> ApplicationState:
    """The state after an event. Raises ApplicationNotOpen where the table has no such row."""
    after = TRANSITIONS.get((state, event))
    if after is None:
        raise ApplicationNotOpen(f"an application that is {state} has no event {event}")
    return after


def is_receipt(text: str) -> bool:
    """Whether this could be a receipt number; asked before a database is."""
    return _RECEIPT.fullmatch(text) is not None


def encode_application(application: Application) -> Claims:
    """An application as it is stored."""
    return {
        "wish": encode_terms(application.wish),
        "legal_basis": application.legal_basis,
        "contact": application.contact,
    }


def parse_stored(content: JsonObject) -> Application:
    """Read a stored application. Raises Malformed."""
    wish = parse_terms(ActKind.ENROL, content.object("wish"))
    if not isinstance(wish, Enrol):
        raise Malformed("an application holds an enrolment")
    return Application(
        wish=wish, legal_basis=content.text("legal_basis"), contact=content.text("contact")
    )
