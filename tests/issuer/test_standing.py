"""How an entitlement stands, in one word."""

from datetime import timedelta

import pytest

from credentials.status.bits import State
from issuer.entitlement import EntitlementState
from issuer.standing import Standing, standing
from tests.simulators.clock import START

WAITING, ISSUED, CANCELLED, EXPIRED = EntitlementState


@pytest.mark.parametrize(
    ("state", "copies", "days", "word"),
    [
        (WAITING, [], 1, Standing.WAITING),
        (WAITING, [], 0, Standing.LAPSED),
        (EXPIRED, [], 1, Standing.LAPSED),
        (CANCELLED, [], 1, Standing.CANCELLED),
        (ISSUED, [State.VALID], 1, Standing.ISSUED),
        (ISSUED, [State.VALID], -1, Standing.ISSUED),
        (ISSUED, [State.SUSPENDED, State.VALID], 1, Standing.SUSPENDED),
        (ISSUED, [State.SUSPENDED, State.REVOKED], 1, Standing.REVOKED),
    ],
    ids=str,
)
def test_the_word(state: EntitlementState, copies: list[State], days: int, word: Standing) -> None:
    claim_by = START + timedelta(days=days)
    assert standing(state, copies, claim_by=claim_by, now=START) is word
