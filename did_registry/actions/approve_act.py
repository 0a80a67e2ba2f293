"""Lets an act of the root take effect once a second person agrees, in one transaction."""

from datetime import datetime

from sqlalchemy.orm import Session

from credentials.claims import Claims
from did_registry.actions.admit import admit, end_admission
from did_registry.actions.deactivate import deactivate
from did_registry.actions.enrol import enrol
from did_registry.actions.renew import renew_accreditation, renew_registration
from did_registry.actions.root_acts import act_of, get_locked
from did_registry.actions.root_desk import RootDesk
from did_registry.actions.rotate_keys import rotate_keys
from did_registry.actions.settle_application import settle_application
from did_registry.application import ApplicationEvent
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
)


def approve_act(
    session: Session, desk: RootDesk, act_id: str, *, by: str, now: datetime
) -> RootAct:
    """Carry an act out; a compromise, which is in effect, is confirmed.

    by: an account that may act for the root, which the caller has seen to. Raises UnknownAct,
    ActNotOpen, SamePerson, or what the act itself raises; then nothing has changed.
    """
    row = get_locked(session, act_id)
    act = act_of(row)
    act.check_second(by)
    row.effect = _carry_out(session, desk, act, now)
    row.state, row.decided_by, row.decided_at = ActState.DONE.value, by, now
    session.flush()
    settle_application(session, act_id, ApplicationEvent.APPROVE, now=now)
    return act_of(row)


def _carry_out(session: Session, desk: RootDesk, act: RootAct, now: datetime) -> Claims | None:
    match act.terms:
        case Rotate(code=code):
            return _rotate(session, desk, code, now)
        case Deactivate(code=code):
            version_id = deactivate(session, desk.keystore, code, root_code=desk.root_code, now=now)
            return {"version_id": version_id}
        case DeclareCompromise():
            return act.effect  # since it was proposed
        case Admit() as terms:
            return admit(session, desk, terms, now=now)
        case EndAdmission() as terms:
            return end_admission(session, desk, terms, now=now)
        case Accredit() as terms:
            return renew_accreditation(session, desk, terms, now=now)
        case Register() as terms:
            return renew_registration(session, desk, terms, now=now)
        case Enrol() as terms:
            return enrol(session, desk, terms, now=now)


def _rotate(session: Session, desk: RootDesk, code: str, now: datetime) -> Claims:
    desk.tenants.hold(session, code)
    keys = rotate_keys(session, desk.keystore, code, witnesses=desk.did_witnesses, now=now)
    desk.tenants.adopt(session, keys, now=now)
    return {
        "version_id": keys.version_id,
        "retired": list(keys.retired),
        "current": list(keys.current),
    }
