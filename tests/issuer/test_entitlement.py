"""An entitlement: its id, and when it can be fetched."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from issuer.entitlement import (
    ID_BYTES,
    Entitlement,
    EntitlementState,
    is_entitlement_id,
    new_entitlement_id,
)
from issuer.person import new_person_ref
from schemas.catalogue import get

CLAIM_BY = datetime(2026, 5, 12, 3, 0, tzinfo=UTC)
WAITING = Entitlement(
    id=new_entitlement_id(bytes(16)),
    agency="GU-11620",
    type=get("SeoulResidencyCredential"),
    claims={},
    person_ref=new_person_ref(bytes(16)),
    state=EntitlementState.WAITING,
    claim_by=CLAIM_BY,
)


def test_it_is_open_until_its_last_moment() -> None:
    assert WAITING.is_open(CLAIM_BY - timedelta(microseconds=1))
    assert not WAITING.is_open(CLAIM_BY)


@pytest.mark.parametrize("state", sorted(set(EntitlementState) - {EntitlementState.WAITING}))
def test_it_is_open_in_no_other_state(state: EntitlementState) -> None:
    assert not replace(WAITING, state=state).is_open(CLAIM_BY - timedelta(days=1))


@given(st.binary(min_size=ID_BYTES, max_size=ID_BYTES))
def test_a_new_id_is_one(random: bytes) -> None:
    assert is_entitlement_id(new_entitlement_id(random))


@pytest.mark.parametrize(
    "text",
    ["", "e_", "e_" + "A" * 21, "e_" + "A" * 23, "p_" + "A" * 22, "e_\0" + "A" * 21, "\udc80"],
)
def test_other_texts_are_no_ids(text: str) -> None:
    assert not is_entitlement_id(text)
