"""The metadata documents at the well-known addresses: as the registry has it today."""

import pytest

from openid4vc.metadata import issuer_metadata_url, parse_issuer_metadata
from openid4vc.server_metadata import parse_server_metadata, server_metadata_url
from tests.simulators.city import URL, SimulatedCity

ISSUER = f"{URL}/issuers/GU-11620"
PATHS = [
    url.removeprefix(URL) for url in (issuer_metadata_url(ISSUER), server_metadata_url(ISSUER))
]
both = pytest.mark.parametrize("path", PATHS, ids=["issuer", "server"])


def test_metadata_stands_where_wallets_look(city: SimulatedCity) -> None:
    issuer, server = (city.http().get(path) for path in PATHS)
    metadata = parse_issuer_metadata(issuer.data, credential_issuer=ISSUER)
    assert set(metadata.configurations) == {
        "SeoulResidencyCredential.dc+sd-jwt",
        "SeoulResidencyCredential.ldp_vc",
    }
    assert metadata.display[0].name == "관악구청"
    assert parse_server_metadata(server.data, issuer=ISSUER).token_endpoint == f"{ISSUER}/token"


def test_an_agency_shows_what_it_may_issue_and_no_more(city: SimulatedCity) -> None:
    issuer = f"{URL}/issuers/SEL-HR"
    answer = city.http().get(issuer_metadata_url(issuer).removeprefix(URL))
    names = parse_issuer_metadata(answer.data, credential_issuer=issuer).configurations
    assert {name.partition(".")[0] for name in names} == {"CityCertificateCredential"}


@both
def test_everybody_may_read_and_keep_it_for_a_while(city: SimulatedCity, path: str) -> None:
    answer = city.http().get(path)
    assert (answer.status_code, answer.content_type) == (200, "application/json")
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert answer.headers["Cache-Control"] == "public, max-age=300"
    again = city.http().get(path, headers={"If-None-Match": answer.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")


@both
@pytest.mark.parametrize("code", ["GU-99999", "%01", "gu-11620", "A" * 300])
def test_an_agency_that_there_is_not_has_none(city: SimulatedCity, path: str, code: str) -> None:
    answer = city.http().get(path.replace("GU-11620", code))
    assert (answer.status_code, answer.content_type) == (404, "application/problem+json")
    assert answer.get_json(force=True)["code"] == "unknown-agency"


def test_without_an_accreditation_there_is_none(city: SimulatedCity) -> None:
    city.clock.advance(days=731)
    answer = city.http().get(PATHS[0])
    assert (answer.status_code, answer.get_json(force=True)["code"]) == (403, "not-accredited")


@both
@pytest.mark.parametrize("host", ["evil.example", "gwanin.example.evil.example", "[::1]", ""])
def test_another_host_is_not_answered(city: SimulatedCity, path: str, host: str) -> None:
    answer = city.http().get(path, headers={"Host": host})
    assert (answer.status_code, answer.get_json(force=True)["code"]) == (400, "wrong-host")


@both
def test_addresses_come_from_settings_and_never_from_the_request(
    city: SimulatedCity, path: str
) -> None:
    headers = {"Host": "gwanin.example:8443", "X-Forwarded-Host": "evil.example"}
    assert city.http().get(path, headers=headers).data == city.http().get(path).data


def test_the_appended_address_of_older_drafts_is_not_served(city: SimulatedCity) -> None:
    path = "/issuers/GU-11620/.well-known/openid-credential-issuer"
    assert city.http().get(path).status_code == 404
