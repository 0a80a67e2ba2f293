"""Look up a credential's status in a list that is known: the limit is one shift and one mask."""

from datetime import timedelta
from functools import partial
from typing import Any, Final

from openvc.errors import OpenvcError
from openvc.status.token_status_list import check_token_status

from benchmarks.peers import OPENVC
from benchmarks.workload import Contender, Workload, assert_refused
from benchmarks.world import STATUS_INDEX, World
from credentials.errors import KeyMismatch
from credentials.jws import peek_claims
from credentials.keys import KeyType
from credentials.model import StatusPurpose, StatusReference
from credentials.status.bits import (
    MIN_ENTRIES,
    State,
    StatusBits,
    StatusIndexOutOfRange,
    VerifiedStatusList,
)
from credentials.status.token_list import parse_token_list, sign_token_list, verify_token_list
from credentials.validity import LEEWAY

_URI: Final = "https://gwanin.example/status/benchmark"


def build(world: World) -> Workload:
    """One entry of two bits among 131,072, of which one other is revoked."""
    token = _token(world)
    found = _verified(world, token)
    return Workload(
        title="look up a status in a token status list",
        limit=_raw(found),
        ours=(_evidence(world), _list(found)),
        peers=(_openvc(token),),
    )


def _token(world: World) -> str:
    return sign_token_list(
        StatusBits(size=MIN_ENTRIES, marked={STATUS_INDEX + 1: State.REVOKED}),
        uri=_URI,
        issued_at=world.now,
        expires=world.now + timedelta(days=1),
        ttl=timedelta(hours=1),
        signer=world.signers[KeyType.P256],
        key_id=world.agency.key_id(KeyType.P256),
    )


def _verified(world: World, token: str) -> VerifiedStatusList:
    key = world.signers[KeyType.P256].public_key
    parsed = parse_token_list(token)
    return verify_token_list(parsed, key, uri=_URI, now=world.now, leeway=LEEWAY)


def _raw(found: VerifiedStatusList) -> Contender:
    packed = found.packed

    def value(index: int) -> int:
        return packed[index >> 2] >> ((index & 3) << 1) & 3

    def check() -> None:
        assert (value(STATUS_INDEX), value(STATUS_INDEX + 1)) == (0, 1)

    return Contender(name="two bits of a byte", run=partial(value, STATUS_INDEX), check=check)


def _list(found: VerifiedStatusList) -> Contender:
    def check() -> None:
        assert found.state(STATUS_INDEX) is State.VALID
        assert found.state(STATUS_INDEX + 1) is State.REVOKED
        assert_refused(lambda: found.state(MIN_ENTRIES), StatusIndexOutOfRange)

    return Contender(name="the list", run=partial(found.state, STATUS_INDEX), check=check)


def _evidence(world: World) -> Contender:
    """As the pipeline asks: which list, whose, and is it still fresh?"""
    uri, issuer = world.agency.status_uri(), world.agency.did
    reference = StatusReference(uri=uri, index=STATUS_INDEX, purpose=StatusPurpose.ANY)
    status = partial(world.evidence.status, reference)

    def check() -> None:
        assert status(issuer, world.now).state is State.VALID
        assert_refused(lambda: status(issuer + "x", world.now), KeyMismatch)

    return Contender(name="evidence", run=partial(status, issuer, world.now), check=check)


def _openvc(token: str) -> Contender:
    claims = peek_claims(token).members

    def invalid(index: int) -> bool:
        referenced: dict[str, Any] = {"status": {"status_list": {"uri": _URI, "idx": index}}}
        found = check_token_status(referenced, resolve_status_list_token=lambda _: claims)
        assert found is not None
        return found.revoked

    def check() -> None:
        assert (invalid(STATUS_INDEX), invalid(STATUS_INDEX + 1)) == (False, True)
        assert_refused(lambda: invalid(MIN_ENTRIES), OpenvcError)

    return Contender(name=OPENVC, run=partial(invalid, STATUS_INDEX), check=check)
