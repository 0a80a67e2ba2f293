from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from credentials.errors import Malformed, TooLarge
from did_registry.actions.connect import TRUST_FILE, connect, data_dir, read_trust_file
from did_registry.errors import NoTrustFile
from did_registry.trust import MAX_TRUST_BYTES, TrustAnchor, encode_trust_anchor
from tests.simulators.clock import START, SimulatedClock
from tests.simulators.registry_log import RegistryLog
from web.errors import SettingRefused

ANCHOR = RegistryLog().anchor


def _environment(folder: Path, anchor: TrustAnchor = ANCHOR) -> dict[str, str]:
    (folder / TRUST_FILE).write_bytes(encode_trust_anchor(anchor))
    return {"GWANIN_DATA_DIR": str(folder)}


def test_the_trust_file_of_the_data_folder_is_read(tmp_path: Path) -> None:
    connection = connect(_environment(tmp_path), None, SimulatedClock())
    assert connection.anchor == ANCHOR
    assert connection.clock() == START


def test_another_trust_file_may_be_named(tmp_path: Path) -> None:
    other = tmp_path / "other.json"
    other.write_bytes(encode_trust_anchor(ANCHOR))
    environment = {"GWANIN_DATA_DIR": str(tmp_path / "nowhere")}
    assert connect(environment, other, SimulatedClock()).anchor == ANCHOR


def test_the_clock_runs_on(tmp_path: Path) -> None:
    clock = SimulatedClock()
    connection = connect(_environment(tmp_path), None, clock)
    clock.advance(hours=1)
    assert connection.clock() == START + timedelta(hours=1)


def test_a_missing_trust_file_is_told(tmp_path: Path) -> None:
    with pytest.raises(NoTrustFile):
        connect({"GWANIN_DATA_DIR": str(tmp_path)}, None, SimulatedClock())
    with pytest.raises(NoTrustFile):
        connect({}, tmp_path, SimulatedClock())  # a folder


@pytest.mark.parametrize("data", [b"", b"{}", b"[]", b"\xff", b'{"log":"x"}'])
def test_a_malformed_trust_file_is_told(tmp_path: Path, data: bytes) -> None:
    (tmp_path / TRUST_FILE).write_bytes(data)
    with pytest.raises(Malformed):
        connect({"GWANIN_DATA_DIR": str(tmp_path)}, None, SimulatedClock())


def test_no_more_than_a_trust_file_is_read(tmp_path: Path) -> None:
    (tmp_path / TRUST_FILE).write_bytes(encode_trust_anchor(ANCHOR) + b" " * MAX_TRUST_BYTES)
    with pytest.raises(TooLarge):
        read_trust_file(tmp_path / TRUST_FILE)


@pytest.mark.parametrize("registry", ["https://x.example/path", "http://x.example", "x.example"])
def test_the_registry_is_an_origin(tmp_path: Path, registry: str) -> None:
    anchor = replace(ANCHOR, registry_url=registry)
    with pytest.raises(Malformed):
        connect(_environment(tmp_path, anchor), None, SimulatedClock())


def test_a_bad_setting_is_told_by_its_name(tmp_path: Path) -> None:
    environment = {**_environment(tmp_path), "GWANIN_OUTBOUND_ALLOW": "everything"}
    with pytest.raises(SettingRefused, match="GWANIN_OUTBOUND_ALLOW"):
        connect(environment, None, SimulatedClock())


def test_the_data_folder_is_var_unless_it_is_named() -> None:
    assert data_dir({}) == data_dir({"GWANIN_DATA_DIR": ""}) == Path("var")
    assert data_dir({"GWANIN_DATA_DIR": "/srv/gwanin"}) == Path("/srv/gwanin")
