"""`/desk`: what waits for this clerk today."""

from dataclasses import dataclass

from flask import render_template

from issuer import desk_store
from issuer.actions.revoke_set import RevocationState
from issuer.batch import BatchState
from issuer.draft import DraftState
from issuer.web.desk.room import Desk, bp, desk
from staff.account import Role
from staff.web.guard import for_roles

MAX_SHOWN = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """Something that waits. word: of the sentence; endpoint: where it is done."""

    word: str
    count: int
    endpoint: str


@bp.get("")
@for_roles(Role.DRAFT, Role.APPROVE, Role.REVOKE, Role.AUDIT)
def today() -> str:
    """What waits."""
    with desk() as at:
        tasks = [task for task in _tasks(at) if task.count]
    return render_template("desk/today.html", tasks=tasks)


def _tasks(at: Desk) -> list[Task]:
    tasks: list[Task] = []
    if Role.DRAFT in at.clerk.roles:
        tasks += [
            _drafts(at, "refused", DraftState.REFUSED, "desk.list_drafts"),
            _drafts(at, "drafted", DraftState.DRAFTED, "desk.list_drafts"),
            _files(at, "files-read", [BatchState.READING, BatchState.READ], "desk.list_files"),
        ]
    if Role.APPROVE in at.clerk.roles:
        waiting = [BatchState.SUBMITTED, BatchState.APPROVING]
        tasks += [
            _drafts(at, "submitted", DraftState.SUBMITTED, "desk.list_approvals"),
            _files(at, "files-submitted", waiting, "desk.list_approvals"),
        ]
    if Role.REVOKE in at.clerk.roles:
        states = (RevocationState.PROPOSED.value,)
        found = desk_store.revocations(at.session, at.code, states, limit=MAX_SHOWN)
        tasks.append(Task(word="sets", count=len(found), endpoint="desk.list_revocations"))
    return tasks


def _drafts(at: Desk, word: str, state: DraftState, endpoint: str) -> Task:
    count = desk_store.count_drafts(at.session, at.code, (state.value,))
    return Task(word=word, count=count, endpoint=endpoint)


def _files(at: Desk, word: str, states: list[BatchState], endpoint: str) -> Task:
    found = desk_store.batches(
        at.session, at.code, [state.value for state in states], limit=MAX_SHOWN
    )
    return Task(word=word, count=len(found), endpoint=endpoint)
