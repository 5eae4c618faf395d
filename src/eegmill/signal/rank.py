"""How many independent signals a set of channels holds."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import mne

    from .types import Floats, Samples


TOLERANCE = 1e-5
"""Singular values below this share of the largest are rounding, not signal."""
BLOCK = 2**14


def effective_rank(channels: Sequence[Samples], *, tolerance: float = TOLERANCE) -> int:
    """Numerical rank of signals, each scaled to unit variance.

    Counts the singular values above ``tolerance`` times the largest, from the eigenvalues of the correlation matrix.
    Scaling keeps one wild channel from hiding the others. In float64, directions lost to a reference, an interpolation
    or a removed component lie near 1e-14, in data stored as float32 near 1e-7; the weakest real direction of 128
    electrodes lies near 1e-3. Rounding to 16 bits on disk (about 1e-3) restores a rank that is not there: that cannot
    be seen from the data.

    Parameters
    ----------
    channels : sequence of arrays, each of shape (n_times,)
        Any unit. Constant channels count nothing.
    tolerance : float
        Relative to the largest singular value.
    """
    centred = _correlation(channels)
    if not centred.size:
        return 0
    values = np.linalg.eigvalsh(centred)
    return int(np.sum(values > tolerance**2 * values[-1]))


def _correlation(channels: Sequence[Samples]) -> Floats:
    n_samples = len(channels[0]) if len(channels) else 0
    if not n_samples:
        return np.empty((0, 0))
    means = np.array([channel.mean(dtype=np.float64) for channel in channels])[:, None]
    total = np.zeros((len(channels), len(channels)))
    for start in range(0, n_samples, BLOCK):
        block = np.stack([channel[start : start + BLOCK] for channel in channels], dtype=np.float64)
        block -= means
        total += block @ block.T
    deviations = np.sqrt(np.diag(total) / n_samples)
    largest = np.array([max(abs(channel.min()), abs(channel.max())) for channel in channels])
    kept = np.flatnonzero(deviations > 8 * np.finfo(float).eps * largest)
    scale = deviations[kept]
    return np.asarray(total[np.ix_(kept, kept)] / np.outer(scale, scale) / n_samples)


def rank_of(raw: mne.io.BaseRaw, picks: Sequence[int]) -> int:
    """``effective_rank`` of the picked channels of a recording."""
    return effective_rank([raw._data[pick] for pick in picks])
