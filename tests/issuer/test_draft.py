"""Drafts and files: every move along the table, none beside it, and four eyes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from issuer import batch, draft
from issuer.batch import BatchEvent, BatchState
from issuer.draft import (
    DraftEvent,
    DraftState,
    check_decider,
    check_drafter,
    is_id,
    new_id,
)
from issuer.errors import DraftNotOpen, NotYourDraft, OwnDraft


@pytest.mark.parametrize("event", DraftEvent, ids=str)
@pytest.mark.parametrize("state", DraftState, ids=str)
def test_a_draft_moves_along_the_table_only(state: DraftState, event: DraftEvent) -> None:
    if (state, event) in draft.TRANSITIONS:
        assert draft.advance(state, event) is draft.TRANSITIONS[state, event]
    else:
        with pytest.raises(DraftNotOpen):
            draft.advance(state, event)


@pytest.mark.parametrize("event", BatchEvent, ids=str)
@pytest.mark.parametrize("state", BatchState, ids=str)
def test_a_file_moves_along_the_table_only(state: BatchState, event: BatchEvent) -> None:
    if (state, event) in batch.TRANSITIONS:
        assert batch.advance(state, event) is batch.TRANSITIONS[state, event]
    else:
        with pytest.raises(DraftNotOpen):
            batch.advance(state, event)


@given(st.lists(st.sampled_from(DraftEvent)))
def test_nothing_is_approved_that_was_not_submitted(events: list[DraftEvent]) -> None:
    state, before = DraftState.DRAFTED, DraftState.DRAFTED
    for event in events:
        try:
            before, state = state, draft.advance(state, event)
        except DraftNotOpen:
            continue
        if state is DraftState.APPROVED:
            assert before is DraftState.SUBMITTED


@pytest.mark.parametrize("state", [DraftState.APPROVED, DraftState.DISCARDED], ids=str)
def test_what_is_decided_stays_decided(state: DraftState) -> None:
    assert not [row for row in draft.TRANSITIONS if row[0] is state]


def test_nobody_decides_about_their_own() -> None:
    check_decider("GU-11620-01", "GU-11620-02")
    with pytest.raises(OwnDraft):
        check_decider("GU-11620-01", "GU-11620-01")


def test_nobody_changes_a_colleagues() -> None:
    check_drafter("GU-11620-01", "GU-11620-01")
    with pytest.raises(NotYourDraft):
        check_drafter("GU-11620-01", "GU-11620-02")


def test_ids_of_one_kind_are_none_of_another() -> None:
    made = new_id("d", bytes(16))
    assert is_id("d", made)
    assert not is_id("b", made)
    for text in ("", "d_", made + "A", made[:-1], "d_" + "\0" * 22, made + "\n"):
        assert not is_id("d", text)
