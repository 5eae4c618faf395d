"""Where a run is shown: a terminal, which is drawn again and again, or anything else, which gets plain lines."""

from __future__ import annotations

import os
from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, TextIO

from .standing import Standing
from .words import duration, step_words, summary

if TYPE_CHECKING:
    from rich.console import Console, RenderableType

ROOM = 6
"""Lines of a terminal that are left to what was said before."""
NAME_WIDTH = 48
NARROW = 12
"""A name is given at least so many columns."""


class Screen(ABC):
    """Shows a run."""

    every_s: float
    """How often it is worth a look at what the jobs wrote."""

    @abstractmethod
    def say(self, line: str) -> None:
        """Show a line that stays."""

    @abstractmethod
    def show(self, text: str) -> None:
        """Show text as it is."""

    @abstractmethod
    def begin(self, line: str) -> None:
        """Show that something begins, unless it is drawn."""

    @abstractmethod
    def draw(self, standing: Standing) -> None:
        """Show how far the run is."""

    @abstractmethod
    def close(self) -> None:
        """Leave the terminal to others."""


class Plain(Screen):
    """Lines alone."""

    every_s = 1.0

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def say(self, line: str) -> None:
        """Write a line."""
        self.show(f"eegmill: {line}")

    def show(self, text: str) -> None:
        """Write text."""
        self._stream.write(f"{text}\n")
        self._stream.flush()

    def begin(self, line: str) -> None:
        """Write a line."""
        self.say(line)

    def draw(self, standing: Standing) -> None:
        """Do nothing."""

    def close(self) -> None:
        """Do nothing."""


class Drawn(Screen):
    """A few lines at the bottom of a terminal; whatever else is written scrolls by above them."""

    every_s = 0.5

    def __init__(self, stream: TextIO, *, color: bool = True) -> None:
        from rich.console import Console
        from rich.live import Live

        self.console = Console(file=stream, highlight=False, no_color=None if color else True)
        self._live = Live(console=self.console, auto_refresh=False, transient=True)

    def say(self, line: str) -> None:
        """Print a line above."""
        from rich.text import Text

        self.console.print(Text(f"eegmill: {line}", style=_style(line)), soft_wrap=True)  # paths can be copied

    def show(self, text: str) -> None:
        """Print text above."""
        self.console.print(text, markup=False, soft_wrap=True)

    def begin(self, line: str) -> None:
        """Do nothing."""

    def draw(self, standing: Standing) -> None:
        """Draw the lines again."""
        if not self._live.is_started:
            self._live.start()
        self._live.update(drawing(standing, self.console), refresh=True)

    def close(self) -> None:
        """Wipe the lines away and give the cursor back."""
        if self._live.is_started:
            from rich.text import Text

            self._live.update(Text(""))
            self._live.stop()


def screen_for(stream: TextIO, *, color: bool = True) -> Screen:
    """The screen that suits a stream: drawing needs a terminal that can move its cursor."""
    if stream.isatty() and os.environ.get("TERM", "dumb") != "dumb":
        return Drawn(stream, color=color)
    return Plain(stream)


def drawing(standing: Standing, console: Console) -> RenderableType:
    """The lines of a run: one for each recording or job under way, as many as fit, and one for all."""
    from rich.console import Group
    from rich.table import Table
    from rich.text import Text

    rows = _rows(standing)
    fit = max(console.height - ROOM, 1)
    table = Table.grid(padding=(0, 2, 0, 0))
    table.add_column(no_wrap=True, overflow="ellipsis", max_width=max(NARROW, min(NAME_WIDTH, console.width // 2)))
    table.add_column(no_wrap=True, overflow="ellipsis")
    time_width = max((len(took) for *_, took in rows[:fit]), default=0)  # half a time is another time
    table.add_column(no_wrap=True, justify="right", style="dim", min_width=time_width)
    for row in rows[:fit]:
        table.add_row(*map(Text, row))
    more = [Text(f"and {len(rows) - fit} more", style="dim")] if len(rows) > fit else []
    return Group(table, *more, Text(summary(standing), style="bold", no_wrap=True, overflow="ellipsis"))


def _rows(standing: Standing) -> list[tuple[str, str, str]]:
    now_s, n_steps = standing.clock(), len(standing.board.steps)
    of_recordings = [
        (one.recording, step_words(one, n_steps), duration(now_s - one.since_s)) for one in standing.running.values()
    ]
    return of_recordings + [(job.dataset, job.rule, duration(now_s - job.since_s)) for job in standing.jobs.values()]


def _style(line: str) -> str:
    if ": failed" in line:
        return "red"
    return "yellow" if ": rejected" in line else ""
