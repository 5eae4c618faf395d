"""Signals as the pages read them: a piece at a time, so that a recording of hours is never copied."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    import mne

    from ..signal.types import Floats


@dataclass(frozen=True)
class Shown:
    """Some rows of an array of samples (channels × samples), in volts."""

    data: NDArray[np.floating[Any]]
    rows: Sequence[int]
    rate_hz: float

    @classmethod
    def all_of(cls, data: NDArray[np.floating[Any]], rate_hz: float) -> Shown:
        """Every row of an array."""
        return cls(data, range(len(data)), rate_hz)

    @property
    def n_samples(self) -> int:
        """Length in samples."""
        return int(self.data.shape[1])

    def piece(self, start: int, stop: int, every: int = 1) -> Floats:
        """Samples ``start`` to ``stop`` of all rows."""
        return self.data[list(self.rows), start:stop:every].astype(np.float64)

    def beside(self, other: Shown, start: int, stop: int, every: int = 1) -> Floats:
        """The samples nearest to those of ``other``, which may have another rate."""
        places = np.round(np.arange(start, stop, every) * self.rate_hz / other.rate_hz).astype(int)
        return self.data[np.ix_(self.rows, np.minimum(places, self.n_samples - 1))].astype(np.float64)


@dataclass(frozen=True)
class Before:
    """What is kept of the raw recording while the clean one is in memory: single precision is enough for the eye."""

    names: tuple[str, ...]
    samples: NDArray[np.float32]
    rate_hz: float

    def of(self, names: Sequence[str]) -> Shown:
        """The signal of some channels."""
        return Shown(self.samples, [self.names.index(name) for name in names], self.rate_hz)


def before_of(raw: mne.io.BaseRaw, left: NDArray[np.bool_]) -> Before:
    """Keep the samples of a raw recording that ``left`` (n_samples) names; its own are gone behind it."""
    names, rate_hz = tuple(raw.ch_names), float(raw.info["sfreq"])
    return Before(names, in_single_precision(taken_from(raw), left), rate_hz)


def taken_from(raw: mne.io.BaseRaw) -> NDArray[np.float64]:
    """The samples (n_channels, n_times) of a recording that nobody reads any more."""
    samples, raw._data = raw._data, np.empty((len(raw.ch_names), 0))
    return np.asarray(samples)


def in_single_precision(samples: NDArray[np.float64], left: NDArray[np.bool_] | None = None) -> NDArray[np.float32]:
    """The samples that ``left`` (n_times) names, in the memory that all of them (n_channels, n_times) had.

    Rows move towards the front, each to where nothing is left to be read, and the rest of the memory is given back. An
    array that does not own its memory, or is not in order, is copied.
    """
    n_rows, n_left = len(samples), samples.shape[1] if left is None else int(left.sum())
    owned = samples.flags.owndata and samples.flags.c_contiguous
    front = samples.reshape(-1).view(np.float32) if owned else np.empty(n_rows * n_left, np.float32)
    for number in range(n_rows):
        row = samples[number] if left is None or left.all() else samples[number][left]
        front[number * n_left : (number + 1) * n_left] = row.astype(np.float32)
    if owned:
        del front, row
        samples.resize((n_rows * n_left + 1) // 2, refcheck=False)
        front = samples.view(np.float32)[: n_rows * n_left]
    return front.reshape(n_rows, n_left)
