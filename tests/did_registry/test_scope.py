from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from did_registry.errors import OverAsking
from did_registry.scope import asked_attributes, asked_types, check_scope, path_in_type
from openid4vc.dcql import Query, parse_query
from schemas.catalogue import get, type_url
from tests.simulators.clock import START
from tests.simulators.one_change import changed
from tests.simulators.registry_log import URL, RegistryLog

RESIDENCY = "SeoulResidencyCredential"
VCT = type_url(get(RESIDENCY), URL)
CARD = type_url(get("SeoulCitizenCardCredential"), URL)
GENERIC = "https://www.w3.org/2018/credentials#VerifiableCredential"

SD_JWT: dict[str, Any] = {
    "credentials": [
        {
            "id": "a",
            "format": "dc+sd-jwt",
            "meta": {"vct_values": [VCT]},
            "claims": [{"path": ["ageOver19"]}, {"path": ["residentOfGu", "11620"]}],
        }
    ]
}
LDP: dict[str, Any] = {
    "credentials": [
        {
            "id": "a",
            "format": "ldp_vc",
            "meta": {"type_values": [[GENERIC, VCT]]},
            "claims": [
                {"path": ["credentialSubject", "ageOver19"]},
                {"path": ["credentialSubject", "residentOfGu", "11620"]},
            ],
        }
    ]
}
ASKED = {f"{RESIDENCY}.ageOver19", f"{RESIDENCY}.residentOfGu.11620"}
REGISTERED = [*sorted(ASKED), f"{RESIDENCY}.nameKo"]


def _check(document: dict[str, Any], attributes: list[str]) -> None:
    log = RegistryLog()
    library = log.member("VER-LIB")
    log.register(library, *attributes)
    registration = log.view().find_registration(str(library.did), START)
    assert registration is not None
    check_scope(parse_query(document), registration, URL)


def _changed(document: dict[str, Any], *path: str | int, to: object) -> dict[str, Any]:
    return changed(document, "credentials", 0, *path, to=to)


@pytest.mark.parametrize("document", [SD_JWT, LDP], ids=["dc+sd-jwt", "ldp_vc"])
def test_the_same_claims_have_the_same_names_in_every_format(document: dict[str, Any]) -> None:
    query = parse_query(document)
    assert asked_attributes(query, URL) == ASKED
    assert asked_types(query.credentials[0], URL) == (get(RESIDENCY),)
    _check(document, REGISTERED)
    _check(document, sorted(ASKED))


@pytest.mark.parametrize("document", [SD_JWT, LDP], ids=["dc+sd-jwt", "ldp_vc"])
@pytest.mark.parametrize("missing", sorted(ASKED))
def test_every_claim_that_is_asked_for_must_be_registered(
    document: dict[str, Any], missing: str
) -> None:
    with pytest.raises(OverAsking, match=missing):
        _check(document, [name for name in REGISTERED if name != missing])


def test_a_claim_of_an_alternative_counts_as_asked_for() -> None:
    document = _changed(SD_JWT, "claims", 0, "id", to="age")
    document = _changed(document, "claims", 1, "id", to="gu")
    document = _changed(document, "claim_sets", to=[["age"]])
    with pytest.raises(OverAsking):
        _check(document, [f"{RESIDENCY}.ageOver19"])


def test_every_credential_query_counts() -> None:
    document: dict[str, Any] = {
        "credentials": [*SD_JWT["credentials"], {**LDP["credentials"][0], "id": "b"}]
    }
    document = changed(document, "credentials", 1, "claims", 0, "path", 1, to="birthDate")
    with pytest.raises(OverAsking, match="birthDate"):
        _check(document, REGISTERED)


def test_every_type_that_would_do_counts() -> None:
    document = _changed(SD_JWT, "meta", "vct_values", to=[VCT, CARD])
    card = [name.replace(RESIDENCY, "SeoulCitizenCardCredential") for name in sorted(ASKED)]
    with pytest.raises(OverAsking, match="SeoulCitizenCard"):
        _check(document, REGISTERED)
    _check(document, [*REGISTERED, *card])


@pytest.mark.parametrize("document", [SD_JWT, LDP], ids=["dc+sd-jwt", "ldp_vc"])
def test_naming_no_claims_is_asking_for_all(document: dict[str, Any]) -> None:
    bare = {
        "credentials": [
            {name: value for name, value in document["credentials"][0].items() if name != "claims"}
        ]
    }
    with pytest.raises(OverAsking, match="no claims"):
        _check(bare, REGISTERED)


@pytest.mark.parametrize(
    "path",
    [["residentOfGu"], ["residentOfGu", None], ["ageOver19", 0], ["iss"], ["cnf", "jwk"]],
    ids=str,
)
def test_more_than_a_registered_claim_is_too_much(path: list[Any]) -> None:
    with pytest.raises(OverAsking):
        _check(_changed(SD_JWT, "claims", 0, "path", to=path), REGISTERED)


@pytest.mark.parametrize(
    "path",
    [["ageOver19"], ["issuer"], ["evidence", "ageOver19"], ["credentialSubject", None]],
    ids=str,
)
def test_parts_of_a_w3c_credential_that_are_no_claims_are_too_much(path: list[Any]) -> None:
    with pytest.raises(OverAsking):
        _check(_changed(LDP, "claims", 0, "path", to=path), REGISTERED)


@pytest.mark.parametrize(
    "vct",
    [
        "https://elsewhere.example/types/SeoulResidencyCredential/v1",
        f"{URL}/types/SeoulResidencyCredential/v2",
        f"{URL}/types/Unheard/v1",
        RESIDENCY,
    ],
)
def test_a_type_that_is_not_in_the_catalogue_is_too_much(vct: str) -> None:
    for values in ([vct], [VCT, vct]):
        with pytest.raises(OverAsking, match="not in the catalogue"):
            _check(_changed(SD_JWT, "meta", "vct_values", to=values), REGISTERED)
    with pytest.raises(OverAsking, match="not in the catalogue"):
        _check(_changed(LDP, "meta", "type_values", to=[[GENERIC, vct]]), REGISTERED)


@pytest.mark.parametrize("types", [[GENERIC], ["VerifiableCredential"], [VCT, CARD]], ids=str)
def test_a_w3c_credential_is_asked_for_by_exactly_one_type_of_its_own(types: list[str]) -> None:
    with pytest.raises(OverAsking, match="not in the catalogue"):
        _check(_changed(LDP, "meta", "type_values", to=[types]), REGISTERED)
    _check(_changed(LDP, "meta", "type_values", to=[[VCT]]), REGISTERED)


def test_a_format_that_nobody_issues_is_too_much() -> None:
    document = _changed(
        _changed(SD_JWT, "format", to="mso_mdoc"), "meta", to={"doctype_value": "x"}
    )
    with pytest.raises(OverAsking, match="format"):
        _check(document, REGISTERED)


def test_a_path_in_its_type_is_the_same_in_every_format() -> None:
    sd_jwt, ldp = parse_query(SD_JWT).credentials[0], parse_query(LDP).credentials[0]
    assert path_in_type(sd_jwt, ("residentOfGu", "11620")) == ("residentOfGu", "11620")
    assert path_in_type(ldp, ("credentialSubject", "a", None, 1)) == ("a", None, 1)
    with pytest.raises(OverAsking):
        path_in_type(ldp, ("credentialSubject",))


_PATHS = st.lists(
    st.one_of(st.none(), st.integers(0, 3), st.text(min_size=1, max_size=4)), min_size=1, max_size=4
)


@given(path=_PATHS, document=st.sampled_from([SD_JWT, LDP]))
def test_what_is_not_registered_is_never_let_through(
    path: list[Any], document: dict[str, Any]
) -> None:
    query: Query = parse_query(_changed(document, "claims", to=[{"path": path}]))
    try:
        names = asked_attributes(query, URL)
    except OverAsking:
        return
    assert len(names) == 1
    assert names.isdisjoint(REGISTERED)
