"""The wallet's server alone: a trust file is all that it needs, and all that there is."""

import shutil
from pathlib import Path

import pytest

from app import create_app
from city_services.seoul.errors import NotSeeded
from tests.simulators.city import URL, SimulatedCity, city_settings
from tests.simulators.clock import SimulatedClock
from tests.simulators.stranger import stranger

WALLET = "https://wallet.example"
ALONE = {
    "GWANIN_ROLES": "wallet",
    "GWANIN_PUBLIC_URL": WALLET,
    "GWANIN_REGISTRY_URL": URL,
}


def test_serves_and_is_ready_without_database_keys_and_passphrase(
    still_city: SimulatedCity, tmp_path: Path
) -> None:
    folder = tmp_path / "var"
    folder.mkdir(mode=0o700)
    shutil.copy(still_city.city.settings.data_dir / "trust.json", folder)
    app = create_app(city_settings(folder, **ALONE), clock=SimulatedClock())
    http = stranger(app, WALLET)
    for path in ("/wallet", "/wallet/receive", "/readyz", "/time"):
        assert http.get(path).status_code == 200
    assert [path.name for path in folder.iterdir()] == ["trust.json"]
    assert http.get("/log/checkpoint").status_code == 404


def test_does_not_start_without_anything_to_believe(tmp_path: Path) -> None:
    folder = tmp_path / "var"
    folder.mkdir(mode=0o700)
    with pytest.raises(NotSeeded):
        create_app(city_settings(folder, **ALONE), clock=SimulatedClock())
