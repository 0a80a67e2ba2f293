"""CSV files as offices export them: what is read, and where exactly what is refused stands."""

import codecs
from contextlib import suppress
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from credentials.errors import Error, TooLarge
from issuer.csv_rows import MAX_CELL_CHARS, MAX_CSV_BYTES, MAX_ROWS, Row, RowError, read_rows
from issuer.errors import CsvUnreadable
from issuer.person import new_person_ref
from schemas.catalogue import get
from schemas.claim_problem import ProblemCode
from schemas.credential_type import CredentialType
from schemas.errors import InvalidClaims
from tests.simulators.csv_file import RESIDENT
from tests.simulators.csv_file import csv_text as csv_of

RESIDENCY = get("SeoulResidencyCredential")
CARD = get("SeoulCitizenCardCredential")
CERTIFICATE = get("CityCertificateCredential")
TODAY = date(2026, 3, 13)
PERSON = new_person_ref(bytes(16))
RESIDENT_NUMBERS = {
    "spaced": "000101 - 0000001",
    "plain": "000101-0000000",
    "without dash": "0001019000001",
    "full-width": "０００１０１－００００００１",
    "within a sentence": "생년 000101 0000002 입니다",
    "en dash": "000101–9000003",
    "over two lines": "000101-\n0000001",
}

# A good row; every test of a refusal differs from it in one cell.
GOOD = dict(RESIDENT)
CAREER = {
    "subtype": "waterPayment",
    "title": "수도요금 납부증명서",
    "documentNo": "서울아리수본부-0007",
    "holderName": "주다둥",
    "issuedOn": "2026-03-13",
    "body.year": "2025",
    "body.amountKrw": "312450",
}


def csv_text(*rows: dict[str, str]) -> str:
    return csv_of(rows)


def read(text: str | bytes, credential_type: CredentialType = RESIDENCY) -> list[Row | RowError]:
    data = text.encode() if isinstance(text, str) else text
    return list(read_rows(data, credential_type, TODAY))


def good(row: Row | RowError) -> Row:
    assert isinstance(row, Row), row
    return row


def problems(row: Row | RowError) -> list[tuple[str, str]]:
    assert isinstance(row, RowError), row
    return [(found.where, found.code) for found in row.problems]


# ---- what is read ----


def test_reads_rows_with_the_line_that_each_begins_on() -> None:
    rows = read(csv_text(GOOD, {**GOOD, "nameKo": "최예시"}))
    assert [(good(row).line, good(row).claims["nameKo"]) for row in rows] == [
        (2, "김시범"),
        (3, "최예시"),
    ]
    assert good(rows[0]).claims == GOOD
    assert good(rows[0]).person_ref is None


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp949"])
def test_reads_every_encoding_that_offices_write(encoding: str) -> None:
    (row,) = read(csv_text(GOOD).encode(encoding))
    assert good(row).claims == GOOD


@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
def test_reads_every_line_end(line_end: str) -> None:
    rows = read(csv_text(GOOD, GOOD).replace("\r\n", line_end))
    assert [good(row).line for row in rows] == [2, 3]


def test_headings_may_be_korean_and_in_any_order() -> None:
    labels = {"전입일": "2019-03-02", "성명": "김시범", "생년월일": "1999-05-17"}
    (row,) = read(csv_text({**labels, "구 코드": "11620", "구분": "citizen"}))
    assert good(row).claims == GOOD


def test_names_the_person_whom_a_row_is_about() -> None:
    with_person, without = read(csv_text({**GOOD, "person_ref": PERSON}, GOOD))
    assert (good(with_person).person_ref, good(without).person_ref) == (PERSON, None)


def test_a_quoted_cell_may_go_on_for_several_lines() -> None:
    broken = {**GOOD, "addressDetail": "101동\n1203호\n"}
    rows = read(
        csv_text({**GOOD, "addressDetail": "1203호"}, broken, {**broken, "addressDetail": "1"})
    )
    assert good(rows[0]).line == 2
    assert (rows[1].line, problems(rows[1])[0]) == (3, ("addressDetail", "forbidden-character"))
    assert good(rows[2]).line == 6


def test_blank_lines_are_passed_over_and_counted() -> None:
    heading, row = csv_text(GOOD).splitlines()
    rows = read(f"\n{heading}\n\n{row}\n,,,,\n\n{row}\n\n")
    assert [good(it).line for it in rows] == [4, 7]


def test_numbers_booleans_and_lists_are_read_from_text() -> None:
    (row,) = read(csv_text(CAREER), CERTIFICATE)
    assert good(row).claims["body"] == {"year": 2025, "amountKrw": 312450}
    card = {"memberId": "AB12-CD34-EF56-GH78", "memberSince": "2024-05-20"}
    (row,) = read(
        csv_text({**card, "facilityScopes": "library; pool", "seoulResident": "TRUE"}), CARD
    )
    assert good(row).claims["facilityScopes"] == ["library", "pool"]
    assert good(row).claims["seoulResident"] is True


# ---- cells ----


@pytest.mark.parametrize(
    ("column", "text", "code"),
    [
        ("nameKo", "", "missing"),
        ("nameKo", "김시범 ", "outer-space"),
        ("nameKo", "김\0시범", "forbidden-character"),
        ("nameKo", "김\u202e시범", "forbidden-character"),
        ("nameKo", "김" * 41, "too-long"),
        ("birthDate", "1999-5-17", "wrong-form"),
        ("birthDate", "2026-03-14", "in-the-future"),
        ("guCode", "11", "not-offered"),
        ("residentType", "Citizen", "not-offered"),
    ],
)
def test_a_refused_cell_is_named_by_line_and_column(column: str, text: str, code: str) -> None:
    first, second = read(csv_text(GOOD, {**GOOD, column: text}))
    assert good(first)
    assert second.line == 3
    assert (column, code) in problems(second)


def test_everything_that_is_wrong_with_a_row_is_told_at_once() -> None:
    (row,) = read(csv_text({**GOOD, "guCode": "11", "birthDate": "1999"}))
    assert set(problems(row)) == {("guCode", "not-offered"), ("birthDate", "wrong-form")}


@pytest.mark.parametrize(
    "text",
    [
        "=1+1",
        "+821000000011",
        "@SUM(A1)",
        "-1+1",
        "-",
        "-5\n",
        "\t=1",
        "\r=1",
        "\n=1",
        "＝1+1",
        "＋82",
        "＠SUM",
        "－1",
        '=HYPERLINK("https://x.example","김시범")',
    ],
)
def test_a_cell_that_a_spreadsheet_would_run_is_refused(text: str) -> None:
    (row,) = read(csv_text({**GOOD, "addressDetail": text}))
    assert problems(row) == [("addressDetail", "formula")]


@pytest.mark.parametrize("text", ["1-2", "101동 = 1203호", "a@b", "0-1"])
def test_signs_within_a_cell_are_no_formula(text: str) -> None:
    (row,) = read(csv_text({**GOOD, "addressDetail": text}))
    assert good(row).claims["addressDetail"] == text


def test_a_negative_number_is_no_formula() -> None:
    (row,) = read(csv_text({**CAREER, "body.amountKrw": "-5"}), CERTIFICATE)
    assert problems(row) == [("body.amountKrw", "out-of-range")]


def test_a_cell_of_4096_characters_is_read_and_one_more_is_not() -> None:
    longest, longer = read(
        csv_text(*({**GOOD, "dongName": "가" * length} for length in (4096, MAX_CELL_CHARS + 1)))
    )
    # Too long for the claim, which is found by the type; and too long for a cell, found here.
    assert problems(longest) == problems(longer) == [("dongName", "too-long")]
    shortest = csv_text({**GOOD, "dongName": "=" + "가" * MAX_CELL_CHARS})
    assert problems(read(shortest)[0]) == [("dongName", "too-long")]


@pytest.mark.parametrize("count", [4, 6])
def test_a_row_with_another_number_of_cells_is_refused(count: int) -> None:
    cells = [*GOOD.values(), "x"][:count]
    first, second = read(csv_text(GOOD) + ",".join(cells) + "\r\n")
    assert good(first)
    assert (second.line, problems(second)) == (3, [("claims", "cell-count")])


def test_a_reference_that_is_none_is_refused() -> None:
    (row,) = read(csv_text({**GOOD, "person_ref": "P01"}))
    assert problems(row) == [("person_ref", "wrong-form")]


# ---- resident registration numbers ----


@pytest.mark.parametrize("number", RESIDENT_NUMBERS.values(), ids=[*RESIDENT_NUMBERS])
@pytest.mark.parametrize("column", [*GOOD, "dongName", "addressDetail", "person_ref"])
def test_a_resident_number_is_blocked_in_every_cell(column: str, number: str) -> None:
    (row,) = read(csv_text({**GOOD, column: number}))
    assert (column, "resident-number") in problems(row)
    assert number not in repr(row)


@pytest.mark.parametrize("number", ["0001013000000", "000101-3000000"])
def test_a_resident_number_is_blocked_where_a_number_belongs(number: str) -> None:
    (row,) = read(csv_text({**CAREER, "body.amountKrw": number}), CERTIFICATE)
    assert problems(row) == [("body.amountKrw", "resident-number")]


def test_a_resident_number_is_blocked_in_a_list() -> None:
    card = {"memberId": "AB12-CD34-EF56-GH78", "memberSince": "2024-05-20"}
    (row,) = read(csv_text({**card, "facilityScopes": "pool;000101-0000001"}), CARD)
    assert ("facilityScopes.1", "resident-number") in problems(row)


@pytest.mark.parametrize("number", RESIDENT_NUMBERS.values(), ids=[*RESIDENT_NUMBERS])
def test_a_resident_number_in_the_heading_is_blocked_and_not_repeated(number: str) -> None:
    with pytest.raises(InvalidClaims) as caught:
        read(csv_text({**GOOD, number: ""}))
    assert [(it.where, it.code) for it in caught.value.problems] == [
        ("column 6", "resident-number")
    ]
    assert number not in repr((caught.value.problems, caught.value.detail))


def test_digits_of_a_digest_are_no_resident_number() -> None:
    digest = "a0001013000000" + "b" * 50
    (row,) = read(csv_text({**CAREER, "pdfSha256": digest}), CERTIFICATE)
    assert good(row).claims["pdfSha256"] == digest


@pytest.mark.parametrize("text", ["20260313-000001", "010-0000-0011", "2026-03-13"])
def test_what_only_resembles_one_passes(text: str) -> None:
    (row,) = read(csv_text({**GOOD, "addressDetail": text}))
    assert good(row)


# ---- the first line ----


@pytest.mark.parametrize(
    ("heading", "where", "code"),
    [
        pytest.param(["nameKo", "nameKo"], "nameKo", "repeated-column", id="repeated"),
        pytest.param(["nameKo", "성명"], "성명", "repeated-column", id="repeated in Korean"),
        pytest.param(["nameKo", "income"], "column 2", "unknown-column", id="unknown"),
        pytest.param(["nameKo", "ageOver19"], "column 2", "unknown-column", id="derived"),
        pytest.param(["nameKo"], "birthDate", "missing-column", id="missing"),
        pytest.param(["nameKo", "\x1b]0;x\x07"], "column 2", "forbidden-character", id="escape"),
    ],
)
def test_a_refused_heading_says_which(heading: list[str], where: str, code: str) -> None:
    with pytest.raises(InvalidClaims) as caught:
        read(",".join(heading) + "\r\n")
    assert (where, code) in [(it.where, it.code) for it in caught.value.problems]
    assert "\x1b" not in caught.value.detail


def test_a_name_among_the_headings_is_not_repeated() -> None:
    with pytest.raises(InvalidClaims) as caught:
        read("nameKo,김비밀\r\n")
    assert "김비밀" not in repr((caught.value.detail, caught.value.problems))


def test_a_file_that_begins_with_a_row_is_refused_without_repeating_it() -> None:
    without_heading = csv_text(GOOD).partition("\r\n")[2]
    with pytest.raises(CsvUnreadable) as caught:
        read(without_heading)
    assert "김시범" not in repr((caught.value.detail, caught.value.__context__))


@pytest.mark.parametrize("text", ["", "\n\n", ",,,\n"])
def test_an_empty_file_is_refused(text: str) -> None:
    with pytest.raises(CsvUnreadable, match="empty"):
        read(text)


@pytest.mark.parametrize(("separator", "name"), [(";", "semicolons"), ("\t", "tabs")])
def test_columns_that_are_not_separated_by_commas_are_named_so(separator: str, name: str) -> None:
    with pytest.raises(CsvUnreadable, match=name):
        read(csv_text(GOOD).replace(",", separator))


# ---- the whole file ----


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(csv_text(GOOD).encode("utf-16"), id="UTF-16"),
        pytest.param(b"nameKo,\xff\xfe\n", id="no encoding"),
        pytest.param(codecs.BOM_UTF8 + csv_text(GOOD).encode("cp949"), id="a mark that lies"),
    ],
)
def test_text_that_is_in_neither_encoding_is_refused(data: bytes) -> None:
    with pytest.raises(CsvUnreadable):
        read(data)


@pytest.mark.parametrize(
    "broken", ['"김', '"김"시범,x', '"' + "가" * 200_000 + '"'], ids=["open", "after", "endless"]
)
def test_a_file_that_breaks_off_later_is_refused_before_its_first_row(broken: str) -> None:
    data = (csv_text(GOOD, GOOD) + broken + "\r\n").encode()
    with pytest.raises(CsvUnreadable):
        read_rows(data, RESIDENCY, TODAY)


def test_fifty_thousand_rows_are_read_and_one_more_is_not() -> None:
    heading, row = csv_text(GOOD).splitlines()
    largest = "\n".join([heading, *["x"] * MAX_ROWS])
    assert len(read(largest)) == MAX_ROWS
    with pytest.raises(TooLarge):
        read_rows((largest + "\n" + row).encode(), RESIDENCY, TODAY)


def test_a_file_beyond_twenty_mebibytes_is_not_read() -> None:
    line = b"x" * 100_000 + b"\n"
    data = (csv_text(GOOD).encode() + line * 300)[:MAX_CSV_BYTES]
    assert good(read(data)[0])
    with pytest.raises(TooLarge):
        read_rows(data + b"\n", RESIDENCY, TODAY)


# ---- anything at all ----


@given(st.binary(max_size=300))
@settings(max_examples=200)
def test_any_bytes_give_rows_or_our_refusal(data: bytes) -> None:
    with suppress(Error):
        read(data)


@given(st.lists(st.text(max_size=20), min_size=5, max_size=5))
@settings(max_examples=200)
def test_any_cells_give_a_row_or_its_problems(cells: list[str]) -> None:
    try:
        rows = read(csv_text(dict(zip(GOOD, cells, strict=True))))
    except CsvUnreadable:  # a lone surrogate has no encoding at all
        return
    assert all(isinstance(row, Row) or row.problems for row in rows)
    codes = {code for row in rows if isinstance(row, RowError) for _, code in problems(row)}
    assert codes <= set(ProblemCode)
