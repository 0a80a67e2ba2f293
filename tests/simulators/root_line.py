"""The root's command line over a simulated city, and what a card of before and after is worth."""

import json
from typing import Any

from click.testing import CliRunner

from console.commands import RefusingGroup
from did_registry.cli_root import add_root_commands
from did_registry.view import RegistryView
from tests.simulators.city import (
    SimulatedCity,
    SimulatedWallet,
)
from tests.simulators.forger import RESIDENCY

GU = "GU-11620"
FIRST, SECOND = "SEL-DIG-01", "SEL-DIG-02"


class Root:
    """The root's command line. Each act comes ten seconds after what was before, so that whoever
    follows the log asks for it."""

    def __init__(self, city: SimulatedCity) -> None:
        self.city = city
        self.group = RefusingGroup("registry")
        add_root_commands(self.group, lambda: city.city.root_office)

    def run(self, *arguments: str, status: int = 0) -> Any:
        """The document that a command prints; the code of its refusal for another status."""
        self.city.clock.advance(seconds=10)
        result = CliRunner().invoke(self.group, [*arguments, "--json"], catch_exceptions=False)
        assert result.exit_code == status, result.stderr
        if status:
            assert result.stdout == ""
            return result.stderr.partition(":")[0]
        return json.loads(result.stdout)

    def propose(self, *arguments: str, by: str = FIRST) -> str:
        """The id of a new act."""
        act: str = self.run(*arguments, "--by", by)["act"]
        return act

    def refused(self, *arguments: str, by: str = FIRST) -> str:
        """The code with which an act is refused."""
        code: str = self.run(*arguments, "--by", by, status=1)
        return code

    def do(self, *arguments: str) -> Any:
        """An act by two people; what came of it."""
        act = self.run("approve", self.propose(*arguments), "--by", SECOND)
        assert (act["state"], act["proposed_by"], act["decided_by"]) == ("done", FIRST, SECOND)
        self.city.clock.advance(seconds=10)
        return act["effect"]

    def view(self) -> RegistryView:
        """The registry as everybody can verify it."""
        return self.city.city.replay()

    def did(self, code: str = GU) -> str:
        """The DID of a code."""
        found = (h.did for h in self.view().histories.values() if h.did.path[-1] == code)
        return str(next(found))


def residency_card(city: SimulatedCity) -> SimulatedWallet:
    offer = city.offer(GU, RESIDENCY, city.claims("P01"))
    wallet = city.wallet()
    wallet.receive(offer.link, offer.tx_code)
    return wallet


def show_residency(city: SimulatedCity, wallet: SimulatedWallet) -> Any:
    asked = city.ask("VER-LIB", city.query(RESIDENCY, "residentOfSeoul"))
    wallet.present(asked.link)
    return city.result(asked.result_id)


def word_for(city: SimulatedCity, wallet: SimulatedWallet) -> tuple[str, str]:
    result = show_residency(city, wallet)
    return result["decision"], result["code"]


def check_named(result: Any, name: str) -> tuple[str, str]:
    (found,) = (check for check in result["checks"] if check["name"] == name)
    return found["result"], found["code"]
