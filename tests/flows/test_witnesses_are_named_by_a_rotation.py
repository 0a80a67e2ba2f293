"""A city that had no witnesses for its DIDs names some: with the next rotation of each agency."""

from dataclasses import replace
from pathlib import Path

from did_registry.root_act import Rotate
from tests.simulators.city import SimulatedCity
from tests.simulators.root_line import FIRST, GU, SECOND
from tests.simulators.witnesses import SimulatedWitnesses


def test_a_rotation_names_the_witnesses_and_waits_for_them(
    city: SimulatedCity, tmp_path: Path
) -> None:
    town = SimulatedWitnesses(tmp_path, city.clock, city.city.anchor.log_key)
    office = city.city.root_office
    watched = replace(office, desk=replace(office.desk, did_witnesses=town.rule))
    city.clock.advance(seconds=10)
    watched.approve(watched.propose(Rotate(code=GU), by=FIRST).id, by=SECOND)
    served = city.http().get(f"/dids/{GU}/did.jsonl").data
    assert len(served.splitlines()) == 1  # a first list of witnesses counts at once
    town.cosign(city.city.database)
    unwatched = replace(town.peers, policy=city.city.anchor.witnesses)
    assert town.approve(city.city.database, unwatched) == ()
    served = city.http().get(f"/dids/{GU}/did.jsonl").data
    assert len(served.splitlines()) == 2
    found = city.city.replay().histories.values()
    (history,) = (one for one in found if one.did.path[-1] == GU)
    assert history.latest.parameters.witness == town.rule
    city.clock.advance(seconds=10)
    again = watched.propose(Rotate(code=GU), by=FIRST)
    watched.approve(again.id, by=SECOND)
    last = city.city.replay().histories[history.scid].latest.entry
    assert "witness" not in last.parameters  # nothing has changed
    town.close()
