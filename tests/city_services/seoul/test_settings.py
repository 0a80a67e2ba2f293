from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from city_services.seoul.settings import DEFAULT_ROLES, ROLES, Settings
from web.errors import SettingRefused


def test_a_city_on_ones_own_desk_needs_no_settings() -> None:
    settings = Settings.from_env({})
    folder = Path("var").resolve()
    assert settings.data_dir == folder
    assert settings.database_url == f"sqlite:///{folder}/gwanin.db"
    assert settings.passphrase_file == folder / "passphrase"
    assert settings.roles == DEFAULT_ROLES == ROLES - {"witness"}
    assert settings.web.public_url == settings.addresses.public_url
    assert (settings.web.trusted_proxies, settings.web.rate_limits) == (0, True)
    assert settings.clock is None


def test_every_setting_is_read(tmp_path: Path) -> None:
    settings = Settings.from_env(
        {
            "GWANIN_PUBLIC_URL": "https://gwanin.example",
            "GWANIN_DATA_DIR": str(tmp_path),
            "GWANIN_DATABASE_URL": "postgresql+psycopg://city@db.example/gwanin",
            "GWANIN_KEYSTORE_PASSPHRASE_FILE": "/run/secrets/passphrase",
            "GWANIN_ROLES": "registry, issuer",
            "GWANIN_TRUSTED_PROXIES": "2",
            "GWANIN_RATE_LIMITS": "on",
            "GWANIN_CLOCK": "2028-02-29T23:59:59+09:00",
        }
    )
    assert str(settings.addresses.public_url) == "https://gwanin.example"
    assert settings.data_dir == tmp_path
    assert settings.database_url == "postgresql+psycopg://city@db.example/gwanin"
    assert settings.passphrase_file == Path("/run/secrets/passphrase")
    assert settings.roles == {"registry", "issuer"}
    assert settings.web.trusted_proxies == 2
    assert settings.clock == datetime(2028, 2, 29, 14, 59, 59, tzinfo=UTC)


def test_an_empty_setting_counts_as_not_given() -> None:
    names = [
        "GWANIN_DATA_DIR",
        "GWANIN_DATABASE_URL",
        "GWANIN_KEYSTORE_PASSPHRASE_FILE",
        "GWANIN_ROLES",
        "GWANIN_TRUSTED_PROXIES",
        "GWANIN_RATE_LIMITS",
        "GWANIN_CLOCK",
    ]
    assert Settings.from_env(dict.fromkeys(names, "")) == Settings.from_env({})


def test_rate_limits_may_be_off_on_ones_own_desk_only() -> None:
    assert not Settings.from_env({"GWANIN_RATE_LIMITS": "off"}).web.rate_limits
    with pytest.raises(SettingRefused, match="GWANIN_RATE_LIMITS"):
        Settings.from_env(
            {"GWANIN_RATE_LIMITS": "off", "GWANIN_PUBLIC_URL": "https://gwanin.example"}
        )


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("GWANIN_PUBLIC_URL", "http://gwanin.example"),
        ("GWANIN_REGISTRY_URL", "https://registry.example/path"),
        ("GWANIN_OUTBOUND_ALLOW", "localhost"),
        ("GWANIN_ROLES", "registrar"),
        ("GWANIN_ROLES", "issuer,,registry"),
        ("GWANIN_ROLES", "issuer;registry"),
        ("GWANIN_ROLES", "ISSUER"),
        ("GWANIN_TRUSTED_PROXIES", "-1"),
        ("GWANIN_TRUSTED_PROXIES", "one"),
        ("GWANIN_TRUSTED_PROXIES", "1.0"),
        ("GWANIN_TRUSTED_PROXIES", "100"),
        ("GWANIN_TRUSTED_PROXIES", "٣"),
        ("GWANIN_TRUSTED_PROXIES", "²"),
        ("GWANIN_RATE_LIMITS", "OFF"),
        ("GWANIN_RATE_LIMITS", "0"),
        ("GWANIN_CLOCK", "tomorrow"),
        ("GWANIN_CLOCK", "2028-02-29T23:59:59"),
        ("GWANIN_CLOCK", "2027-02-29T23:59:59Z"),
    ],
)
def test_a_bad_value_is_refused_by_the_settings_name(name: str, value: str) -> None:
    with pytest.raises(SettingRefused, match=f"^setting-refused: {name}: "):
        Settings.from_env({name: value})


@given(
    name=st.sampled_from(
        ["GWANIN_ROLES", "GWANIN_TRUSTED_PROXIES", "GWANIN_RATE_LIMITS", "GWANIN_CLOCK"]
    ),
    value=st.text(st.characters(exclude_characters="\0"), min_size=1, max_size=40),
)
def test_any_value_is_read_or_refused(name: str, value: str) -> None:
    with suppress(SettingRefused):
        Settings.from_env({name: value})


@pytest.mark.parametrize("url", ["banana", "mysql://db.example/gwanin", "sqlite://"])
def test_a_database_that_is_none_is_refused_by_its_settings_name(url: str) -> None:
    with pytest.raises(SettingRefused, match="GWANIN_DATABASE_URL: ") as refusal:
        Settings.from_env({"GWANIN_DATABASE_URL": url})
    assert url not in refusal.value.detail.partition(": ")[2].replace("sqlite:///FILE", "")
