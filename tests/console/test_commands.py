import click
import pytest
from click.testing import CliRunner, Result

from console.commands import Exit, RefusingGroup, report
from credentials.errors import Error, Expired
from web.problem_rows import problem


class Unlisted(Error):
    code = "no-such-row"


@click.group(cls=RefusingGroup)
def _outer() -> None:
    pass


@_outer.group("inner", cls=RefusingGroup)
def _inner() -> None:
    pass


@_outer.command("fine")
def _fine() -> None:
    click.echo("done")


@_inner.command("refuse")
@click.argument("kind")
def _refuse(kind: str) -> None:
    if kind == "bug":
        raise ZeroDivisionError
    raise {"listed": Expired, "unlisted": Unlisted}[kind]("it was over yesterday")


def _run(*arguments: str) -> Result:
    return CliRunner().invoke(_outer, arguments)


def test_exit_statuses_are_permanent() -> None:
    assert {each.name: each.value for each in Exit} == {
        "OK": 0,
        "REFUSED": 1,
        "USAGE": 2,
        "INDETERMINATE": 3,
    }


def test_what_is_done_ends_with_0() -> None:
    result = _run("fine")
    assert (result.exit_code, result.stdout, result.stderr) == (0, "done\n", "")


def test_a_refusal_is_told_once_in_both_languages_on_stderr() -> None:
    result = _run("inner", "refuse", "listed")
    row = problem("expired")
    assert result.exit_code == Exit.REFUSED
    assert result.stdout == ""
    assert result.stderr.splitlines() == [
        "expired: it was over yesterday",
        f"  {row.title_ko}. {row.advice_ko}",
        f"  {row.title_en}. {row.advice_en}",
    ]


def test_a_refusal_without_a_row_has_its_code_and_detail() -> None:
    result = _run("inner", "refuse", "unlisted")
    assert result.exit_code == Exit.REFUSED
    assert result.stderr == "no-such-row: it was over yesterday\n"


def test_a_bug_is_not_a_refusal() -> None:
    result = _run("inner", "refuse", "bug")
    assert isinstance(result.exception, ZeroDivisionError)


def test_wrong_usage_ends_with_2() -> None:
    assert _run("nothing").exit_code == Exit.USAGE
    assert _run("inner", "refuse").exit_code == Exit.USAGE


def test_a_report_alone_does_not_end_anything(capsys: pytest.CaptureFixture[str]) -> None:
    report(Expired("it was over yesterday"))
    assert capsys.readouterr().err.startswith("expired: it was over yesterday\n")
