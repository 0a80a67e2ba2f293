"""What `gwanin seed` makes, that it makes it once, and that it can be broken off anywhere."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast

import pytest
from sqlalchemy import text

from city_services.seoul.city import City
from city_services.seoul.commands import KEYSTORE
from city_services.seoul.data import AgencyRole, load_city
from city_services.seoul.seed import LOG_KEY, LOG_ORIGIN, ROOT, Seeding
from city_services.seoul.settings import Settings
from did_registry import store
from did_registry.actions.connect import TRUST_FILE
from did_registry.actions.make_did import UPDATE_KEYS
from did_registry.actions.replay import replay
from did_registry.agency_document import credential_issuers
from did_registry.document import Purpose
from did_registry.errors import LeafRejected, LogInconsistent
from did_registry.tlog.cosignature import NO_WITNESSES
from did_registry.trust import TrustAnchor
from did_registry.view import RegistryView
from issuer.actions.context import NO_LOG, IssuerContext
from issuer.agency import KEY_FRAGMENTS
from issuer.secret_macs import SecretMacs
from issuer.settings import IssuerSettings
from schemas.catalogue import load_all
from storage.base import Base
from storage.key_file import KeyPurpose
from storage.keystore import Keystore, create_keystore
from storage.private_files import create_private, make_private_folder
from storage.sealed import Sealer
from tests.simulators.city import CHEAP, PASSPHRASE, SimulatedCity, city_settings
from tests.simulators.clock import SimulatedClock
from tests.simulators.registry import MemorySignGuard
from web.errors import SettingRefused
from web.origin import Origin, parse_origin

URL = "https://gwanin.example"


class Fault(Exception):
    """What a test injects."""


class Bench:
    """A folder with a keystore and an empty database, and a seed at which one can pull."""

    def __init__(self, folder: Path) -> None:
        self.settings: Settings = city_settings(folder)
        self.clock = SimulatedClock()
        make_private_folder(folder)
        create_private(self.settings.passphrase_file, PASSPHRASE + b"\n")
        self.keystore = create_keystore(folder / KEYSTORE, PASSPHRASE, CHEAP)
        self.city = City(self.settings, clock=self.clock)
        self.city.database.create_tables(Base.metadata)

    def seed(
        self, keystore: Any = None, registry_url: Origin | None = None
    ) -> tuple[TrustAnchor, RegistryView]:
        """Seed in one transaction, as the composition root does."""
        keys = cast(Keystore, keystore or self.keystore)
        url = registry_url or self.settings.addresses.registry_url
        context = IssuerContext(
            settings=IssuerSettings(public_url=URL, registry_url=str(url)),
            keystore=keys,
            entropy=os.urandom,
            macs=SecretMacs(self.keystore.derive("issuer-secrets")),
            sealer=Sealer({1: self.keystore.derive("fields-1")}, current=1),
            epoch=0,
            log=NO_LOG,
        )
        with self.city.database.writing() as session:
            anchor = Seeding(
                session=session,
                keystore=keys,
                issuer=context,
                registry_url=url,
                witnesses=NO_WITNESSES,
                did_witnesses=None,
                guard=MemorySignGuard(),
                now=self.clock(),
            ).seed(load_city())
            return anchor, replay(session, root=anchor.root, key=anchor.log_key, now=self.clock())

    def execute(self, statement: str) -> Any:
        """One SQL statement."""
        with self.city.database.writing() as session:
            return session.execute(text(statement))

    def key_files(self) -> dict[str, bytes]:
        """Every key file, by name."""
        folder = self.settings.data_dir / KEYSTORE
        return {path.name: path.read_bytes() for path in folder.iterdir()}


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    bench = Bench(tmp_path / "city")
    yield bench
    bench.city.database.close()


# What there is afterwards


def test_everybody_active_is_in_the_log_with_their_rights(bench: Bench) -> None:
    anchor, view = bench.seed()
    data, now = load_city(), bench.clock()
    by_code = {history.did.path[-1]: history for history in view.histories.values()}
    issuers = {
        code
        for code, agency in data.agencies.items()
        if agency.active and AgencyRole.ISSUER in agency.roles
    }
    verifiers = {code for code, verifier in data.verifiers.items() if verifier.active}
    assert set(by_code) == {ROOT, *issuers, *verifiers}
    assert anchor.root == by_code[ROOT].did == view.root
    for code in issuers:
        agency, did = data.agencies[code], str(by_code[code].did)
        assert did.endswith(f":gwanin.example:dids:{code}")
        for permission in agency.issues:
            right = view.find_accreditation(did, permission, now)
            assert right is not None
            assert (right.name_ko, right.name_en) == (agency.name.ko, agency.name.en)
    for code in verifiers:
        found = view.find_registration(str(by_code[code].did), now)
        verifier = data.verifiers[code]
        assert found is not None
        assert found.attributes == set(verifier.attributes)
        assert (found.purpose_ko, found.name_en) == (verifier.purpose.ko, verifier.name.en)


def test_documents_name_the_keys_in_the_keystore_and_the_issuers_address(bench: Bench) -> None:
    _, view = bench.seed()
    for history in view.histories.values():
        code, document = history.did.path[-1], history.latest.document
        is_verifier = code in load_city().verifiers
        purpose = Purpose.AUTHENTICATION if is_verifier else Purpose.ASSERTION
        fragments = ["request-1"] if is_verifier else list(KEY_FRAGMENTS.values())
        assert document.methods(purpose) == tuple(f"{history.did}#{name}" for name in fragments)
        for fragment in fragments:
            key = bench.keystore.public(f"{code}/{fragment}")
            assert document.method(f"{history.did}#{fragment}", purpose) == key
        expected = () if is_verifier or code == ROOT else (f"{URL}/issuers/{code}",)
        assert credential_issuers(document.members) == expected


def test_pre_rotation_is_on_with_a_key_in_the_safe(bench: Bench) -> None:
    _, view = bench.seed()
    for history in view.histories.values():
        parameters = history.latest.parameters
        assert len(parameters.update_keys) == 1
        assert len(parameters.next_key_hashes) == len(UPDATE_KEYS) - 1
        for name in UPDATE_KEYS:
            key_id = f"{history.did.path[-1]}/{name}"
            bench.keystore.signer(key_id, KeyPurpose.DID_UPDATE)


def test_every_document_of_every_type_is_logged(bench: Bench) -> None:
    _, view = bench.seed()
    assert len(view.schemas) == 3 * len(load_all())


def test_the_anchor_pins_the_log_key_and_the_root(bench: Bench) -> None:
    anchor, view = bench.seed()
    assert anchor.registry_url == URL
    assert anchor.log_key.name == LOG_ORIGIN == view.checkpoint.origin
    assert anchor.log_key.key == bench.keystore.public(f"{ROOT}/{LOG_KEY}")
    bench.keystore.signer(f"{ROOT}/{LOG_KEY}", KeyPurpose.LOG_CHECKPOINT)


@pytest.mark.parametrize(
    ("url", "authority"),
    [
        ("https://registry.example", "registry.example"),
        ("https://registry.example:8443", "registry.example%3A8443"),
        ("http://localhost", "localhost"),
        ("http://localhost:8000", "localhost%3A8000"),
        ("http://localhost:443", "localhost%3A443"),
    ],
)
def test_dids_stand_at_the_registrys_address(bench: Bench, url: str, authority: str) -> None:
    anchor, view = bench.seed(registry_url=parse_origin(url))
    assert anchor.registry_url == url
    assert str(anchor.root).split(":")[3] == authority
    assert {history.did.host for history in view.histories.values()} == {anchor.root.host}


# Once


def test_a_second_seed_changes_nothing(bench: Bench) -> None:
    first = bench.seed()
    files = bench.key_files()
    bench.clock.advance(days=1)
    anchor, view = bench.seed()
    assert anchor == first[0]
    assert view.checkpoint == first[1].checkpoint
    assert bench.key_files() == files
    with bench.city.database.reading() as session:
        assert len(store.all_checkpoints(session)) == 1


def test_another_address_is_refused_and_leaves_the_log_as_it_was(bench: Bench) -> None:
    _, view = bench.seed()
    with pytest.raises(LogInconsistent, match="another address"):
        bench.seed(registry_url=parse_origin("https://elsewhere.example"))
    assert bench.seed()[1].checkpoint == view.checkpoint


# Broken off


class BreakingKeystore:
    """A keystore of which the n-th use fails, before or after it has done its work."""

    def __init__(self, keystore: Keystore, uses: int, *, after: bool) -> None:
        self._keystore = keystore
        self._left = uses
        self._after = after

    def __getattr__(self, name: str) -> Any:
        method = getattr(self._keystore, name)

        def use(*arguments: Any) -> Any:
            self._left -= 1
            if self._left == 0 and not self._after:
                raise Fault
            try:
                return method(*arguments)
            finally:
                if self._left == 0:
                    raise Fault

        return use


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("use", [1, 2, 6, 13, 30])
def test_a_seed_that_broke_off_at_a_key_can_be_run_again(
    bench: Bench, use: int, after: bool
) -> None:
    with pytest.raises(Fault):
        bench.seed(BreakingKeystore(bench.keystore, use, after=after))
    made = bench.key_files()
    with bench.city.database.reading() as session:
        assert store.find_head(session) is None
    anchor, view = bench.seed()
    assert view.root == anchor.root
    assert {name: bench.key_files()[name] for name in made} == made


@pytest.mark.parametrize(
    ("table", "rows"),
    [
        ("log_leaf", 0),
        ("log_leaf", 12),
        ("log_leaf", 20),
        ("log_tile", 0),
        ("did", 0),
        ("did", 3),
        ("did_version", 1),
        ("agency", 0),
        ("agency", 1),
        ("status_list", 0),
        ("verifier", 0),
        ("log_checkpoint", 0),
    ],
)
def test_a_seed_that_broke_off_at_a_row_can_be_run_again(
    bench: Bench, table: str, rows: int
) -> None:
    bench.execute(
        f"CREATE TRIGGER fault BEFORE INSERT ON {table}"
        f" WHEN (SELECT count(*) FROM {table}) >= {rows}"
        " BEGIN SELECT RAISE(ABORT, 'fault'); END"
    )
    with pytest.raises(Exception, match="fault"):
        bench.seed()
    with bench.city.database.reading() as session:
        assert store.find_head(session) is None
    bench.execute("DROP TRIGGER fault")
    anchor, view = bench.seed()
    assert view.root == anchor.root
    assert bench.seed()[1].checkpoint == view.checkpoint


def test_nothing_is_kept_that_does_not_replay(city: SimulatedCity) -> None:
    """Here, a machine whose clock went back behind the log."""
    before = city.city.replay().checkpoint
    city.clock.advance(days=-1)
    with pytest.raises(LeafRejected, match="future"):
        city.city.seed()
    city.clock.advance(days=1)
    assert city.city.replay().checkpoint == before


# The whole city


def test_the_composition_root_seeds_the_same_city(tmp_path: Path) -> None:
    bench = Bench(tmp_path / "city")
    view = bench.city.seed()
    trust = (bench.settings.data_dir / TRUST_FILE).read_bytes()
    assert bench.city.anchor.root == view.root
    again = City(bench.settings, clock=bench.clock)
    assert again.seed().checkpoint == view.checkpoint
    assert (bench.settings.data_dir / TRUST_FILE).read_bytes() == trust
    assert again.replay() == view
    bench.city.database.close()
    again.database.close()


def test_a_data_folder_is_of_one_city(tmp_path: Path) -> None:
    """Another, empty database: everybody would get a new DID behind the backs of all who pinned."""
    bench = Bench(tmp_path / "city")
    bench.city.seed()
    trust = (bench.settings.data_dir / TRUST_FILE).read_bytes()
    bench.clock.advance(days=1)
    empty = city_settings(
        bench.settings.data_dir, GWANIN_DATABASE_URL=f"sqlite:///{tmp_path / 'other.db'}"
    )
    other = City(empty, clock=bench.clock)
    with pytest.raises(SettingRefused, match="different cities"):
        other.seed()
    assert (bench.settings.data_dir / TRUST_FILE).read_bytes() == trust
    bench.city.database.close()
    other.database.close()
