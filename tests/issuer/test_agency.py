"""An agency: where it is reached, and what its keys are called."""

from string import ascii_uppercase, digits

import pytest
from hypothesis import given
from hypothesis import strategies as st

from credentials.keys import KeyType
from issuer.agency import KEY_FRAGMENTS, Agency, is_code
from openid4vc.https_url import parse_endpoint, parse_identifier

DID = "did:webvh:QmSimulated:gwanin.example:dids:GU-11620"
CHARACTERS = {*ascii_uppercase, *digits, "-"}
AGENCY = Agency(code="GU-11620", did=DID, public_url="https://gwanin.example")


def test_every_address_is_below_the_one_that_wallets_know_it_by() -> None:
    assert parse_identifier(AGENCY.credential_issuer) == "https://gwanin.example/issuers/GU-11620"
    for address in (AGENCY.endpoint("token"), AGENCY.offer_uri("secret")):
        assert parse_endpoint(address).startswith(AGENCY.credential_issuer + "/")


def test_its_list_has_an_address_of_its_own() -> None:
    assert AGENCY.status_list == "GU-11620-1"
    assert AGENCY.status_uri() == "https://gwanin.example/status/GU-11620-1"


@pytest.mark.parametrize("key_type", KeyType)
def test_a_key_is_named_alike_in_signatures_and_in_the_store(key_type: KeyType) -> None:
    fragment = KEY_FRAGMENTS[key_type]
    assert AGENCY.key_id(key_type) == f"{DID}#{fragment}"
    assert AGENCY.stored_key(key_type) == f"GU-11620/{fragment}"


def test_keys_of_two_types_have_two_names() -> None:
    assert len(set(KEY_FRAGMENTS.values())) == len(KeyType)


@pytest.mark.parametrize("code", ["GU-11620", "SEL-HR", "A", "1", "SEL-YOUTH-1", "A" * 40])
def test_what_could_be_a_code(code: str) -> None:
    assert is_code(code)


@given(
    st.text(max_size=50).filter(
        lambda text: not set(text) <= set("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-")
    )
)
def test_nothing_else_could(text: str) -> None:
    assert not is_code(text)


@pytest.mark.parametrize("code", ["", "-", "-A", "A-", "A" * 41, "GU-11620\n"])
def test_nor_could_these(code: str) -> None:
    assert not is_code(code)
