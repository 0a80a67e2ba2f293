"""What becomes of a verdict when status lists say something, say nothing, or can't be believed."""

from datetime import timedelta
from typing import Any

import pytest

from credentials.jcs import canonicalize
from credentials.model import StatusPurpose
from credentials.status.bits import MIN_ENTRIES, State
from credentials.validity import Validity
from issuer.actions.change_status import StatusChange
from tests.simulators.city import SimulatedCity
from tests.simulators.forger import APPOINTMENT_PATHS, CERTIFICATE, LDP, Forger
from tests.simulators.judge import ASKED, failed, judge, unknown
from tests.simulators.one_change import REMOVED, changed
from tests.simulators.sd_jwt import STRANGER
from tests.simulators.status_host import (
    CREDENTIAL_TYPE,
    LIST_URI,
    StatusHost,
    bitstring_list,
    token_list,
)
from verifier.decision import CheckName, Decision, Verdict
from verifier.policy import Policy

INDEX = 7  # where the forger's credentials stand


@pytest.fixture
def host(still_city: SimulatedCity) -> StatusHost:
    return StatusHost(still_city)


def judge_with(host: StatusHost, forger: Forger, served: Any, **options: Any) -> Verdict:
    """The verdict on a credential whose status stands in a list at lists.example."""
    host.serve("lists.example", served)
    issued = forger.issue(status_uri=LIST_URI, status_index=options.pop("index", INDEX))
    seconds = options.pop("seconds_later", 0)
    return judge(
        forger,
        forger.present(issued, ASKED, seconds_ago=-seconds),
        evidence=host.evidence,
        later=timedelta(seconds=seconds),
        **options,
    )


# ---- What a list says ----


def test_accepts_what_its_list_holds_for_valid(host: StatusHost, forger: Forger) -> None:
    assert judge_with(host, forger, token_list(forger)).code == "OK"


@pytest.mark.parametrize(
    ("state", "code", "word"),
    [
        (State.SUSPENDED, "status-suspended", "SUSPENDED"),
        (State.REVOKED, "status-revoked", "REVOKED"),
    ],
)
def test_refuses_what_its_list_does_not_hold_for_valid(
    host: StatusHost, forger: Forger, state: State, code: str, word: str
) -> None:
    verdict = judge_with(host, forger, token_list(forger, marked={INDEX: state}))
    failed(verdict, CheckName.STATUS, code, word)


def test_another_credentials_revocation_is_not_this_ones(host: StatusHost, forger: Forger) -> None:
    marked = {INDEX - 1: State.REVOKED, INDEX + 1: State.REVOKED}
    assert judge_with(host, forger, token_list(forger, marked=marked)).code == "OK"


def test_follows_the_agency_through_suspension_reinstatement_and_revocation(
    city: SimulatedCity,
) -> None:
    forger = Forger(city)
    offer = city.offer("GU-11620", "SeoulResidencyCredential", city.claims("P01"))
    wallet = city.wallet()
    wallet.receive(offer.link, offer.tx_code)
    query = forger.question(ASKED).query

    def present() -> object:
        city.clock.advance(seconds=301)  # the list's ttl
        asked = city.ask("VER-LIB", query)
        wallet.present(asked.link)
        return city.result(asked.result_id)["code"]

    assert present() == "OK"
    for change, reason, word in (
        (StatusChange.SUSPEND, "S01", "SUSPENDED"),
        (StatusChange.REINSTATE, None, "OK"),
        (StatusChange.REVOKE, "R02", "REVOKED"),
    ):
        city.change_status("GU-11620", offer.entitlement_id, change, reason)
        assert present() == word


# ---- What says nothing: never accepted, never rejected ----


def test_a_list_that_is_not_there_makes_the_status_unknown(
    host: StatusHost, forger: Forger
) -> None:
    host.serve("lists.example", b"", status=404)
    verdict = judge(
        forger, forger.present(forger.issue(status_uri=LIST_URI), ASKED), evidence=host.evidence
    )
    unknown(verdict, CheckName.STATUS, "status-unavailable")


def test_a_host_that_nobody_knows_makes_the_status_unknown(
    host: StatusHost, forger: Forger
) -> None:
    issued = forger.issue(status_uri="https://nowhere.example/1")
    verdict = judge(forger, forger.present(issued, ASKED), evidence=host.evidence)
    unknown(verdict, CheckName.STATUS, "status-unavailable")


def test_a_list_of_another_media_type_is_none(host: StatusHost, forger: Forger) -> None:
    host.serve("lists.example", token_list(forger), content_type="text/html")
    issued = forger.issue(status_uri=LIST_URI)
    verdict = judge(forger, forger.present(issued, ASKED), evidence=host.evidence)
    unknown(verdict, CheckName.STATUS, "status-unavailable")


def test_a_list_that_has_expired_says_nothing(host: StatusHost, forger: Forger) -> None:
    expires = forger.city.clock() + timedelta(seconds=60)
    served = token_list(forger, expires=expires)
    unknown(judge_with(host, forger, served, seconds_later=121), CheckName.STATUS, "status-invalid")


def test_a_list_from_the_future_says_nothing(host: StatusHost, forger: Forger) -> None:
    served = token_list(forger, issued_at=forger.city.clock() + timedelta(seconds=61))
    unknown(judge_with(host, forger, served), CheckName.STATUS, "status-invalid")


def test_a_list_that_calls_itself_good_for_a_month_is_stale_after_a_day(
    host: StatusHost, forger: Forger
) -> None:
    served = token_list(forger, expires=forger.city.clock() + timedelta(days=30))
    day = int(timedelta(days=1).total_seconds())
    assert judge_with(host, forger, served, seconds_later=day).code == "OK"
    verdict = judge_with(host, forger, served, seconds_later=day + 1)
    unknown(verdict, CheckName.STATUS, "status-stale")


def test_the_policy_says_how_old_a_list_may_be(host: StatusHost, forger: Forger) -> None:
    policy = Policy(status_age=timedelta(minutes=1))
    verdict = judge_with(host, forger, token_list(forger), seconds_later=61, policy=policy)
    unknown(verdict, CheckName.STATUS, "status-stale")


def test_a_list_at_another_address_says_nothing(host: StatusHost, forger: Forger) -> None:
    served = token_list(forger, uri="https://lists.example/2")
    unknown(judge_with(host, forger, served), CheckName.STATUS, "status-invalid")


def test_the_list_of_another_agency_says_nothing(host: StatusHost, forger: Forger) -> None:
    other = Forger(forger.city, "SEL-HR")
    unknown(judge_with(host, forger, token_list(other)), CheckName.STATUS, "status-invalid")


def test_a_list_that_a_stranger_signed_says_nothing(host: StatusHost, forger: Forger) -> None:
    served = token_list(forger, signer=STRANGER)
    unknown(judge_with(host, forger, served), CheckName.STATUS, "status-invalid")


def test_a_place_beyond_the_list_says_nothing(host: StatusHost, forger: Forger) -> None:
    verdict = judge_with(host, forger, token_list(forger), index=MIN_ENTRIES)
    unknown(verdict, CheckName.STATUS, "status-invalid")


def test_a_list_that_is_no_list_says_nothing(host: StatusHost, forger: Forger) -> None:
    unknown(judge_with(host, forger, b"\xff\xfe"), CheckName.STATUS, "status-invalid")


def test_refuses_a_credential_that_does_not_say_where_its_status_stands(forger: Forger) -> None:
    forged = forger.rewritten(forger.issue(), {"status": REMOVED})
    verdict = judge(forger, forger.present(forged, ASKED))
    failed(verdict, CheckName.STATUS, "status-missing", "TAMPERED")


# ---- Lists for one purpose each ----

REVOKED_AT, SUSPENDED_AT = "https://revoked.example/1", "https://suspended.example/1"


class Certificates:
    """A W3C certificate of SEL-HR with two lists, each on a host of its own."""

    def __init__(self, city: SimulatedCity) -> None:
        self.forger = Forger(city, "SEL-HR", "P12", CERTIFICATE)
        self.host = StatusHost(city)
        self.say(REVOKED_AT, StatusPurpose.REVOCATION)
        self.say(SUSPENDED_AT, StatusPurpose.SUSPENSION)

    def say(self, uri: str, purpose: StatusPurpose, state: State | None = None) -> None:
        marked = {} if state is None else {INDEX: state}
        body = canonicalize(bitstring_list(self.forger, uri, purpose, marked))
        self.host.serve(uri.split("/")[2], body, CREDENTIAL_TYPE)

    def issue(self) -> Any:
        document = self.forger.issue(LDP)
        for place, uri in enumerate((REVOKED_AT, SUSPENDED_AT)):
            entry = {"id": f"{uri}#{INDEX}", "statusListCredential": uri}
            for name, value in entry.items():
                document = changed(document, "credentialStatus", place, name, to=value)
        return self.forger.signed_document(document)

    def judge(self, credential: Any) -> Verdict:
        question = self.forger.question(*APPOINTMENT_PATHS, credential_format=LDP)
        presented = self.forger.present(credential)
        return judge(self.forger, presented, question=question, evidence=self.host.evidence)


@pytest.fixture
def certificates(still_city: SimulatedCity) -> Certificates:
    return Certificates(still_city)


def test_accepts_what_neither_list_marks(certificates: Certificates) -> None:
    assert certificates.judge(certificates.issue()).decision is Decision.ACCEPTED


@pytest.mark.parametrize(
    ("uri", "purpose", "state", "word"),
    [
        (REVOKED_AT, StatusPurpose.REVOCATION, State.REVOKED, "REVOKED"),
        (SUSPENDED_AT, StatusPurpose.SUSPENSION, State.SUSPENDED, "SUSPENDED"),
    ],
)
def test_every_list_is_asked(
    certificates: Certificates, uri: str, purpose: StatusPurpose, state: State, word: str
) -> None:
    certificates.say(uri, purpose, state)
    failed(
        certificates.judge(certificates.issue()),
        CheckName.STATUS,
        f"status-{state.value}",
        word,
    )


def test_what_is_revoked_outweighs_what_is_suspended(certificates: Certificates) -> None:
    certificates.say(REVOKED_AT, StatusPurpose.REVOCATION, State.REVOKED)
    certificates.say(SUSPENDED_AT, StatusPurpose.SUSPENSION, State.SUSPENDED)
    assert certificates.judge(certificates.issue()).code == "REVOKED"


@pytest.mark.parametrize("away", ["revoked.example", "suspended.example"])
def test_one_list_that_is_away_makes_the_status_unknown(
    certificates: Certificates, away: str
) -> None:
    certificates.host.serve(away, b"", status=503)
    verdict = certificates.judge(certificates.issue())
    unknown(verdict, CheckName.STATUS, "status-unavailable")


@pytest.mark.parametrize(
    ("away", "uri", "purpose", "state", "word"),
    [
        ("suspended.example", REVOKED_AT, StatusPurpose.REVOCATION, State.REVOKED, "REVOKED"),
        ("revoked.example", SUSPENDED_AT, StatusPurpose.SUSPENSION, State.SUSPENDED, "SUSPENDED"),
    ],
)
def test_what_one_list_says_counts_although_the_other_is_away(
    certificates: Certificates,
    away: str,
    uri: str,
    purpose: StatusPurpose,
    state: State,
    word: str,
) -> None:
    certificates.say(uri, purpose, state)
    certificates.host.serve(away, b"", status=503)
    assert certificates.judge(certificates.issue()).code == word


@pytest.mark.parametrize("place", [0, 1], ids=["revocation", "suspension"])
def test_refuses_a_credential_that_names_a_list_for_half_of_what_may_become_of_it(
    certificates: Certificates, place: int
) -> None:
    document = changed(certificates.issue(), "credentialStatus", place, to=REMOVED)
    verdict = certificates.judge(certificates.forger.signed_document(document))
    failed(verdict, CheckName.STATUS, "status-missing", "TAMPERED")


def test_a_list_for_another_purpose_says_nothing(certificates: Certificates) -> None:
    wrong = bitstring_list(certificates.forger, REVOKED_AT, StatusPurpose.SUSPENSION)
    certificates.host.serve("revoked.example", canonicalize(wrong), CREDENTIAL_TYPE)
    verdict = certificates.judge(certificates.issue())
    unknown(verdict, CheckName.STATUS, "status-invalid")


# ---- Up to when the status is known ----


def test_a_verdict_is_as_old_as_the_list_it_rests_on(host: StatusHost, forger: Forger) -> None:
    first = judge_with(host, forger, token_list(forger))
    assert first.as_of == forger.city.clock()
    later = judge_with(host, forger, token_list(forger), seconds_later=200)
    assert later.as_of == forger.city.clock()  # the list may be kept for its ttl
    assert host.fetched == 1
    anew = judge_with(host, forger, token_list(forger), seconds_later=300)
    assert anew.as_of == forger.city.clock() + timedelta(seconds=300)


def test_an_expired_credentials_status_is_asked_all_the_same(
    host: StatusHost, forger: Forger
) -> None:
    """Every check that can be made is made, so that a clerk sees all that is wrong at once."""
    now = forger.city.clock()
    host.serve("lists.example", token_list(forger, marked={INDEX: State.REVOKED}))
    issued = forger.issue(status_uri=LIST_URI, validity=Validity(now, now - timedelta(seconds=61)))
    verdict = judge(forger, forger.present(issued, ASKED), evidence=host.evidence)
    codes = {check.name: check.code for check in verdict.checks}
    assert (codes[CheckName.VALIDITY], codes[CheckName.STATUS]) == ("expired", "status-revoked")
    assert verdict.code == "EXPIRED"  # the first check that fails gives the word
