"""Admitted DIDs elsewhere: asked through one guard, believed for minutes, never from memory."""

from datetime import timedelta
from typing import Literal

import pytest

from credentials.errors import Error
from did_registry.actions.foreign_dids import FAILURE_AGE, MAX_AGE, MAX_KEPT, RECENT, ForeignDids
from did_registry.admission import Admission
from did_registry.document import Purpose
from did_registry.errors import (
    DidNotProven,
    DidRolledBack,
    DidUnavailable,
    KeyHistoryUnknown,
    UnknownKey,
)
from did_registry.webvh.history import KeyAt
from tests.simulators.did_host import Abroad, DidHost
from tests.simulators.registry_log import RegistryLog
from web.errors import FetchFailed, FetchRefused

SECOND, DAY = timedelta(seconds=1), timedelta(days=1)
METHODS: list[Literal["web", "webvh"]] = ["web", "webvh"]


class World:
    """A log that admits one DID of another host."""

    def __init__(self, method: Literal["web", "webvh"]) -> None:
        self.log, self.host = RegistryLog(), DidHost()
        self.clock = self.log.clock
        self.abroad = Abroad(self.host, self.clock, method)
        self.foreign = ForeignDids(self.host)
        self.admit(self.abroad.did)

    def admit(self, did: str) -> None:
        now = self.clock().replace(microsecond=0)
        self.log.give_notice(
            Admission(
                did=did, name_ko="부산", name_en="Busan", until=now + 300 * DAY,
                types=("T",), asking=None,
            )
        )  # fmt: skip

    def key(self, key_id: str | None = None, ago: timedelta = timedelta(0)) -> KeyAt:
        """What is found for a key at a time before now."""
        now = self.clock()
        named = key_id or self.abroad.key_id
        known = self.foreign.know(self.log.view(), self.abroad.did, named, now)
        return known.key_of(self.abroad.did, named, Purpose.ASSERTION, now - ago)


@pytest.fixture(params=METHODS)
def world(request: pytest.FixtureRequest) -> World:
    return World(request.param)


@pytest.fixture
def webvh() -> World:
    return World("webvh")


@pytest.fixture
def web() -> World:
    return World("web")


def test_a_key_that_its_did_lists_is_found(world: World) -> None:
    found = world.key()
    assert (found.key, found.retired_at) == (world.abroad.signer.public_key, None)
    assert world.host.asked == [world.abroad.url]


def test_only_admitted_dids_are_asked_for(world: World) -> None:
    stranger = Abroad(world.host, world.clock, "web", domain="evil.example")
    view = world.log.view()
    for did in (stranger.did, str(world.log.root.did), "did:key:z6Mk", "nothing"):
        assert world.foreign.know(view, did, f"{did}#k", world.clock()) is view
    assert world.host.asked == []


def test_without_an_answer_nothing_is_known(world: World) -> None:
    with pytest.raises(DidUnavailable):
        world.log.view().key_of(
            world.abroad.did, world.abroad.key_id, Purpose.ASSERTION, world.clock()
        )


@pytest.mark.parametrize(
    "failure", [FetchFailed("slow"), FetchRefused("private"), 404, 410, 302, 500]
)
def test_a_host_that_is_away_leaves_it_unknown(world: World, failure: int | Exception) -> None:
    world.host.served[world.abroad.url] = failure
    with pytest.raises(DidUnavailable):
        world.key()


@pytest.mark.parametrize("body", [b"", b"{}", b"[]", b"<html>", b'{"id":"a","id":"b"}', b"\xff"])
def test_what_breaks_the_methods_rules_is_not_believed(world: World, body: bytes) -> None:
    world.host.served[world.abroad.url] = body
    with pytest.raises(DidNotProven):
        world.key()


def test_the_answer_for_another_did_is_not_believed(world: World) -> None:
    other = Abroad(DidHost(), world.clock, "web", domain="evil.example")
    twin = Abroad(world.host, world.clock, "webvh", domain="evil.example")
    for url in (other.url, twin.url):
        world.host.served[world.abroad.url] = world.host.served.get(url, b"{}")
        with pytest.raises(DidNotProven):
            world.key()
        world.clock.advance(minutes=1)


def test_one_wrong_entry_spoils_the_whole_log(webvh: World) -> None:
    """A resolver may serve a version before the fault; no key is taken from such a log."""
    webvh.clock.advance(days=1)
    webvh.abroad.rotate()
    served = webvh.host.served[webvh.abroad.url]
    assert isinstance(served, bytes)
    webvh.host.served[webvh.abroad.url] = served.replace(b"key-2", b"key-9")
    with pytest.raises(DidNotProven):
        webvh.key(f"{webvh.abroad.did}#key-1", ago=DAY)


def test_a_webvh_tells_which_key_was_whose_and_when(webvh: World) -> None:
    old, retired_key = webvh.abroad.key_id, webvh.abroad.signer.public_key
    webvh.clock.advance(days=2)
    webvh.abroad.rotate()
    found = webvh.key(old, ago=DAY)
    assert (found.key, found.retired_at) == (retired_key, webvh.clock())
    with pytest.raises(UnknownKey):
        webvh.key(old)
    with pytest.raises(UnknownKey):
        webvh.key(webvh.abroad.key_id, ago=DAY)


def test_a_did_web_vouches_for_what_it_lists_and_is_silent_on_the_rest(web: World) -> None:
    old = web.abroad.key_id
    web.clock.advance(days=2)
    web.abroad.rotate(keep=True)
    assert web.key(old, ago=DAY).retired_at is None
    web.clock.advance(days=2)
    web.abroad.rotate()
    with pytest.raises(KeyHistoryUnknown):
        web.key(old, ago=3 * DAY)
    assert web.key(ago=3 * DAY)  # since when it is listed, nobody knows


@pytest.mark.parametrize("method", METHODS)
def test_a_key_for_another_purpose_does_not_count(method: Literal["web", "webvh"]) -> None:
    world = World(method)
    world.abroad = Abroad(
        world.host, world.clock, method, purposes=(Purpose.AUTHENTICATION,), domain="b.example"
    )
    world.admit(world.abroad.did)
    with pytest.raises(UnknownKey):
        world.key()


def test_an_answer_is_used_for_minutes(world: World) -> None:
    for _ in range(3):
        world.key()
        world.clock.advance(seconds=60)
    assert len(world.host.asked) == 1
    world.clock.advance(seconds=MAX_AGE.total_seconds() - 180)
    world.key()
    assert len(world.host.asked) == 2


def test_a_key_of_just_now_is_asked_for_at_once(world: World) -> None:
    """Else what an honest issuer signs within minutes of a rotation would be called forged."""
    world.key()
    world.clock.advance(seconds=60)
    world.abroad.rotate()
    found = world.key()
    assert found.key == world.abroad.signer.public_key
    assert len(world.host.asked) == 2


def test_a_key_that_nobody_has_makes_us_ask_no_more_than_every_few_seconds(world: World) -> None:
    invented = f"{world.abroad.did}#key-9"
    for _ in range(5):
        with pytest.raises(UnknownKey):
            world.key(invented)
        world.clock.advance(seconds=1)
    assert len(world.host.asked) == 1
    world.clock.advance(seconds=RECENT.total_seconds())
    with pytest.raises(UnknownKey):
        world.key(invented)
    assert len(world.host.asked) == 2
    assert world.key()  # the others are not asked for again
    assert len(world.host.asked) == 2


def test_a_new_key_is_unknown_while_its_host_is_away(world: World) -> None:
    world.key()
    world.clock.advance(seconds=60)
    world.host.served[world.abroad.url] = 503
    with pytest.raises(DidUnavailable):
        world.key(f"{world.abroad.did}#key-2")
    assert world.key()


def test_an_old_answer_never_stands_in_for_one_that_did_not_come(world: World) -> None:
    world.key()
    world.host.served[world.abroad.url] = 503
    world.clock.advance(seconds=MAX_AGE.total_seconds())
    with pytest.raises(DidUnavailable):
        world.key()


def test_a_did_may_want_to_be_asked_more_often(webvh: World) -> None:
    webvh.key()
    known = webvh.foreign.know(webvh.log.view(), webvh.abroad.did, "", webvh.clock())
    assert known.elsewhere[webvh.abroad.did].ttl == timedelta(hours=1)  # the method's default


def test_a_clock_that_was_set_back_makes_nothing_fresh(world: World) -> None:
    view = world.log.view()
    world.foreign.know(view, world.abroad.did, "", world.clock() + DAY)
    world.foreign.know(view, world.abroad.did, "", world.clock())
    assert len(world.host.asked) == 2


def test_a_host_that_failed_is_left_alone_for_a_while(world: World) -> None:
    served, world.host.served[world.abroad.url] = world.host.served[world.abroad.url], 503
    for _ in range(3):
        with pytest.raises(DidUnavailable):
            world.key()
    assert len(world.host.asked) == 1
    world.host.served[world.abroad.url] = served
    world.clock.advance(seconds=FAILURE_AGE.total_seconds())
    assert world.key()


def test_a_log_that_lost_its_end_is_refused(webvh: World) -> None:
    short = webvh.host.served[webvh.abroad.url]
    webvh.clock.advance(days=1)
    webvh.abroad.rotate()
    webvh.key()
    webvh.host.served[webvh.abroad.url] = short
    webvh.clock.advance(minutes=6)
    for _ in range(2):
        with pytest.raises(DidRolledBack):
            webvh.key(f"{webvh.abroad.did}#key-1", ago=DAY)
        webvh.clock.advance(minutes=6)


def test_what_is_known_is_as_old_as_the_answer(world: World) -> None:
    asked_at = world.clock()
    world.key()
    world.clock.advance(minutes=4)
    view = world.log.view()
    assert view.as_of > asked_at
    assert world.foreign.know(view, world.abroad.did, "", world.clock()).as_of == asked_at


def test_a_did_of_a_method_that_nobody_is_asked_for_stays_unknown(world: World) -> None:
    world.admit("did:ion:abc")
    with pytest.raises(DidUnavailable):
        world.foreign.know(world.log.view(), "did:ion:abc", "", world.clock())
    assert world.host.asked == []


def test_no_more_is_kept_than_a_bound(web: World) -> None:
    others = []
    for number in range(MAX_KEPT):
        others.append(Abroad(web.host, web.clock, "web", domain=f"city-{number}.example"))
        web.admit(others[-1].did)
    web.key()
    view = web.log.view()
    for one in others:
        web.foreign.know(view, one.did, "", web.clock())
    web.key()
    assert web.host.asked.count(web.abroad.url) == 2


def test_every_refusal_is_one_of_ours(world: World) -> None:
    for body in (b"{" * 3000, b'{"id":1}', b"null\n", b"\x00" * 10):
        world.host.served[world.abroad.url] = body
        with pytest.raises(Error):
            world.key()
        world.clock.advance(minutes=1)
