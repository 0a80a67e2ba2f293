"""Credential configurations: what a wallet has to find in each, and what it must not find."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from credentials.claims import ClaimPath, Claims
from credentials.errors import Malformed
from credentials.json_object import JsonObject
from openid4vc.credential_configuration import (
    ClaimDescription,
    CredentialConfiguration,
    CredentialFormat,
    parse_configuration,
)
from openid4vc.display import Display
from tests.simulators.one_change import REMOVED, changed

NAMES = (Display(name="거주 증명", locale="ko"), Display(name="Residency", locale="en"))
SD_JWT = CredentialConfiguration(
    format=CredentialFormat.SD_JWT_VC,
    vct="https://city.example/types/SeoulResidencyCredential/v1",
    types=(),
    contexts=(),
    scope="SeoulResidencyCredential",
    signing_algorithms=("ES256",),
    binding_methods=("jwk",),
    proof_algorithms=("ES256", "EdDSA"),
    display=NAMES,
    claims=(
        ClaimDescription(path=("residentOfSeoul",), mandatory=True, display=NAMES),
        ClaimDescription(path=("residentOfGu", "11620"), mandatory=False, display=()),
        ClaimDescription(path=("degrees", None, "type"), mandatory=False, display=()),
    ),
)
LDP = replace(
    SD_JWT,
    format=CredentialFormat.LDP_VC,
    vct=None,
    types=("VerifiableCredential", "SeoulResidencyCredential"),
    contexts=("https://www.w3.org/ns/credentials/v2",),
    binding_methods=("did:key", "did:jwk"),
)
JWT = replace(LDP, format=CredentialFormat.JWT_VC, contexts=())
BEARER = replace(SD_JWT, binding_methods=(), proof_algorithms=())
BARE = replace(BEARER, scope=None, signing_algorithms=(), display=(), claims=())
ATTESTED_ONLY = replace(SD_JWT, proof_algorithms=())
PLAIN = SD_JWT.to_json()
METHODS = "cryptographic_binding_methods_supported"
PROOFS = ("proof_types_supported", "jwt", "proof_signing_alg_values_supported")
CLAIMS = ("credential_metadata", "claims")


@pytest.mark.parametrize("configuration", [SD_JWT, LDP, JWT, BEARER, BARE, ATTESTED_ONLY])
def test_what_is_written_is_read_back(configuration: CredentialConfiguration) -> None:
    assert parse_configuration(JsonObject(configuration.to_json())) == configuration


@pytest.mark.parametrize("configuration", [SD_JWT, LDP, JWT, BEARER, BARE])
def test_every_configuration_has_credential_metadata(
    configuration: CredentialConfiguration,
) -> None:
    # Without it, @openid4vc takes the issuer for one of draft 14 or 15 and sends draft requests.
    assert isinstance(configuration.to_json()["credential_metadata"], dict)


def test_a_configuration_without_key_binding_names_no_proof_types() -> None:
    assert not {METHODS, "proof_types_supported"} & BEARER.to_json().keys()


@pytest.mark.parametrize("format_name", ["mso_mdoc", "vc+sd-jwt", "jwt_vc_json-ld"])
def test_a_format_that_is_not_known_here_is_none_whatever_else_it_says(format_name: str) -> None:
    mdoc: Claims = {"format": format_name, "credential_signing_alg_values_supported": [-7]}
    assert parse_configuration(JsonObject(mdoc)) is None


def test_ignores_members_that_it_does_not_know() -> None:
    document = changed(PLAIN, "credential_metadata", "display", 0, "logo", to={"uri": "x:"})
    assert parse_configuration(JsonObject(document | {"order": ["a"]})) == SD_JWT


def test_reads_the_absence_of_credential_metadata_as_no_words() -> None:
    document = changed(BARE.to_json(), "credential_metadata", to=REMOVED)
    assert parse_configuration(JsonObject(document)) == BARE


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("format",), REMOVED),
        (("format",), 1),
        (("vct",), REMOVED),
        (("scope",), ""),
        (("credential_signing_alg_values_supported",), [-7]),
        (("credential_signing_alg_values_supported",), []),
        ((METHODS,), []),
        ((METHODS,), "jwk"),
        (("proof_types_supported",), REMOVED),
        (("proof_types_supported", "jwt"), []),
        (PROOFS, REMOVED),
        (PROOFS, []),
        (("credential_metadata",), []),
        (("credential_metadata", "display"), []),
        (("credential_metadata", "display", 0, "name"), REMOVED),
        (CLAIMS, []),
        (CLAIMS, [{"path": [str(number)]} for number in range(257)]),
        (PROOFS, ["ES256"] * 33),
        ((*CLAIMS, 0, "path"), REMOVED),
        ((*CLAIMS, 0, "path"), []),
        ((*CLAIMS, 0, "path"), ["a", -1]),
        ((*CLAIMS, 0, "mandatory"), "yes"),
        ((*CLAIMS, 0, "display"), []),
        ((*CLAIMS, 0, "path"), ["residentOfGu", "11620"]),
    ],
)
def test_refuses_a_configuration_with_one_defect(path: tuple[str, ...], value: object) -> None:
    with pytest.raises(Malformed):
        parse_configuration(JsonObject(changed(PLAIN, *path, to=value)))


@pytest.mark.parametrize(
    ("configuration", "path", "value"),
    [
        (LDP, ("credential_definition",), REMOVED),
        (LDP, ("credential_definition", "type"), REMOVED),
        (LDP, ("credential_definition", "type"), []),
        (LDP, ("credential_definition", "@context"), REMOVED),
        (LDP, ("credential_definition", "@context"), []),
        (JWT, ("credential_definition",), REMOVED),
        (JWT, ("credential_definition", "type"), REMOVED),
    ],
)
def test_refuses_a_w3c_configuration_without_its_type(
    configuration: CredentialConfiguration, path: tuple[str, ...], value: object
) -> None:
    with pytest.raises(Malformed):
        parse_configuration(JsonObject(changed(configuration.to_json(), *path, to=value)))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (("a",), ("a",)),
        (("a", None), ("a", 0)),
        (("a", None), ("a", "b")),
        (("a", 1), ("a", "b")),
        (("a", "b", 1), ("a", "b", None)),
    ],
)
def test_refuses_claim_descriptions_that_contradict_each_other(
    one: ClaimPath, other: ClaimPath
) -> None:
    claims = [ClaimDescription(path=path, mandatory=False, display=()) for path in (one, other)]
    with pytest.raises(Malformed):
        parse_configuration(JsonObject(replace(SD_JWT, claims=tuple(claims)).to_json()))


def test_takes_an_object_and_its_own_members_for_no_contradiction() -> None:
    paths: list[ClaimPath] = [("address",), ("address", "city"), ("tags", 0), ("tags", 1)]
    claims = tuple(ClaimDescription(path=path, mandatory=False, display=()) for path in paths)
    described = replace(SD_JWT, claims=claims)
    assert parse_configuration(JsonObject(described.to_json())) == described


texts = st.text(st.characters(codec="utf-8"), min_size=1, max_size=10)


@settings(max_examples=50)
@given(texts, st.lists(texts, min_size=1, max_size=3).map(tuple))
def test_any_type_and_algorithms_are_read_back(vct: str, algorithms: tuple[str, ...]) -> None:
    configuration = replace(SD_JWT, vct=vct, proof_algorithms=algorithms)
    assert parse_configuration(JsonObject(configuration.to_json())) == configuration
