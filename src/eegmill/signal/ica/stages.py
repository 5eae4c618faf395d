"""Picard in stages: on few samples, on all in single precision, on all in double precision.

ICA does not see time, so that a part of the samples has nearly the same optimum as all of them: about
n_components ** 2 / 2 nats of their likelihood away from it (Wilks 1938). Most of the way from the principal components
is gone on an eighth of the samples, for an eighth of the price. A pass in single precision costs half of one in double
precision, and moves the gradient by about 1e-8.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np

from .lbfgs import Memory
from .picard import Search, Unmixing
from .whitening import products

if TYPE_CHECKING:
    from ..types import Floats, Samples

FEW_PER_WEIGHT, FEWEST = 10, 10_000
"""Samples of the first stage: for each number of the unmixing matrix, and at least."""
MIN_THINNING, LEAST_PER_WEIGHT = 4, 9
"""A first stage on more than a quarter of the samples would save nothing; a quarter will do if it is nearly as many."""
STAGE_NATS_PER_WEIGHT, SINGLE_NATS = 0.01, 0.01
"""Where the first stage ends, well within what it cannot know (half a nat a weight), and where the second does."""
SINGLE_TOLERANCE = 1e-6
"""Gradients below are rounding in single precision."""
PLAIN_MEMORY, PLAIN_MIN_CURVATURE = 10, 0.01
"""Steps that python-picard remembers as EEGPrep calls it, and its least curvature."""
MOST_ROUGH_STEPS = 512
"""Iterations on a part of the samples alone."""
MAX_ROUNDS = 4
"""Times that the signs of sources may turn out wrong at the end."""


@dataclass(frozen=True)
class Goal:
    """The model, and when a fit has arrived."""

    extended: bool
    """Also model sources flatter than a Gaussian."""
    tolerance: float
    """No entry of the relative gradient is larger."""
    enough_nats: float = 0.0
    """Or one more step promises less for all samples together (`picard.Search`); 0: only the gradient counts."""


def staged_picard(Z: Samples, goal: Goal, *, max_iterations: int, seed: int, start: Floats | None = None) -> Unmixing:
    """Unmix whitened samples ``Z`` (n_components, n_times, of mean 0).

    Parameters
    ----------
    max_iterations
        On all samples; as many on few before.
    seed
        Of the choice of few samples.
    start
        Unmixing matrix to start from (n_components, n_components); None: the principal components.

    Returns
    -------
    Unmixing
        Its iterations are those on all samples; it has not converged either where sources still change their sign.
    """
    climb = _Climb(np.eye(len(Z)) if start is None else start, max_iterations)
    covariance = products(Z) / Z.shape[1]
    exact = Search(Z, covariance, goal.extended, goal.tolerance, goal.enough_nats, turning=True)
    few = few_samples(Z, seed)
    if few is not None:
        climb.on(_first(few, goal.extended))
    climb.left = max_iterations
    if max_iterations > 1:
        # One is left at least to tell in double precision how it ended.
        climb.left -= 1
        tolerance, enough_nats = max(SINGLE_TOLERANCE, goal.tolerance), max(SINGLE_NATS, goal.enough_nats)
        climb.on(replace(exact, precision=np.float32, tolerance=tolerance, enough_nats=enough_nats))
        climb.left += 1
    found = climb.on(exact)
    for _ in range(MAX_ROUNDS):
        if not climb.flipped or not climb.left:
            break
        found = climb.on(exact)
    return replace(found, iterations=max_iterations - climb.left, converged=found.converged and not climb.flipped)


def rough_picard(part: Samples, start: Floats) -> Floats:
    """Unmix a part of whitened samples (n_components, n_part), extended and in single precision, from ``start`` on.

    The result (n_components, n_components) turns whitened samples into sources.
    """
    climb = _Climb(start, MOST_ROUGH_STEPS)
    climb.on(replace(_first(part, extended=True), enough_nats=SINGLE_NATS))
    return climb.W


def plain_picard(Z: Samples, goal: Goal, *, max_iterations: int) -> Unmixing:
    """The way of python-picard as EEGPrep calls it, so that it leads to the same optimum: no stages, no limit of steps.

    ``Z`` (n_components, n_times), whitened, of mean 0.
    """
    covariance = products(Z) / Z.shape[1]
    search = Search(
        Z,
        covariance,
        goal.extended,
        goal.tolerance,
        goal.enough_nats,
        max_step=np.inf,
        max_growth=np.inf,
        min_curvature=PLAIN_MIN_CURVATURE,
    )
    return search.climb(np.eye(len(Z)), Memory(size=PLAIN_MEMORY), max_iterations=max_iterations)


@dataclass
class _Climb:
    """Where the stages have come to."""

    W: Floats
    left: int
    """Iterations."""
    memory: Memory = field(default_factory=Memory)
    signs: Floats | None = None
    """Which sources are flat, as the stage before found; None before the first."""
    flipped: bool = False
    """Whether the last stage left sources of another sign than it was made for."""

    def on(self, search: Search) -> Unmixing:
        """Go on with what a search is told, with signs that stay as they are."""
        search = replace(search, signs=self.signs)
        found = search.climb(self.W, self.memory, max_iterations=self.left)
        self.W, self.left = found.W, self.left - found.iterations
        if search.extended:
            signs = search.at(self.W).settled_signs()
            self.flipped = self.signs is not None and bool(np.any(signs != self.signs))
            if self.signs is None or self.flipped:
                # Steps before belong to the loss of other signs.
                self.memory.clear()
            self.signs = signs
        return found


def _first(few: Samples, extended: bool) -> Search:
    """The search on few samples."""
    n, n_samples = few.shape
    enough_nats = STAGE_NATS_PER_WEIGHT * n**2
    covariance = products(few) / n_samples
    return Search(few, covariance, extended, SINGLE_TOLERANCE, enough_nats, precision=np.float32, turning=True)


def few_samples(Z: Samples, seed: int) -> Samples | None:
    """One of each n consecutive samples of ``Z`` (n_components, n_times), by chance; None if all are needed.

    Every n-th sample would meet the mains at the same few phases, and show hum as a source of few values.
    """
    n, n_samples = Z.shape
    thinning = max(n_samples // max(FEW_PER_WEIGHT * n**2, FEWEST), MIN_THINNING)
    if n_samples // thinning < max(LEAST_PER_WEIGHT * n**2, FEWEST):
        return None
    starts = np.arange(n_samples // thinning) * thinning
    chosen = starts + np.random.default_rng(seed).integers(0, thinning, len(starts))
    return Z[:, chosen].astype(np.float32)
