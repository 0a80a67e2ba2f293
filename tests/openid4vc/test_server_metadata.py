"""Authorization server metadata: of exactly the server that was asked."""

import json
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from credentials.claims import Claims
from credentials.errors import Error, Malformed, TooLarge
from openid4vc.offer import PRE_AUTHORIZED_CODE
from openid4vc.server_metadata import (
    MAX_METADATA_BYTES,
    ServerMetadata,
    parse_server_metadata,
    server_metadata_url,
)
from tests.simulators.one_change import REMOVED, changed

ISSUER = "https://city.example/issuers/GU-11620"
METADATA = ServerMetadata(
    issuer=ISSUER,
    token_endpoint=ISSUER + "/token",
    grant_types=(PRE_AUTHORIZED_CODE,),
    token_endpoint_auth_methods=("none",),
    anonymous_pre_authorized=True,
)


def _parse(document: Claims, issuer: str = ISSUER) -> ServerMetadata:
    return parse_server_metadata(json.dumps(document).encode(), issuer=issuer)


def test_what_is_written_is_read_back() -> None:
    assert _parse(METADATA.to_json()) == METADATA


def test_always_says_how_clients_authenticate() -> None:
    # Credo takes silence for client_secret_basic, and 0.5.0 of @openid4vc enforces grant types.
    document = METADATA.to_json()
    assert document["token_endpoint_auth_methods_supported"] == ["none"]
    assert document["grant_types_supported"] == [PRE_AUTHORIZED_CODE]
    assert document["pre-authorized_grant_anonymous_access_supported"] is True


@pytest.mark.parametrize(
    ("issuer", "url"),
    [
        (ISSUER, "https://city.example/.well-known/oauth-authorization-server/issuers/GU-11620"),
        ("https://city.example/", "https://city.example/.well-known/oauth-authorization-server"),
        ("https://city.example", "https://city.example/.well-known/oauth-authorization-server"),
    ],
)
def test_the_url_has_the_well_known_part_before_the_path(issuer: str, url: str) -> None:
    assert server_metadata_url(issuer) == url


def test_reads_silence_as_rfc_8414_does() -> None:
    metadata = _parse({"issuer": ISSUER, "token_endpoint": ISSUER + "/token"})
    assert metadata.grant_types == ("authorization_code", "implicit")
    assert metadata.token_endpoint_auth_methods == ("client_secret_basic",)
    assert metadata.anonymous_pre_authorized is False


@pytest.mark.parametrize("asked", [ISSUER + "/", ISSUER.upper(), "https://city.example"])
def test_refuses_the_metadata_of_any_server_but_the_one_asked(asked: str) -> None:
    with pytest.raises(Malformed):
        _parse(METADATA.to_json(), issuer=asked)


def test_refuses_an_issuer_that_is_no_identifier_though_it_says_so_itself() -> None:
    with pytest.raises(Malformed):
        _parse(METADATA.to_json() | {"issuer": "http://a.example"}, issuer="http://a.example")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("issuer", REMOVED),
        ("token_endpoint", REMOVED),
        ("token_endpoint", "http://city.example/token"),
        ("grant_types_supported", "x"),
        ("grant_types_supported", [1]),
        ("grant_types_supported", ["x"] * 65),
        ("token_endpoint_auth_methods_supported", {}),
        ("pre-authorized_grant_anonymous_access_supported", "true"),
    ],
)
def test_refuses_metadata_with_one_defect(name: str, value: object) -> None:
    with pytest.raises(Malformed):
        _parse(changed(METADATA.to_json(), name, to=value))


def test_refuses_metadata_beyond_its_bound() -> None:
    with pytest.raises(TooLarge):
        parse_server_metadata(b" " * (MAX_METADATA_BYTES + 1), issuer=ISSUER)


@settings(max_examples=100)
@given(st.binary(max_size=100))
def test_any_bytes_are_metadata_or_refused(data: bytes) -> None:
    with suppress(Error):
        parse_server_metadata(data, issuer=ISSUER)
