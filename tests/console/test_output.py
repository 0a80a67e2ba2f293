import json

import click
import pytest
from click.testing import CliRunner

from console.output import emit, json_option, member_lines

DOCUMENT = {"name": "서울도서관", "items": [1, None, True]}


@click.command()
@json_option
def _command(*, as_json: bool) -> None:
    emit(DOCUMENT, ["서울도서관", "second line"], as_json=as_json)


def test_programs_get_exactly_one_document() -> None:
    printed = CliRunner().invoke(_command, ["--json"]).stdout
    assert json.loads(printed) == DOCUMENT
    assert printed.count("\n") == 1
    assert "서울도서관" in printed  # readable as it is, not as escapes


def test_people_get_lines() -> None:
    assert CliRunner().invoke(_command).stdout == "서울도서관\nsecond line\n"


@pytest.mark.parametrize("document", [[], {}, [{"a": 1}]], ids=str)
def test_empty_documents_are_documents(document: list[dict[str, int]]) -> None:
    runner = CliRunner()

    @click.command()
    def command() -> None:
        emit(document, [], as_json=True)

    assert json.loads(runner.invoke(command).stdout) == document


def test_no_lines_print_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    emit(DOCUMENT, [], as_json=False)
    assert capsys.readouterr().out == ""


def test_people_read_no_words_of_a_programming_language() -> None:
    document = {"valid": True, "known": False, "tx_code": None, "dids": 0, "name": "관악구청"}
    assert member_lines(document) == [
        *("valid: yes", "known: no", "tx_code: -", "dids: 0", "name: 관악구청"),
    ]
