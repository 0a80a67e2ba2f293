"""The main job through three command lines, from the clerk's offer to the desk's verdict."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click
from click.testing import CliRunner

from issuer.actions.change_status import StatusChange
from tests.simulators.city import SimulatedCity
from tests.simulators.dishonest import DishonestServer
from tests.simulators.forger import RESIDENCY
from verifier.cli.desk import verifier_commands
from verifier.cli.verify import main as verify
from wallet.cli import main as wallet


def _run(
    command: click.Command, arguments: Sequence[str], *, obj: Any = None, status: int = 0
) -> Any:
    result = CliRunner().invoke(command, list(arguments), obj=obj)
    assert result.exit_code == status, result.output
    return json.loads(result.stdout)


def test_from_the_offer_to_the_verdict_and_after_the_revocation(
    city: SimulatedCity, tmp_path: Path
) -> None:
    folder = tmp_path / "me"
    folder.mkdir(mode=0o700)
    passphrase, question = folder / "passphrase", folder / "question.json"
    passphrase.write_text("a passphrase for tests only\n")
    passphrase.chmod(0o600)
    asked = city.query(RESIDENCY, "residentOfSeoul", "ageOver19")
    question.write_text(json.dumps(asked.to_json()))
    own = ["--vault", str(folder / "vault"), "--passphrase-file", str(passphrase)]
    desk = verifier_commands(lambda: city.city.verifier)

    def connect(_: Path | None) -> Any:
        return DishonestServer(city).connection()  # an honest one, as nothing is changed in it

    offer = city.offer("GU-11620", RESIDENCY, city.claims("P01"))
    received = [*own, "receive", offer.link, "--tx-code", str(offer.tx_code), "--json"]
    _run(wallet, received, obj=connect)

    for word, status in (("OK", 0), ("REVOKED", 1)):
        ask = ["request", "--verifier", "VER-LIB", "--dcql", str(question), "--json"]
        request = _run(desk, ask)
        _run(wallet, [*own, "present", request["link"], "--yes", "--json"], obj=connect)
        result = _run(desk, ["result", request["result_id"], "--json"], status=status)
        assert result["code"] == word
        city.change_status("GU-11620", offer.entitlement_id, StatusChange.REVOKE, "R02")
        city.clock.advance(seconds=301)

    exported = _run(wallet, [*own, "export"], obj=connect)
    assert len(exported["shown"]) == 2
    (card,) = exported["credentials"]
    document = folder / "card.txt"
    document.write_text(card["credential"])
    verdict = _run(verify, [str(document), "--json"], obj=connect, status=1)
    assert verdict["code"] == "REVOKED"
