"""Takes an act of the root from its first person, and withdraws one that nobody wants any more."""

import secrets
from datetime import datetime

from sqlalchemy.orm import Session

from did_registry import store
from did_registry.actions.admit import check_admissible, check_endable, check_types
from did_registry.actions.deactivate import check_deactivatable
from did_registry.actions.declare_compromise import declare_compromise
from did_registry.actions.enrol import check_enrollable
from did_registry.actions.root_acts import act_of, get_locked
from did_registry.actions.root_desk import RootDesk, get_history
from did_registry.actions.settle_application import settle_application
from did_registry.application import ApplicationEvent
from did_registry.errors import ActIsOpen
from did_registry.models import RootActRow
from did_registry.root_act import (
    Accredit,
    ActState,
    Admit,
    Deactivate,
    DeclareCompromise,
    EndAdmission,
    Enrol,
    Register,
    RootAct,
    Rotate,
    Terms,
    encode_terms,
    kind_of,
    subject_of,
)

_ID_BYTES = 6


def propose_act(
    session: Session, desk: RootDesk, terms: Terms, *, by: str, now: datetime
) -> RootAct:
    """Store an act for its second person; a compromise is logged at once, as a thief waits for
    nobody.

    by: an account that may act for the root, which the caller has seen to. Raises ActIsOpen,
    ActRefused, UnknownDid, and for a compromise what signs it raises.
    """
    _check_possible(session, desk, terms, now)
    act = RootAct(
        id=f"act-{secrets.token_hex(_ID_BYTES)}",
        terms=terms,
        state=ActState.PROPOSED,
        proposed_by=by,
        proposed_at=now,
        decided_by=None,
        decided_at=None,
        effect=None,
    )
    row = _row(act)
    if not store.add_root_act(session, row):
        raise ActIsOpen("the same act waits for its second person; `gwanin registry acts` shows it")
    if isinstance(terms, DeclareCompromise):
        row.effect = declare_compromise(session, desk, terms, now=now)
        row.state = ActState.IN_EFFECT.value
    session.flush()
    return act_of(row)


def withdraw_act(session: Session, act_id: str, *, by: str, now: datetime) -> RootAct:
    """Give up an act that has no effect yet; either of two people may. Raises UnknownAct or
    ActNotOpen."""
    row = get_locked(session, act_id)
    act_of(row).check_withdrawable()
    row.state, row.decided_by, row.decided_at = ActState.WITHDRAWN.value, by, now
    session.flush()
    settle_application(session, act_id, ApplicationEvent.WITHDRAW, now=now)
    return act_of(row)


def _check_possible(session: Session, desk: RootDesk, terms: Terms, now: datetime) -> None:
    """Say at once what the second person would be told later; approving checks all of it again."""
    match terms:
        case Rotate(code=code):
            get_history(session, code, now)
        case Deactivate(code=code):
            check_deactivatable(code, root_code=desk.root_code)
            get_history(session, code, now)
        case Accredit(code=code, types=types):
            check_types(types, ())
            get_history(session, code, now)
        case Register(code=code, attributes=attributes):
            check_types((), attributes)
            get_history(session, code, now)
        case Admit():
            check_admissible(session, terms, now)
        case EndAdmission():
            check_endable(session, terms)
        case Enrol():
            check_enrollable(session, terms)
        case DeclareCompromise():
            pass  # it is done at once, and with it all that could be checked


def _row(act: RootAct) -> RootActRow:
    return RootActRow(
        id=act.id,
        kind=kind_of(act.terms).value,
        subject=subject_of(act.terms),
        terms=encode_terms(act.terms),
        state=act.state.value,
        proposed_by=act.proposed_by,
        proposed_at=act.proposed_at,
        decided_by=None,
        decided_at=None,
        effect=None,
    )
