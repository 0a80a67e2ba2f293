import subprocess
import sys
from importlib.metadata import version

import click
import pytest
from click.testing import CliRunner, Result

from console.commands import Exit, RefusingGroup, exit_status_of, report, with_version
from credentials.errors import Error, Expired
from did_registry.errors import RegistryUnavailable
from issuer.errors import StatusListFull
from storage.errors import StorageUnavailable
from wallet.errors import CounterpartRefused
from web.errors import FetchFailed
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


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (RegistryUnavailable("it did not answer"), Exit.INDETERMINATE),
        (FetchFailed("it did not answer"), Exit.INDETERMINATE),
        (StorageUnavailable("it did not answer"), Exit.INDETERMINATE),
        (CounterpartRefused("it was down", reason="unavailable"), Exit.INDETERMINATE),
        (CounterpartRefused("it refused", reason="offer-not-open"), Exit.REFUSED),
        (CounterpartRefused("it refused"), Exit.REFUSED),
        (StatusListFull("no place is left"), Exit.REFUSED),
        (Unlisted("it is none"), Exit.REFUSED),
    ],
    ids=["registry", "fetch", "storage", "down", "closed", "refused", "full", "unlisted"],
)
def test_what_may_be_asked_again_ends_with_3(error: Error, status: Exit) -> None:
    assert exit_status_of(error) is status


def test_a_reason_has_its_own_sentences(capsys: pytest.CaptureFixture[str]) -> None:
    report(CounterpartRefused("it answered 409", reason="offer-not-open"), english_first=True)
    row = problem("offer-not-open")
    assert capsys.readouterr().err.splitlines() == [
        "counterpart-refused: it answered 409",
        f"  {row.title_en}. {row.advice_en}",
        f"  {row.title_ko}. {row.advice_ko}",
    ]


def test_a_reader_who_stops_reading_does_not_change_the_status() -> None:
    program = (
        "import sys\n"
        "from console.output import emit\n"
        "emit({}, ['a line'] * 100_000, as_json=False)\n"
        "sys.exit(3)\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", program], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as running:
        assert running.stdout
        assert running.stderr
        assert running.stdout.readline() == b"a line\n"
        running.stdout.close()
        assert running.stderr.read() == b""
    assert running.returncode == Exit.INDETERMINATE


def test_an_installed_command_tells_its_version() -> None:
    result = CliRunner().invoke(with_version(click.Group("gwanin")), ["--version"])
    assert result.stdout == f"gwanin {version('gwanin')}\n"


def test_a_bug_is_not_a_refusal() -> None:
    result = _run("inner", "refuse", "bug")
    assert isinstance(result.exception, ZeroDivisionError)


def test_wrong_usage_ends_with_2() -> None:
    assert _run("nothing").exit_code == Exit.USAGE
    assert _run("inner", "refuse").exit_code == Exit.USAGE


def test_a_report_alone_does_not_end_anything(capsys: pytest.CaptureFixture[str]) -> None:
    report(Expired("it was over yesterday"))
    assert capsys.readouterr().err.startswith("expired: it was over yesterday\n")
