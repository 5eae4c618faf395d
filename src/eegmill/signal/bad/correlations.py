"""Correlations of channels with a prediction or a neighbour, window by window."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from ..types import Floats, Span


@dataclass(frozen=True)
class WindowCorrelations:
    """Windows of samples, and each channel's correlation with its prediction or neighbour in each."""

    edges: tuple[Span, ...]
    correlation: Floats
    """Shape (n_windows, n_channels); NaN where both signals are silent."""


def broken_fraction(windows: WindowCorrelations, min_correlation: float) -> Floats:
    """Share of the tested time in which each channel stays below ``min_correlation``, shape (n_channels,)."""
    lengths = np.array([stop - start for start, stop in windows.edges], dtype=float)
    bad = windows.correlation < min_correlation
    share: Floats = lengths @ bad / lengths.sum()
    return share
