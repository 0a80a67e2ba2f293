"""Finding types by name, address and what a credential says."""

import pytest

from schemas.catalogue import get, identify, load_all, type_path, type_url
from schemas.errors import UnknownType

BASE = "https://gwanin.example"
RESIDENCY_URL = "https://gwanin.example/types/SeoulResidencyCredential/v1"
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
