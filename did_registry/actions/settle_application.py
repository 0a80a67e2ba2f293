"""Lets an application follow what becomes of the root's act about it."""

from datetime import datetime

from sqlalchemy.orm import Session

from did_registry import application_store
from did_registry.application import ApplicationEvent


def settle_application(
    session: Session, act_id: str, event: ApplicationEvent, *, now: datetime
) -> None:
    """Move the application that an act would grant; nothing happens for an act without one.

    Called with the act's row locked. Raises ApplicationNotOpen.
    """
    row = application_store.find_by_act(session, act_id)
    if row is None:
        return
    is_granted = event is ApplicationEvent.APPROVE
    application_store.move(
        session,
        row,
        event,
        act=act_id if is_granted else None,
        reason=None,
        decided_at=now if is_granted else None,
    )
