"""How many threads numerical libraries use."""

from __future__ import annotations

import os

from eegmill.machine import LIMITS


def limit_threads() -> None:
    """One thread, unless the environment says another number. Must come before numpy is imported: it looks once."""
    for name in LIMITS:
        os.environ.setdefault(name, "1")
