"""The operator's commands: one document, an exit status, and refusals that say what to do."""

import json
import logging
from pathlib import Path
from typing import Any, NoReturn

import pytest
import zxingcpp
from click.testing import CliRunner, Result
from PIL import Image

from credentials.claims import Claims
from credentials.status.bits import State
from issuer.cli import issuer_commands
from openid4vc.offer import OfferReference, parse_offer_link
from tests.simulators.city import SimulatedCity
from tests.simulators.csv_file import RESIDENT, csv_file, numbered
from tests.simulators.issuer_client import unchanged

NUMBER = "000101-0000001"


class Operator:
    """Types commands at a city, in a folder of their own."""

    def __init__(self, city: SimulatedCity, folder: Path) -> None:
        self.city = city
        self.folder = folder

    def run(self, *arguments: str) -> Result:
        result = CliRunner().invoke(issuer_commands(lambda: self.city.city.issuer), list(arguments))
        assert result.exception is None or isinstance(result.exception, SystemExit)
        return result

    def file(self, name: str, content: bytes | Claims) -> str:
        path = self.folder / name
        data = content if isinstance(content, bytes) else json.dumps(content).encode()
        path.write_bytes(data)
        return str(path)

    def offer(self, *options: str) -> Result:
        claims = self.file("claims.json", self.city.claims("P01"))
        return self.run(
            *("offer", "--agency", "GU-11620", "--type", "SeoulResidencyCredential"),
            *("--claims", claims, *options),
        )

    def import_file(self, data: bytes, *options: str) -> Result:
        file = self.file("residents.csv", data)
        return self.run(
            *("import", file, "--agency", "GU-11620", "--type", "SeoulResidencyCredential"),
            *options,
        )


@pytest.fixture
def operator(city: SimulatedCity, tmp_path: Path) -> Operator:
    return Operator(city, tmp_path)


def document(result: Result, exit_code: int = 0) -> Any:
    """The one JSON document that was printed, and nothing beside it."""
    assert result.exit_code == exit_code, result.stderr
    assert result.stdout.count("\n") == 1
    assert result.stderr == ""
    return json.loads(result.stdout)


def refused(result: Result, code: str) -> None:
    """Nothing on stdout, and on stderr the code and what it means in both languages."""
    assert (result.exit_code, result.stdout) == (1, "")
    first, korean, english = result.stderr.splitlines()[:3]
    assert first.startswith(f"{code}: ")
    assert any("\uac00" <= letter <= "\ud7a3" for letter in korean)
    assert english.strip().isascii()


# ---- offer ----


def test_an_offer_is_one_document_that_leads_to_a_credential(operator: Operator) -> None:
    made = document(operator.offer("--json"))
    assert set(made) == {
        *("offer_uri", "link", "tx_code", "entitlement_id", "expires_at", "person_ref")
    }
    assert parse_offer_link(made["link"]) == OfferReference(uri=made["offer_uri"])
    assert made["expires_at"] == "2026-03-27T03:00:00Z"
    operator.city.wallet().receive(made["link"], made["tx_code"])


def test_for_people_it_is_lines(operator: Operator) -> None:
    result = operator.offer()
    assert result.exit_code == 0
    lines = dict(line.split(": ", 1) for line in result.stdout.splitlines())
    assert lines["link"].startswith("https://gwanin.example/wallet#")
    assert len(lines["tx_code"]) == 6


def test_at_the_counter_there_is_no_tx_code_and_little_time(operator: Operator) -> None:
    made = document(operator.offer("--no-tx-code", "--json"))
    assert (made["tx_code"], made["expires_at"]) == (None, "2026-03-13T03:10:00Z")
    operator.city.wallet().receive(made["link"])


def test_the_picture_leads_to_the_link(operator: Operator) -> None:
    picture = operator.folder / "offer.png"
    made = document(operator.offer("--json", "--qr", str(picture)))
    (code,) = zxingcpp.read_barcodes(Image.open(picture))
    assert code.text == made["link"]


def test_a_picture_that_can_not_be_written_makes_no_offer(operator: Operator) -> None:
    with unchanged(operator.city):
        result = operator.offer("--qr", str(operator.folder / "missing" / "offer.png"))
    assert (result.exit_code, result.stdout) == (2, "")
    assert "--qr" in result.stderr


@pytest.mark.parametrize("command", ["offer", "import"])
def test_an_agency_approves_only_what_it_is_accredited_for(
    operator: Operator, command: str
) -> None:
    claims = operator.file("claims.json", operator.city.claims("P01"))
    rows = operator.file("residents.csv", csv_file([RESIDENT]))
    content = {"offer": ("offer", "--claims", claims), "import": ("import", rows)}[command]
    with unchanged(operator.city):
        result = operator.run(*content, "--agency", "SEL-HR", "--type", "SeoulResidencyCredential")
    refused(result, "type-not-issued")


def test_a_known_person_and_another_format(operator: Operator) -> None:
    person = document(operator.offer("--json"))["person_ref"]
    claims = operator.file("card.json", operator.city.claims("P01", "SeoulCitizenCardCredential"))
    made = document(
        operator.run(
            *("offer", "--agency", "SEL-CIVIL", "--type", "SeoulCitizenCardCredential"),
            *("--claims", claims, "--person", person, "--format", "ldp_vc", "--json"),
        )
    )
    assert made["person_ref"] == person
    found = operator.city.wallet().receive(made["link"], made["tx_code"])
    assert found.accepted.mechanism.format == "ldp_vc"


@pytest.mark.parametrize(
    ("options", "code"),
    [
        (("--agency", "GU-99999"), "unknown-agency"),
        (("--type", "UnheardOfCredential"), "unknown-type"),
        (("--type", "IssuerAccreditationCredential"), "type-not-issued"),
        (("--format", "mso_mdoc"), "type-not-issued"),
        (("--person", "P01"), "malformed"),
        (("--person", "p_" + "A" * 22), "unknown-person"),
    ],
)
def test_refuses_an_offer(operator: Operator, options: tuple[str, ...], code: str) -> None:
    with unchanged(operator.city):
        result = operator.offer("--json", *options)
    refused(result, code)


@pytest.mark.parametrize(
    ("claims", "code"),
    [
        (b"{", "malformed"),
        (b'{"nameKo":1,"nameKo":1}', "malformed"),
        (b"{}", "invalid-claims"),
        (json.dumps({"nameKo": NUMBER}).encode(), "invalid-claims"),
        (b'{"a":"' + b"a" * 2_000_000 + b'"}', "too-large"),
    ],
    ids=["cut off", "a member twice", "nothing", "a resident number", "too large"],
)
def test_refuses_claims(operator: Operator, claims: bytes, code: str) -> None:
    file = operator.file("wrong.json", claims)
    with unchanged(operator.city):
        result = operator.offer("--claims", file)
    refused(result, code)
    assert NUMBER not in result.stderr


@pytest.mark.parametrize(
    "arguments",
    [
        ("offer",),
        ("offer", "--agency", "GU-11620", "--type", "T", "--claims", "missing.json"),
        ("offer", "--agency", "GU-11620", "--type", "T", "--claims", "/"),
        ("import", "missing.csv", "--agency", "GU-11620", "--type", "T"),
        ("import", "/", "--agency", "GU-11620", "--type", "T"),
        ("revoke",),
        ("erase", "e_1"),
    ],
)
def test_wrong_usage_ends_with_2(operator: Operator, arguments: tuple[str, ...]) -> None:
    result = operator.run(*arguments)
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr


# ---- suspend, reinstate, revoke ----


@pytest.fixture
def issued(operator: Operator) -> str:
    """The id of what was issued to P01."""
    made = document(operator.offer("--json"))
    operator.city.wallet().receive(made["link"], made["tx_code"])
    entitlement_id: str = made["entitlement_id"]
    return entitlement_id


def test_every_change_is_one_document(operator: Operator, issued: str) -> None:
    for change, reason, state in (
        ("suspend", ["--reason", "S01"], State.SUSPENDED),
        ("reinstate", [], State.VALID),
        ("revoke", ["--reason", "R02"], State.REVOKED),
    ):
        assert document(operator.run(change, issued, *reason, "--json")) == {
            "id": issued,
            "status": state.value,
            "list": "https://gwanin.example/status/GU-11620-1",
            "published_at": "2026-03-13T03:00:00Z",
        }


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("revoke", "{}"), "reason-unknown"),
        (("revoke", "{}", "--reason", "S01"), "reason-unknown"),
        (("suspend", "{}", "--reason", "R01"), "reason-unknown"),
        (("reinstate", "{}"), "status-unchangeable"),
        (("reinstate", "{}", "--reason", "S01"), "reason-unknown"),
        (("revoke", "e_" + "A" * 22, "--reason", "R01"), "unknown-entitlement"),
        (("revoke", "P01", "--reason", "R01"), "unknown-entitlement"),
    ],
)
def test_refuses_a_change(
    operator: Operator, issued: str, arguments: tuple[str, ...], code: str
) -> None:
    with unchanged(operator.city):
        result = operator.run(*(argument.format(issued) for argument in arguments), "--json")
    refused(result, code)


def test_revoking_before_it_was_fetched_cancels_it(operator: Operator) -> None:
    made = document(operator.offer("--json"))
    document(operator.run("revoke", made["entitlement_id"], "--reason", "R01", "--json"))
    path = made["offer_uri"].removeprefix("https://gwanin.example")
    assert operator.city.http().get(path).status_code == 409


# ---- import ----


def test_an_import_tells_rows_and_ids(operator: Operator) -> None:
    done = document(operator.import_file(csv_file(numbered(RESIDENT, 3)), "--json"))
    ids = done.pop("entitlements")
    assert len(set(ids)) == 3
    assert done == {
        "read": 3, "accepted": 3, "known": 0, "refused": 0, "dry_run": False, "errors": [],
    }  # fmt: skip
    again = document(operator.import_file(csv_file(numbered(RESIDENT, 3)), "--json"))
    assert (again["known"], again["entitlements"]) == (3, ids)


def test_refused_rows_are_named_and_end_with_1(operator: Operator) -> None:
    rows = [{**row, "dongName": ""} for row in numbered(RESIDENT, 3)]
    rows[1] |= {"dongName": "=1"}
    rows[2] |= {"guCode": "11"}
    done = document(operator.import_file(csv_file(rows), "--json"), 1)
    assert (done["read"], done["accepted"], done["refused"]) == (3, 1, 2)
    assert [(it["line"], it["column"], it["code"]) for it in done["errors"]] == [
        (3, "dongName", "formula"),
        (4, "guCode", "not-offered"),
    ]
    assert all(it["detail_ko"] and it["detail_en"] for it in done["errors"])


def test_a_row_that_is_refused_as_a_whole_says_why(operator: Operator) -> None:
    row = {**RESIDENT, "person_ref": "p_" + "A" * 22}
    (error,) = document(operator.import_file(csv_file([row]), "--json"), 1)["errors"]
    assert (error["line"], error["column"], error["code"]) == (2, None, "unknown-person")
    assert error["detail_ko"]
    lines = operator.import_file(csv_file([row])).stdout.splitlines()
    assert lines[0] == "1 read, 0 accepted, 0 known, 1 refused"
    assert lines[1].startswith("line 2: unknown-person — ")
    assert "None" not in lines[1]


def test_for_people_a_refused_cell_is_a_line(operator: Operator) -> None:
    result = operator.import_file(csv_file([{**RESIDENT, "guCode": "11"}]))
    assert result.exit_code == 1
    assert result.stdout.splitlines()[1].startswith("line 2, guCode: not-offered — ")


def test_a_dry_run_changes_nothing(operator: Operator) -> None:
    with unchanged(operator.city):
        done = document(
            operator.import_file(csv_file(numbered(RESIDENT, 3)), "--dry-run", "--json")
        )
    assert (done["accepted"], done["dry_run"], done["entitlements"]) == (3, True, [])


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"nameKo,\xff\n", "csv-unreadable"),
        (csv_file([RESIDENT]) + b'"', "csv-unreadable"),
        (b"nameKo\n", "invalid-claims"),
        (csv_file([RESIDENT]) + b"x" * 21_000_000, "too-large"),
    ],
    ids=["no encoding", "cut off", "columns missing", "too large"],
)
def test_refuses_a_file(operator: Operator, data: bytes, code: str) -> None:
    with unchanged(operator.city):
        result = operator.import_file(data, "--json")
    refused(result, code)


@pytest.mark.parametrize(
    "data",
    [
        csv_file([{**RESIDENT, "nameKo": NUMBER}]),
        csv_file([{**RESIDENT, "birthDate": NUMBER}]),
        csv_file([{**RESIDENT, "dongName": f"가상동 {NUMBER}"}]),
        csv_file([{**RESIDENT, NUMBER: ""}]),
        csv_file([{**RESIDENT, f"김시범 {NUMBER}": ""}]),
        csv_file([RESIDENT]).partition(b"\r\n")[2].replace(b"1999-05-17", NUMBER.encode()),
    ],
    ids=["a name", "a date", "a text", "a heading", "within a heading", "no heading"],
)
def test_a_resident_number_is_in_no_output_and_no_log(
    operator: Operator, data: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    with unchanged(operator.city):
        results = [operator.import_file(data), operator.import_file(data, "--json")]
    for result in results:
        assert result.exit_code == 1
        assert NUMBER not in result.output
        assert "resident-number" in result.output or "csv-unreadable" in result.output
    assert NUMBER not in caplog.text
    assert NUMBER not in repr([vars(record) for record in caplog.records])


@pytest.mark.parametrize(
    ("change", "reason", "codes"),
    [("suspend", "R01", "S01, S02"), ("revoke", None, "R01, R02"), ("revoke", "X1", "R01, R02")],
)
def test_a_wrong_reason_is_answered_with_the_right_ones(
    operator: Operator, change: str, reason: str | None, codes: str
) -> None:
    made = document(operator.offer("--json"))
    given = [] if reason is None else ["--reason", reason]
    result = operator.run(change, made["entitlement_id"], *given)
    refused(result, "reason-unknown")
    assert f"to {change} takes one of {codes}" in result.stderr


def test_help_lists_the_reasons_and_needs_no_city() -> None:
    def closed() -> NoReturn:
        raise AssertionError("nothing is opened for help")

    group = issuer_commands(closed)
    said = {name: CliRunner().invoke(group, [name, "--help"]).stdout for name in group.commands}
    assert "S01  분실·도난 신고 / Reported lost or stolen" in said["suspend"]
    assert "R07" in said["revoke"]
    assert "R01" not in said["suspend"] + said["reinstate"]


def test_a_whole_row_that_is_wrong_names_no_column(operator: Operator) -> None:
    data = csv_file([RESIDENT]).rstrip(b"\r\n") + b",more\r\n"
    report = document(operator.import_file(data, "--json"), exit_code=1)
    (error,) = report["errors"]
    assert (error["line"], error["column"], error["code"]) == (2, None, "cell-count")
    assert "line 2: cell-count" in operator.import_file(data).stdout
