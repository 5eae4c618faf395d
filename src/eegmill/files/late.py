"""Files that another machine has written: a network folder may show them late, up to a minute.

Snakemake waits for the inputs of a rule (``latency-wait``); a job waits here for what it reads beside them.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

MAX_LATE_S = 60.0
"""As long as the profiles for clusters let Snakemake wait. NFS believes what it knows for 60 s at most, by default."""
FIRST_PAUSE_S = 0.1
MAX_PAUSE_S = 2.0


def wait_while(lacks: Callable[[], str], *, max_s: float | None = None) -> str:
    """Wait as long as something is not there yet, and say so once.

    Parameters
    ----------
    lacks
        What is not there, in words; empty once all is.
    max_s
        By default `MAX_LATE_S`.

    Returns
    -------
    str
        What was still not there at the end; empty in the good case.
    """
    max_s = MAX_LATE_S if max_s is None else max_s
    reason, deadline, pause_s = lacks(), time.monotonic() + max_s, FIRST_PAUSE_S
    if reason and max_s > 0:
        _tell(f"{reason}: waits for it, up to {max_s:.0f} s, since a network folder may show late what others write")
    while reason and time.monotonic() < deadline:
        time.sleep(pause_s)
        pause_s = min(2 * pause_s, MAX_PAUSE_S)
        reason = lacks()
    return reason


def look_again(folder: Path) -> None:
    """List a folder, whereupon NFS forgets which names it has not seen in it."""
    with suppress(OSError):
        os.listdir(folder)  # noqa: PTH208 - of a path in a network folder, at once and without objects


def is_late(path: Path) -> bool:
    """Whether a file is not seen, although its folder was listed anew."""
    if path.is_file():
        return False
    look_again(path.parent)
    return not path.is_file()


def _tell(line: str) -> None:
    sys.stderr.write(f"eegmill: {line}\n")
    sys.stderr.flush()
