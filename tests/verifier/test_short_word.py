"""Every result word can be shown without a value to fill in, and still reads as one."""

import pytest

from schemas.result_words import result_words
from verifier.short_word import short_word


@pytest.mark.parametrize("code", result_words())
def test_has_no_gap_and_no_loose_end(code: str) -> None:
    label = short_word(code)
    for text in (label.ko, label.en):
        assert text
        assert not set(text) & set("{}")
        assert text.count("(") == text.count(")")
        assert text[-1] not in " :,"


def test_leaves_the_words_as_they_are_otherwise() -> None:
    assert (short_word("EXPIRED").ko, short_word("EXPIRED").en) == (
        "유효기간이 지났습니다",
        "Expired",
    )
    assert short_word("RULE_NOT_MET").ko == "조건에 맞지 않습니다"
    assert short_word("REVOKED").en == "Revoked"
