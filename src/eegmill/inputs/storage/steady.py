"""Giving up on a connection that only drips."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from .faults import Transient

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from ..limits import Limits


def steady(chunks: Iterable[bytes], limits: Limits) -> Iterator[bytes]:
    """Pass chunks on while they come at ``limits.slowest_bytes_per_s`` or more, over every ``limits.stall_s``.

    Raises
    ------
    Transient
        If they do not.
    """
    began, count = time.monotonic(), 0
    for chunk in chunks:
        yield chunk
        count += len(chunk)
        passed = time.monotonic() - began
        if passed < limits.stall_s:
            continue
        if count < limits.slowest_bytes_per_s * passed:
            msg = f"The connection stalled: {count} bytes in {passed:.0f} s."
            raise Transient(msg)
        began, count = time.monotonic(), 0
