"""The table of result words."""

import re

from schemas.result_words import DecisionClass, result_words

ACCEPTED = {"OK", "OK_OFFLINE", "OK_BEARER"}
INDETERMINATE = {"UNAVAILABLE"}


def test_the_table_has_every_word() -> None:
    assert set(result_words()) == ACCEPTED | INDETERMINATE | {
        "EXPIRED", "NOT_YET", "SUSPENDED", "REVOKED", "TAMPERED", "UNKNOWN_ISSUER", "NOT_ALLOWED",
        "REPLAYED", "HOLDER_MISMATCH", "RULE_NOT_MET",
    }  # fmt: skip


def test_only_what_is_established_is_accepted_and_shown_as_success() -> None:
    words = result_words().values()
    assert {word.code for word in words if word.decision is DecisionClass.ACCEPTED} == ACCEPTED
    assert {word.code for word in words if word.colour == "success"} == ACCEPTED


def test_what_could_not_be_checked_is_neither_accepted_nor_rejected() -> None:
    unknown = {word.code for word in result_words().values()
               if word.decision is DecisionClass.INDETERMINATE}  # fmt: skip
    assert unknown == INDETERMINATE
    assert result_words()["UNAVAILABLE"].colour == "gray"


def test_both_languages_leave_the_same_to_fill_in() -> None:
    for word in result_words().values():
        fields = re.findall(r"{(\w+)}", word.ko)
        assert fields == re.findall(r"{(\w+)}", word.en)
        assert set(fields) <= {"time", "date", "rule"}


def test_no_word_relies_on_its_colour_alone() -> None:
    assert all(word.icon for word in result_words().values())
    assert {word.colour for word in result_words().values()} == {
        "success", "warning", "danger", "gray",
    }  # fmt: skip
