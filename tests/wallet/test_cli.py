"""`gwanin-wallet`, as a citizen runs it: every command on a vault of one's own."""

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from credentials.encoding import encode_base64url
from credentials.issuance_proof import IssuanceProof
from issuer.actions.close_batches import close_batches
from issuer.actions.make_offer import MadeOffer
from tests.simulators.city import URL, SimulatedCity
from tests.simulators.dishonest import DishonestServer
from tests.simulators.forger import RESIDENCY
from tests.simulators.judge import ASKED
from verifier.actions.create_request import MadeRequest
from wallet.cli import main
from wallet.store import FileStore
from web.problem_rows import problem

PASSPHRASE = "a passphrase for tests only"


class Citizen:
    """P01 at a terminal."""

    def __init__(self, city: SimulatedCity, folder: Path) -> None:
        self.city = city
        self.folder = folder
        self.server = DishonestServer(city)
        self.vault = folder / "vault"
        self.passphrase = folder / "passphrase"
        self.passphrase.write_text(PASSPHRASE + "\n")
        self.passphrase.chmod(0o600)

    def run(self, *arguments: str, typed: str = "", language: str = "ko") -> Result:
        options = ["--vault", str(self.vault), "--passphrase-file", str(self.passphrase)]
        return CliRunner().invoke(
            main,
            [*options, "--lang", language, *arguments],
            input=typed,
            obj=lambda _: self.server.connection(),
        )

    def json(self, *arguments: str) -> Any:
        """The one document that a command prints."""
        result = self.run(*arguments)
        assert result.exit_code == 0, result.stderr
        return json.loads(result.stdout)

    def offer(self) -> MadeOffer:
        return self.city.offer("GU-11620", RESIDENCY, self.city.claims("P01"))

    def receive(self) -> Any:
        offer = self.offer()
        assert offer.tx_code is not None
        return self.json("receive", offer.link, "--tx-code", offer.tx_code, "--json")

    def ask(self, *claims: str) -> MadeRequest:
        return self.city.ask("VER-LIB", self.city.query(RESIDENCY, *(claims or (ASKED,))))

    def secrets(self) -> list[bytes]:
        store = FileStore(self.vault, PASSPHRASE.encode(), lambda _: b"")
        return [held.key_secret for held in store.read().held]


@pytest.fixture
def citizen(city: SimulatedCity, tmp_path: Path) -> Citizen:
    folder = tmp_path / "me"
    folder.mkdir(mode=0o700)
    return Citizen(city, folder)


def refused(result: Result, code: str) -> None:
    assert (result.exit_code, result.stdout) == (1, "")
    assert f"{code}: " in result.stderr


# ---- receive ----


def test_receive_keeps_a_credential_and_prints_one_document(citizen: Citizen) -> None:
    document = citizen.receive()
    assert set(document) == {
        *("id", "type", "format", "issuer", "issuer_name_ko", "issuer_name_en", "claims"),
    }
    assert (document["id"], document["issuer_name_ko"]) == (1, "관악구청")
    assert document["claims"]["nameKo"] == "김시범"
    assert citizen.receive()["id"] == 2


def test_receive_shows_whose_it_is_before_it_keeps_it(citizen: Citizen) -> None:
    offer = citizen.offer()
    result = citizen.run("receive", offer.link, typed=f"{offer.tx_code}\ny\n")
    assert result.exit_code == 0
    assert result.stdout == "서울시 거주확인증 · 관악구청 · 김시범\n#1\n"
    assert "tx_code (6)" in result.stderr
    assert "이 증명을 담으시겠습니까?" in result.stderr


def test_receive_keeps_nothing_that_its_person_does_not_want(citizen: Citizen) -> None:
    offer = citizen.offer()
    result = citizen.run("receive", offer.link, "--tx-code", str(offer.tx_code), typed="n\n")
    assert result.exit_code == 1
    assert "consent-refused: " in result.stderr
    assert citizen.json("list", "--json") == []
    assert not citizen.vault.exists()


def test_receive_with_yes_asks_nothing(citizen: Citizen) -> None:
    offer = citizen.offer()
    result = citizen.run(
        "receive", offer.link, "--tx-code", str(offer.tx_code), "--yes", language="en"
    )
    assert result.exit_code == 0
    assert result.stdout == "Seoul Residency · Gwanak District Office · 김시범\n#1\n"


def test_receive_tells_a_refusal_with_its_code(citizen: Citizen) -> None:
    offer = citizen.offer()
    wrong = "000000" if offer.tx_code != "000000" else "111111"
    result = citizen.run("receive", offer.link, "--tx-code", wrong, "--json")
    refused(result, "counterpart-refused")
    refused(citizen.run("receive", "nonsense", "--json"), "malformed")


def told(result: Result, code: str) -> None:
    """The citizen reads what the other side's own code means, in both languages."""
    row = problem(code)
    assert result.stderr.splitlines()[1:] == [
        f"  {row.title_ko}. {row.advice_ko}",
        f"  {row.title_en}. {row.advice_en}",
    ]


def test_receive_says_why_an_offer_is_not_to_be_had(citizen: Citizen) -> None:
    offer = citizen.offer()
    arguments = ("receive", offer.link, "--json", "--tx-code")
    wrong = "000000" if offer.tx_code != "000000" else "111111"
    told(citizen.run(*arguments, wrong), "invalid-grant")
    citizen.json(*arguments, str(offer.tx_code))
    told(citizen.run(*arguments, str(offer.tx_code)), "offer-not-open")
    unknown = offer.link.replace(offer.link[-4:], "AAAA")
    told(citizen.run("receive", unknown, "--json"), "offer-not-found")


def test_a_locked_offer_says_so_though_the_code_is_right(citizen: Citizen) -> None:
    offer = citizen.offer()
    wrong = "000000" if offer.tx_code != "000000" else "111111"
    for _ in range(5):
        citizen.run("receive", offer.link, "--tx-code", wrong)
    told(citizen.run("receive", offer.link, "--tx-code", str(offer.tx_code)), "offer-not-open")


def test_receive_without_anybody_to_ask_names_the_option(citizen: Citizen) -> None:
    result = citizen.run("receive", citizen.offer().link)
    assert (result.exit_code, result.stdout) == (2, "")
    assert "give it with --tx-code" in result.stderr


def test_an_issuer_that_is_away_is_no_refusal(citizen: Citizen) -> None:
    offer = citizen.offer()
    citizen.server.answer("/token", 503, {"error": "temporarily_unavailable"})
    result = citizen.run("receive", offer.link, "--tx-code", str(offer.tx_code))
    assert result.exit_code == 3
    told(result, "unavailable")


# ---- list, show, export ----


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("ko", "여기에는 아직 보관함이 없어요: {vault}. 받기 링크로 증명을 받으면 만들어져요.\n"),
        (
            "en",
            "There is no vault here yet: {vault}."
            " It is made when you receive a credential by its link.\n",
        ),
    ],
)
def test_list_of_an_empty_wallet_says_so_without_asking_anybody(
    citizen: Citizen, language: str, text: str
) -> None:
    result = citizen.run("list", language=language)
    assert (result.exit_code, result.stdout) == (0, text.format(vault=citizen.vault))
    assert citizen.json("list", "--json") == []
    assert citizen.server.asked == []
    assert not citizen.vault.exists()


def test_list_and_show(citizen: Citizen) -> None:
    citizen.receive()
    (listed,) = citizen.json("list", "--json")
    assert set(listed) == {"id", "type", "format", "issuer", "valid_until", "issuance_proof"}
    assert citizen.run("list").stdout == "#1 서울시 거주확인증\n"
    shown = citizen.json("show", "1", "--json")
    assert {name: shown[name] for name in listed} == listed
    assert shown["claims"]["birthDate"] == "1999-05-17"
    lines = citizen.run("show", "1", language="en").stdout.splitlines()
    assert lines[0] == "#1 Seoul Residency"
    assert "  Date of birth: 1999-05-17" in lines
    assert "  ✓ Resident of Seoul" in lines


@pytest.mark.parametrize("as_json", [False, True], ids=["lines", "json"])
def test_without_the_registry_the_list_is_there_but_unchecked(
    citizen: Citizen, *, as_json: bool
) -> None:
    issuer = citizen.receive()["issuer"]
    citizen.server.answer("/log/checkpoint", 503, b"")
    result = citizen.run("list", *(["--json"] if as_json else []))
    assert result.exit_code == 3
    assert result.stderr.startswith("registry-unavailable: ")
    if as_json:
        (listed,) = json.loads(result.stdout)
        assert listed == {
            "id": 1,
            "type": None,
            "format": "dc+sd-jwt",
            "issuer": issuer,
            "valid_until": None,
            "issuance_proof": False,
        }
    else:
        assert result.stdout == "#1 · GU-11620 · 2026-03-13에 받음 · 지금은 확인하지 못함\n"


def close_day(citizen: Citizen) -> None:
    """The day ends, and its batch is logged."""
    citizen.city.clock.advance(days=1)
    issuer = citizen.city.city.issuer
    until = citizen.city.clock().replace(microsecond=0)
    with issuer.database.writing() as session:
        close_batches(session, issuer.context, "GU-11620", until=until, now=citizen.city.clock())


def test_list_asks_for_the_proof_that_is_missing_and_keeps_it(citizen: Citizen) -> None:
    citizen.receive()
    assert citizen.json("list", "--json")[0]["issuance_proof"] is False
    assert not [path for _, path in citizen.server.asked if path.endswith("/issuance-proof")]
    close_day(citizen)
    assert citizen.json("list", "--json")[0]["issuance_proof"] is True
    assert citizen.json("list", "--json")[0]["issuance_proof"] is True
    asked = [path for _, path in citizen.server.asked if path.endswith("/issuance-proof")]
    assert len(asked) == 1


def test_proof_prints_what_a_verifier_needs(citizen: Citizen) -> None:
    citizen.receive()
    early = citizen.run("proof", "1")
    assert (early.exit_code, early.stdout) == (3, "")
    assert early.stderr.startswith("no-issuance-proof: ")
    close_day(citizen)
    proof = citizen.json("proof", "1")
    assert set(proof) == {"path", "position", "salt", "v"}
    refused(citizen.run("proof", "2"), "unknown-credential")


def test_an_issuer_that_tells_nothing_hides_no_card(citizen: Citizen) -> None:
    citizen.receive()
    close_day(citizen)
    citizen.server.answer("/issuers/GU-11620/issuance-proof", 503, b"")
    assert citizen.json("list", "--json")[0]["issuance_proof"] is False


def test_a_proof_that_leads_nowhere_is_not_kept(citizen: Citizen) -> None:
    citizen.receive()
    close_day(citizen)
    wrong = IssuanceProof(salt=bytes(16), position=0, path=(bytes(32),) * 6).to_json()
    body = json.dumps({"issuance_proof": wrong}).encode()
    citizen.server.answer("/issuers/GU-11620/issuance-proof", 200, body)
    assert citizen.json("list", "--json")[0]["issuance_proof"] is False


def test_show_takes_the_number_as_list_prints_it(citizen: Citizen) -> None:
    citizen.receive()
    assert citizen.run("show", "#1").stdout == citizen.run("show", "1").stdout != ""


def test_show_of_what_is_not_held(citizen: Citizen) -> None:
    refused(citizen.run("show", "1", "--json"), "unknown-credential")
    assert citizen.run("show", "one").exit_code == 2


def test_export_prints_everything_but_the_keys(citizen: Citizen) -> None:
    citizen.receive()
    citizen.run("present", citizen.ask().link, "--yes")
    for arguments in (("export",), ("export", "--json")):
        result = citizen.run(*arguments)
        document = json.loads(result.stdout)
        assert set(document) == {"credentials", "shown"}
        assert document["credentials"][0]["credential"].startswith("eyJ")
        assert document["shown"][0]["claims"] == [f"{RESIDENCY}.{ASKED}"]
        (secret,) = citizen.secrets()
        for written in (encode_base64url(secret), secret.hex(), str(list(secret))):
            assert written not in result.output
        assert "key" not in document["credentials"][0]


# ---- present ----


def test_present_prints_one_document(citizen: Citizen) -> None:
    citizen.receive()
    made = citizen.ask()
    document = citizen.json("present", made.link, "--yes", "--json")
    assert document == {
        "sent": [f"{RESIDENCY}.{ASKED}"],
        "verifier": "견본구립도서관",
        "purpose": "대출 회원 확인",
        "redirect_uri": None,
        "consent": document["consent"],
    }
    assert len(document["consent"]) == 6
    assert citizen.city.result(made.result_id)["code"] == "OK"


def test_present_shows_the_five_items_and_asks(citizen: Citizen) -> None:
    citizen.receive()
    made = citizen.ask()
    result = citizen.run("present", made.link, typed="y\n")
    assert result.exit_code == 0
    for number in range(1, 6):
        assert f"{number}. " in result.stdout
    assert "보내시겠습니까?" in result.stderr
    assert citizen.city.result(made.result_id)["code"] == "OK"


@pytest.mark.parametrize("typed", ["n\n", "\n"], ids=["no", "the-default"])
def test_present_that_is_declined_sends_access_denied_and_nothing_else(
    citizen: Citizen, typed: str
) -> None:
    citizen.receive()
    made = citizen.ask()
    result = citizen.run("present", made.link, typed=typed)
    assert result.exit_code == 1
    assert "consent-refused: " in result.stderr
    found = citizen.city.result(made.result_id)
    assert (found["state"], found["error"]) == ("answered", "access_denied")
    assert citizen.json("export")["shown"] == []


def test_present_signs_when_its_person_has_agreed_however_long_that_took(
    citizen: Citizen,
) -> None:
    citizen.receive()
    made = citizen.ask()

    def think(path: str) -> None:
        if "/requests/" in path:
            citizen.city.clock.advance(minutes=8)  # longer than a signature is good for

    citizen.server.on_answer = think
    assert citizen.run("present", made.link, typed="y\n").exit_code == 0
    assert citizen.city.result(made.result_id)["code"] == "OK"


def test_present_for_a_program_asks_on_stderr_and_prints_one_document(citizen: Citizen) -> None:
    citizen.receive()
    result = citizen.run("present", citizen.ask().link, "--json", typed="y\n")
    assert result.exit_code == 0
    assert json.loads(result.stdout)["verifier"] == "견본구립도서관"
    assert "1. 받는 곳: 견본구립도서관" in result.stderr


def test_present_that_nobody_answers_sends_nothing(citizen: Citizen) -> None:
    citizen.receive()
    made = citizen.ask()
    assert citizen.run("present", made.link).exit_code == 1
    assert citizen.city.result(made.result_id)["state"] == "fetched"


def test_present_refuses_what_it_can_not_answer(citizen: Citizen) -> None:
    made = citizen.ask()
    refused(citizen.run("present", made.link, "--yes", "--json"), "nothing-to-show")
    refused(citizen.run("present", "nonsense", "--yes", "--json"), "malformed")
    assert citizen.city.result(made.result_id)["state"] == "fetched"


def test_present_says_why_a_request_is_not_open(citizen: Citizen) -> None:
    citizen.receive()
    made = citizen.ask()
    first = citizen.run("present", made.link, "--yes")
    assert first.stdout.endswith("보냈습니다.\n")
    told(citizen.run("present", made.link, "--yes"), "request-over")
    late = citizen.ask()
    citizen.city.clock.advance(minutes=11)
    told(citizen.run("present", late.link, "--yes"), "request-over")


def test_a_refusal_is_told_in_the_persons_language_first(citizen: Citizen) -> None:
    said = citizen.run("receive", "nonsense", language="en").stderr.splitlines()
    assert said[1].startswith(f"  {problem('malformed').title_en}")


def test_present_speaks_english(citizen: Citizen) -> None:
    citizen.receive()
    result = citizen.run("present", citizen.ask().link, "--yes", language="en")
    assert "1. Recipient: Specimen District Library" in result.stdout


def test_what_was_shown_is_recorded(citizen: Citizen) -> None:
    citizen.receive()
    citizen.run("present", citizen.ask("ageOver19").link, "--yes")
    citizen.run("present", citizen.ask(ASKED, "ageOver19").link, "--yes")
    first, second = citizen.json("export")["shown"]
    assert first == {
        "at": "2026-03-13T03:00:00Z",
        "verifier": "견본구립도서관",
        "purpose": "대출 회원 확인",
        "claims": [f"{RESIDENCY}.ageOver19"],
    }
    assert second["claims"] == [f"{RESIDENCY}.{ASKED}", f"{RESIDENCY}.ageOver19"]


# ---- the vault ----


def test_another_passphrase_opens_nothing(citizen: Citizen) -> None:
    citizen.receive()
    citizen.passphrase.write_text("another passphrase")
    refused(citizen.run("list", "--json"), "vault-unreadable")


def test_what_could_not_be_kept_is_not_fetched(citizen: Citizen) -> None:
    """An offer is good once: with the right passphrase it still is."""
    citizen.receive()
    before, offer = len(citizen.server.asked), citizen.offer()
    arguments = ("receive", offer.link, "--tx-code", str(offer.tx_code), "--json")
    citizen.passphrase.write_text("another passphrase")
    refused(citizen.run(*arguments), "vault-unreadable")
    assert len(citizen.server.asked) == before
    citizen.passphrase.write_text(PASSPHRASE)
    assert citizen.json(*arguments)["id"] == 2


@pytest.mark.parametrize("passphrase", ["", "\n", " \n"])
def test_an_empty_passphrase_protects_nothing(citizen: Citizen, passphrase: str) -> None:
    citizen.passphrase.write_text(passphrase)
    refused(citizen.run("list", "--json"), "passphrase-too-short")
    assert not citizen.vault.exists()


def test_files_that_others_can_read_are_refused(citizen: Citizen) -> None:
    citizen.passphrase.chmod(0o644)
    refused(citizen.run("list", "--json"), "permissions-too-open")
    citizen.passphrase.chmod(0o600)
    citizen.folder.chmod(0o755)
    refused(citizen.run("list", "--json"), "permissions-too-open")


def test_without_a_trust_file_nobody_is_believed(tmp_path: Path, citizen: Citizen) -> None:
    """The one test that opens the registry as a user's own machine would."""
    options = ["--vault", str(citizen.vault), "--passphrase-file", str(citizen.passphrase)]
    runner = CliRunner(env={"GWANIN_DATA_DIR": str(tmp_path / "none")})
    result = runner.invoke(main, [*options, "receive", citizen.offer().link])
    refused(result, "no-trust-file")
    assert URL not in result.output


def test_wants_a_vault_and_a_passphrase(citizen: Citizen) -> None:
    assert CliRunner().invoke(main, ["list"]).exit_code == 2
    alone = CliRunner().invoke(main, ["--vault", str(citizen.vault), "list"])
    assert (alone.exit_code, "'--passphrase-file'" in alone.stderr) == (2, True)
    citizen.passphrase.unlink()
    assert citizen.run("list").exit_code == 2


@pytest.mark.parametrize(
    "arguments",
    [("list",), ("show", "1"), ("export",), ("receive", "x"), ("present", "x")],
    ids=lambda arguments: arguments[0],
)
def test_a_mistyped_path_is_no_empty_wallet(citizen: Citizen, arguments: tuple[str, ...]) -> None:
    citizen.vault = citizen.folder / "missing" / "vault"
    result = citizen.run(*arguments)
    assert (result.exit_code, result.stdout) == (2, "")
    assert str(citizen.folder / "missing") in result.stderr


@pytest.mark.parametrize("command", sorted(main.commands))
def test_help_needs_no_options(command: str) -> None:
    result = CliRunner().invoke(main, [command, "--help"])
    assert result.exit_code == 0
    assert result.stdout.startswith(f"Usage: gwanin-wallet {command}")
