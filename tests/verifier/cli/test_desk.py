"""`gwanin verifier request` and `result`, as a clerk of a registered verifier runs them."""

import json
from pathlib import Path
from typing import Any, NoReturn

import pytest
from click.testing import CliRunner, Result

from credentials.strict_json import MAX_JSON_BYTES
from issuer.actions.change_status import StatusChange
from tests.simulators.city import SimulatedCity, SimulatedWallet
from tests.simulators.forger import RESIDENCY
from tests.simulators.judge import ASKED
from verifier.cli.desk import verifier_commands
from wallet.actions.present import decline


class Desk:
    """A clerk at a terminal."""

    def __init__(self, city: SimulatedCity, folder: Path) -> None:
        self.city = city
        self.folder = folder
        self.question = folder / "question.json"
        self.write(city.query(RESIDENCY, ASKED).to_json())

    def write(self, document: Any) -> None:
        self.question.write_text(
            document if isinstance(document, str) else json.dumps(document), "utf-8"
        )

    def run(self, *arguments: str) -> Result:
        group = verifier_commands(lambda: self.city.city.verifier)
        return CliRunner().invoke(group, list(arguments))

    def request(self, verifier: str = "VER-LIB", *more: str) -> Result:
        return self.run("request", "--verifier", verifier, "--dcql", str(self.question), *more)

    def asked(self) -> Any:
        return json.loads(self.request("VER-LIB", "--json").stdout)

    def wallet(self) -> SimulatedWallet:
        offer = self.city.offer("GU-11620", RESIDENCY, self.city.claims("P01"))
        wallet = self.city.wallet()
        wallet.receive(offer.link, offer.tx_code)
        self.entitlement = offer.entitlement_id
        return wallet


@pytest.fixture
def desk(city: SimulatedCity, tmp_path: Path) -> Desk:
    return Desk(city, tmp_path)


def test_request_prints_one_document_with_the_promised_members(desk: Desk) -> None:
    result = desk.request("VER-LIB", "--json")
    assert (result.exit_code, result.stderr) == (0, "")
    document = json.loads(result.stdout)
    assert set(document) == {"link", "request_uri", "client_id", "result_id", "expires_at"}
    assert document["expires_at"] == "2026-03-13T03:10:00Z"


def test_request_prints_lines_for_people(desk: Desk) -> None:
    result = desk.request()
    assert result.exit_code == 0
    assert "link: https://gwanin.example/wallet#client_id=" in result.stdout


@pytest.mark.parametrize(
    ("verifier", "claim", "code"),
    [("VER-LIB", "birthDate", "over-asking"), ("VER-MART", ASKED, "unknown-verifier")],
)
def test_request_refuses_what_the_registration_does_not_allow(
    desk: Desk, verifier: str, claim: str, code: str
) -> None:
    desk.write(desk.city.query(RESIDENCY, claim).to_json())
    result = desk.request(verifier, "--json")
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr.startswith(f"{code}: ")


@pytest.mark.parametrize("text", ["", "nonsense", "[]", "{}", " " * (MAX_JSON_BYTES + 1)])
def test_request_refuses_a_file_that_is_no_question(desk: Desk, text: str) -> None:
    desk.write(text)
    result = desk.request()
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr.partition(":")[0] in {"malformed", "too-large"}


def test_request_wants_a_file(desk: Desk) -> None:
    for path in (desk.folder, desk.folder / "missing.json"):
        desk.question = path
        assert desk.request().exit_code == 2
    assert desk.run("request", "--verifier", "VER-LIB").exit_code == 2


def test_result_of_an_accepted_answer(desk: Desk) -> None:
    asked = desk.asked()
    desk.wallet().present(asked["link"])
    result = desk.run("result", asked["result_id"], "--json")
    assert (result.exit_code, result.stderr) == (0, "")
    document = json.loads(result.stdout)
    assert set(document) == {
        *("id", "state", "verifier", "credentials"),
        *("decision", "code", "checks", "issuer", "type", "claims", "as_of"),
    }
    assert (document["state"], document["decision"]) == ("decided", "accepted")
    assert document["claims"] == {ASKED: True}
    people = desk.run("result", asked["result_id"])
    assert people.exit_code == 0
    assert people.stdout.startswith("state: decided\n확인됨 / Verified [OK]\n")


def test_result_of_a_rejected_answer(desk: Desk) -> None:
    wallet = desk.wallet()
    desk.city.change_status("GU-11620", desk.entitlement, StatusChange.REVOKE, "R02")
    asked = desk.asked()
    wallet.present(asked["link"])
    result = desk.run("result", asked["result_id"], "--json")
    assert result.exit_code == 1
    document = json.loads(result.stdout)
    assert (document["code"], document["claims"]) == ("REVOKED", {})


def test_result_while_there_is_none(desk: Desk) -> None:
    asked = desk.asked()
    result = desk.run("result", asked["result_id"], "--json", "--wait", "0.01")
    assert result.exit_code == 3
    assert json.loads(result.stdout)["state"] == "requested"


def test_result_of_a_request_that_the_wallet_refused(desk: Desk) -> None:
    asked = desk.asked()
    client = desk.city.http()
    state = desk.wallet().prepare(asked["link"]).request.state
    url = asked["request_uri"].replace("/requests/", "/responses/")
    client.post(url, data={"error": "access_denied", "state": state})
    result = desk.run("result", asked["result_id"])
    assert result.exit_code == 3
    assert result.stdout.startswith("state: answered\nerror: access_denied\n상대방이 제출하지 않")


def test_result_of_a_request_that_nobody_made(desk: Desk) -> None:
    result = desk.run("result", "r_nothing")
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr.startswith("request-not-found: ")


@pytest.mark.parametrize("wait", ["-1", "601", "soon"])
def test_result_waits_no_longer_than_ten_minutes(desk: Desk, wait: str) -> None:
    assert desk.run("result", "r_nothing", "--wait", wait).exit_code == 2


def test_a_result_without_a_verdict_says_what_to_do_next(desk: Desk) -> None:
    waiting, declined = desk.asked(), desk.asked()
    wallet = desk.wallet()
    decline(wallet.prepare(declined["link"]), wallet.connection)
    assert desk.run("result", waiting["result_id"]).stdout.splitlines()[-1].startswith("아직 답이")
    said = desk.run("result", declined["result_id"])
    assert said.exit_code == 3
    assert said.stdout.splitlines()[:2] == ["state: answered", "error: access_denied"]
    assert "Make a new request" not in said.stdout
    assert "The other side sent nothing" in said.stdout.splitlines()[-1]
    desk.city.clock.advance(minutes=11)
    late = desk.run("result", waiting["result_id"])
    assert "기한이 지났습니다" in late.stdout
    assert "Make a new request" in late.stdout


def test_help_needs_no_city() -> None:
    def closed() -> NoReturn:
        raise AssertionError("nothing is opened for help")

    for command in ("request", "result"):
        result = CliRunner().invoke(verifier_commands(closed), [command, "--help"])
        assert result.exit_code == 0
