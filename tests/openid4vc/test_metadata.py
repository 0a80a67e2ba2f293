"""Issuer metadata: of exactly the issuer that was asked."""

import json
from contextlib import suppress
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from credentials.claims import Claims
from credentials.errors import Error, Malformed, TooLarge, Unsupported
from openid4vc.credential_configuration import CredentialConfiguration, CredentialFormat
from openid4vc.display import Display
from openid4vc.metadata import (
    MAX_METADATA_BYTES,
    IssuerMetadata,
    issuer_metadata_url,
    parse_issuer_metadata,
)
from tests.simulators.one_change import REMOVED, changed

ISSUER = "https://city.example/issuers/GU-11620"
RESIDENCY = "SeoulResidencyCredential.dc+sd-jwt"
CONFIGURATION = CredentialConfiguration(
    format=CredentialFormat.SD_JWT_VC,
    vct="https://city.example/types/SeoulResidencyCredential/v1",
    types=(),
    contexts=(),
    scope="SeoulResidencyCredential",
    signing_algorithms=("ES256",),
    binding_methods=("jwk",),
    proof_algorithms=("ES256",),
    display=(Display(name="Residency", locale="en"),),
    claims=(),
)
METADATA = IssuerMetadata(
    credential_issuer=ISSUER,
    authorization_servers=(ISSUER,),
    credential_endpoint=ISSUER + "/credential",
    nonce_endpoint=ISSUER + "/nonce",
    batch_size=10,
    display=(Display(name="관악구", locale="ko"),),
    configurations={RESIDENCY: CONFIGURATION},
)
SMALL = replace(METADATA, authorization_servers=(), nonce_endpoint=None, batch_size=1, display=())
CONFIGURATIONS = "credential_configurations_supported"
MDOC: Claims = {"format": "mso_mdoc", "credential_signing_alg_values_supported": [-7]}


def _parse(document: Claims, issuer: str = ISSUER) -> IssuerMetadata:
    return parse_issuer_metadata(json.dumps(document).encode(), credential_issuer=issuer)


@pytest.mark.parametrize("metadata", [METADATA, SMALL])
def test_what_is_written_is_read_back(metadata: IssuerMetadata) -> None:
    assert _parse(metadata.to_json()) == metadata


def test_the_url_has_the_well_known_part_before_the_issuers_path() -> None:
    assert issuer_metadata_url(ISSUER) == (
        "https://city.example/.well-known/openid-credential-issuer/issuers/GU-11620"
    )


@pytest.mark.parametrize(
    "asked",
    [
        pytest.param(ISSUER + "/", id="a slash more"),
        pytest.param(ISSUER.replace("city", "City"), id="another case"),
        pytest.param(ISSUER.replace("example/", "example:443/"), id="the default port"),
        pytest.param(ISSUER.replace("GU", "%47U"), id="an escape"),
        pytest.param("https://city.example/issuers/GU-11650", id="a neighbour"),
    ],
)
def test_refuses_the_metadata_of_any_issuer_but_the_one_asked(asked: str) -> None:
    with pytest.raises(Malformed):
        _parse(METADATA.to_json(), issuer=asked)


def test_refuses_an_issuer_that_is_no_identifier_though_it_says_so_itself() -> None:
    identifier = "http://city.example"
    with pytest.raises(Malformed):
        _parse(METADATA.to_json() | {"credential_issuer": identifier}, issuer=identifier)


def test_every_configuration_has_credential_metadata() -> None:
    document = json.loads(json.dumps(METADATA.to_json()))
    assert all("credential_metadata" in item for item in document[CONFIGURATIONS].values())


def test_offers_batches_only_when_more_than_one_proof_is_taken() -> None:
    assert METADATA.to_json()["batch_credential_issuance"] == {"batch_size": 10}
    assert "batch_credential_issuance" not in SMALL.to_json()


def test_reads_the_members_of_later_issues_as_unknown_ones() -> None:
    more: Claims = {
        "deferred_credential_endpoint": ISSUER + "/deferred",
        "notification_endpoint": ISSUER + "/notification",
        "credential_response_encryption": {"encryption_required": False},
        "signed_metadata": "x",
    }
    assert _parse(METADATA.to_json() | more) == METADATA


def test_keeps_the_name_of_a_configuration_in_a_format_it_does_not_know() -> None:
    metadata = _parse(changed(METADATA.to_json(), CONFIGURATIONS, "mdl", to=MDOC))
    assert metadata == replace(METADATA, other_formats=frozenset({"mdl"}))
    with pytest.raises(Unsupported):
        metadata.get_configuration("mdl")


def test_gets_the_configuration_that_an_offer_names() -> None:
    assert METADATA.get_configuration(RESIDENCY) == CONFIGURATION
    with pytest.raises(Malformed):
        METADATA.get_configuration("SeoulResidencyCredential.ldp_vc")


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("credential_issuer",), REMOVED),
        (("credential_endpoint",), REMOVED),
        (("credential_endpoint",), "http://city.example/credential"),
        (("credential_endpoint",), ISSUER + "/credential#x"),
        (("nonce_endpoint",), "http://city.example/nonce"),
        (("nonce_endpoint",), None),
        (("authorization_servers",), []),
        (("authorization_servers",), "https://city.example"),
        (("authorization_servers",), ["https://city.example?x=y"]),
        (("authorization_servers",), ["https://city.example"] * 17),
        (("batch_credential_issuance",), {}),
        (("batch_credential_issuance",), {"batch_size": 1}),
        (("batch_credential_issuance",), {"batch_size": "10"}),
        (("batch_credential_issuance",), 10),
        (("display",), []),
        ((CONFIGURATIONS,), REMOVED),
        ((CONFIGURATIONS,), []),
        ((CONFIGURATIONS, RESIDENCY), "x"),
        ((CONFIGURATIONS, RESIDENCY, "vct"), REMOVED),
        ((CONFIGURATIONS, ""), MDOC),
        ((CONFIGURATIONS, "x" * 257), MDOC),
        ((CONFIGURATIONS,), {str(number): MDOC for number in range(257)}),
    ],
)
def test_refuses_metadata_with_one_defect(path: tuple[str, ...], value: object) -> None:
    with pytest.raises(Malformed):
        _parse(changed(METADATA.to_json(), *path, to=value))


def test_refuses_metadata_beyond_its_bound() -> None:
    with pytest.raises(TooLarge):
        parse_issuer_metadata(b" " * (MAX_METADATA_BYTES + 1), credential_issuer=ISSUER)


@settings(max_examples=100)
@given(st.binary(max_size=100))
def test_any_bytes_are_metadata_or_refused(data: bytes) -> None:
    with suppress(Error):
        parse_issuer_metadata(data, credential_issuer=ISSUER)


ONE, TWO = "https://one.example", "https://two.example"


@pytest.mark.parametrize(
    ("listed", "offered", "server"),
    [
        ((), None, ISSUER),
        ((ONE,), None, ONE),
        ((ONE,), ONE, ONE),
        ((ONE, TWO), TWO, TWO),
    ],
)
def test_finds_the_authorization_server(
    listed: tuple[str, ...], offered: str | None, server: str
) -> None:
    assert replace(METADATA, authorization_servers=listed).authorization_server(offered) == server


@pytest.mark.parametrize(
    ("listed", "offered"),
    [
        pytest.param((), ONE, id="named though the metadata lists none"),
        pytest.param((), ISSUER, id="the issuer named though the metadata lists none"),
        pytest.param((ONE,), TWO, id="one that is not listed"),
        pytest.param((ONE, TWO), None, id="none named out of two"),
    ],
)
def test_refuses_an_offers_authorization_server(
    listed: tuple[str, ...], offered: str | None
) -> None:
    with pytest.raises(Malformed):
        replace(METADATA, authorization_servers=listed).authorization_server(offered)
