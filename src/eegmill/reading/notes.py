"""Notes taken while a file is read: whatever the readers in this package tell their logs goes into the record too."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager

READERS = logging.getLogger(__package__)


class _Notebook(logging.Handler):
    def __init__(self) -> None:
        super().__init__(logging.INFO)
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(record.getMessage())


@contextmanager
def noted() -> Iterator[list[str]]:
    """Collect what is told inside the block, in order.

    >>> with noted() as notes:
    ...     logging.getLogger("eegmill.reading.events").info("3 events are left out")
    >>> notes
    ['3 events are left out']
    """
    notebook, level = _Notebook(), READERS.level
    READERS.addHandler(notebook)
    READERS.setLevel(logging.INFO)
    try:
        yield notebook.lines
    finally:
        READERS.setLevel(level)
        READERS.removeHandler(notebook)
