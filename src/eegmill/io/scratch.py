"""The recording between two jobs of one run: exact, and never half-written.

A scratch file is a pickle. It is read by the run that wrote it and by no one else; it is no result and is not kept.
"""

from __future__ import annotations

import os
import pickle
from pathlib import Path

from ..errors import RecordingError
from ..steps.contract import Recording

READING_FAULTS = (pickle.UnpicklingError, EOFError, AttributeError, ImportError, IndexError, ValueError, TypeError)
"""What unpickling raises on a file that is cut off, foreign, or of another version."""


def save(recording: Recording, path: Path) -> None:
    """Write a recording for the next job."""
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(f".{path.name}.{os.getpid()}.partial")
    try:
        with partial.open("wb") as stream:
            pickle.dump(recording, stream, protocol=5)
        partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)


def load(path: Path) -> Recording:
    """Read what ``save`` wrote.

    Raises
    ------
    RecordingError
        If the file is missing, cut off or not a recording.
    """
    try:
        with path.open("rb") as stream:
            recording = pickle.load(stream)
    except FileNotFoundError:
        msg = f"Scratch file '{path.name}' is missing; run the job that makes it again."
        raise RecordingError(msg) from None
    except READING_FAULTS as error:
        msg = f"Scratch file '{path.name}' cannot be read ({type(error).__name__}); delete it and run again."
        raise RecordingError(msg) from error
    if not isinstance(recording, Recording):
        msg = f"Scratch file '{path.name}' does not hold a recording; delete it and run again."
        raise RecordingError(msg)
    return recording
