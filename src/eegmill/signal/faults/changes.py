"""How channels change within 20 ms, thinned in time: what faults of channels are found in."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from ..timeline import continuous_spans, good_samples

if TYPE_CHECKING:
    from collections.abc import Sequence

    import mne

    from ..types import Floats, Mask

LAG_S = 0.02
"""A difference over 20 ms passes 1 to 25 Hz best, and forgets offsets, drifts and 50 Hz."""
MAX_SAMPLES = 20_000
MIN_PER_BLOCK = 250
MAX_BLOCKS = 8
MAX_USUAL = 4_000
CALM = 0.9
"""The tenth of the time in which all channels change most (movements, muscle) is left out."""


@dataclass(frozen=True)
class Changes:
    """Changes of channels, and what they are worth in each of a few stretches of time."""

    values: Floats
    """Shape (n_channels, n_kept), in volts."""
    covariances: Floats
    """Of the calm part of each stretch, shape (n_blocks, n_channels, n_channels)."""
    duration_s: float
    """What they were taken from."""

    def of(self, kept: Sequence[int]) -> Changes:
        """The same of some channels, by their indices."""
        index = list(kept)
        return replace(self, values=self.values[index], covariances=self.covariances[:, index][:, :, index])


def changes_of(raw: mne.io.BaseRaw, picks: Sequence[int]) -> Changes:
    """Changes of the picked channels over 20 ms, in good samples and across no discontinuity.

    At most 20,000 moments at which something moves, spread evenly, in up to eight stretches, so that a stretch by
    itself tells how sure a finding is.

    Parameters
    ----------
    raw
        Finite samples in volts.
    picks
        Channels, by their indices.
    """
    lag = max(round(LAG_S * float(raw.info["sfreq"])), 1)
    whole = _starts(raw, lag)
    starts = _thinned(whole)
    values = np.array([raw._data[pick][starts + lag] - raw._data[pick][starts] for pick in picks])
    values = values.reshape(len(picks), starts.size)
    values = values[:, values.any(axis=0)]
    n_blocks = max(min(values.shape[1] // MIN_PER_BLOCK, MAX_BLOCKS), 1)
    blocks = np.array_split(values, n_blocks, axis=1)
    covariances = np.array([_calm_covariance(block) for block in blocks])
    return Changes(values, covariances, whole.size / float(raw.info["sfreq"]))


def _starts(raw: mne.io.BaseRaw, lag: int) -> np.ndarray:
    good = good_samples(raw)
    if good.size <= lag:
        return np.zeros(0, dtype=np.int64)
    whole = good[lag:] & good[:-lag]
    for _, stop in continuous_spans(raw)[:-1]:
        whole[max(stop - lag, 0) : stop] = False
    return np.flatnonzero(whole)


def _thinned(starts: np.ndarray) -> np.ndarray:
    if starts.size <= MAX_SAMPLES:
        return starts
    return starts[np.linspace(0, starts.size - 1, MAX_SAMPLES).astype(np.int64)]


def _calm_covariance(values: Floats) -> Floats:
    """About zero, as the mean of changes is."""
    values = values[:, calm(values, CALM)]
    return np.asarray(values @ values.T / max(values.shape[1], 1))


def usual_sizes(values: Floats) -> Floats:
    """Median absolute value of each channel, (n_channels, n_times), over some thousand moments: shape (n_channels,).

    0 of no moments.
    """
    if not values.shape[1]:
        return np.zeros(len(values))
    return np.asarray(np.median(np.abs(values[:, :: max(values.shape[1] // MAX_USUAL, 1)]), axis=1))


def calm(values: Floats, share: float) -> Mask:
    """The calmest ``share`` of the moments of channels without a mean, (n_channels, n_times): by the median channel.

    Each channel counts in its own usual size.
    """
    usual = usual_sizes(values)
    moving = usual > 0
    if not moving.any():
        return np.ones(values.shape[1], dtype=bool)
    sizes = np.abs(values[moving] / usual[moving, None]).astype(np.float32)
    middle = len(sizes) // 2
    size = np.partition(sizes, middle, axis=0)[middle]
    return np.asarray(size <= np.quantile(size, share))
