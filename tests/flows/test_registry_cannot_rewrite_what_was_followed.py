"""A registry that lies to a newcomer, and why it can't to somebody who has followed it."""

from typing import TYPE_CHECKING, Any

import pytest

from did_registry.actions.follow import Freshness, RegistryFollower
from did_registry.document import Purpose
from did_registry.errors import LeafRejected, LogInconsistent, UnknownKey
from storage.base import Base
from storage.engine import build_engine
from storage.transaction import Database
from tests.simulators.network import SimulatedNetwork
from tests.simulators.registry import SimulatedRegistry
from web.origin import parse_origin
from web.outbound import Outbound, tls_context

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

TYPE = "SeoulResidencyCredential"


class Switch:
    """One address, behind which one or the other registry answers."""

    def __init__(self, registry: SimulatedRegistry) -> None:
        self.to(registry)

    def to(self, registry: SimulatedRegistry) -> None:
        self._app = registry.app()

    def __call__(self, environ: Any, start_response: Any) -> Any:
        return self._app(environ, start_response)


@pytest.fixture
def databases(tmp_path: "Path") -> "Iterator[list[Database]]":
    found = [Database(build_engine(f"sqlite:///{tmp_path / name}.db")) for name in ("one", "two")]
    for database in found:
        database.create_tables(Base.metadata)
    yield found
    for database in found:
        database.close()


def test_growth_is_followed_and_a_rewritten_history_is_not(databases: list[Database]) -> None:
    honest = SimulatedRegistry(databases[0])
    agency = honest.create("GU-11620")
    honest.accredit(agency, TYPE)
    honest.publish()
    switch, clock = Switch(honest), honest.clock
    outbound = Outbound(
        allowed=frozenset(),
        network=SimulatedNetwork().network,
        tls=tls_context(None),
        own_origin=parse_origin(honest.url),
        own_app=switch,
    )
    wallet = RegistryFollower(honest.anchor, outbound, Freshness())

    # The registry grows, and the wallet sees the same as its operator: rights, keys and their end.
    view = wallet.view(clock())
    assert view == honest.replay()
    assert view.find_accreditation(str(agency), TYPE, clock()) is not None
    issued = clock()
    key_id = f"{agency}#eddsa-1"
    first = view.key_at(key_id, Purpose.ASSERTION, issued)
    clock.advance(days=1)
    honest.rotate(agency)
    honest.publish()
    view = wallet.view(clock())
    assert view == honest.replay()
    assert view.key_at(key_id, Purpose.ASSERTION, clock()).key != first.key
    assert view.key_at(key_id, Purpose.ASSERTION, issued).retired_at == clock()
    clock.advance(days=1)
    honest.deactivate(agency)
    honest.publish()
    view = wallet.view(clock())
    with pytest.raises(UnknownKey):
        view.key_at(key_id, Purpose.ASSERTION, clock())

    # The same keys sign another past, in which the right was given to another agency.
    liar = SimulatedRegistry(databases[1])
    liar.accredit(liar.create("SEL-YOUTH"), TYPE)
    liar.fill(view.checkpoint.size + 1)
    liar.publish()
    assert liar.anchor == honest.anchor
    switch.to(liar)
    clock.advance(days=1)

    # A newcomer can't know: the log is whole and signed.
    newcomer = RegistryFollower(honest.anchor, outbound, Freshness()).view(clock())
    assert newcomer.find_accreditation(str(agency), TYPE, issued) is None

    # Who has followed knows at once, names the leaf, and stays alarmed when the truth comes back.
    with pytest.raises(LeafRejected) as refused:
        wallet.view(clock())
    assert refused.value.index == view.checkpoint.size
    switch.to(honest)
    with pytest.raises(LogInconsistent):
        wallet.view(clock())
