"""Verify a whole did:webvh log: the chain, pre-rotation, one proof an entry."""

from datetime import timedelta
from functools import partial
from typing import Any, Final

from did_webvh.core.file_utils import (  # type: ignore[import-untyped]
    AsyncTextReadError,
    read_str,
)
from did_webvh.core.resolver import (  # type: ignore[import-untyped]
    DidResolver,
    HistoryResolver,
)
from did_webvh.verify import WebvhVerifier  # type: ignore[import-untyped]

from benchmarks.peers import DID_WEBVH
from benchmarks.raw import HASH_DATA, raw_verify
from benchmarks.workload import Contender, Workload, assert_refused
from benchmarks.world import World
from credentials.keys import KeyType
from did_registry.errors import LogInvalid
from did_registry.webvh.did import placeholder_did
from did_registry.webvh.entry import parse_entry
from did_registry.webvh.history import History, begin, replay
from did_registry.webvh.writer import build_genesis, build_next, next_key_hash
from tests.simulators.peer_hashes import weakly_held_hash
from tests.simulators.webvh_log import HOST, NOW, START, document, signer

_KEYS: Final = 3  # in each document: two for assertion, one for authentication


def build(world: World, entries: int) -> Workload:
    """A log in which the update key changes with every entry."""
    log, history = rotating_log(entries)
    head, last = log[: -len(_last_line(log))], _last_line(log)
    tampered = head + last.replace(b"#key-1", b"#key-9")
    return Workload(
        title=f"verify a did:webvh log, entries: {entries}, {len(log) / 1000:.1f} kB",
        limit=raw_verify(KeyType.ED25519, HASH_DATA, times=entries),
        ours=(_ours(log, tampered, history),),
        peers=(_did_webvh(world, log, tampered, history),),
    )


def rotating_log(entries: int) -> tuple[bytes, History]:
    """did.jsonl with an entry a day, and the history that it is."""
    first = document(placeholder_did(HOST, None, ("dids", "SEL-DIG")), keys=_KEYS - 1)
    line = build_genesis(document=first, signer=signer(0), next_key_hashes=_committed(1), now=START)
    lines, history = [line], begin(parse_entry(line.rstrip(b"\n"), number=1), START)
    for number in range(1, entries):
        now = START + timedelta(days=number)
        line = build_next(
            history,
            document=history.latest.document.members,
            signer=signer(number),
            next_key_hashes=_committed(number + 1),
            now=now,
        )
        lines.append(line)
        history = history.advance(parse_entry(line.rstrip(b"\n"), number=number + 1), now)
    return b"".join(lines), history


def _committed(number: int) -> list[str]:
    """The next key and one for emergencies."""
    return [next_key_hash(signer(n).public_key) for n in (number, number + 100)]


def _last_line(log: bytes) -> bytes:
    return log.splitlines(keepends=True)[-1]


def _ours(log: bytes, tampered: bytes, history: History) -> Contender:
    verify = partial(replay, did=history.did, now=NOW, witnesses=None)

    def check() -> None:
        assert verify(log).versions == history.versions
        assert_refused(lambda: verify(tampered), LogInvalid)

    return Contender(name="replay", run=lambda: verify(log), check=check, goal=0.55)


def _did_webvh(world: World, log: bytes, tampered: bytes, history: History) -> Contender:
    resolver, did = DidResolver(WebvhVerifier()), str(history.did)
    held = weakly_held_hash()

    def resolve(text: str) -> Any:
        return world.loop.run(resolver.resolve(did, _InMemory(text)))

    def check() -> None:
        assert held
        assert resolve(log.decode()).document == history.latest.document.members
        assert resolve(tampered.decode()).document is None

    return Contender(name=DID_WEBVH, run=partial(resolve, log.decode()), check=check, goal=5.0)


class _InMemory(HistoryResolver):  # type: ignore[misc]
    """The peer's source of logs: one log, and no witnesses."""

    def __init__(self, log: str) -> None:
        self._log = log

    def resolve_entry_log(self, _document_id: str | None) -> Any:
        return read_str(self._log)

    def resolve_witness_log(self, _document_id: str | None) -> Any:
        raise AsyncTextReadError("there are no witnesses")
