"""Another try, after a while, at what a source did not give."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, TypeVar

from ..errors import Unavailable
from ..retries import pause_s
from .storage.faults import Transient

if TYPE_CHECKING:
    from collections.abc import Callable

    from .limits import Limits

T = TypeVar("T")


def retried(action: Callable[[], T], limits: Limits) -> T:
    """Do something that can be done again as a whole.

    Raises
    ------
    Unavailable
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
                raise Unavailable(msg) from error
            time.sleep(pause_s(limits.backoff_s, failures, asked_s=error.retry_after_s))
