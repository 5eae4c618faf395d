"""What passes between two jobs of one run: exact, and never half-written.

A scratch file is a pickle. It is read by the run that wrote it and by no one else; it is no result and is not kept.
"""

from __future__ import annotations

import os
import pickle
from pathlib import Path
from typing import TypeVar

from ..errors import RecordingError

Kind = TypeVar("Kind")

READING_FAULTS = (pickle.UnpicklingError, EOFError, AttributeError, ImportError, IndexError, ValueError, TypeError)
"""What unpickling raises on a file that is cut off, foreign, or of another version."""


def save(value: object, path: Path) -> None:
    """Write a value for the next job."""
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(f".{path.name}.{os.getpid()}.partial")
    try:
        with partial.open("wb") as stream:
            pickle.dump(value, stream, protocol=5)
        partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)


def load(path: Path, kind: type[Kind]) -> Kind:
    """Read what ``save`` wrote, and make sure of its kind.

    Raises
    ------
    RecordingError
        If the file is missing, cut off or holds something else.
    """
    try:
        with path.open("rb") as stream:
            value = pickle.load(stream)
    except FileNotFoundError:
        msg = f"Scratch file '{path.name}' is missing; run the job that makes it again."
        raise RecordingError(msg) from None
    except READING_FAULTS as error:
        msg = f"Scratch file '{path.name}' cannot be read ({type(error).__name__}); delete it and run again."
        raise RecordingError(msg) from error
    if not isinstance(value, kind):
        msg = f"Scratch file '{path.name}' does not hold a {kind.__name__}; delete it and run again."
        raise RecordingError(msg)
    return value
