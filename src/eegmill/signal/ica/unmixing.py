"""Whitening, and the algorithms that turn whitened samples into an unmixing matrix."""

from __future__ import annotations

import re
import warnings
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from .picard import Unmixing, blockwise_picard
from .products import BLOCK_SAMPLES, products

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floating = NDArray[np.floating[Any]]

Method = Literal["picard", "infomax", "fastica"]

RANK_TOLERANCE = 1e-12


@dataclass(frozen=True)
class Whitening:
    """Principal components of the data: ``components`` (rows, n_channels x n_channels) with their ``variances``."""

    mean: NDArray[np.float64]
    components: NDArray[np.float64]
    variances: NDArray[np.float64]

    @property
    def rank(self) -> int:
        """How many components carry variance: more than 1e-12 of the largest, far above rounding (about 1e-15)."""
        return int(np.sum(self.variances > RANK_TOLERANCE * self.variances[0]))

    def whiten_in_place(self, X: Floating, n_components: int) -> Floating:
        """Turn the first rows of ``X`` (n_channels x n_samples) into principal components of mean 0 and variance 1.

        Returns those rows: a view, so that the samples are in memory once. Computed in double precision whatever that
        of ``X`` is.
        """
        K = self.components[:n_components] / np.sqrt(self.variances[:n_components, None])
        offset = (K @ self.mean)[:, None]
        for start in range(0, X.shape[1], BLOCK_SAMPLES):
            block = slice(start, start + BLOCK_SAMPLES)
            X[:n_components, block] = K @ X[:, block].astype(np.float64) - offset
        return X[:n_components]


def principal_components(X: Floating) -> Whitening:
    """Eigen-decompose the covariance of ``X`` (n_channels x n_samples), largest variance first.

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


def components_explaining(variances: NDArray[np.float64], proportion: float) -> int:
    """How many principal components it takes to explain ``proportion`` of the variance."""
    explained = np.cumsum(variances) / np.sum(variances)
    return int(np.searchsorted(explained, proportion) + 1)


@dataclass(frozen=True)
class Algorithm:
    """An ICA algorithm and when it stops."""

    method: Method
    extended: bool
    ortho: bool
    tolerance: float | None = None
    max_iterations: int | None = None

    @property
    def stops_below(self) -> float:
        """Tolerance: 1e-7 for Picard and infomax, 1e-4 for FastICA (whose tolerance means another thing)."""
        return self.tolerance or (1e-4 if self.method == "fastica" else 1e-7)

    @property
    def most_iterations(self) -> int:
        """512 as in EEGLAB, 1000 for FastICA."""
        return self.max_iterations or (1000 if self.method == "fastica" else 512)

    def unmix(self, Z: Floating, *, seed: int) -> Unmixing:
        """Find the unmixing matrix of whitened samples ``Z`` (n_components x n_samples).

        Our Picard works block by block on samples of either precision; all others hold several arrays of doubles.
        """
        with warnings.catch_warnings():
            # Whether it converged is returned, not printed.
            warnings.simplefilter("ignore")
            if self.method == "picard" and not self.ortho:
                return blockwise_picard(
                    Z, extended=self.extended, tolerance=self.stops_below, max_iterations=self.most_iterations
                )
            doubles = Z.astype(np.float64, copy=False)
            if self.method == "picard":
                return _orthogonal_picard(doubles, self)
            return _infomax(doubles, self, seed) if self.method == "infomax" else _fastica(doubles, self, seed)


def _orthogonal_picard(Z: NDArray[np.float64], algorithm: Algorithm) -> Unmixing:
    """Picard-O (Ablin et al., ICASSP 2018) of its authors, from the principal components on."""
    from picard import picard

    _, W, _, last = picard(
        Z,
        whiten=False,
        centering=False,
        extended=algorithm.extended,
        tol=algorithm.stops_below,
        max_iter=algorithm.most_iterations,
        w_init=np.eye(len(Z)),
        return_n_iter=True,
    )
    # Picard counts from 0 and stops at max_iter - 1 when it does not converge.
    return Unmixing(W, last + 1, last + 1 < algorithm.most_iterations)


def _infomax(Z: NDArray[np.float64], algorithm: Algorithm, seed: int) -> Unmixing:
    """Infomax (Bell & Sejnowski 1995), extended to sub-Gaussian sources (Lee, Girolami & Sejnowski 1999)."""
    from mne.preprocessing import infomax
    from mne.utils import catch_logging

    # MNE returns the largest number of iterations when it converges, so that the number is taken from its log.
    with catch_logging(verbose="info") as log:
        W = infomax(
            Z.T,
            extended=algorithm.extended,
            w_change=algorithm.stops_below,
            max_iter=algorithm.most_iterations,
            rng=seed,
            verbose="info",
        )
    steps = re.findall(r"step (\d+) - .*wchange ([0-9.]+)", log.getvalue())
    iterations, change = int(steps[-1][0]), float(steps[-1][1])
    return Unmixing(W, iterations, change < algorithm.stops_below or iterations < algorithm.most_iterations)


def _fastica(Z: NDArray[np.float64], algorithm: Algorithm, seed: int) -> Unmixing:
    """FastICA, parallel, log cosh contrast (Hyvarinen 1999)."""
    from sklearn.decomposition import FastICA

    fast = FastICA(whiten=False, random_state=seed, tol=algorithm.stops_below, max_iter=algorithm.most_iterations)
    fast.fit(Z.T)
    return Unmixing(np.asarray(fast.components_), int(fast.n_iter_), int(fast.n_iter_) < algorithm.most_iterations)
