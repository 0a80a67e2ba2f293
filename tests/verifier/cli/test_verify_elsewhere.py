"""`gwanin-verify` and an issuer whose DID stands elsewhere: asked online, unknown with a bundle."""

import json
from pathlib import Path
from typing import Any, Literal

import pytest
from click.testing import CliRunner

from did_registry.actions.connect import Connection
from did_registry.actions.export_bundle import export_bundle
from did_registry.actions.follow import Freshness, RegistryFollower
from did_registry.actions.foreign_dids import ForeignDids
from tests.simulators.city import SimulatedCity
from tests.simulators.did_host import HOST, Abroad, DidHost
from tests.simulators.forger import RESIDENCY, Forger, signed_as
from tests.simulators.network import SimulatedNetwork, answer
from tests.simulators.root_line import Root
from tests.simulators.status_host import LIST_URI, TOKEN_TYPE, token_list
from verifier.cli.verify import main
from web.outbound import Outbound, tls_context

LISTS = "93.184.216.35"


class World:
    """A command line's connection to the city and to two other hosts, each with one file."""

    def __init__(self, city: SimulatedCity, method: Literal["web", "webvh"]) -> None:
        self.city, self.host, self.forger = city, DidHost(), Forger(city)
        self.abroad = Abroad(self.host, city.clock, method)
        self.network = SimulatedNetwork()
        served = self.host.served[self.abroad.url]
        assert isinstance(served, bytes)
        media_type = "application/did" if method == "web" else "text/jsonl"
        self.network.serve(HOST, answer(200, media_type, served))
        names = ("--name-ko", "부산", "--name-en", "Busan", "--types", RESIDENCY)
        Root(city).do("admit", "--did", self.abroad.did, *names)
        signed = token_list(self.forger, signer=self.abroad.signer, key_id=self.abroad.key_id)
        self.network.serve("lists.example", answer(200, TOKEN_TYPE, signed.encode()), LISTS)

    def card(self) -> str:
        abroad, fragment = self.abroad, self.abroad.key_id.partition("#")[2]
        card = signed_as(self.forger, abroad.did, fragment, abroad.signer)
        status = {"status_list": {"uri": LIST_URI, "idx": 7}}
        return self.forger.rewritten(card, {"status": status}, signer=abroad.signer)

    def verify(self, *options: str) -> tuple[int, Any]:
        outbound = Outbound(
            allowed=frozenset(),
            network=self.network.network,
            tls=tls_context(None),
            own_origin=self.city.city.settings.addresses.public_url,
            own_app=self.city.app,
        )
        anchor = self.city.city.anchor
        connection = Connection(
            anchor=anchor,
            follower=RegistryFollower(anchor, outbound, Freshness()),
            elsewhere=ForeignDids(outbound),
            outbound=outbound,
            clock=self.city.clock,
        )
        arguments = ["-", "--json", *options]
        result = CliRunner().invoke(main, arguments, input=self.card(), obj=lambda _: connection)
        return result.exit_code, json.loads(result.stdout)


@pytest.fixture(params=["web", "webvh"])
def world(request: pytest.FixtureRequest, city: SimulatedCity) -> World:
    return World(city, request.param)


def test_its_host_is_asked_through_the_guarded_client(world: World) -> None:
    status, verdict = world.verify()
    assert (status, verdict["decision"], verdict["code"]) == (0, "accepted", "OK_BEARER")
    assert verdict["issuer"]["did"] == world.abroad.did
    asked = [request.split()[1] for request in world.network.requests]
    assert asked[0].startswith(b"/dids/BSN/did.json")
    assert world.network.tls_names == [HOST, "lists.example"]


@pytest.mark.parametrize("trouble", ["away", "slow", "private", "untrusted", "redirect"])
def test_a_host_that_does_not_answer_leaves_it_indeterminate(world: World, trouble: str) -> None:
    match trouble:
        case "away":
            world.network.dead.add(world.network.names[HOST][0])
        case "slow":
            world.network.seconds_per_read = 100.0
        case "private":
            world.network.names[HOST] = ["10.0.0.1"]
        case "untrusted":
            world.network.untrusted.add(HOST)
        case "redirect":
            place = "Location: https://lists.example/1"
            world.network.serve(HOST, answer(302, "text/plain", b"", place))
    status, verdict = world.verify()
    assert (status, verdict["decision"]) == (3, "indeterminate")
    checks = {check["name"]: (check["result"], check["code"]) for check in verdict["checks"]}
    assert checks["issuer_key"] == ("unknown", "issuer-unavailable")
    assert verdict["claims"] == {}


def test_with_a_bundle_nobody_is_asked(world: World, tmp_path: Path) -> None:
    data, _ = export_bundle(world.city.city.anchor, world.city.outbound, world.city.clock())
    file = tmp_path / "registry.json"
    file.write_bytes(data)
    status, verdict = world.verify("--bundle", str(file))
    assert (status, verdict["decision"]) == (3, "indeterminate")
    assert world.network.requests == []
