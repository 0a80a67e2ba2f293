"""An agency's metadata: what real wallets need to find in it, and nothing that misleads them."""

from typing import Any

import pytest

from credentials.jcs import canonicalize
from credentials.keys import KeyType
from credentials.securing import mechanisms
from issuer.agency import Agency
from issuer.catalogue import (
    MAX_PROOFS,
    binding_methods,
    configuration_id,
    get_mechanism,
    issued_types,
    issuer_metadata,
    server_metadata,
)
from issuer.errors import TypeNotIssued
from openid4vc.credential_request import MAX_BATCH
from openid4vc.display import Display
from openid4vc.metadata import IssuerMetadata, parse_issuer_metadata
from openid4vc.offer import PRE_AUTHORIZED_CODE
from openid4vc.server_metadata import parse_server_metadata
from schemas.catalogue import get, load_all, type_url
from schemas.credential_type import Audience
from schemas.errors import UnknownType
from schemas.labels import ENGLISH, KOREAN
from tests.simulators.issuing_office import URL

AGENCY = Agency(code="GU-11620", did="did:webvh:Qm:gwanin.example:dids:GU-11620", public_url=URL)
ISSUER = f"{URL}/issuers/GU-11620"
DISPLAY = (Display(name="관악구", locale=KOREAN), Display(name="Gwanak-gu", locale=ENGLISH))
HOLDERS = frozenset(it.name for it in load_all().values() if it.audience is Audience.HOLDER)
EVERYTHING = HOLDERS | {"CityCertificateCredential/career"}


def metadata(permissions: frozenset[str] = EVERYTHING) -> IssuerMetadata:
    return issuer_metadata(AGENCY, permissions, display=DISPLAY, registry_url=URL)


def configurations() -> dict[str, Any]:
    document: Any = metadata().to_json()
    found: dict[str, Any] = document["credential_configurations_supported"]
    return found


def test_a_wallet_reads_the_metadata_as_it_was_meant() -> None:
    data = canonicalize(metadata().to_json())
    assert parse_issuer_metadata(data, credential_issuer=ISSUER) == metadata()


def test_every_address_is_the_issuers_own() -> None:
    assert metadata().credential_issuer == ISSUER
    assert metadata().credential_endpoint == f"{ISSUER}/credential"
    assert metadata().nonce_endpoint == f"{ISSUER}/nonce"


def test_a_batch_may_be_as_large_as_is_read() -> None:
    assert metadata().batch_size == MAX_PROOFS <= MAX_BATCH


def test_the_agency_is_named_in_both_languages() -> None:
    assert [words.locale for words in metadata().display] == [KOREAN, ENGLISH]


def test_each_type_is_there_in_each_of_its_formats() -> None:
    assert set(configurations()) == {
        f"{name}.{credential_format}"
        for name in HOLDERS
        for credential_format in ("dc+sd-jwt", "ldp_vc")
    }


# Without it, wallets take the issuer for one of an older draft, and send requests of that draft.
@pytest.mark.parametrize("name", configurations())
def test_credential_metadata_is_everywhere(name: str) -> None:
    found = configurations()[name]["credential_metadata"]
    assert {words["locale"] for words in found["display"]} == {KOREAN, ENGLISH}
    assert found["claims"]


@pytest.mark.parametrize("name", configurations())
def test_every_configuration_says_how_to_bind_and_sign(name: str) -> None:
    found = configurations()[name]
    assert found["scope"] == name
    assert found["cryptographic_binding_methods_supported"]
    assert found["credential_signing_alg_values_supported"]
    assert found["proof_types_supported"]["jwt"]["proof_signing_alg_values_supported"]


@pytest.mark.parametrize("name", [name for name in configurations() if "sd-jwt" in name])
def test_an_sd_jwt_vc_is_bound_to_a_bare_key_only(name: str) -> None:
    # A proof by DID URL would make wallets expect that DID in `cnf`.
    found = configurations()[name]
    assert found["cryptographic_binding_methods_supported"] == ["jwk"]
    assert found["credential_signing_alg_values_supported"] == ["ES256"]
    assert found["vct"] == type_url(get(name.partition(".")[0]), URL)
    assert "credential_definition" not in found


@pytest.mark.parametrize("name", [name for name in configurations() if "ldp_vc" in name])
def test_a_w3c_credential_is_bound_to_a_subject_with_an_identifier(name: str) -> None:
    found, type_name = configurations()[name], name.partition(".")[0]
    assert found["cryptographic_binding_methods_supported"] == ["did:key", "did:jwk"]
    assert found["credential_signing_alg_values_supported"] == ["eddsa-jcs-2022"]
    assert found["credential_definition"] == {
        "@context": ["https://www.w3.org/ns/credentials/v2", f"{URL}/contexts/{type_name}/v1"],
        "type": ["VerifiableCredential", type_name],
    }
    assert all(
        claim["path"][0] == "credentialSubject" for claim in found["credential_metadata"]["claims"]
    )
    assert "vct" not in found


def test_nothing_of_a_draft_is_in_it() -> None:
    document = metadata().to_json()
    assert not {"credentials_supported", "credential_identifiers", "c_nonce"} & document.keys()
    for found in configurations().values():
        assert not {"display", "claims", "order", "doctype", "credentialSubject"} & found.keys()


def test_proof_algorithms_are_those_that_are_accepted() -> None:
    for name, found in configurations().items():
        mechanism = get_mechanism(get(name.partition(".")[0]), name.partition(".")[2])
        told = found["proof_types_supported"]["jwt"]["proof_signing_alg_values_supported"]
        assert set(told) == {key_type.value for key_type in mechanism.holder_key_types}
        assert set(told) <= {key_type.value for key_type in KeyType}


def test_binding_methods_are_those_that_are_accepted() -> None:
    for mechanism in mechanisms().values():
        for found in configurations().values():
            if found["format"] == mechanism.format:
                told = found["cryptographic_binding_methods_supported"]
                assert told == [method.value for method in binding_methods(mechanism)]


# ---- who issues what ----


def test_an_agency_issues_what_it_is_accredited_for() -> None:
    only = metadata(frozenset({"SeoulResidencyCredential"})).configurations
    assert set(only) == {"SeoulResidencyCredential.dc+sd-jwt", "SeoulResidencyCredential.ldp_vc"}
    assert metadata(frozenset()).configurations == {}


def test_the_right_to_a_subtype_shows_the_type_once() -> None:
    found = issued_types(
        ["CityCertificateCredential/career", "CityCertificateCredential/appointment"]
    )
    assert [it.name for it in found] == ["CityCertificateCredential"]


def test_what_stands_in_the_registry_is_offered_to_no_wallet() -> None:
    assert issued_types(["IssuerAccreditationCredential", "VerifierRegistrationCredential"]) == ()


def test_a_type_that_is_not_in_the_catalogue_is_an_error() -> None:
    with pytest.raises(UnknownType):
        issued_types(["UnheardOfCredential"])


# ---- formats ----


def test_without_a_wish_the_first_mechanism_is_taken() -> None:
    assert get_mechanism(get("SeoulResidencyCredential"), None).name == "sd-jwt-vc"


@pytest.mark.parametrize("name", mechanisms())
def test_a_format_leads_to_its_mechanism_and_back(name: str) -> None:
    mechanism, residency = mechanisms()[name], get("SeoulResidencyCredential")
    assert get_mechanism(residency, mechanism.format) is mechanism
    assert configuration_id(residency, mechanism) == f"{residency.name}.{mechanism.format}"


@pytest.mark.parametrize("credential_format", ["mso_mdoc", "", "DC+SD-JWT", "eddsa-jcs-2022"])
def test_refuses_a_format_that_the_type_is_not_issued_in(credential_format: str) -> None:
    with pytest.raises(TypeNotIssued):
        get_mechanism(get("SeoulResidencyCredential"), credential_format)


# ---- the authorization server ----


def test_a_wallet_reads_the_servers_metadata_as_it_was_meant() -> None:
    found = server_metadata(AGENCY)
    assert parse_server_metadata(canonicalize(found.to_json()), issuer=ISSUER) == found


def test_a_wallet_needs_neither_name_nor_secret() -> None:
    document = server_metadata(AGENCY).to_json()
    assert document["issuer"] == ISSUER
    assert document["token_endpoint"] == f"{ISSUER}/token"
    assert document["grant_types_supported"] == [PRE_AUTHORIZED_CODE]
    assert document["token_endpoint_auth_methods_supported"] == ["none"]
    assert document["pre-authorized_grant_anonymous_access_supported"] is True
