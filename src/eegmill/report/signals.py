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
    """Keep the samples of a raw recording that ``left`` (n_samples) names."""
    samples = np.empty((len(raw.ch_names), int(left.sum())), dtype=np.float32)
    for kept, row in zip(samples, raw._data, strict=True):
        kept[:] = row if left.all() else row[left]
    return Before(tuple(raw.ch_names), samples, float(raw.info["sfreq"]))
