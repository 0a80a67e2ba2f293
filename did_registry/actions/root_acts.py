"""Reads the root's acts from their rows."""

from sqlalchemy.orm import Session

from credentials.json_object import JsonObject
from did_registry import store
from did_registry.errors import UnknownAct
from did_registry.models import RootActRow
from did_registry.root_act import ActKind, ActState, RootAct, parse_terms


def list_acts(session: Session) -> list[RootAct]:
    """Every act, the oldest first."""
    return [act_of(row) for row in store.all_root_acts(session)]


def get_act(session: Session, act_id: str) -> RootAct:
    """The act with this id. Raises UnknownAct."""
    row = store.find_root_act(session, act_id)
    if row is None:
        raise UnknownAct("there is no act with this id")
    return act_of(row)


def get_locked(session: Session, act_id: str) -> RootActRow:
    """The row of an act, and nobody else decides about it meanwhile. Raises UnknownAct."""
    row = store.lock_root_act(session, act_id)
    if row is None:
        raise UnknownAct("there is no act with this id")
    return row


def act_of(row: RootActRow) -> RootAct:
    """The act that a row holds."""
    return RootAct(
        id=row.id,
        terms=parse_terms(ActKind(row.kind), JsonObject(row.terms, "the act's terms")),
        state=ActState(row.state),
        proposed_by=row.proposed_by,
        proposed_at=row.proposed_at,
        decided_by=row.decided_by,
        decided_at=row.decided_at,
        effect=None if row.effect is None else JsonObject(row.effect, "the act's effect").members,
    )
