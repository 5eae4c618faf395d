"""What a page tells of a recording whose job did not come to its end."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from ..sizes import size_in_words

MAX_LINES = 40
MAX_LETTERS = 400
"""Of a line of a log."""
CONTROL = re.compile(r"\x1b\[[0-9;?]*[ -/]*[@-~]|[\x00-\x08\x0b-\x1f\x7f]")
"""Colours and other signs for terminals."""


@dataclass(frozen=True)
class InputFile:
    """A file that the recording was to be read from."""

    path: str
    role: str
    size: int | None
    """Bytes, as the lock has them; None where the source does not tell."""
    found: int | None
    """Bytes that are there; None where it is not."""

    @property
    def told(self) -> str:
        """How large it is, and whether that is what was expected."""
        if self.found is None:
            return "not there"
        if self.size not in (None, self.found):
            return f"{size_in_words(self.found)}, expected {size_in_words(self.size or 0)}"
        return size_in_words(self.found)


@dataclass(frozen=True)
class LogEnd:
    """The last lines of a log."""

    lines: tuple[str, ...] = ()
    left_out: int = 0
    """Lines before them."""


@dataclass(frozen=True)
class Unfinished:
    """What is known beside the record."""

    files: tuple[InputFile, ...]
    log: LogEnd
    was_read: bool
    """Whether its files could be read, so that the steps of the recipe began."""


def log_end(text: str, *, private: Sequence[str] = ()) -> LogEnd:
    """The end of a log, without colours.

    Parameters
    ----------
    private
        Names, such as those of host and user, that are left out.
    """
    text = CONTROL.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))
    for name in sorted(private, key=len, reverse=True):
        text = re.sub(rf"(?<!\w){re.escape(name)}(?!\w)", "…", text)
    lines = [line.rstrip() for line in text.split("\n") if line.strip()]
    kept = [line if len(line) <= MAX_LETTERS else f"{line[:MAX_LETTERS]} …" for line in lines[-MAX_LINES:]]
    return LogEnd(tuple(kept), max(len(lines) - MAX_LINES, 0))
