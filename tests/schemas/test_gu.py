"""The districts."""

import re

from schemas.gu import gu_names


def test_there_are_twenty_five_districts_with_names_in_both_languages() -> None:
    names = gu_names()
    assert len(names) == 25
    assert all(re.fullmatch("11[0-9]{3}", code) for code in names)
    assert all(name.ko.endswith("구") and name.en.endswith("-gu") for name in names.values())
    assert names["11620"].ko == "관악구"
