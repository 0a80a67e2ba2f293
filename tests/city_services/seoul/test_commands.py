"""`gwanin seed` and what `gwanin serve` refuses; that it serves is shown by the demo's own test."""

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any, NoReturn

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import text

from city_services.seoul.city import City
from city_services.seoul.commands import KEYSTORE, PEOPLE, seed_command, serve_command
from city_services.seoul.data import load_city
from city_services.seoul.seed_staff import LOGINS_FILE
from city_services.seoul.settings import Settings
from console.city_clock import CLOCK_FILE
from console.clock import Clock
from console.commands import RefusingGroup
from did_registry.actions.connect import TRUST_FILE
from did_registry.trust import parse_trust_anchor
from tests.simulators.city import city_settings, copy_city
from tests.simulators.clock import SimulatedClock
from tests.simulators.registry import without_triggers

URL = "http://localhost:8000"


class Desk:
    """An operator's shell: a data folder, an environment, and the two commands."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.clock = SimulatedClock()
        self.now: Clock = self.clock
        self.cities: list[City] = []

    def settings(self, **environment: str) -> Settings:
        return city_settings(self.folder, **{"GWANIN_PUBLIC_URL": URL, **environment})

    def run(self, *arguments: str, **environment: str) -> Result:
        """One command in a process of its own, as it were."""
        group = RefusingGroup("gwanin")

        def open_city() -> City:
            self.cities.append(City(self.settings(**environment), clock=self.now))
            return self.cities[-1]

        group.add_command(seed_command(open_city))
        group.add_command(serve_command(open_city))
        return CliRunner().invoke(group, arguments, catch_exceptions=False)

    def seed(self, **environment: str) -> Any:
        """The document that a successful seed prints."""
        result = self.run("seed", "--json", **environment)
        assert result.exit_code == 0, result.stderr
        return json.loads(result.stdout)

    def refusal(self, *arguments: str, **environment: str) -> str:
        """What a refused command says first."""
        result = self.run(*arguments, **environment)
        assert (result.exit_code, result.stdout) == (1, "")
        return result.stderr.splitlines()[0 if "verified" not in result.stderr else 1]


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    desk = Desk(tmp_path / "city")
    yield desk
    for city in desk.cities:
        if "database" in vars(city):  # a refused command may never have opened it
            city.database.close()


@pytest.fixture
def seeded(desk: Desk, seeded_city: Path) -> Desk:
    """A desk whose city was seeded before, for https://gwanin.example."""
    copy_city(seeded_city, desk.folder)
    return desk


HTTPS = {"GWANIN_PUBLIC_URL": "https://gwanin.example"}


# seed


def test_a_bare_folder_becomes_a_city(desk: Desk) -> None:
    document = desk.seed()
    assert document["public_url"] == URL
    assert document["leaves"] > document["dids"] > 3
    names = {path.name for path in desk.folder.iterdir()}
    assert {KEYSTORE, PEOPLE, TRUST_FILE, "passphrase", "gwanin.db"} <= names
    anchor = parse_trust_anchor((desk.folder / TRUST_FILE).read_bytes())
    assert anchor.registry_url == URL
    assert desk.seed() == document


def test_everything_in_the_data_folder_is_private(desk: Desk) -> None:
    desk.seed()
    assert desk.folder.stat().st_mode & 0o777 == 0o700
    for path in desk.folder.rglob("*"):
        expected = 0o700 if path.is_dir() else 0o600
        assert path.stat().st_mode & 0o777 == expected, path


def test_people_are_written_as_clerks_would_enter_them_with_shifted_dates(desk: Desk) -> None:
    desk.clock.advance(days=366)
    desk.seed()
    files = {path.name for path in (desk.folder / PEOPLE).iterdir()}
    assert files == {
        f"{person.code}.{sample.type_name}.json"
        for person in load_city().people.values()
        for sample in person.entitlements
    }
    for name in files:
        assert isinstance(json.loads((desk.folder / PEOPLE / name).read_bytes()), dict)


def test_people_read_what_was_made(desk: Desk) -> None:
    lines = desk.run("seed").stdout.splitlines()
    assert f"public_url: {URL}" in lines


def test_the_clock_is_set_once(desk: Desk) -> None:
    wanted = "2026-02-28T15:00:00Z"
    desk.seed(GWANIN_CLOCK=wanted)
    kept = (desk.folder / CLOCK_FILE).read_bytes()
    assert json.loads(kept)["city"] == "2026-02-28T15:00:00+00:00"
    desk.seed(GWANIN_CLOCK=wanted)
    desk.seed()
    said = desk.refusal("seed", GWANIN_CLOCK="2026-03-01T15:00:00Z")
    assert said.startswith("malformed: this city's clock was set to another instant")
    assert (desk.folder / CLOCK_FILE).read_bytes() == kept


def test_a_public_city_needs_a_passphrase_of_its_own(desk: Desk) -> None:
    assert desk.refusal("seed", **HTTPS) == (
        "setting-refused: GWANIN_KEYSTORE_PASSPHRASE_FILE names no file"
    )
    desk.folder.joinpath("passphrase").write_bytes(b"a passphrase that is long enough\n")
    desk.folder.joinpath("passphrase").chmod(0o600)
    assert desk.seed(**HTTPS)["public_url"] == "https://gwanin.example"


def test_a_seed_broken_off_in_the_keystore_can_be_run_again(desk: Desk) -> None:
    desk.folder.mkdir(mode=0o700)
    (desk.folder / KEYSTORE).mkdir(mode=0o700)  # its header was never written
    assert desk.seed()["leaves"] > 0


def test_a_seed_broken_off_before_the_trust_file_can_be_run_again(desk: Desk) -> None:
    document = desk.seed()
    trust = (desk.folder / TRUST_FILE).read_bytes()
    (desk.folder / TRUST_FILE).unlink()
    assert desk.refusal("serve").startswith("not-seeded: ")
    assert desk.seed() == document
    assert (desk.folder / TRUST_FILE).read_bytes() == trust


@pytest.mark.parametrize("command", ["seed", "serve"])
def test_a_data_folder_that_others_can_enter_is_refused(seeded: Desk, command: str) -> None:
    seeded.folder.chmod(0o750)
    assert seeded.refusal(command, **HTTPS).startswith("permissions-too-open: ")


@pytest.mark.parametrize("name", ["passphrase", f"{KEYSTORE}/master.json", "gwanin.db"])
def test_files_that_others_can_read_are_refused(seeded: Desk, name: str) -> None:
    (seeded.folder / name).chmod(0o640)
    said = seeded.refusal("seed", **HTTPS)
    assert said.startswith(f"permissions-too-open: {Path(name).name}")


def test_another_passphrase_opens_nothing(seeded: Desk) -> None:
    (seeded.folder / "passphrase").write_bytes(b"another passphrase for tests only\n")
    assert seeded.refusal("seed", **HTTPS).startswith("keystore-locked: ")


def test_another_address_is_refused_and_nothing_is_changed(seeded: Desk) -> None:
    before = {path: path.read_bytes() for path in seeded.folder.rglob("*.json")}
    said = seeded.refusal("seed", GWANIN_PUBLIC_URL="https://elsewhere.example")
    assert said == (
        "setting-refused: this city's registry was made for https://gwanin.example, not for"
        " https://elsewhere.example; for another city use another GWANIN_DATA_DIR"
    )
    assert {path: path.read_bytes() for path in seeded.folder.rglob("*.json")} == before
    assert seeded.seed(**HTTPS)["leaves"] > 0


def test_a_seed_that_is_interrupted_says_how_to_go_on(desk: Desk) -> None:
    def interrupt() -> NoReturn:
        raise KeyboardInterrupt

    desk.now = interrupt
    result = desk.run("seed")
    assert (result.exit_code, result.stdout) == (1, "")
    assert "gwanin seed를 다시 실행" in result.stderr
    assert "Run gwanin seed again" in result.stderr
    desk.now = desk.clock
    assert desk.seed()["leaves"] > 0


# serve


def test_a_city_that_was_never_seeded_is_not_served(desk: Desk) -> None:
    assert desk.refusal("serve") == "not-seeded: there is no city here yet: run `gwanin seed`"


def test_a_database_without_tables_is_not_served(seeded: Desk, tmp_path: Path) -> None:
    other = f"sqlite:///{tmp_path / 'empty.db'}"
    said = seeded.refusal("serve", GWANIN_DATABASE_URL=other, **HTTPS)
    assert said == "not-seeded: the database holds no city: run `gwanin seed`"


@pytest.mark.parametrize(
    "environment",
    [
        {"GWANIN_PUBLIC_URL": "https://elsewhere.example"},
        {"GWANIN_PUBLIC_URL": "https://gwanin.example:8443"},
        {**HTTPS, "GWANIN_REGISTRY_URL": "https://registry.example"},
        {
            "GWANIN_PUBLIC_URL": "https://elsewhere.example",
            "GWANIN_REGISTRY_URL": "https://gwanin.example",
        },
    ],
    ids=["name", "port", "registry", "issuer"],
)
def test_another_address_is_not_served(seeded: Desk, environment: dict[str, str]) -> None:
    assert seeded.refusal("serve", **environment).startswith("setting-refused: this city")


def test_the_scheme_is_part_of_the_address(desk: Desk) -> None:
    desk.seed()
    said = desk.refusal("serve", GWANIN_PUBLIC_URL="https://localhost:8000")
    assert said == (
        "setting-refused: this city's registry was made for http://localhost:8000,"
        " not for https://localhost:8000; for another city use another GWANIN_DATA_DIR"
    )


@pytest.mark.parametrize(
    ("statement", "said"),
    [
        ("UPDATE log_leaf SET leaf_hash = zeroblob(32) WHERE idx = 5", "leaf-rejected: leaf 5: "),
        ("DELETE FROM did_version", "leaf-rejected: leaf "),
        ("UPDATE log_tile SET data = zeroblob(length(data))", "log-inconsistent: tile 0 of level"),
        ("UPDATE did SET code = 'GU-99999' WHERE code = 'GU-11620'", "log-inconsistent: the row"),
    ],
    ids=["leaf", "version", "tile", "did"],
)
def test_a_tampered_database_is_not_served(seeded: Desk, statement: str, said: str) -> None:
    city = City(seeded.settings(**HTTPS), clock=seeded.clock)
    with without_triggers(city.database) as session:
        session.execute(text(statement))
    city.database.close()
    assert seeded.refusal("serve", **HTTPS).startswith(said)


def test_the_keys_of_one_city_and_the_database_of_another_are_not_served(
    seeded: Desk, tmp_path: Path
) -> None:
    other = Desk(tmp_path / "other")
    other.seed()
    for city in other.cities:
        city.database.close()
    said = seeded.refusal(
        "serve", GWANIN_DATABASE_URL=f"sqlite:///{other.folder / 'gwanin.db'}", **HTTPS
    )
    assert said.startswith("setting-refused: the data folder and the database are of different")


@pytest.mark.parametrize("option", ["--tls-cert", "--tls-key"])
def test_half_of_tls_is_wrong_usage_and_not_plain_http(seeded: Desk, option: str) -> None:
    file = seeded.folder / "pem"
    file.write_bytes(b"")
    result = seeded.run("serve", option, str(file), **HTTPS)
    assert result.exit_code == 2
    assert "--tls-cert and --tls-key" in result.stderr


@pytest.mark.parametrize(
    "arguments",
    [
        ("--port", "0"),
        ("--port", "65536"),
        ("--workers", "0"),
        ("--workers", "65"),
        ("--tls-cert", "/nowhere"),
        ("--tls-cert", "/"),
    ],
    ids=str,
)
def test_wrong_usage_ends_with_2(seeded: Desk, arguments: tuple[str, ...]) -> None:
    assert seeded.run("serve", *arguments, **HTTPS).exit_code == 2


# what is damaged, or open to others, on the disk


@pytest.mark.parametrize("command", ["seed", "serve"])
@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("GU-11620_es256-1.json", "key-file-damaged: keys/GU-11620_es256-1.json"),
        ("SEL-DIG_log-1.json", "key-file-damaged: keys/SEL-DIG_log-1.json"),
        ("VER-LIB_request-1.json", "key-file-damaged: keys/VER-LIB_request-1.json"),
        ("master.json", "key-file-damaged: keys/master.json"),
    ],
)
def test_a_damaged_key_file_is_named_before_anything_is_done(
    seeded: Desk, command: str, name: str, said: str
) -> None:
    path = seeded.folder / KEYSTORE / name
    path.write_bytes(b"}" + path.read_bytes()[1:])
    assert seeded.refusal(command, **HTTPS).startswith(said)


@pytest.mark.parametrize("command", ["seed", "serve"])
@pytest.mark.parametrize(
    ("name", "mode"),
    [(f"{KEYSTORE}/GU-11620_es256-1.json", 0o644), (LOGINS_FILE, 0o644), (TRUST_FILE, 0o666)],
    ids=["key", "logins", "trust"],
)
def test_a_file_that_stands_open_is_named(seeded: Desk, command: str, name: str, mode: int) -> None:
    (seeded.folder / name).chmod(mode)
    said = seeded.refusal(command, **HTTPS)
    assert said.startswith(f"permissions-too-open: {Path(name).name} ")


def test_a_flipped_bit_in_an_index_is_not_served(seeded: Desk) -> None:
    """The log's own checks read the table and never notice it."""
    path = seeded.folder / "gwanin.db"
    begin = _index_over_codes(path)
    data = bytearray(path.read_bytes())
    data[data.index(b"GU-11620", begin)] ^= 1
    path.write_bytes(data)
    assert seeded.refusal("serve", **HTTPS).startswith("database-damaged: gwanin.db")


def _index_over_codes(path: Path) -> int:
    """Where the index over the codes of DIDs begins; it is one page."""
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        (page,) = connection.execute(
            "SELECT rootpage FROM sqlite_schema AS it WHERE tbl_name = 'did' AND type = 'index'"
            " AND (SELECT group_concat(name) FROM pragma_index_info(it.name)) = 'code'"
        ).fetchone()
        (size,) = connection.execute("PRAGMA page_size").fetchone()
    return int((page - 1) * size)
