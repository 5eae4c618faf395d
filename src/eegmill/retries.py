"""When a request over HTTP deserves another try, and how long to wait for it: one policy for API and files."""

from __future__ import annotations

import email.utils
import random
from datetime import UTC, datetime

RETRIED_STATUSES = frozenset({408, 425, 429, 500, 502, 503, 504})
"""Overload, and what passes: another try may help."""
LONGEST_WAIT_S = 60.0


def pause_s(backoff_s: float, failures: int, *, asked_s: float | None = None, jitter: bool = True) -> float:
    """How long to wait: doubled each time, and never less than the server asks for, up to a minute.

    Parameters
    ----------
    backoff_s, failures
        The wait before the first new try, and how many tries failed since.
    asked_s
        What the server asked for (:func:`retry_after_s`).
    jitter
        Whether to spread the waits of many clients by half to both sides.
    """
    wait_s = backoff_s * 2.0**failures * (0.5 + random.random() if jitter else 1.0)
    return min(max(wait_s, asked_s or 0.0), LONGEST_WAIT_S)


def retry_after_s(value: str) -> float | None:
    """Seconds that a ``Retry-After`` asks for (RFC 9110, 10.2.3: a number or a date); None if it says nothing.

    Examples
    --------
    >>> retry_after_s("7"), retry_after_s("Wed, 21 Oct 2015 07:28:00 GMT"), retry_after_s("soon")
    (7.0, 0.0, None)
    """
    text = value.strip()
    if text.isdecimal():
        return float(text[:9])  # more than nine digits are no wait but an attack on float
    try:
        until = email.utils.parsedate_to_datetime(text)
    except ValueError:
        return None
    return max(0.0, (until.replace(tzinfo=until.tzinfo or UTC) - datetime.now(UTC)).total_seconds())
