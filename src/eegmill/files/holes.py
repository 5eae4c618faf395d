"""Stretches of a file that were never written: they read as zeros, of any length."""

from __future__ import annotations

import os
from pathlib import Path

MIN_SIZE = 1 << 20
"""Bytes below which nobody looks: file systems leave small holes as they like."""
MAX_HOLES = 0.5
"""The fraction of a file that may never have been written: more is a download that stopped, not a recording."""


def bytes_written(path: Path) -> int:
    """Bytes outside the holes of a file; all where the file system does not tell."""
    size, written, at = path.stat().st_size, 0, 0
    with path.open("rb") as stream:
        while at < size:
            try:
                start = os.lseek(stream.fileno(), at, os.SEEK_DATA)
                at = os.lseek(stream.fileno(), start, os.SEEK_HOLE)
            except OSError:
                return written if at or not path.stat().st_blocks else size
            written += at - start
    return written


def mostly_holes(path: Path) -> str | None:
    """Why a file cannot be whole, going by what was ever written of it."""
    size = path.stat().st_size
    if size < MIN_SIZE or (written := bytes_written(path)) >= size * (1 - MAX_HOLES):
        return None
    return (
        f"is {size} bytes long, of which only {written} were ever written: its copy or download stopped. "
        "Fetch it again."
    )
