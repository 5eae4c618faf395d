"""Picard on blocks of samples: never more than the whitened samples in memory.

The algorithm of Ablin, Cardoso & Gramfort (IEEE Trans. Signal Process. 66, 2018): maximum likelihood of independent
sources of density 1 / cosh, L-BFGS preconditioned with the block-diagonal Hessian approximation (their H2), relative
gradient, backtracking line search. The reference, python-picard, keeps several arrays of the size of the samples and
passes over them one operation at a time; here all that an iteration needs comes from one pass over blocks that stay in
the processor's cache.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from .whitening import products

if TYPE_CHECKING:
    from ..types import Floats, Samples


BLOCK_SAMPLES = 1000
"""A product of as many factors between 1 and 2 stays below the largest float (2**1023)."""
CURVATURE_BLOCKS = 16
"""Blocks that the curvature is taken from, at least: it only steers the search, so a part of the samples is enough."""
MEMORY = 10
MIN_CURVATURE = 0.01
TRIES = 10
ROUNDING = 1e-13
"""Differences of the loss, relative to it, that mean nothing."""


@dataclass(frozen=True)
class Unmixing:
    """``W`` (n_components, n_components) turns whitened samples into sources."""

    W: Floats
    iterations: int
    converged: bool


@dataclass(frozen=True)
class Moments:
    """Means over all samples that loss, gradient and curvature are made of; Y are the sources, psi is tanh."""

    log_cosh: Floats
    """E[log(2 cosh y_i)] (n)."""
    score: Floats
    """E[psi(y_i) y_j] (n_components, n_components)."""
    slope: Floats
    """E[psi'(y_i)] (n)."""
    curvature: Floats
    """E[psi'(y_i) y_j ** 2] (n_components, n_components), from some of the blocks."""


def moments(Z: Samples, W: Floats) -> Moments:
    """Moments of the sources ``W @ Z``, in one pass over ``Z`` (n_components, n_times); always in double precision."""
    n, n_samples = Z.shape
    log_cosh, squares = np.zeros(n), np.zeros(n)
    score, curvature = np.zeros((n, n)), np.zeros((n, n))
    buffers = np.empty((3, n, min(BLOCK_SAMPLES, n_samples)))
    stride = max(n_samples // (BLOCK_SAMPLES * CURVATURE_BLOCKS), 1) * BLOCK_SAMPLES
    n_curved = 0
    for start in range(0, n_samples, BLOCK_SAMPLES):
        block = Z[:, start : start + BLOCK_SAMPLES].astype(np.float64, copy=False)
        Y, E, P = buffers[:, :, : block.shape[1]] if block.shape[1] == BLOCK_SAMPLES else np.empty((3, *block.shape))
        np.matmul(W, block, out=Y)
        log_cosh += np.abs(Y, out=E).sum(axis=1)
        np.tanh(Y, out=P)
        # log(2 cosh y) = |y| + log 2 - log(1 + |tanh y|): one logarithm of the product instead of one a sample.
        np.abs(P, out=E)
        E += 1.0
        log_cosh -= np.log(np.multiply.reduce(E, axis=1))
        score += P @ Y.T
        np.square(P, out=P)
        squares += P.sum(axis=1)
        if start % stride == 0:
            np.square(Y, out=Y)
            np.subtract(1.0, P, out=P)
            curvature += P @ Y.T
            n_curved += block.shape[1]
    return Moments(
        log_cosh=log_cosh / n_samples + np.log(2.0),
        score=score / n_samples,
        slope=1.0 - squares / n_samples,
        curvature=curvature / n_curved,
    )


@dataclass(frozen=True)
class Point:
    """An unmixing matrix with what is known there."""

    W: Floats
    moments: Moments
    covariance: Floats
    """Of the sources: ``W`` times the covariance of the samples times its transpose."""

    def signs(self) -> Floats:
        """+1 for sources more peaked than a Gaussian, -1 for flatter ones.

        Shape (n_components,).
        """
        return np.where(self.moments.slope * np.diag(self.covariance) >= np.diag(self.moments.score), 1.0, -1.0)

    def loss(self, signs: Floats | None) -> float:
        """Negative log-likelihood; with ``signs`` that of the extended model."""
        value = -float(np.linalg.slogdet(self.W)[1])
        if signs is None:
            return value + float(self.moments.log_cosh.sum())
        return value + float(signs @ self.moments.log_cosh) + 0.5 * float(np.trace(self.covariance))

    def gradient(self, signs: Floats | None) -> Floats:
        """Relative gradient of the loss.

        Shape (n_components, n_components).
        """
        eye = np.eye(len(self.W))
        if signs is None:
            return self.moments.score - eye
        return signs[:, None] * self.moments.score + self.covariance - eye

    def curvature(self, signs: Floats | None) -> Floats:
        """Diagonal of the Hessian approximation, raised so that every 2 x 2 block is positive definite.

        Shape (n_components, n_components).
        """
        h = self.moments.curvature
        if signs is not None:
            h = signs[:, None] * h + np.diag(self.covariance)
        smallest = 0.5 * (h + h.T - np.sqrt((h - h.T) ** 2 + 4.0))
        lift = np.maximum(MIN_CURVATURE - smallest, 0.0)
        np.fill_diagonal(lift, 0.0)
        return np.asarray(h + lift)


@dataclass
class Memory:
    """The last steps and what they did to the gradient, for L-BFGS."""

    steps: list[Floats] = field(default_factory=list)
    changes: list[Floats] = field(default_factory=list)

    def add(self, step: Floats, change: Floats) -> None:
        """Remember one iteration, and forget the oldest.

        Both (n_components, n_components).
        """
        self.steps, self.changes = [*self.steps, step][-MEMORY:], [*self.changes, change][-MEMORY:]

    def clear(self) -> None:
        """Forget everything: the loss has changed."""
        self.steps, self.changes = [], []

    def direction(self, G: Floats, h: Floats) -> Floats:
        """Descent direction by the two-loop recursion, preconditioned by the 2 x 2 blocks of the Hessian.

        All (n_components, n_components).
        """
        q = G.copy()
        weights = []
        for step, change in zip(reversed(self.steps), reversed(self.changes), strict=True):
            rho = 1.0 / float(np.sum(step * change))
            alpha = rho * float(np.sum(step * q))
            weights.append((rho, alpha))
            q -= alpha * change
        z = solve_blocks(h, q)
        for step, change, (rho, alpha) in zip(self.steps, self.changes, reversed(weights), strict=True):
            z += (alpha - rho * float(np.sum(change * z))) * step
        return -z


def solve_blocks(h: Floats, G: Floats) -> Floats:
    """Solve h_ij p_ij + p_ji = g_ij for all pairs; on the diagonal (h_ii + 1) p_ii = g_ii.

    All (n_components, n_components).
    """
    determinant = h * h.T - 1.0
    np.fill_diagonal(determinant, 1.0)
    p = (h.T * G - G.T) / determinant
    np.fill_diagonal(p, np.diag(G) / (np.diag(h) + 1.0))
    return np.asarray(p)


def blockwise_picard(Z: Samples, *, extended: bool, tolerance: float, max_iterations: int) -> Unmixing:
    """Unmix whitened samples ``Z`` (n_components, n_times, of mean 0), starting from the identity.

    Parameters
    ----------
    extended
        Also model sources flatter than a Gaussian; each source's sign is decided anew in each iteration.
    tolerance
        Ends when no entry of the relative gradient is larger.
    """
    covariance = products(Z) / Z.shape[1]
    point = _point(Z, np.eye(len(Z)), covariance)
    memory, signs, step, G_before = Memory(), None, None, None
    for iteration in range(1, max_iterations + 1):
        # Signs (n_components,) choose the model; if one flips, steps and gradients of the past belong to another loss.
        now = point.signs() if extended else None
        changed = signs is not None and now is not None and bool(np.any(now != signs))
        signs = now
        # G (n_components, n_components) is the gradient relative to W, which is multiplied and not added to.
        G = point.gradient(signs)
        if np.max(np.abs(G)) < tolerance:
            return Unmixing(point.W, iteration, converged=True)
        if changed:
            memory.clear()
        elif step is not None and G_before is not None and float(np.sum(step * (G - G_before))) > 0:
            # Positive curvature along the step keeps the L-BFGS direction one of descent.
            memory.add(step, G - G_before)
        G_before = G
        found = _search(Z, covariance, point, memory.direction(G, point.curvature(signs)), signs)
        if found is None:
            memory.clear()
            found = _search(Z, covariance, point, -G, signs)
        if found is None:
            return Unmixing(point.W, iteration, converged=False)
        point, step = found
    return Unmixing(point.W, max_iterations, converged=False)


def _point(Z: Samples, W: Floats, covariance: Floats) -> Point:
    return Point(W, moments(Z, W), W @ covariance @ W.T)


def _search(
    Z: Samples, covariance: Floats, point: Point, direction: Floats, signs: Floats | None
) -> tuple[Point, Floats] | None:
    """Halve the step until the loss falls; None if it never does.

    Near the end the loss falls by less than its rounding; there, a smaller gradient counts.
    """
    loss, size = point.loss(signs), float(np.max(np.abs(point.gradient(signs))))
    step = direction
    for _ in range(TRIES):
        trial = _point(Z, point.W + step @ point.W, covariance)
        value = trial.loss(signs)
        if value < loss - ROUNDING * abs(loss):
            return trial, step
        if abs(value - loss) <= ROUNDING * abs(loss) and float(np.max(np.abs(trial.gradient(signs)))) < size:
            return trial, step
        step = 0.5 * step
    return None
