"""Lists are fetched whole, kept for their ttl, and never taken back."""

import hashlib
import threading
from datetime import datetime, timedelta
from typing import Any

import pytest

from credentials.errors import Error, Expired, KeyMismatch, SignatureInvalid
from credentials.jws import peek_claims, sign_claims
from credentials.keys import PublicKey
from credentials.model import StatusPurpose, StatusReference
from credentials.status.bits import State, StatusListMismatch
from did_registry.actions.foreign_dids import ForeignDids
from issuer.actions.change_status import StatusChange
from tests.simulators.city import URL, SimulatedCity
from tests.simulators.forger import Forger
from tests.simulators.network import SimulatedNetwork, answer
from tests.simulators.sd_jwt import STRANGER
from tests.simulators.status_host import LIST_URI, TOKEN_TYPE, StatusHost, token_list
from verifier.actions.gather_evidence import OnlineEvidence
from verifier.actions.status_lists import (
    DEFAULT_TTL,
    MAX_CACHED,
    MAX_TTL,
    KnownList,
    StatusLists,
)
from verifier.errors import StatusRolledBack, StatusUnavailable
from web.outbound import Outbound, tls_context

HOST = "lists.example"


@pytest.fixture
def host(still_city: SimulatedCity) -> StatusHost:
    return StatusHost(still_city)


def get(
    host: StatusHost,
    forger: Forger,
    seconds: float = 0,
    uri: str = LIST_URI,
    since: datetime | None = None,
) -> KnownList:
    def find_key(key_id: str, certificates: tuple[bytes, ...]) -> tuple[str, PublicKey]:
        assert (key_id, certificates) == (forger.key_id(), ())
        return forger.did, forger.signer().public_key

    now = forger.city.clock() + timedelta(seconds=seconds)
    return host.lists.get(uri, StatusPurpose.ANY, find_key, now, since)


def issued(forger: Forger, seconds: float) -> datetime:
    return forger.city.clock() + timedelta(seconds=seconds)


def like(token: str, forger: Forger, **changes: Any) -> str:
    """A list with some claims changed or left out (None), in ways that our own signer has not."""
    claims = {**peek_claims(token).members, **changes}
    kept = {name: value for name, value in claims.items() if value is not None}
    return sign_claims({"typ": "statuslist+jwt", "kid": forger.key_id()}, kept, forger.signer())


@pytest.mark.parametrize(
    ("stated", "kept"),
    [(timedelta(seconds=300), timedelta(seconds=300)), (timedelta(days=300), MAX_TTL)],
    ids=["its-ttl", "half-a-day-at-most"],
)
def test_asks_again_when_the_list_says_so(
    host: StatusHost, forger: Forger, stated: timedelta, kept: timedelta
) -> None:
    host.serve(HOST, token_list(forger, ttl=stated))
    get(host, forger)
    get(host, forger, kept.total_seconds() - 1)
    assert host.fetched == 1
    get(host, forger, kept.total_seconds())
    assert host.fetched == 2


def test_keeps_a_list_without_a_ttl_for_five_minutes(host: StatusHost, forger: Forger) -> None:
    host.serve(HOST, like(token_list(forger), forger, ttl=None))
    get(host, forger)
    get(host, forger, DEFAULT_TTL.total_seconds() - 1)
    assert host.fetched == 1
    get(host, forger, DEFAULT_TTL.total_seconds())
    assert host.fetched == 2


def test_does_not_use_a_list_beyond_its_own_end(host: StatusHost, forger: Forger) -> None:
    host.serve(HOST, token_list(forger, expires=issued(forger, 100)))
    get(host, forger)
    with pytest.raises(Expired):
        get(host, forger, 161)
    assert host.fetched == 2


def test_takes_a_newer_list_and_never_an_older_one_again(host: StatusHost, forger: Forger) -> None:
    old, new = token_list(forger), token_list(forger, issued_at=issued(forger, 300))
    host.serve(HOST, old)
    get(host, forger)
    host.serve(HOST, new)
    assert get(host, forger, 300).found.issued_at == issued(forger, 300)
    host.serve(HOST, old)
    assert get(host, forger, 599).found.issued_at == issued(forger, 300)  # still kept
    for seconds in (600, 4000):
        with pytest.raises(StatusRolledBack):
            get(host, forger, seconds)


def test_a_list_that_was_signed_in_the_same_second_is_not_older(
    host: StatusHost, forger: Forger
) -> None:
    host.serve(HOST, token_list(forger))
    get(host, forger)
    host.serve(HOST, token_list(forger, marked={7: State.REVOKED}))
    assert get(host, forger, 300).found.state(7) is State.REVOKED


def test_a_thread_that_was_answered_late_gets_the_newer_list(
    host: StatusHost, forger: Forger
) -> None:
    """While the first waits for its answer, the second asks and is served a newer list."""
    host.serve(HOST, token_list(forger))
    newer = token_list(forger, issued_at=issued(forger, 10))
    waits = threading.Event()

    def overtake(_: str) -> None:
        if not waits.is_set():
            waits.set()
            host.serve(HOST, newer)
            second.start()
            second.join()
            host.serve(HOST, token_list(forger))

    host.network.on_resolve = overtake
    second = threading.Thread(target=lambda: get(host, forger, 10))
    assert get(host, forger, 10).found.issued_at == issued(forger, 10)
    assert host.fetched == 2


def test_what_can_not_be_fetched_is_unavailable_even_if_it_was_known(
    host: StatusHost, forger: Forger
) -> None:
    host.serve(HOST, token_list(forger))
    get(host, forger)
    host.serve(HOST, b"", status=500)
    get(host, forger, 299)
    with pytest.raises(StatusUnavailable):
        get(host, forger, 300)


@pytest.mark.parametrize("status", [204, 301, 404, 503])
def test_only_a_success_brings_a_list(host: StatusHost, forger: Forger, status: int) -> None:
    host.serve(HOST, token_list(forger) if status != 204 else b"", status=status)
    with pytest.raises(StatusUnavailable):
        get(host, forger)


def test_a_list_that_is_not_believed_is_not_kept(host: StatusHost, forger: Forger) -> None:
    for forged, refusal in (
        (token_list(forger, signer=STRANGER), SignatureInvalid),
        (token_list(forger, uri="https://lists.example/2"), StatusListMismatch),
    ):
        host.serve(HOST, forged)
        with pytest.raises(refusal):
            get(host, forger)
    host.serve(HOST, token_list(forger))
    get(host, forger)


def test_a_forged_newer_list_does_not_lock_the_true_one_out(
    host: StatusHost, forger: Forger
) -> None:
    forged = token_list(forger, issued_at=issued(forger, 30), signer=STRANGER)
    host.serve(HOST, forged)
    with pytest.raises(Error):
        get(host, forger)
    host.serve(HOST, token_list(forger))
    get(host, forger)


def test_forgets_the_list_that_was_fetched_longest_ago_and_no_other(
    host: StatusHost, forger: Forger
) -> None:
    """A bound on memory: other agencies' lists can be named without end."""
    uris = [f"https://h{n}.example/1" for n in range(MAX_CACHED + 1)]
    body = token_list(forger, uri=uris[0])
    for uri in uris:
        host.serve(uri.split("/")[2], body if uri == uris[0] else like(body, forger, sub=uri))
    for uri in uris[:MAX_CACHED]:
        get(host, forger, uri=uri)
    get(host, forger, 300, uri=uris[0])  # fetched again, and so no longer the oldest
    get(host, forger, 300, uri=uris[-1])
    assert host.fetched == MAX_CACHED + 2
    get(host, forger, 300, uri=uris[0])
    get(host, forger, 299, uri=uris[2])
    assert host.fetched == MAX_CACHED + 2
    get(host, forger, 299, uri=uris[1])
    assert host.fetched == MAX_CACHED + 3


def test_the_key_is_asked_for_by_the_name_in_the_list(host: StatusHost, forger: Forger) -> None:
    host.serve(HOST, token_list(forger, key_id=f"{forger.did}#eddsa-1"))

    def refuse(key_id: str, certificates: tuple[bytes, ...]) -> tuple[str, PublicKey]:
        raise KeyMismatch(key_id)

    with pytest.raises(KeyMismatch, match="eddsa-1"):
        host.lists.get(LIST_URI, StatusPurpose.ANY, refuse, forger.city.clock(), None)


# ---- What the registry's log knows of a list ----


def test_asks_again_at_once_when_the_log_knows_a_later_list(
    host: StatusHost, forger: Forger
) -> None:
    host.serve(HOST, token_list(forger))
    get(host, forger)
    host.serve(HOST, token_list(forger, issued_at=issued(forger, 10), ttl=timedelta(seconds=300)))
    assert get(host, forger, 11).found.issued_at == issued(forger, 0)
    assert get(host, forger, 11, since=issued(forger, 10)).found.issued_at == issued(forger, 10)
    assert host.fetched == 2


def test_a_cache_may_serve_the_list_before_for_its_ttl_and_no_longer(
    host: StatusHost, forger: Forger
) -> None:
    host.serve(HOST, token_list(forger, ttl=timedelta(seconds=60)))
    later = issued(forger, 10)
    assert get(host, forger, 70, since=later).found.issued_at == issued(forger, 0)
    with pytest.raises(StatusRolledBack):
        get(host, forger, 71, since=later)


def test_who_never_saw_the_later_list_is_not_shown_an_older_one(
    city: SimulatedCity, forger: Forger
) -> None:
    """The log alone tells: this verifier has no memory, and the old list is well signed."""
    uri = f"{URL}/status/GU-11620-1"
    old = city.http().get("/status/GU-11620-1").data
    reference = StatusReference(purpose=StatusPurpose.ANY, uri=uri, index=7)
    issuer = forger.key_id().partition("#")[0]
    online = StatusHost(city).evidence
    assert online.status(reference, issuer, city.clock()).state is State.VALID
    city.clock.advance(minutes=1)
    made = city.offer("GU-11620", "SeoulResidencyCredential", city.claims("P01"))
    city.change_status("GU-11620", made.entitlement_id, StatusChange.REVOKE, "R02")
    city.clock.advance(seconds=6)  # how long a view of the registry may be used
    logged = city.city.follower.view(city.clock()).lists[uri]
    assert logged.digest == hashlib.sha256(city.http().get("/status/GU-11620-1").data).digest()
    city.clock.advance(minutes=6)
    network = SimulatedNetwork()
    network.serve("gwanin.example", answer(200, TOKEN_TYPE, old))
    fresh = StatusLists(
        Outbound(allowed=frozenset(), network=network.network, tls=tls_context(None))
    )
    with pytest.raises(StatusRolledBack):
        OnlineEvidence(city.city.follower, fresh, ForeignDids(city.outbound), URL).status(
            reference, issuer, city.clock()
        )
    assert online.status(reference, issuer, city.clock()).state is State.VALID
