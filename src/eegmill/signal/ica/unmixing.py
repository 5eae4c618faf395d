"""The algorithms that turn whitened samples into an unmixing matrix."""

from __future__ import annotations

import re
import warnings
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np

from .picard import Unmixing
from .stages import Goal, plain_picard, staged_picard

if TYPE_CHECKING:
    from ..types import Floats, Samples


Method = Literal["picard", "infomax", "fastica"]
ENOUGH_NATS = 1e-3
"""Picard, if no tolerance is given, also ends when the next step promises less log-likelihood of all samples together.

It is then a twentieth of a standard error from its optimum (`picard.Search`).
"""


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

    def unmix(self, Z: Samples, *, seed: int, start: Floats | None = None) -> Unmixing:
        """Find the unmixing matrix of whitened samples ``Z`` (n_components, n_times).

        Our Picard works block by block on samples of either precision; all others hold several arrays of doubles.
        Extended, it starts at ``start`` (n_components, n_components); all others start as their authors have it.
        """
        with warnings.catch_warnings():
            # Whether it converged is returned, not printed.
            warnings.simplefilter("ignore")
            if self.method == "picard" and not self.ortho:
                if not self.extended:
                    return plain_picard(Z, Goal(False, self.stops_below), max_iterations=self.most_iterations)
                goal = Goal(self.extended, self.stops_below, enough_nats=0.0 if self.tolerance else ENOUGH_NATS)
                most = self.most_iterations
                return staged_picard(Z, goal, max_iterations=most, seed=seed, start=start)
            doubles = Z.astype(np.float64, copy=False)
            if self.method == "picard":
                return _orthogonal_picard(doubles, self)
            return _infomax(doubles, self, seed) if self.method == "infomax" else _fastica(doubles, self, seed)


def _orthogonal_picard(Z: Floats, algorithm: Algorithm) -> Unmixing:
    """Picard-O (Ablin et al., ICASSP 2018) of its authors, from the principal components on.

    ``Z`` (n_components, n_times), whitened.
    """
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


def _infomax(Z: Floats, algorithm: Algorithm, seed: int) -> Unmixing:
    """Infomax (Bell & Sejnowski 1995), extended to sub-Gaussian sources (Lee, Girolami & Sejnowski 1999).

    ``Z`` (n_components, n_times), whitened.
    """
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


def _fastica(Z: Floats, algorithm: Algorithm, seed: int) -> Unmixing:
    """FastICA, parallel, log cosh contrast (Hyvarinen 1999).

    ``Z`` (n_components, n_times), whitened.
    """
    from sklearn.decomposition import FastICA

    fast = FastICA(whiten=False, random_state=seed, tol=algorithm.stops_below, max_iter=algorithm.most_iterations)
    fast.fit(Z.T)
    return Unmixing(np.asarray(fast.components_), int(fast.n_iter_), int(fast.n_iter_) < algorithm.most_iterations)
