from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from web.environment import Addresses, open_outbound, read_addresses, read_setting
from web.errors import FetchRefused, SettingRefused
from web.origin import parse_origin

PUBLIC = "https://gwanin.example"


def _read(**environment: str) -> Addresses:
    return read_addresses(environment)


def test_a_city_on_ones_own_desk_needs_no_settings() -> None:
    addresses = _read()
    assert str(addresses.public_url) == "http://localhost:8000"
    assert addresses.registry_url == addresses.public_url
    assert addresses.allowed == {"localhost:8000"}
    assert addresses.ca_file is None


def test_an_empty_setting_counts_as_not_given() -> None:
    empty = {
        "GWANIN_PUBLIC_URL": "",
        "GWANIN_REGISTRY_URL": "",
        "GWANIN_OUTBOUND_ALLOW": "",
        "GWANIN_CA_FILE": "",
    }
    assert read_addresses(empty) == _read()


def test_the_registry_is_here_unless_it_is_elsewhere() -> None:
    assert _read(GWANIN_PUBLIC_URL=PUBLIC).registry_url == parse_origin(PUBLIC)
    elsewhere = _read(GWANIN_PUBLIC_URL=PUBLIC, GWANIN_REGISTRY_URL="https://registry.example")
    assert str(elsewhere.registry_url) == "https://registry.example"
    assert str(elsewhere.public_url) == PUBLIC


def test_only_loopback_names_of_ours_may_be_fetched_from_unasked() -> None:
    assert _read(GWANIN_PUBLIC_URL=PUBLIC).allowed == frozenset()
    both = _read(
        GWANIN_PUBLIC_URL="http://city.localhost:8000",
        GWANIN_REGISTRY_URL="http://registry.localhost:9000",
    )
    assert both.allowed == {"city.localhost:8000", "registry.localhost:9000"}


def test_more_is_fetched_from_what_the_operator_names() -> None:
    addresses = _read(GWANIN_PUBLIC_URL=PUBLIC, GWANIN_OUTBOUND_ALLOW="localhost:9000, b.test:443")
    assert addresses.allowed == {"localhost:9000", "b.test:443"}


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("GWANIN_PUBLIC_URL", "gwanin.example"),
        ("GWANIN_PUBLIC_URL", "http://gwanin.example"),
        ("GWANIN_PUBLIC_URL", "https://gwanin.example/"),
        ("GWANIN_PUBLIC_URL", "https://gwanin.example/path"),
        ("GWANIN_PUBLIC_URL", "https://127.0.0.1"),
        ("GWANIN_PUBLIC_URL", "http://[::1]:8000"),
        ("GWANIN_PUBLIC_URL", "https://gwanin.example:0"),
        ("GWANIN_PUBLIC_URL", "https://gwanin.example:99999"),
        ("GWANIN_REGISTRY_URL", "ftp://gwanin.example"),
        ("GWANIN_OUTBOUND_ALLOW", "localhost"),
        ("GWANIN_OUTBOUND_ALLOW", "localhost:8000,"),
        ("GWANIN_OUTBOUND_ALLOW", "*"),
    ],
)
def test_a_bad_value_is_refused_by_the_settings_name(name: str, value: str) -> None:
    with pytest.raises(SettingRefused, match=f"^setting-refused: {name}: "):
        read_addresses({name: value})


def test_a_ca_file_is_read_when_it_is_needed(tmp_path: Path) -> None:
    addresses = _read(GWANIN_CA_FILE=str(tmp_path / "missing.pem"))
    assert addresses.ca_file == tmp_path / "missing.pem"
    with pytest.raises(SettingRefused, match="GWANIN_CA_FILE"):
        open_outbound(addresses)


def test_the_guard_of_a_command_line_knows_what_is_allowed() -> None:
    outbound = open_outbound(_read(GWANIN_PUBLIC_URL="http://localhost:1"))
    with pytest.raises(FetchRefused):
        outbound.get("http://localhost:2/", accept=["text/plain"])
    with pytest.raises(FetchRefused):
        outbound.get("https://127.0.0.1/", accept=["text/plain"])


def test_a_setting_is_what_its_parser_makes_of_it() -> None:
    assert read_setting({"N": "7"}, "N", "1", int) == 7
    assert read_setting({}, "N", "1", int) == 1
    assert read_setting({"N": ""}, "N", "1", int) == 1


@given(value=st.text(st.characters(exclude_characters="\0"), max_size=80))
def test_any_value_is_read_or_refused(value: str) -> None:
    for name in ("GWANIN_PUBLIC_URL", "GWANIN_REGISTRY_URL", "GWANIN_OUTBOUND_ALLOW"):
        with suppress(SettingRefused):
            read_addresses({name: value})


@given(rest=st.text(max_size=20))
def test_any_end_of_an_origin_is_read_or_refused(rest: str) -> None:
    with suppress(SettingRefused):
        read_addresses({"GWANIN_PUBLIC_URL": f"https://gwanin.example{rest}"})


@pytest.mark.parametrize(
    ("name", "nearest"),
    [
        ("GWANIN_PUBLIC_ULR", "GWANIN_PUBLIC_URL"),
        ("GWANIN_DATADIR", "GWANIN_DATA_DIR"),
        ("GWANIN_FOO", "GWANIN_"),
        ("GWANIN_", "GWANIN_"),
    ],
)
def test_a_slip_in_a_settings_name_is_refused(name: str, nearest: str) -> None:
    with pytest.raises(SettingRefused, match=f"{name} is no setting; did you mean {nearest}"):
        read_addresses({name: "x", "PATH": "/bin"})
