"""Bulk writers give way: reading and writing share one interpreter lock, and readers wait for their page."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

RECENT_S = 0.25
REST = 5.0
"""Rest for each second of work while somebody reads: a writer then is at work a sixth of the time."""
LONGEST_REST_S = 3.0


class Pace:
    """Knows when the last read was, and lets writers rest accordingly."""

    def __init__(self, sleep: Callable[[float], None] = time.sleep) -> None:
        self._last_read_s = -RECENT_S
        self._sleep = sleep

    def note_read(self) -> None:
        """Somebody reads now."""
        self._last_read_s = time.monotonic()

    @contextmanager
    def giving_way(self) -> Iterator[None]:
        """Do a piece of work; rest afterwards if somebody reads."""
        start_s = time.monotonic()
        try:
            yield
        finally:
            if time.monotonic() - self._last_read_s < RECENT_S:
                self._sleep(min(LONGEST_REST_S, REST * (time.monotonic() - start_s)))
