"""Another try, after a while, where it may help."""

from __future__ import annotations

import random
import time
from typing import TYPE_CHECKING, TypeVar

from ..errors import SourceError
from .storage.faults import Transient

if TYPE_CHECKING:
    from collections.abc import Callable

    from .limits import Limits

T = TypeVar("T")

LONGEST_WAIT_S = 60.0


def pause_s(backoff_s: float, failures: int, error: Transient) -> float:
    """How long to wait: doubled each time, with jitter, and never less than the server asks for, up to a minute."""
    wait = backoff_s * 2.0**failures * (0.5 + random.random())
    return min(max(wait, error.retry_after_s or 0.0), LONGEST_WAIT_S)


def retried(action: Callable[[], T], limits: Limits) -> T:
    """Do something that can be done again as a whole.

    Raises
    ------
    SourceError
        If it failed ``limits.attempts`` times; with the last reason.
    """
    failures = 0
    while True:
        try:
            return action()
        except Transient as error:
            failures += 1
            if failures >= limits.attempts:
                msg = f"Given up after {failures} tries. The last: {error}"
                raise SourceError(msg) from error
            time.sleep(pause_s(limits.backoff_s, failures, error))
