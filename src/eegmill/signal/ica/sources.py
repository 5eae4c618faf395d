"""Weighted sums of channels, such as components, one at a time: never a copy of the recording."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np

from ..timeline import good_samples

if TYPE_CHECKING:
    import mne

    from ..filters.band import Band
    from ..types import Floats


BLOCK_SAMPLES = 1 << 14
GROUP_BYTES = 1 << 27
"""Sums made in one pass over the recording; their number depends on its length alone, and so do their bits."""


def filtered_sources(raw: mne.io.BaseRaw, picks: list[int], weights: Floats, band: Band) -> Iterator[Floats]:
    """Each row of ``weights`` (n_sources, n_picks) times the channels, filtered, outside ``BAD_`` segments.

    Where such segments cover everything, all samples count. Summing comes before filtering, which is the same but for
    rounding.
    """
    kept = good_samples(raw)
    whole = kept.all() or not kept.any()
    n_group = max(1, GROUP_BYTES // (8 * raw.n_times))
    room = np.empty((min(n_group, len(weights)), raw.n_times))
    for first in range(0, len(weights), n_group):
        group = weights[first : first + n_group]
        sums = room[: len(group)]
        for start in range(0, raw.n_times, BLOCK_SAMPLES):
            block = slice(start, start + BLOCK_SAMPLES)
            np.matmul(group, raw._data[picks, block], out=sums[:, block])
        for row in sums:
            yield band.of(row) if whole else band.of(row)[kept]


def activation(raw: mne.io.BaseRaw, ica: mne.preprocessing.ICA, index: int) -> Floats:
    """A component's time course in the recording as it is now, shape (n_times,); block by block."""
    n_components = int(ica.n_components_)
    picks = [raw.ch_names.index(name) for name in ica.ch_names]
    weights = (ica.unmixing_matrix_[index] @ ica.pca_components_[:n_components]) / ica.pre_whitener_[:, 0]
    found = np.empty(raw.n_times)
    for start in range(0, raw.n_times, BLOCK_SAMPLES):
        block = slice(start, start + BLOCK_SAMPLES)
        found[block] = weights @ (raw._data[picks, block] - mean_of(ica)[:, None])
    return found


def mean_of(ica: mne.preprocessing.ICA) -> Floats:
    """The mean of the channels in the fit, in volts, shape (n_channels,)."""
    return np.zeros(len(ica.ch_names)) if ica.pca_mean_ is None else np.asarray(ica.pca_mean_ * ica.pre_whitener_[:, 0])
