"""A hundredth of white noise, as an amplifier would add it."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from ..signal.robust import MAD_TO_SD
from ..signal.types import Floats, Mask

NOISE = 0.01
"""SD of the noise over that of a typical channel's fast activity, which is what an amplifier's noise compares with."""
WINDOW_SAMPLES = 64
"""Half a second or so: what is left of a channel's own mean over it is fast."""


def white_noise(data: Floats, *, seed: int) -> Iterator[Floats]:
    """Noise for each channel in turn, shape (n_times,), in the unit of the data; the same for the same seed.

    Parameters
    ----------
    data
        Shape (n_channels, n_times). Channels that hold NaN or infinity do not count for the typical one.
    """
    rng = np.random.default_rng([seed, len(data)])
    sd = typical_sd(data)
    where = recorded(data)
    for _ in data:
        yield np.asarray(rng.standard_normal(data.shape[1]) * NOISE * sd * where)


def typical_sd(data: Floats) -> float:
    """SD of a typical channel without its drift: of what is left of each channel's own mean over half a second or so.

    The median over channels of 1.4826 times the median absolute deviation, which artefacts do not move. ``data``
    (n_channels, n_times).
    """
    sds = [MAD_TO_SD * np.median(np.abs(_fast(channel))) for channel in data if np.isfinite(channel).all()]
    return float(np.median(sds)) if sds else 0.0


def _fast(channel: Floats) -> Floats:
    windows = channel[: len(channel) // WINDOW_SAMPLES * WINDOW_SAMPLES].reshape(-1, WINDOW_SAMPLES)
    rest: Floats = windows - windows.mean(axis=1, keepdims=True)
    return rest


def recorded(data: Floats) -> Mask:
    """Where an amplifier was at work, shape (n_times,): not where all channels stand still, as in what fills a file up.

    The recordings of EEGMAT that are shipped end in two seconds of that. ``data`` (n_channels, n_times).
    """
    still = np.ones(max(data.shape[1] - 1, 0), bool)
    for channel in data:
        still &= np.diff(channel) == 0
    beside = np.zeros(data.shape[1], bool)
    beside[1:] |= still
    beside[:-1] |= still
    return ~beside
