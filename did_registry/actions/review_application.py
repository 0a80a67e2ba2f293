"""What the registry's people do about an application: propose its enrolment, or refuse it.

The root's act is always had before the application's row, so that two of them never wait for each
other.
"""

from datetime import datetime
from typing import Final

from sqlalchemy.orm import Session

from did_registry import application_store
from did_registry.actions.applications import Received, get_row, read_application
from did_registry.actions.propose_act import propose_act, withdraw_act
from did_registry.actions.root_desk import RootDesk
from did_registry.application import ApplicationEvent, ApplicationState
from did_registry.errors import RefusalReasonNeeded
from did_registry.root_act import RootAct
from schemas.claim import TextContent
from schemas.clean_text import normalise, text_problems

MAX_REASON_CHARS: Final = 300


def propose_enrolment(
    session: Session, desk: RootDesk, receipt: str, *, by: str, now: datetime
) -> RootAct:
    """Propose to grant an application as it stands; a second person approves the act.

    Raises UnknownApplication, ApplicationNotOpen, or what `propose_act` raises.
    """
    row = get_row(session, receipt)
    act = propose_act(session, desk, read_application(row).application.wish, by=by, now=now)
    application_store.move(
        session, row, ApplicationEvent.PROPOSE, act=act.id, reason=None, decided_at=None
    )
    return act


def refuse_application(
    session: Session, receipt: str, reason: str, *, by: str, now: datetime
) -> Received:
    """Refuse an application, and with it the act that would grant it, if there is one.

    reason: 1 to 300 characters, which the applicant reads. Raises UnknownApplication,
    ApplicationNotOpen, or RefusalReasonNeeded.
    """
    text = normalise(reason.strip())
    if not 0 < len(text) <= MAX_REASON_CHARS or list(text_problems(text, TextContent.PLAIN)):
        raise RefusalReasonNeeded("a refusal has a reason of 1 to 300 characters")
    row = get_row(session, receipt)
    if row.state == ApplicationState.PROPOSED.value and row.act is not None:
        withdraw_act(session, row.act, by=by, now=now)  # with which it is received again
    application_store.move(
        session, row, ApplicationEvent.REFUSE, act=None, reason=text, decided_at=now
    )
    return read_application(row)
