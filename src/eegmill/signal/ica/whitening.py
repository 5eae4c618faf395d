"""Whitening: principal components of samples, in double precision and in blocks of one size.

So memory and bits stay the same, whatever the number of samples.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from ..types import Floats, Samples

BLOCK_SAMPLES = 1 << 14
RANK_TOLERANCE = 1e-12


@dataclass(frozen=True)
class Whitening:
    """Principal components of the data: ``components`` (rows; n_channels, n_channels) with their ``variances``."""

    mean: Floats
    components: Floats
    variances: Floats

    @property
    def rank(self) -> int:
        """How many components carry variance: more than 1e-12 of the largest, far above rounding (about 1e-15)."""
        return int(np.sum(self.variances > RANK_TOLERANCE * self.variances[0]))

    def whiten_in_place(self, X: Samples, n_components: int) -> Samples:
        """Turn the first rows of ``X`` (n_channels, n_times) into principal components of mean 0 and variance 1.

        Returns those rows: a view, so that the samples are in memory once. Computed in double precision whatever that
        of ``X`` is.
        """
        K = self.components[:n_components] / np.sqrt(self.variances[:n_components, None])
        offset = (K @ self.mean)[:, None]
        for start in range(0, X.shape[1], BLOCK_SAMPLES):
            block = slice(start, start + BLOCK_SAMPLES)
            X[:n_components, block] = K @ X[:, block].astype(np.float64) - offset
        return X[:n_components]


def principal_components(X: Samples) -> Whitening:
    """Eigen-decompose the covariance of ``X`` (n_channels, n_times), largest variance first.

    The sign of each component is fixed: its largest absolute weight is positive.
    """
    n_samples = max(X.shape[1], 1)
    mean = X.sum(axis=1, dtype=np.float64) / n_samples
    covariance = products(X) / n_samples - np.outer(mean, mean)
    variances, vectors = np.linalg.eigh(covariance)
    components = vectors[:, ::-1].T
    largest = np.argmax(np.abs(components), axis=1)
    signs = np.sign(components[np.arange(len(components)), largest])
    return Whitening(mean, components * signs[:, None], np.maximum(variances[::-1], 0.0))


def components_explaining(variances: Floats, proportion: float) -> int:
    """How many principal components it takes to explain ``proportion`` of the variance.

    ``variances`` (n_components,), largest first; 1 where there is no variance at all.
    """
    explained = np.cumsum(variances)
    return min(int(np.searchsorted(explained, proportion * explained[-1]) + 1), len(variances))


def products(X: Samples) -> Floats:
    """``X @ X.T`` of ``X`` (n_rows, n_times)."""
    total = np.zeros((len(X), len(X)))
    for start in range(0, X.shape[1], BLOCK_SAMPLES):
        block = X[:, start : start + BLOCK_SAMPLES].astype(np.float64)
        total += block @ block.T
    return total
