import threading
from datetime import timedelta

import pytest

from credentials.encoding import encode_base64url
from credentials.errors import Error
from did_registry.actions.follow import (
    MAX_CHECKPOINT_BYTES,
    Freshness,
    RegistryFollower,
    replay_over_http,
)
from did_registry.errors import LeafRejected, LogInconsistent, RegistryUnavailable
from did_registry.leaf import LeafKind
from did_registry.tlog.checkpoint import build_checkpoint
from did_registry.tlog.errors import CheckpointNotSigned
from did_registry.tlog.note import Ed25519NoteSigner
from did_registry.tlog.tiles import Bundle, encode_bundle
from tests.simulators.log_files import LogFiles
from tests.simulators.network import SimulatedNetwork
from tests.simulators.registry_log import LOG_KEY, ORIGIN, RegistryLog, rechained, signing_key
from web.outbound import Outbound, tls_context

CHECKPOINT = "/log/checkpoint"
FIRST = "/log/tile/entries/000"
REFRESH, USABLE = timedelta(seconds=5), timedelta(hours=1)
SECOND = timedelta(seconds=1)


@pytest.fixture
def log() -> RegistryLog:
    log = RegistryLog()
    log.accredit(log.member("GU-11620"), "SeoulResidencyCredential")
    return log


@pytest.fixture
def files(log: RegistryLog) -> LogFiles:
    return LogFiles(log)


def _follower(files: LogFiles, freshness: Freshness | None = None) -> RegistryFollower:
    return RegistryFollower(files.log.anchor, files.outbound(), freshness or Freshness())


def _grow(log: RegistryLog, size: int) -> None:
    for number in range(len(log.leaves), size):
        digest = encode_base64url(number.to_bytes(32))
        log.add(LeafKind.SCHEMA, f"types/N{number}/v1", {"h": digest})


# What is fetched


def test_the_first_contact_fetches_the_head_and_every_leaf(files: LogFiles) -> None:
    view = _follower(files).view(files.log.clock())
    assert view == files.log.view()
    assert files.asked == [CHECKPOINT, f"{FIRST}.p/3"]


def test_later_contacts_fetch_what_is_new(files: LogFiles) -> None:
    log, follower = files.log, _follower(files)
    follower.view(log.clock())
    log.clock.advance(seconds=6)
    _grow(log, 5)
    files.asked.clear()
    assert follower.view(log.clock()) == log.view()
    assert files.asked == [CHECKPOINT, f"{FIRST}.p/5"]


def test_the_same_head_costs_one_request_and_is_as_fresh(files: LogFiles) -> None:
    log, follower = files.log, _follower(files)
    follower.view(log.clock())
    log.clock.advance(seconds=6)
    files.asked.clear()
    assert follower.view(log.clock()).as_of == log.clock()
    assert files.asked == [CHECKPOINT]


@pytest.mark.parametrize("start", [3, 255, 256, 257])
@pytest.mark.parametrize("size", [258, 512, 515])
def test_bundles_are_crossed_wherever_the_log_stood(files: LogFiles, start: int, size: int) -> None:
    log, follower = files.log, _follower(files)
    _grow(log, start)
    follower.view(log.clock())
    log.clock.advance(seconds=6)
    _grow(log, size)
    files.asked.clear()
    assert follower.view(log.clock()) == log.view()
    bundles = range(start // 256, -(-size // 256))
    assert files.asked[1:] == [
        f"/log/{Bundle(index, min(256, size - index * 256)).path}" for index in bundles
    ]


def test_a_log_that_grew_between_head_and_leaves_is_followed_to_the_head(files: LogFiles) -> None:
    log = files.log
    files.signed = 3
    _grow(log, 300)
    follower = _follower(files)
    assert follower.view(log.clock()).checkpoint.size == 3
    assert files.asked == [CHECKPOINT, f"{FIRST}.p/3"]
    files.signed = None
    log.clock.advance(seconds=6)
    assert follower.view(log.clock()) == log.view()


# How fresh


def test_a_view_is_kept_until_it_is_as_old_as_the_refresh_interval(files: LogFiles) -> None:
    log, follower = files.log, _follower(files)
    first = follower.view(log.clock())
    _grow(log, 5)
    assert follower.view(log.clock() + REFRESH) is first
    assert follower.view(log.clock() + REFRESH + SECOND).checkpoint.size == 5


def test_what_a_view_does_not_know_is_asked_for_at_once(files: LogFiles) -> None:
    log, follower = files.log, _follower(files)
    first = follower.view(log.clock())
    _grow(log, 5)
    newer = follower.newer(first, log.clock())
    assert newer is not None
    assert newer == log.view()
    assert follower.view(log.clock()) is newer


def test_strangers_cannot_make_us_ask_more_than_once_a_second(files: LogFiles) -> None:
    log, follower = files.log, _follower(files)
    first = follower.view(log.clock())
    files.asked.clear()
    for _ in range(50):
        assert follower.newer(first, log.clock()) is None
    assert files.asked == [CHECKPOINT]
    _grow(log, 5)
    assert follower.newer(first, log.clock() + SECOND / 2) is None
    assert follower.newer(first, log.clock() + SECOND) is not None
    assert files.asked.count(CHECKPOINT) == 2


def test_what_another_thread_has_followed_meanwhile_is_not_asked_for_again(
    files: LogFiles,
) -> None:
    log, follower = files.log, _follower(files)
    first = follower.view(log.clock())
    _grow(log, 5)
    assert follower.newer(first, log.clock()) is not None
    files.asked.clear()
    assert follower.newer(first, log.clock()) is not None
    assert files.asked == []


def test_a_registry_that_does_not_answer_has_nothing_newer(files: LogFiles) -> None:
    log, follower = files.log, _follower(files)
    first = follower.view(log.clock())
    files.down = True
    assert follower.newer(first, log.clock()) is None
    assert follower.view(log.clock()) is first


def test_a_contradiction_that_is_met_at_once_is_not_forgotten(files: LogFiles) -> None:
    log, follower = files.log, _follower(files)
    first = follower.view(log.clock())
    _grow(log, 5)
    log.leaves[3:] = rechained(log.leaves[:3] + log.leaves[4:])[3:]
    files.served[FIRST + ".p/4"] = encode_bundle([*log.leaves[:3], b"{}"])
    for ask in (follower.newer, follower.newer):
        with pytest.raises(Error):
            ask(first, log.clock())
    with pytest.raises(LogInconsistent, match="not followed"):
        follower.view(log.clock())


def test_an_unreachable_registry_leaves_the_last_view_until_it_is_too_old(files: LogFiles) -> None:
    log, follower = files.log, _follower(files)
    first = follower.view(log.clock())
    files.down = True
    assert follower.view(log.clock() + USABLE) is first
    with pytest.raises(RegistryUnavailable):
        follower.view(log.clock() + USABLE + SECOND)
    files.down = False
    log.clock.advance(hours=2)
    assert follower.view(log.clock()).as_of == log.clock()


def test_the_first_contact_needs_an_answer(files: LogFiles) -> None:
    files.down = True
    with pytest.raises(RegistryUnavailable):
        _follower(files).view(files.log.clock())
    outbound = Outbound(
        allowed=frozenset(), network=SimulatedNetwork().network, tls=tls_context(None)
    )
    with pytest.raises(RegistryUnavailable, match="fetch-"):
        RegistryFollower(files.log.anchor, outbound, Freshness()).view(files.log.clock())


def test_how_fresh_is_the_callers_choice(files: LogFiles) -> None:
    log = files.log
    eager = _follower(files, Freshness(refresh_after=-SECOND, usable_for=timedelta(0)))
    eager.view(log.clock())
    eager.view(log.clock())
    assert files.asked.count(CHECKPOINT) == 2
    files.down = True
    assert eager.view(log.clock()).as_of == log.clock()
    with pytest.raises(RegistryUnavailable):
        eager.view(log.clock() + SECOND)


def test_an_older_head_is_a_stale_cache_and_no_answer(files: LogFiles) -> None:
    log, follower = files.log, _follower(files)
    old = log.note(2)
    first = follower.view(log.clock())
    files.served[CHECKPOINT] = old
    assert follower.view(log.clock() + USABLE) is first
    with pytest.raises(RegistryUnavailable, match="older than ours"):
        follower.view(log.clock() + USABLE + SECOND)
    del files.served[CHECKPOINT]
    log.clock.advance(days=1)
    assert follower.view(log.clock()).as_of == log.clock()


# What is not the registry's word, and passes


@pytest.mark.parametrize(
    "note",
    [b"", b"gone fishing", b"x" * (MAX_CHECKPOINT_BYTES + 1), None],
    ids=["empty", "text", "large", "other-key"],
)
def test_a_head_that_the_log_did_not_sign_is_no_answer(files: LogFiles, note: bytes | None) -> None:
    log, follower = files.log, _follower(files)
    forged = log.note(key=signing_key(7)) if note is None else note
    files.served[CHECKPOINT] = forged
    with pytest.raises(RegistryUnavailable):
        follower.view(log.clock())
    del files.served[CHECKPOINT]
    first = follower.view(log.clock())
    files.served[CHECKPOINT] = forged
    assert follower.view(log.clock() + USABLE) is first


@pytest.mark.parametrize("shape", ["short", "long", "empty", "status"])
def test_a_bundle_of_another_width_is_no_answer(files: LogFiles, shape: str) -> None:
    log, follower = files.log, _follower(files)
    path = f"{FIRST}.p/3"
    shapes = {
        "short": encode_bundle(log.leaves[:2]),
        "long": encode_bundle([*log.leaves, b"x"]),
        "empty": b"",
        "status": encode_bundle(log.leaves),
    }
    files.served[path] = shapes[shape]
    if shape == "status":
        files.statuses[path] = 404
    with pytest.raises(RegistryUnavailable):
        follower.view(log.clock())
    files.served.clear()
    files.statuses.clear()
    assert follower.view(log.clock()) == log.view()


def test_a_head_far_beyond_is_not_followed_leaf_by_leaf(files: LogFiles) -> None:
    follower = _follower(files)
    signer = Ed25519NoteSigner(ORIGIN, LOG_KEY)
    files.served[CHECKPOINT] = build_checkpoint(ORIGIN, 1_000_001, bytes(32), [signer])
    with pytest.raises(RegistryUnavailable, match="grown too much"):
        follower.view(files.log.clock())
    assert files.asked == [CHECKPOINT]


# What only the registry can have said, and does not pass


def _stays_refused(follower: RegistryFollower, files: LogFiles) -> None:
    """Neither time nor an honest registry mends it, and nothing is asked for any more."""
    files.served.clear()
    files.asked.clear()
    for hours in (0, 1, 48):
        with pytest.raises(LogInconsistent, match="not followed since"):
            follower.view(files.log.clock() + timedelta(hours=hours))
    assert files.asked == []


def test_one_size_with_two_roots_is_a_contradiction_for_ever(files: LogFiles) -> None:
    log, follower = files.log, _follower(files)
    follower.view(log.clock())
    other = RegistryLog()
    other.leaves = rechained(log.leaves, t="2026-03-13T02:59:59Z")
    files.served[CHECKPOINT] = other.note()
    log.clock.advance(seconds=6)
    with pytest.raises(LogInconsistent, match="do not give the root"):
        follower.view(log.clock())
    _stays_refused(follower, files)


def test_a_rewritten_history_is_a_contradiction_for_ever(log: RegistryLog) -> None:
    """The log's own key signs a longer log that does not begin with what was shown before."""
    files = LogFiles(log)
    follower = _follower(files)
    follower.view(log.clock())
    log.clock.advance(seconds=6)
    rewritten = RegistryLog()
    rewritten.leaves = rechained(log.leaves, t="2026-03-13T02:59:59Z")
    _grow(rewritten, 5)
    files.log = rewritten
    with pytest.raises(LeafRejected, match="does not name the leaf before it") as refused:
        follower.view(log.clock())
    assert refused.value.index == 3
    files.log = log
    _stays_refused(follower, files)


def test_a_head_over_leaves_that_are_not_served_is_a_contradiction(files: LogFiles) -> None:
    log, follower = files.log, _follower(files)
    follower.view(log.clock())
    log.clock.advance(seconds=6)
    _grow(log, 5)
    note = log.note()
    log.leaves.pop()
    log.add(LeafKind.SCHEMA, "types/Other/v1", {"h": encode_base64url(b"\x77" * 32)})
    files.served[CHECKPOINT] = note
    with pytest.raises(LogInconsistent, match="do not give the root"):
        follower.view(log.clock())
    _stays_refused(follower, files)


def test_a_leaf_that_says_what_it_may_not_is_a_contradiction(files: LogFiles) -> None:
    log, follower = files.log, _follower(files)
    follower.view(log.clock())
    log.clock.advance(seconds=6)
    log.add(LeafKind.SCHEMA, "types/T/v1", {"h": encode_base64url(b"\x77" * 32)})
    log.add(LeafKind.SCHEMA, "types/T/v1", {"h": encode_base64url(b"\x78" * 32)})
    with pytest.raises(LeafRejected) as refused:
        follower.view(log.clock())
    assert refused.value.index == 4
    _stays_refused(follower, files)


def test_a_contradiction_is_told_anew_each_time(files: LogFiles) -> None:
    """One exception raised again and again would grow by a traceback each time."""
    log, follower = files.log, _follower(files)
    log.add(LeafKind.SCHEMA, "types/T/v1", {"h": encode_base64url(b"\x77" * 32)})
    log.add(LeafKind.SCHEMA, "types/T/v1", {"h": encode_base64url(b"\x78" * 32)})
    told: list[Error] = []
    for _ in range(3):
        with pytest.raises(Error) as refused:
            follower.view(log.clock())
        told.append(refused.value)
    assert len(set(map(id, told))) == 3


# Threads


def test_threads_share_one_replica(files: LogFiles) -> None:
    log, follower = files.log, _follower(files)
    _grow(log, 300)
    views, failures = [], []
    start = threading.Barrier(8)

    def work() -> None:
        try:
            start.wait()
            views.append(follower.view(log.clock()))
        except BaseException as error:  # noqa: BLE001 - told to the thread that asserts
            failures.append(error)

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert all(view is views[0] for view in views)
    assert files.asked.count(CHECKPOINT) == 1


# Once, from nothing


def test_a_log_is_replayed_from_nothing_each_time(files: LogFiles) -> None:
    _grow(files.log, 260)
    anchor, outbound, now = files.log.anchor, files.outbound(), files.log.clock()
    for _ in range(2):
        files.asked.clear()
        assert replay_over_http(anchor, outbound, now) == files.log.view()
        assert files.asked == [CHECKPOINT, FIRST, "/log/tile/entries/001.p/4"]
    files.served = {FIRST: encode_bundle(rechained(files.log.leaves[:256], sub="x"))}
    with pytest.raises(LeafRejected):
        replay_over_http(anchor, outbound, now)
    files.served = {CHECKPOINT: files.log.note(key=signing_key(7))}
    with pytest.raises(CheckpointNotSigned):
        replay_over_http(anchor, outbound, now)
