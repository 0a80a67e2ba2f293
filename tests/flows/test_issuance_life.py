"""The life of offers against a model: whatever happens in whatever order, one credential at most.

The model says in plain words what the table of states, the lifetimes and the clerk's acts amount
to. Every step's outcome is compared with it, and so is what stands in the tables afterwards.
"""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import TypeVar

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import select

from credentials.errors import Error
from credentials.status.bits import State as Status
from issuer.actions.change_status import Changed, StatusChange
from issuer.actions.make_offer import MadeOffer
from issuer.entitlement import Entitlement
from issuer.errors import OfferExpired, OfferNotOpen, StatusUnchangeable
from issuer.models import EntitlementRow, OfferRow, StatusEntryRow
from issuer.secret_macs import SecretKind
from openid4vc.errors import CredentialRequestDenied, InvalidGrant, InvalidRequest, InvalidToken
from storage.transaction import Database
from tests.faults.sizes import LIVES, STEPS_OF_A_LIFE
from tests.simulators.clock import SimulatedClock
from tests.simulators.issuing_office import IssuingOffice, holder, office_keystore

TEN_MINUTES = timedelta(minutes=10)
# What may happen, as often as it stands here. One rule for all of it, because hypothesis leaves
# whole rules out, and then hardly anybody ever gets a credential.
HAPPENINGS = [
    *["go on"] * 10,
    *["offer", "fetch", "redeem", "issue"] * 3,
    *["mistype"] * 2,
    *["guess"] * 3,
    *["revoke", "suspend", "reinstate"],
    *["a second", "ten minutes"] * 2,
    *["fourteen days", "forty-five days"],
]
SPANS = {
    "a second": timedelta(seconds=1),
    "ten minutes": TEN_MINUTES,
    "fourteen days": timedelta(days=14),
    "forty-five days": timedelta(days=45),
}

T = TypeVar("T")


@dataclass(slots=True)
class Right:
    """The model of an entitlement: waiting, issued or cancelled, and the status of its copies."""

    approved: Entitlement
    state: str = "waiting"
    status: Status | None = None

    def is_open(self, now: datetime) -> bool:
        return self.state == "waiting" and now < self.approved.claim_by


@dataclass(slots=True)
class Offer:
    """The model of an offer. ends: of the code while it is offered, of the token when redeemed."""

    right: Right
    made: MadeOffer
    state: str = "offered"
    codes: list[str] = field(default_factory=list)
    token: str | None = None
    ends: datetime | None = None
    tries: int = 0

    @property
    def is_live(self) -> bool:
        return self.state in ("offered", "redeemed")


def any_of(things: list[T], which: int) -> T:
    """One of them, counted from the latest."""
    return things[-1 - which % len(things)]


class Life(RuleBasedStateMachine):
    """Two people, a clerk, wallets that try everything they ever got, and time."""

    def __init__(self, office: IssuingOffice, reached: set[str]) -> None:
        super().__init__()
        self.reached = reached
        self.office = replace(office, clock=SimulatedClock())
        self.rights = [Right(self.office.approve("P01")) for _ in range(2)]
        self.offers: list[Offer] = []
        self.codes: list[tuple[Offer, str]] = []
        self.tokens: list[tuple[Offer, str]] = []
        self.issued: dict[str, int] = {}

    @property
    def now(self) -> datetime:
        return self.office.clock()

    @rule(happening=st.sampled_from(HAPPENINGS), which=st.integers(min_value=0, max_value=7))
    def next(self, happening: str, which: int) -> None:
        """which: of the things that there are, counted from the latest."""
        match happening:
            case "go on":
                self.go_on(which)
            case "offer":
                self.offer(which)
            case "fetch" if self.offers:
                self.fetch(which)
            case "redeem" if self.codes:
                self.redeem(which)
            case "mistype" if self.codes:
                self.redeem(which, is_wrong=True)
            case "guess" if self.codes:
                self.guess(which)
            case "issue" if self.tokens:
                self.issue(which)
            case "revoke":
                self.revoke(which)
            case "suspend":
                self.suspend(which)
            case "reinstate":
                self.reinstate(which)
            case span if span in SPANS:
                self.office.clock.advance(seconds=SPANS[span].total_seconds())

    # ---- the clerk ----

    def offer(self, which: int) -> None:
        right = any_of(self.rights, which)

        def act() -> MadeOffer:
            return self.office.offer(right.approved, needs_tx_code=which % 4 != 0)

        if not right.is_open(self.now):
            return self.refused(OfferExpired, act)
        made = act()
        self.end_offers(right)
        self.offers.append(Offer(right, made))
        return None

    def revoke(self, which: int) -> None:
        right = any_of(self.rights, which)
        self.office.change(right.approved.id, StatusChange.REVOKE, "R02")
        if right.state == "waiting":
            right.state = "cancelled"
        elif right.state == "issued":
            right.status = Status.REVOKED
        self.end_offers(right)

    def suspend(self, which: int) -> None:
        before = {Status.VALID, Status.SUSPENDED}
        self.change(any_of(self.rights, which), StatusChange.SUSPEND, "S01", before)

    def reinstate(self, which: int) -> None:
        before = {Status.SUSPENDED}
        self.change(any_of(self.rights, which), StatusChange.REINSTATE, None, before)

    def change(
        self, right: Right, change: StatusChange, reason: str | None, before: set[Status]
    ) -> None:
        def act() -> Changed:
            return self.office.change(right.approved.id, change, reason)

        if right.status in before:
            right.status = act().state
        else:
            self.refused(StatusUnchangeable, act)

    def end_offers(self, right: Right) -> None:
        for offer in self.offers:
            if offer.right is right and offer.is_live:
                offer.state = "cancelled"

    # ---- wallets ----

    def fetch(self, which: int) -> None:
        offer = any_of(self.offers, which)

        def act() -> str:
            return self.office.code(offer.made)

        if not offer.is_live:
            return self.refused(OfferNotOpen, act)
        if self.now >= offer.made.expires_at:
            return self.refused(OfferExpired, act)
        code = act()
        if offer.ends is None or self.now >= offer.ends:
            assert code not in offer.codes
            offer.codes.append(code)
            offer.state, offer.token = "offered", None
            offer.ends = min(self.now + TEN_MINUTES, offer.made.expires_at)
            self.codes.append((offer, code))
        assert code == offer.codes[-1]
        return None

    def redeem(self, which: int, *, is_wrong: bool = False) -> None:
        offer, text = any_of(self.codes, which)

        def act() -> str:
            return self.office.redeem(text, "wrong" if is_wrong else offer.made.tx_code)

        is_current = text == offer.codes[-1] and offer.state == "offered"
        if not is_current or offer.ends is None or self.now >= offer.ends:
            return self.refused(InvalidGrant, act)
        if is_wrong and offer.made.tx_code is None:
            return self.refused(InvalidRequest, act)
        if is_wrong:
            offer.tries += 1
            offer.state = "locked" if offer.tries == 5 else "offered"
            return self.refused(InvalidGrant, act)
        offer.token = act()
        offer.state, offer.ends = "redeemed", self.now + TEN_MINUTES
        self.tokens.append((offer, offer.token))
        return None

    def issue(self, which: int) -> None:
        offer, text = any_of(self.tokens, which)
        copies = 1 + which % 2

        def act() -> int:
            signers = [holder(number) for number in range(1, copies + 1)]
            return len(self.office.issue(text, self.office.request(*signers)))

        if text != offer.token or offer.ends is None or self.now >= offer.ends:
            self.refused(InvalidToken, act)
        elif offer.state != "redeemed" or not offer.right.is_open(self.now):
            self.refused(CredentialRequestDenied, act)
        else:
            assert act() == copies
            assert offer.right.approved.id not in self.issued
            self.issued[offer.right.approved.id] = copies
            offer.state, offer.right.state = "issued", "issued"
            offer.right.status = Status.VALID

    def guess(self, which: int) -> None:
        """Try as many tx_codes as there may be tries."""
        for _ in range(5):
            self.redeem(which, is_wrong=True)

    def go_on(self, which: int) -> None:
        """The next step to a credential, as a wallet takes it."""
        live = [offer for offer in self.offers if offer.is_live]
        if not live:
            self.offer(which)
        elif live[-1].state == "redeemed":
            self.issue(0)
        elif live[-1].codes:
            self.redeem(0)
        else:
            self.fetch(0)

    # ---- what must hold after every step ----

    @invariant()
    def the_tables_say_what_the_model_says(self) -> None:
        with self.office.database.reading() as session:
            for right in self.rights:
                row = session.get_one(EntitlementRow, right.approved.id)
                assert row.state == right.state
                entries = select(StatusEntryRow.state).where(
                    StatusEntryRow.entitlement_id == right.approved.id
                )
                states = list(session.scalars(entries))
                assert len(states) == self.issued.get(right.approved.id, 0)
                assert set(states) == ({right.status} if right.status else set())
            for offer in self.offers:
                rows = select(OfferRow.state).where(OfferRow.secret_mac == self.secret_mac(offer))
                assert session.scalars(rows).one() == offer.state
                self.reached.add(offer.state)

    @invariant()
    def of_one_right_one_offer_lives(self) -> None:
        for right in self.rights:
            assert sum(it.is_live for it in self.offers if it.right is right) <= 1

    def secret_mac(self, offer: Offer) -> bytes:
        secret = offer.made.offer_uri.rpartition("/")[2]
        return self.office.context.macs.digest(SecretKind.OFFER, secret)

    def refused(self, refusal: type[Error], act: Callable[[], object]) -> None:
        with pytest.raises(refusal) as caught:
            act()
        assert type(caught.value) is refusal


def test_never_two_credentials_of_one_offer_and_none_after_its_end(
    sqlite_database: Database, tmp_path: Path
) -> None:
    office = IssuingOffice.open(sqlite_database, office_keystore(tmp_path))
    reached: set[str] = set()

    class LifeHere(Life):
        def __init__(self) -> None:
            super().__init__(office, reached)

    run_state_machine_as_test(
        LifeHere,
        settings=settings(
            max_examples=int(LIVES),
            stateful_step_count=int(STEPS_OF_A_LIFE),
            suppress_health_check=list(HealthCheck),
        ),
    )
    assert reached >= {"offered", "redeemed", "issued", "cancelled"}
