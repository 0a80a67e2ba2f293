"""Finding types by name, address and what a credential says."""

from importlib.resources import files

import pytest

from credentials.errors import Malformed
from credentials.securing import mechanisms
from schemas.catalogue import get, identify, load_all, parse_catalogue, type_path, type_url
from schemas.errors import UnknownType

BASE = "https://gwanin.example"
RESIDENCY_URL = "https://gwanin.example/types/SeoulResidencyCredential/v1"
CARD = (files("schemas") / "seoul_citizen_card.v1.toml").read_bytes()
CARD_2 = CARD.replace(b"version = 1", b"version = 2")
NUMBERS = {
    "SeoulResidencyCredential": 1,
    "YouthAllowanceEligibilityCredential": 7,
    "SeoulCitizenCardCredential": 15,
    "CityCertificateCredential": 20,
    "IssuerAccreditationCredential": 37,
    "VerifierRegistrationCredential": 39,
}


def test_the_catalogue_has_the_types_of_the_city() -> None:
    assert {known.name: known.catalogue for known in load_all().values()} == NUMBERS
    assert all(key == (known.name, known.version) for key, known in load_all().items())


def test_a_type_is_secured_only_by_mechanisms_that_exist() -> None:
    for known in load_all().values():
        assert mechanisms().keys() >= set(known.mechanisms)


def test_reads_versions_side_by_side() -> None:
    found = parse_catalogue({"card.v1.toml": CARD, "card.v2.toml": CARD_2})
    assert list(found) == [
        ("SeoulCitizenCardCredential", 1),
        ("SeoulCitizenCardCredential", 2),
    ]


@pytest.mark.parametrize(
    "sources",
    [{"card.v2.toml": CARD}, {"card.v1.toml": CARD_2}, {"a.v1.toml": CARD, "b.v1.toml": CARD}],
    ids=["version 1 called 2", "version 2 called 1", "one type in two files"],
)
def test_refuses_a_file_under_the_wrong_name_or_a_type_twice(sources: dict[str, bytes]) -> None:
    with pytest.raises(Malformed):
        parse_catalogue(sources)


def test_finds_a_type_by_its_name() -> None:
    assert get("SeoulResidencyCredential").catalogue == 1
    assert get("SeoulResidencyCredential", 1) is get("SeoulResidencyCredential")


@pytest.mark.parametrize(("name", "version"), [("Seoul", 1), ("SeoulResidencyCredential", 2)])
def test_refuses_an_unknown_name_or_version(name: str, version: int) -> None:
    with pytest.raises(UnknownType):
        get(name, version)


def test_a_types_address_tells_its_name_and_version() -> None:
    residency = get("SeoulResidencyCredential")
    assert type_url(residency, BASE) == RESIDENCY_URL
    assert type_path(residency) == "types/SeoulResidencyCredential/v1"


@pytest.mark.parametrize(
    ("url", "names"),
    [
        (RESIDENCY_URL, ()),
        (None, ("SeoulResidencyCredential",)),
        (None, ("VerifiableCredential", "SeoulResidencyCredential")),
        (RESIDENCY_URL, ("VerifiableCredential", "SeoulResidencyCredential")),
        (RESIDENCY_URL, ("VerifiableCredential",)),
    ],
)
def test_identifies_a_credential(url: str | None, names: tuple[str, ...]) -> None:
    assert identify(url, names, BASE) is get("SeoulResidencyCredential")


@pytest.mark.parametrize(
    ("url", "names"),
    [
        (None, ()),
        (None, ("VerifiableCredential",)),
        (None, ("Unknown",)),
        (None, ("SeoulResidencyCredential", "SeoulCitizenCardCredential")),
        (None, ("SeoulResidencyCredential", "SeoulResidencyCredential")),
        (RESIDENCY_URL, ("SeoulCitizenCardCredential",)),
        (RESIDENCY_URL + "/", ()),
        (RESIDENCY_URL.replace("v1", "v2"), ()),
        (RESIDENCY_URL.replace("https", "http"), ()),
        ("https://other.example/types/SeoulResidencyCredential/v1", ()),
        (
            "https://other.example/types/SeoulResidencyCredential/v1",
            ("SeoulResidencyCredential",),
        ),
    ],
)
def test_refuses_what_is_of_no_known_type_or_of_two(
    url: str | None, names: tuple[str, ...]
) -> None:
    with pytest.raises(UnknownType):
        identify(url, names, BASE)
