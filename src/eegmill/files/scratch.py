"""What passes between two jobs of one run: exact, and never half-written.

A scratch file is a pickle, and behind it the samples as they lie in memory: within a pickle they would be copied first.
It is read by the run that wrote it and by no one else; it is no result and is not kept.
"""

from __future__ import annotations

import os
import pickle
from pathlib import Path
from typing import BinaryIO, TypeVar

from ..errors import RecordingError
from ..machine import leave_memory

Kind = TypeVar("Kind")
PIECE_BYTES = 1 << 24
"""Written at once: of samples that lie in a file no more than this comes into memory."""

READING_FAULTS = (pickle.UnpicklingError, EOFError, AttributeError, ImportError, IndexError, ValueError, TypeError)
"""What unpickling raises on a file that is cut off, foreign, or of another version."""


def save(value: object, path: Path) -> None:
    """Write a value for the next job."""
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(f".{path.name}.{os.getpid()}.partial")
    try:
        with partial.open("wb") as stream:
            _write(value, stream)
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
            value = _read(stream)
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


def _write(value: object, stream: BinaryIO) -> None:
    buffers: list[pickle.PickleBuffer] = []
    head = pickle.dumps(value, protocol=5, buffer_callback=buffers.append)
    parts = [buffer.raw() for buffer in buffers]
    pickle.dump((head, [part.nbytes for part in parts]), stream, protocol=5)
    for part in parts:
        for start in range(0, part.nbytes, PIECE_BYTES):
            stream.write(part[start : start + PIECE_BYTES])
            leave_memory(part)


def _read(stream: BinaryIO) -> object:
    head, sizes = pickle.load(stream)
    buffers = [bytearray(size) for size in sizes]
    for buffer in buffers:
        if stream.readinto(buffer) < len(buffer):  # type: ignore[attr-defined]  # BinaryIO does not know it
            msg = "the samples are cut off"
            raise EOFError(msg)
    return pickle.loads(head, buffers=buffers)
