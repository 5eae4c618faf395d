"""Means over all samples that the likelihood of independent sources is made of, in one pass over blocks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from ..types import Floats, Samples


BLOCK_SAMPLES = 1000
"""A product of as many factors between 1 and 2 stays below the largest float (2**1023)."""


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
    """E[psi'(y_i) y_j ** 2] (n_components, n_components)."""


def moments(Z: Samples, W: Floats, *, precision: type[np.floating[Any]] = np.float64) -> Moments:
    """Moments of the sources ``W @ Z``, in one pass over ``Z`` (n_components, n_times).

    Each block is worked on in ``precision`` and the blocks are added up in double precision, in their order: sources in
    single precision take half the time and move the means by about 1e-8.
    """
    n, n_samples = Z.shape
    log_cosh, slope = np.zeros(n), np.zeros(n)
    score, curvature = np.zeros((n, n)), np.zeros((n, n))
    buffers = np.empty((3, n, min(BLOCK_SAMPLES, n_samples)), dtype=precision)
    weights = W.astype(precision, copy=False)
    for start in range(0, n_samples, BLOCK_SAMPLES):
        block = Z[:, start : start + BLOCK_SAMPLES].astype(precision, copy=False)
        full = block.shape[1] == buffers.shape[2]
        Y, E, P = buffers if full else np.empty((3, *block.shape), dtype=precision)
        np.matmul(weights, block, out=Y)
        log_cosh += np.abs(Y, out=E).sum(axis=1)
        np.tanh(Y, out=P)
        # log(2 cosh y) = |y| + log 2 - log(1 + |tanh y|): one logarithm of the product instead of one a sample.
        np.abs(P, out=E)
        E += 1.0
        log_cosh -= np.log(np.multiply.reduce(E, axis=1, dtype=np.float64))
        score += P @ Y.T
        np.subtract(1.0, np.square(P, out=P), out=P)
        slope += P.sum(axis=1)
        curvature += P @ np.square(Y, out=Y).T
    return Moments(
        log_cosh=log_cosh / n_samples + np.log(2.0),
        score=score / n_samples,
        slope=slope / n_samples,
        curvature=curvature / n_samples,
    )
