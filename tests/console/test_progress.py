import io
import sys
from collections.abc import Iterator

import pytest

from console.progress import progress_bars, with_progress


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_items_pass_through_untouched_and_nothing_is_shown_to_programs(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert list(with_progress(range(3), "rows")) == [0, 1, 2]
    shown = capsys.readouterr()
    assert (shown.out, shown.err) == ("", "")


def test_a_person_at_a_terminal_sees_how_many_have_gone_by(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    assert list(with_progress(iter("abc"), "rows")) == ["a", "b", "c"]
    assert "rows" in terminal.getvalue()
    assert capsys.readouterr().out == ""


def test_items_are_taken_one_at_a_time() -> None:
    taken: list[int] = []

    def items() -> Iterator[int]:
        for number in range(3):
            taken.append(number)
            yield number

    passed = with_progress(items(), "rows")
    next(iter(passed))
    assert taken == [0]


def test_bars_show_how_many_of_how_many_and_the_time_left(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    with progress_bars("leaves", "files") as (on_leaves, on_files):
        assert "leaves" not in terminal.getvalue()
        on_leaves(256, 600)
        on_leaves(600, 600)
        on_files(1, 1)
    shown = terminal.getvalue()
    assert "leaves" in shown
    assert "600/600" in shown
    assert "files" in shown
    assert capsys.readouterr().out == ""


def test_bars_show_nothing_to_programs(capsys: pytest.CaptureFixture[str]) -> None:
    with progress_bars("leaves") as (on_leaves,):
        on_leaves(1, 2)
    shown = capsys.readouterr()
    assert (shown.out, shown.err) == ("", "")
