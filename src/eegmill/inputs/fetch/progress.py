"""How far a fetch is: a live display in a terminal, plain lines in logs and CI."""

from __future__ import annotations

import threading
import time
from abc import ABC, abstractmethod
from contextlib import contextmanager
from typing import TYPE_CHECKING, TextIO

from ...sizes import size_in_words

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from rich.progress import Progress as RichProgress
    from rich.progress import TaskID

LINE_EVERY_S = 10.0


class Progress(ABC):
    """Told by threads what is to come and what came."""

    @abstractmethod
    def expect(self, recording: str, sizes: Mapping[str, int | None]) -> None:
        """Announce a recording: its files' sizes, where known. Once more changes nothing."""

    @abstractmethod
    def advance(self, recording: str, count: int) -> None:
        """Take note of bytes that came; a negative count takes bytes back."""

    @abstractmethod
    def finish(self, recording: str) -> None:
        """Take note that a recording is whole."""

    @abstractmethod
    def fail(self, recording: str, reason: str) -> None:
        """Take note that a recording cannot be had."""


class Silent(Progress):
    """Say nothing."""

    def expect(self, recording: str, sizes: Mapping[str, int | None]) -> None:
        """Do nothing."""

    def advance(self, recording: str, count: int) -> None:
        """Do nothing."""

    def finish(self, recording: str) -> None:
        """Do nothing."""

    def fail(self, recording: str, reason: str) -> None:
        """Do nothing."""


class Lines(Progress):
    """One plain line now and then, and one for each recording at its end."""

    def __init__(self, stream: TextIO, *, every_s: float = LINE_EVERY_S) -> None:
        self.stream = stream
        self.every_s = every_s
        self._lock = threading.Lock()
        self._began = self._last = time.monotonic()
        self._expected: dict[str, int] = {}
        self._done: dict[str, int] = {}

    def expect(self, recording: str, sizes: Mapping[str, int | None]) -> None:
        """Announce a recording."""
        with self._lock:
            self._expected.setdefault(recording, sum(size or 0 for size in sizes.values()))
            self._done.setdefault(recording, 0)

    def advance(self, recording: str, count: int) -> None:
        """Write a line if the last is long ago."""
        with self._lock:
            self._done[recording] += count
            if time.monotonic() - self._last < self.every_s:
                return
            self._last = time.monotonic()
            self._write(f"{recording}: {self._of(recording)}; {self._in_all()}")

    def finish(self, recording: str) -> None:
        """Write the recording's last line."""
        with self._lock:
            self._write(f"{recording}: fetched, {size_in_words(self._done[recording])}; {self._in_all()}")

    def fail(self, recording: str, reason: str) -> None:
        """Write why a recording cannot be had; its bytes are no longer waited for."""
        with self._lock:
            self._expected[recording] = self._done[recording]
            self._write(f"{recording}: failed: {reason}")

    def _of(self, recording: str) -> str:
        return f"{size_in_words(self._done[recording])} of {size_in_words(self._expected[recording])}"

    def _in_all(self) -> str:
        done, expected = sum(self._done.values()), sum(self._expected.values())
        rate = done / max(time.monotonic() - self._began, 1e-3)
        left = f", {max(expected - done, 0) / rate:.0f} s left" if rate and done < expected else ""
        return f"in all {size_in_words(done)} of {size_in_words(expected)}, {size_in_words(rate)}/s{left}"

    def _write(self, line: str) -> None:
        self.stream.write(f"{line}\n")
        self.stream.flush()


class Display(Progress):
    """Bars in a terminal: one for each recording under way, and one for all."""

    def __init__(self, bars: RichProgress) -> None:
        self._bars = bars
        self._lock = threading.Lock()
        self._sizes: dict[str, int] = {}
        self._tasks: dict[str, TaskID] = {}
        self._all = bars.add_task("all", total=0)

    def expect(self, recording: str, sizes: Mapping[str, int | None]) -> None:
        """Make the bar of all longer."""
        with self._lock:
            self._sizes.setdefault(recording, sum(size or 0 for size in sizes.values()))
            self._bars.update(self._all, total=sum(self._sizes.values()))

    def advance(self, recording: str, count: int) -> None:
        """Move the bars."""
        with self._lock:
            if recording not in self._tasks:
                self._tasks[recording] = self._bars.add_task(recording, total=self._sizes[recording])
        self._bars.advance(self._tasks[recording], count)
        self._bars.advance(self._all, count)

    def finish(self, recording: str) -> None:
        """Take the recording's bar away."""
        with self._lock:
            if recording in self._tasks:
                self._bars.remove_task(self._tasks.pop(recording))

    def fail(self, recording: str, reason: str) -> None:
        """Say why above the bars, and take the recording's bar away."""
        self._bars.console.print(f"{recording}: failed: {reason}", markup=False, highlight=False)
        self.finish(recording)


@contextmanager
def showing(stream: TextIO) -> Iterator[Progress]:
    """Show progress on a stream, in the way that suits it.

    Examples
    --------
    >>> import io
    >>> log = io.StringIO()
    >>> with showing(log) as progress:
    ...     progress.expect("sub-01_task-rest", {"a.edf": 4})
    ...     progress.advance("sub-01_task-rest", 4)
    ...     progress.finish("sub-01_task-rest")
    >>> log.getvalue()
    'sub-01_task-rest: fetched, 4 B; in all 4 B of 4 B, ...
    """
    if not stream.isatty():
        yield Lines(stream)
        return
    from rich.console import Console
    from rich.progress import BarColumn, DownloadColumn, TextColumn, TimeRemainingColumn, TransferSpeedColumn
    from rich.progress import Progress as RichProgress

    columns = TextColumn("{task.description}"), BarColumn(), DownloadColumn(), TransferSpeedColumn()
    with RichProgress(*columns, TimeRemainingColumn(), console=Console(file=stream)) as bars:
        yield Display(bars)
