"""Column headings of CSV files."""

import unicodedata
from importlib.resources import files

import pytest

from credentials.errors import Malformed
from schemas.catalogue import get, load_all
from schemas.credential_type import CredentialType
from schemas.csv_header import MAX_COLUMNS, csv_header, parse_header
from schemas.errors import InvalidClaims
from schemas.type_file import parse_type_file

CARD = (files("schemas") / "seoul_citizen_card.v1.toml").read_bytes()
RESIDENCY = get("SeoulResidencyCredential")
CERTIFICATE = get("CityCertificateCredential")
NEEDED = ["nameKo", "birthDate", "guCode", "residentType", "registeredSince"]


def _problems(cells: list[str]) -> list[tuple[str, str]]:
    with pytest.raises(InvalidClaims) as refused:
        parse_header(RESIDENCY, cells)
    return [(problem.where, problem.code.value) for problem in refused.value.problems]


@pytest.mark.parametrize("known", load_all().values(), ids=lambda known: known.name)
def test_an_empty_file_can_be_read_back(known: CredentialType) -> None:
    assert parse_header(known, csv_header(known)) == csv_header(known)


def test_knows_labels_and_aliases_in_the_files_own_order() -> None:
    cells = ["생년월일", "성명", "자치구 코드", "Kind of resident", "전입일", "person_ref"]
    assert parse_header(RESIDENCY, cells) == (
        "birthDate", "nameKo", "guCode", "residentType", "registeredSince", "person_ref",
    )  # fmt: skip


@pytest.mark.parametrize(
    "heading", [" nameKo ", "NAMEKO", unicodedata.normalize("NFD", "성명")], ids=repr
)
def test_case_spaces_and_spelling_do_not_matter(heading: str) -> None:
    assert parse_header(RESIDENCY, [heading, *NEEDED[1:]])[0] == "nameKo"


def test_members_of_an_object_are_columns() -> None:
    assert "body.amountKrw" in csv_header(CERTIFICATE)
    assert "body" not in csv_header(CERTIFICATE)


def test_refuses_an_unknown_column() -> None:
    assert _problems([*NEEDED, "연봉"]) == [(f"column {len(NEEDED) + 1}", "unknown-column")]


def test_refuses_a_derived_column() -> None:
    assert _problems(["ageOver19", *NEEDED]) == [("column 1", "unknown-column")]


def test_refuses_one_claim_in_two_columns() -> None:
    assert _problems([*NEEDED, "성명"]) == [("성명", "repeated-column")]


def test_refuses_a_file_without_a_needed_column() -> None:
    assert _problems(NEEDED[1:]) == [("nameKo", "missing-column")]


def test_a_column_of_some_subtypes_may_be_missing() -> None:
    header = [name for name in csv_header(CERTIFICATE) if not name.startswith("body.")]
    assert parse_header(CERTIFICATE, header) == tuple(header)


def test_refuses_a_type_in_which_two_columns_share_a_heading() -> None:
    shared = CARD.replace(b'en = "Facilities"', b'en = "Member number"')
    with pytest.raises(Malformed):
        parse_header(parse_type_file(shared), ["memberId"])


def test_refuses_more_columns_than_any_file_needs() -> None:
    assert _problems(["x"] * (MAX_COLUMNS + 1)) == [("claims", "too-long")]
