"""Samples that wait in a temporary file while others are worked on.

The one exception to the rule that nothing here touches a disk: beside a large recording there is no room for a copy.
"""

from __future__ import annotations

import mmap
import os
import tempfile
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from typing import IO, TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator

    import mne
    from numpy.typing import NDArray

    from .types import Floats

LARGE_BYTES = 1 << 27
"""From here on zeros are made in a file."""


def zeros_aside(n_channels: int, n_times: int) -> NDArray[np.float32]:
    """Zeros of shape (n_channels, n_times) to be filled and left alone: many of them lie in a temporary file.

    `eegmill.machine.leave_memory` takes those out of the memory again. The file has no name, so nothing is left however
    the process ends; where it has no room, they lie in memory.
    """
    n_bytes = 4 * n_channels * n_times
    mapped = _mapped(n_bytes) if n_bytes >= LARGE_BYTES else None
    if mapped is None:
        return np.zeros((n_channels, n_times), np.float32)
    return np.frombuffer(mapped, np.float32).reshape(n_channels, n_times)


def _mapped(n_bytes: int) -> mmap.mmap | None:
    """A temporary file of zeros, mapped; None where it has no room, or the system cannot promise that it has."""
    reserve = getattr(os, "posix_fallocate", None)  # without it a disk that becomes full would end the process
    if reserve is None:
        return None
    with suppress(OSError), tempfile.TemporaryFile() as file:
        reserve(file.fileno(), 0, n_bytes)
        mapped = mmap.mmap(file.fileno(), n_bytes)
        mapped.madvise(mmap.MADV_RANDOM)  # else Linux brings a megabyte into memory for each window that is touched
        return mapped
    return None


@dataclass(frozen=True)
class Rows:
    """The channels of a recording, in memory or in a file: ``rows[pick]`` has the shape (n_times,)."""

    data: Floats
    """Shape (n_channels, n_times); without samples while they are in the file."""
    file: IO[bytes] | None = None
    n_times: int = 0

    def __getitem__(self, pick: int) -> Floats:
        if self.file is None:
            return np.asarray(self.data[pick])
        self.file.seek(8 * pick * self.n_times)
        return _read(self.file, self.n_times)


@contextmanager
def aside(raw: mne.io.BaseRaw, *, wanted: bool) -> Iterator[Rows]:
    """The channels of a recording, which holds no samples meanwhile where that is ``wanted``.

    They come back with the same bits. The file has no name, so nothing is left however the process ends; where it has
    no room, the samples stay in memory.
    """
    file = _written(raw._data) if wanted else None
    if file is None:
        yield Rows(raw._data)
        return
    n_channels, n_times = raw._data.shape
    _give(raw, np.empty((n_channels, 0)))
    with file:
        try:
            yield Rows(raw._data, file, n_times)
        finally:
            file.seek(0)
            _give(raw, _read(file, n_channels * n_times).reshape(n_channels, n_times))


def _give(raw: mne.io.BaseRaw, samples: Floats) -> None:
    """Give a recording other samples (n_channels, n_times), also where it keeps what it was made of."""
    if raw._init_kwargs and raw._init_kwargs.get("data") is raw._data:
        raw._init_kwargs["data"] = samples
    raw._data = samples


def _written(data: Floats) -> IO[bytes] | None:
    """A temporary file with all samples (n_channels, n_times); None where there is no room for them."""
    with ExitStack() as closing, suppress(OSError):
        file = tempfile.TemporaryFile()  # noqa: SIM115 - whoever gets it closes it
        closing.callback(_close, file)
        for row in data:
            file.write(np.ascontiguousarray(row).data)
        file.flush()
        closing.pop_all()
        return file
    return None


def _close(file: IO[bytes]) -> None:
    with suppress(OSError):  # what is still to be written finds no room either
        file.close()


def _read(file: IO[bytes], n_values: int) -> Floats:
    values = np.empty(n_values)
    if file.readinto(values.data.cast("B")) < values.nbytes:  # type: ignore[attr-defined]
        msg = "samples that waited in a temporary file came back cut off"
        raise OSError(msg)
    return values
