"""Correlations of channels with a prediction or a neighbour, window by window."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from ..robust import median_and_mad

if TYPE_CHECKING:
    from ..types import Floats, Span


LARGEST = 1 - 1e-9
NEAR = 0.01
"""A correlation that lies as near to its limit may fall on either side."""


@dataclass(frozen=True)
class WindowCorrelations:
    """Windows of samples, and each channel's correlation with its prediction or neighbour in each."""

    edges: tuple[Span, ...]
    correlation: Floats
    """Shape (n_windows, n_channels); NaN where both signals are silent."""


def usual_correlation(windows: WindowCorrelations, n_sd: float) -> float:
    """A correlation that few windows of this recording fall below: so many robust standard deviations under the median.

    On Fisher's scale, where correlations are nearly normal: tanh(median - n_sd · 1.4826 · MAD) over all windows and
    channels; a tenth of bad channels moves neither much. Not below 0.

    References
    ----------
    Fisher RA (1921). On the "probable error" of a coefficient of correlation. Metron 1, 3-32.
    """
    lengths = np.array([stop - start for start, stop in windows.edges])
    whole = windows.correlation[2 * lengths >= lengths.max(initial=0)]  # what is left between two breaks says little
    z = np.arctanh(np.clip(whole[np.isfinite(whole)], -LARGEST, LARGEST))
    if not z.size:
        return 0.0
    middle, spread = median_and_mad(z)
    return max(float(np.tanh(middle - n_sd * spread)), 0.0)


def broken_fraction(windows: WindowCorrelations, min_correlation: float) -> Floats:
    """Share of the tested time in which each channel stays below ``min_correlation``, shape (n_channels,)."""
    lengths = np.array([stop - start for start, stop in windows.edges], dtype=float)
    bad = windows.correlation < min_correlation
    share: Floats = lengths @ bad / lengths.sum()
    return share


def broken_fraction_uncertainty(windows: WindowCorrelations, min_correlation: float) -> Floats:
    """By how much `broken_fraction` may change with the input, shape (n_channels,).

    Another second at the start moves all windows, and each then decides anew: the share of n windows that break with
    probability p has a standard deviation of sqrt(p (1 - p) / n), the binomial one. Half of it is counted, since most
    of each window stays the same, and with it the share of windows that lie within `NEAR` of the limit, which a
    little noise turns.
    """
    lengths = np.array([stop - start for start, stop in windows.edges], dtype=float)
    share = broken_fraction(windows, min_correlation)
    near = (broken_fraction(windows, min_correlation + NEAR) - broken_fraction(windows, min_correlation - NEAR)) / 2
    n_windows = lengths.sum() ** 2 / (lengths**2).sum()
    spread: Floats = np.sqrt(share * (1 - share) / n_windows) / 2
    return spread + near
