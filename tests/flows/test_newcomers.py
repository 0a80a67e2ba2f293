"""From the public form to the first credential: applied, agreed by two, and at work at once.

Nothing is restarted between the second person's click and the newcomer's first act.
"""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click
from click.testing import CliRunner

from city_services.seoul.staff_commands import staff_commands
from did_registry.application import Applicant
from tests.city_services.seoul.web.registry_desk.conftest import FIRST, SECOND, applies, proposed
from tests.simulators.city import SimulatedCity
from tests.simulators.desk import OURS, Clerk
from tests.simulators.dishonest import DishonestServer
from tests.simulators.forger import RESIDENCY
from verifier.cli.desk import verifier_commands
from wallet.cli import main as wallet


def run(command: click.Command, arguments: Sequence[str], obj: Any = None) -> Any:
    """The document that a command prints."""
    result = CliRunner().invoke(command, [*arguments, "--json"], obj=obj)
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


def registered(city: SimulatedCity, who: Applicant) -> str:
    """Apply, propose, approve; what the applicant's page then says."""
    first, second = Clerk.signed_in(city, FIRST), Clerk.signed_in(city, SECOND)
    receipt = applies(city, who)
    act = proposed(first, f"/applications/{receipt}/propose")
    city.clock.advance(seconds=10)
    assert second.send(f"/registry/desk/acts/{act}/approve").status_code == 303
    city.clock.advance(seconds=10)
    return city.http().get(f"/registry/applications/{receipt}", headers=OURS).text


def hired(city: SimulatedCity, reference: str, *roles: str) -> Clerk:
    """A person of the newcomer's, with the account that the desk says how to make."""
    options = [part for role in roles for part in ("--role", role)]
    made = run(staff_commands(lambda: city.city), ["open", reference, *options])
    return Clerk.signed_in(city, reference, made["password"])


def own(folder: Path) -> list[str]:
    """The options of a citizen's vault."""
    folder.mkdir(mode=0o700)
    passphrase = folder / "passphrase"
    passphrase.write_text("a passphrase for tests only\n")
    passphrase.chmod(0o600)
    return ["--vault", str(folder / "vault"), "--passphrase-file", str(passphrase)]


def test_a_new_verifiers_request_is_answered_by_the_wallet(
    city: SimulatedCity, tmp_path: Path
) -> None:
    vault, question = own(tmp_path / "me"), tmp_path / "question.json"
    question.write_text(json.dumps(city.query(RESIDENCY, "residentOfSeoul").to_json()))

    def connect(_: Path | None) -> Any:
        return DishonestServer(city).connection()  # an honest one, as nothing is changed in it

    offer = city.offer("GU-11620", RESIDENCY, city.claims("P01"))
    run(wallet, [*vault, "receive", offer.link, "--tx-code", str(offer.tx_code)], connect)
    assert "등록됨" in registered(city, Applicant.VERIFIER)
    asks = verifier_commands(lambda: city.city.verifier)
    request = run(asks, ["request", "--verifier", "VER-MART", "--dcql", str(question)])
    shown = run(wallet, [*vault, "present", request["link"], "--yes"], connect)
    assert "표본마트" in json.dumps(shown, ensure_ascii=False)
    assert run(asks, ["result", request["result_id"]])["code"] == "OK"
    clerk = hired(city, "VER-MART-01", "ask")
    assert f'name="{RESIDENCY}.residentOfSeoul"' in clerk.page("/verifier")


def test_a_new_agencys_clerks_issue_what_the_wallet_keeps(city: SimulatedCity) -> None:
    page = registered(city, Applicant.AGENCY)
    drafter = hired(city, "GU-11215-01", "draft")
    approver = hired(city, "GU-11215-02", "approve", "revoke")
    issued = approver.approves(drafter.drafts(city.claims("P01")))
    sent = approver.send(f"/desk/issued/{issued}/offer", {"way": "counter"})
    assert sent.status_code == 303
    offer = city.offer("GU-11215", RESIDENCY, city.claims("P01"))
    received = city.wallet().receive(offer.link, offer.tx_code)
    assert received.accepted.verified.issuer in page
