"""How a run looks in a terminal and elsewhere."""

from __future__ import annotations

import io
import re

import pytest
from rich.console import Console

from eegmill.live.board import Board
from eegmill.live.progress import Line
from eegmill.live.screen import Drawn, Plain, drawing, screen_for
from eegmill.live.standing import Standing

CONTROL = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.fixture
def standing() -> Standing:
    board = Board()
    names = [f"sub-{number:02}_ses-baseline_task-attention_run-01" for number in range(20)]
    board.expect("ds1", dict.fromkeys(names, 10.0), ["highpass", "ica"])
    found = Standing(board)
    for name in names[1:]:
        found.note("ds1", Line(event="step", time="", recording=name, stage="decompose", step="ica"))
    found.note("ds1", Line(event="ended", time="", recording=names[0], stage="clean", status="failed"))
    return found


def shown(standing: Standing, *, width: int, height: int) -> list[str]:
    console = Console(file=io.StringIO(), width=width, height=height, force_terminal=True)
    with console.capture() as capture:
        console.print(drawing(standing, console))
    return CONTROL.sub("", capture.get()).splitlines()


@pytest.mark.parametrize("width", [40, 80, 200])
def test_each_recording_has_one_line_that_fits(standing: Standing, width: int) -> None:
    lines = shown(standing, width=width, height=50)
    assert len(lines) == 20
    assert all(len(line) <= width for line in lines)
    assert all("ica (2 of 2)" in line for line in lines[:-1])


def test_a_time_is_whole_in_a_narrow_terminal(standing: Standing) -> None:
    assert all(re.search(r"\d+ (s|min)$", line.rstrip()) for line in shown(standing, width=40, height=50)[:-1])


def test_what_does_not_fit_is_counted(standing: Standing) -> None:
    lines = shown(standing, width=80, height=12)
    assert len(lines) <= 12
    assert "and 13 more" in lines


def test_the_last_line_sums_up(standing: Standing) -> None:
    assert shown(standing, width=80, height=50)[-1] == "0 of 20 recordings done, 1 failed, about 0 s left"


def test_what_is_no_terminal_gets_no_control_codes() -> None:
    stream = io.StringIO()
    screen = screen_for(stream)
    screen.begin("begins")
    screen.say("says")
    screen.close()
    assert stream.getvalue() == "eegmill: begins\neegmill: says\n"


def test_a_terminal_that_cannot_move_its_cursor_gets_plain_lines(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "dumb")
    assert isinstance(screen_for(Terminal()), Plain)


def test_the_cursor_is_given_back_and_nothing_drawn_stays(standing: Standing, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm")
    stream = Terminal()
    screen = screen_for(stream)
    assert isinstance(screen, Drawn)
    screen.draw(standing)
    screen.close()
    assert stream.getvalue().rfind("\x1b[?25h") > stream.getvalue().rfind("\x1b[?25l")
    assert "ica" not in stream.getvalue().rpartition("\x1b[?25h")[2]


def test_colours_are_left_out_where_nobody_wants_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm")
    written = []
    for value in ("", "1"):
        monkeypatch.setenv("NO_COLOR", value)
        stream = Terminal()
        screen_for(stream).say("sub-01: failed: so it goes")
        written.append(stream.getvalue())
    assert CONTROL.search(written[0])
    assert not CONTROL.search(written[1])
