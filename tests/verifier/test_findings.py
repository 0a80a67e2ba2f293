"""The table of findings holds what the checks can say: every code, and no other."""

import ast
import re
from pathlib import Path

from schemas.result_words import DecisionClass, result_words
from verifier.findings import finding_texts

VERIFIER = Path(__file__).parents[2] / "verifier"
FINDINGS = {"Failed", "Unknown", "NotApplicable"}
NOTED = {"passed", "not-run"}  # what `Verification` notes by itself
HANGUL = re.compile("[\uac00-\ud7a3]")


def found_in_code(kinds: set[str]) -> set[str]:
    """Every code that stands as a literal in a finding of these kinds."""
    codes = set()
    for path in VERIFIER.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", None) in kinds:
                literals = {
                    part.value
                    for argument in node.args
                    for part in ast.walk(argument)
                    if isinstance(part, ast.Constant) and isinstance(part.value, str)
                }
                codes |= literals
    return codes


def test_every_code_has_its_row_and_every_row_its_code() -> None:
    assert found_in_code(FINDINGS | {"Passed"}) | NOTED == set(finding_texts())


def test_a_word_leads_where_its_finding_leads() -> None:
    """A failure is shown by a word that rejects, and what is unknown by one that does not."""
    words, rows = result_words(), finding_texts()
    classes = {
        "Failed": {DecisionClass.REJECTED},
        "Unknown": {DecisionClass.INDETERMINATE},
        "NotApplicable": {DecisionClass.ACCEPTED},
    }
    for kind, allowed in classes.items():
        for code in found_in_code({kind}):
            assert words[rows[code].word].decision in allowed, code


def test_the_sentences_are_there_in_both_languages_and_stand_as_they_are() -> None:
    for code, row in finding_texts().items():
        assert HANGUL.search(row.ko), code
        assert row.en.isascii(), code
        assert row.ko.endswith("."), code
        assert row.en.endswith("."), code
        assert not set(row.ko + row.en) & set("{}"), code
