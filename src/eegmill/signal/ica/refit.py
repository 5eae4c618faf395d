"""Fits again on parts of the samples: where the likelihood has several optima, they may end at another one.

A quarter of the samples, drawn anew for each fit, differs from all of them by more than a little noise does. What is
not found again there, or looks like another thing, stands less firmly than its own probability says (Meinecke et al.,
IEEE Trans. Biomed. Eng. 2002;49:1514-25, who drew with replacement).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from .stages import rough_picard

if TYPE_CHECKING:
    from ..types import Floats, Samples
    from .whitening import Whitening

PART = 4
"""One of so many samples is taken."""
MIN_PER_WEIGHT = 10
"""Samples in a part for each number of the unmixing matrix: with fewer, another result would be chance."""


def refits(Z: Samples, start: Floats, *, n_refits: int, seed: int) -> tuple[Floats, ...]:
    """Unmixing matrices, each of a part of the samples by chance; none where a part would be too small.

    Parameters
    ----------
    Z
        Whitened samples, shape (n_components, n_times).
    start
        Where each fit starts, shape (n_components, n_components).
    """
    n, n_samples = Z.shape
    if n_samples // PART < MIN_PER_WEIGHT * n**2:
        return ()
    firsts = np.arange(n_samples // PART) * PART
    rng = np.random.default_rng(seed)
    parts = (Z[:, firsts + rng.integers(0, PART, firsts.size)].astype(np.float32) for _ in range(n_refits))
    return tuple(rough_picard(part, start) for part in parts)


def topographies_of(W: Floats, whitening: Whitening) -> Floats:
    """Topographies, shape (n_channels, n_components), of the sources of ``W`` (n_components, n_components) at SD 1."""
    n = len(W)
    scaled = np.sqrt(whitening.variances[:n, None]) * np.linalg.inv(W)
    found: Floats = whitening.components[:n].T @ scaled * np.sqrt(np.sum(W**2, axis=1))
    return found
