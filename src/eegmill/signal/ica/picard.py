"""Picard on blocks of samples: never more than the whitened samples in memory.

The algorithm of Ablin, Cardoso & Gramfort (IEEE Trans. Signal Process. 66, 2018): maximum likelihood of independent
sources of density 1 / cosh, L-BFGS preconditioned with the block-diagonal Hessian approximation (their H2), relative
gradient, backtracking line search. The reference, python-picard, keeps several arrays of the size of the samples and
passes over them one operation at a time; here all that an iteration needs comes from one pass over blocks that stay in
the processor's cache.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from .exponential import exponential
from .likelihood import Point
from .moments import moments

if TYPE_CHECKING:
    from ..types import Floats, Samples
    from .lbfgs import Memory


TRIES = 10
MAX_STEP = 0.3
"""Largest entry of a first step; of a rotation of two sources, its angle in radians.

Far from the optimum the curvature promises steps of several turns, and each halving costs a pass over the samples.
"""
MAX_GROWTH = 1.5
"""Largest entry of a step over that of the step before.

Where sources are nearly Gaussian the curvature misleads for a hundred steps, each of which had to be halved up to four
times.
"""
CURVATURE_NOISE = 2.0
"""Over the root of the number of samples, what the curvature of two sources to each other is known to: the least that
the length of a step is reckoned with. Nearly Gaussian sources have about 0.005; where more was taken for 300,000
samples, steps were too short for hundreds of iterations, or ended on a saddle, and where less was taken for 30,000,
another optimum was found without the first second more often."""
ROUNDING = {np.float64: 1e-13, np.float32: 1e-9}
"""Differences of the loss, relative to it, that mean nothing, by the precision of the sources."""


@dataclass(frozen=True)
class Unmixing:
    """``W`` (n_components, n_components) turns whitened samples into sources."""

    W: Floats
    iterations: int
    converged: bool
    gradient: float | None = None
    """Largest entry of the relative gradient of the mean negative log-likelihood at the end."""
    promised_nats: float | None = None
    """What one more step promises to add to the log-likelihood of all samples together."""


@dataclass(frozen=True)
class Search:
    """What is searched, how exactly, and when it ends.

    Near the optimum the log-likelihood of all samples is a parabola: q nats below its top is sqrt(2 q) standard errors
    away from it, all directions taken together, if samples are independent (Wilks 1938); fewer if they are not. A step
    of Newton's method promises these q nats (half the squared Newton decrement, Nocedal & Wright 2006, ch. 3), and one
    of L-BFGS estimates them.
    """

    Z: Samples
    """Whitened samples (n_components, n_times), of mean 0."""
    covariance: Floats
    """Of the samples (n_components, n_components)."""
    extended: bool
    """Also model sources flatter than a Gaussian."""
    tolerance: float
    """Ends when no entry of the relative gradient is larger."""
    enough_nats: float = 0.0
    """Also ends when the next step promises less; 0: only the gradient counts."""
    precision: type[np.floating[Any]] = np.float64
    """Of the sources in each block."""
    max_step: float = MAX_STEP
    """Largest entry of a first step."""
    max_growth: float = MAX_GROWTH
    """Largest entry of a step over that of the step before."""
    min_curvature: float | None = None
    """Of two sources to each other, for the length of a step; None: what the number of samples is good for."""
    turning: bool = False
    """Multiply ``W`` by the exponential of a step rather than by 1 plus it: the same for small steps.

    Sources are nearly uncorrelated from the start, so that steps are rotations. 1 plus a step of 0.1 radians for all
    pairs of 60 sources makes some of them four times larger, and has to be halved.
    """
    signs: Floats | None = None
    """-1 for sources flatter than a Gaussian (n_components,); None: decided anew in each iteration, with hysteresis."""

    def at(self, W: Floats) -> Point:
        """What is known at ``W`` (n_components, n_components), by a pass over the samples."""
        return Point(W, moments(self.Z, W, precision=self.precision), W @ self.covariance @ W.T)

    def climb(self, W: Floats, memory: Memory, *, max_iterations: int) -> Unmixing:
        """Raise the likelihood from ``W`` (n_components, n_components) on; ``memory`` of steps before is added to."""
        point, signs, step, G_before = self.at(W), self.signs, None, None
        longest = self.max_step
        direction = gradient = np.zeros_like(W)
        for iteration in range(1, max_iterations + 1):
            # Signs (n_components,) choose the model; if one flips, past steps and gradients belong to another loss.
            before, signs = signs, self._signs_at(point, signs)
            # The gradient (n_components, n_components) is relative to W, which is multiplied and not added to.
            gradient = point.gradient(signs)
            if before is not None and signs is not None and bool(np.any(before != signs)):
                memory.clear()
            elif step is not None and G_before is not None and float(np.sum(step * (gradient - G_before))) > 0:
                # Positive curvature along the step keeps the L-BFGS direction one of descent.
                memory.add(step, gradient - G_before)
            G_before = gradient
            direction = memory.direction(gradient, point.curvature(signs, at_least=self._min_curvature()))
            if self._near(gradient, direction):
                return self._end(point.W, iteration, gradient, direction)
            found = self._descend(point, _no_longer(direction, longest), signs)
            if found is None:
                memory.clear()
                found = self._descend(point, _no_longer(-gradient, self.max_step), signs)
            if found is None:
                return self._end(point.W, iteration, gradient, direction)
            point, step = found
            longest = min(self.max_step, self.max_growth * float(np.max(np.abs(step))))
        return self._end(point.W, max_iterations, gradient, direction)

    def _signs_at(self, point: Point, before: Floats | None) -> Floats | None:
        if not self.extended:
            return None
        return self.signs if self.signs is not None else point.signs(before)

    def _min_curvature(self) -> float:
        return self.min_curvature or CURVATURE_NOISE / float(np.sqrt(self.Z.shape[1]))

    def _near(self, gradient: Floats, direction: Floats) -> bool:
        return bool(np.max(np.abs(gradient)) < self.tolerance or self._promised(gradient, direction) < self.enough_nats)

    def _promised(self, gradient: Floats, direction: Floats) -> float:
        return float(-0.5 * self.Z.shape[1] * np.sum(gradient * direction))

    def _end(self, W: Floats, iterations: int, gradient: Floats, direction: Floats) -> Unmixing:
        return Unmixing(
            W,
            iterations,
            converged=self._near(gradient, direction),
            gradient=float(np.max(np.abs(gradient))),
            promised_nats=self._promised(gradient, direction),
        )

    def _descend(self, point: Point, step: Floats, signs: Floats | None) -> tuple[Point, Floats] | None:
        """Halve the step until the loss falls; None if it never does.

        Near the end the loss falls by less than its rounding; there, a smaller gradient counts. In single precision
        half the step would drown in rounding as well, and what is left is for a search in double precision.
        """
        loss, size = point.loss(signs), float(np.max(np.abs(point.gradient(signs))))
        nothing = ROUNDING[self.precision] * abs(loss)
        for _ in range(TRIES):
            trial = self.at(exponential(step) @ point.W if self.turning else point.W + step @ point.W)
            value = trial.loss(signs)
            if value < loss - nothing:
                return trial, step
            if abs(value - loss) <= nothing:
                if float(np.max(np.abs(trial.gradient(signs)))) < size:
                    return trial, step
                if self.precision is np.float32:
                    return None
            step = 0.5 * step
        return None


def _no_longer(step: Floats, longest: float) -> Floats:
    """A step (n_components, n_components), shortened so that no entry is larger."""
    return step * min(1.0, longest / max(float(np.max(np.abs(step))), 1e-300))
