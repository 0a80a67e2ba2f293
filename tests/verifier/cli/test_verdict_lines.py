import re
from typing import Any

import pytest

from console.commands import Exit
from credentials.claims import Claims
from tests.simulators.forger import Forger
from tests.simulators.judge import ASKED, judge
from tests.simulators.one_change import changed
from verifier.cli.verdict_lines import exit_status, verdict_lines
from verifier.verdict_document import verdict_document

HANGUL = re.compile("[\uac00-\ud7a3]")


@pytest.fixture(scope="module")
def accepted(forger: Forger) -> Claims:
    shown = forger.present(forger.issue(), ASKED, "residentOfGu.11620", "nameKo")
    question = forger.question(ASKED, "residentOfGu.11620", "nameKo")
    return verdict_document(judge(forger, shown, question=question))


@pytest.fixture(scope="module")
def rejected(forger: Forger) -> Claims:
    return verdict_document(judge(forger, "nonsense"))


def test_begins_with_the_result_word_in_both_languages(accepted: Claims, rejected: Claims) -> None:
    assert verdict_lines(accepted)[0] == "확인됨 / Verified [OK]"
    assert verdict_lines(rejected)[0] == "위·변조가 의심됩니다 / Possibly altered [TAMPERED]"


def test_names_issuer_and_claims_if_they_are_established(
    accepted: Claims, rejected: Claims
) -> None:
    lines = verdict_lines(accepted)
    assert lines[1] == "관악구청 / Gwanak District Office (GU-11620)"
    assert f"  {ASKED} = true" in lines
    assert "  nameKo = 김시범" in lines
    assert '  residentOfGu = {"11620": true}' in lines
    assert lines[-1].startswith("등록부와 상태 목록을 확인한 시점: 2026-03-13T03:00:00Z")
    assert lines[-1].endswith("the status lists are known as of 2026-03-13T03:00:00Z")
    assert not any("=" in line for line in verdict_lines(rejected))
    assert verdict_lines(rejected)[1].startswith("✗ format")


def test_has_a_line_for_every_check_with_a_mark_and_both_sentences(
    accepted: Claims, rejected: Claims
) -> None:
    for document in (accepted, rejected):
        lines = [line for line in verdict_lines(document) if line[0] in "✓✗?–"]
        assert len(lines) == 12
        assert all(HANGUL.search(line) for line in lines)
    assert {line[0] for line in lines[1:]} == {"?"}


@pytest.mark.parametrize(
    ("code", "line"),
    [
        ("EXPIRED", "유효기간이 지났습니다 / Expired [EXPIRED]"),
        ("RULE_NOT_MET", "조건에 맞지 않습니다 / Condition not met [RULE_NOT_MET]"),
    ],
)
def test_leaves_no_hole_in_a_word_that_pages_fill_in(
    rejected: Claims, code: str, line: str
) -> None:
    assert verdict_lines({**rejected, "code": code})[0] == line


@pytest.mark.parametrize(
    ("decision", "status"),
    [("accepted", Exit.OK), ("rejected", Exit.REFUSED), ("indeterminate", Exit.INDETERMINATE)],
)
def test_ends_with_the_status_of_its_decision(
    rejected: Claims, decision: str, status: Exit
) -> None:
    assert exit_status({**rejected, "decision": decision}) is status
    assert {Exit.OK: 0, Exit.REFUSED: 1, Exit.INDETERMINATE: 3}[status] == status


@pytest.mark.parametrize("value", ["a\x1b[2Jb", "a\nb", "a\u202eb"])
def test_spells_out_what_a_terminal_would_obey(accepted: Claims, value: str) -> None:
    document: Any = changed(accepted, "claims", "nameKo", to=value)
    (line,) = [line for line in verdict_lines(document) if "nameKo" in line]
    assert line.isprintable()
