"""Channels predicted by the others through spherical splines, from covariances alone."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

from .sphere import spline_kernel

if TYPE_CHECKING:
    from .types import Floats

REGULARIZATION = 1e-3
STIFFNESS = 2
TINY = float(np.finfo(float).tiny)


def spline_inverse(places: Floats) -> Floats:
    """The inverse B of the spline's system, without the row and column of its constant.

    With it, what the others predict at place i is v[i] - (B v)[i] / B[i, i], and at several places S at once
    v[S] - B[S, S]⁻¹ (B v)[S] (Wahba 1990, Spline models for observational data, 4.2). Predictions do not depend on
    the reference.

    Parameters
    ----------
    places : array, shape (n_channels, 3)
        Unit vectors.

    Returns
    -------
    array, shape (n_channels, n_channels)
        Not to be written to: it is kept for who asks for the same places next.
    """
    return _spline_inverse(np.ascontiguousarray(places, dtype=np.float64).tobytes())


@lru_cache(maxsize=4)
def _spline_inverse(place_bytes: bytes) -> Floats:
    places = np.frombuffer(place_bytes).reshape(-1, 3)
    n = len(places)
    system = np.ones((n + 1, n + 1))
    system[:n, :n] = spline_kernel(places @ places.T, stiffness=STIFFNESS) + REGULARIZATION * np.eye(n)
    system[n, n] = 0.0
    inverse = np.asarray(np.linalg.pinv(system)[:n, :n])
    inverse.flags.writeable = False
    return inverse


def left_out(covariance: Floats, inverse: Floats) -> tuple[Floats, Floats]:
    """Each channel against its prediction from all others: the slope of one over the other, and their correlation.

    Parameters
    ----------
    covariance : array, shape (n_channels, n_channels)
    inverse : array, shape (n_channels, n_channels)
        Of ``spline_inverse``.

    Returns
    -------
    slope, correlation : array, shape (n_channels,)
        Both 0 where a channel does not move.
    """
    weights = np.eye(len(inverse)) - inverse / np.diag(inverse)[:, None]
    np.fill_diagonal(weights, 0.0)
    cross = np.einsum("ij,ji->i", weights, covariance)
    spread = np.einsum("ij,jk,ik->i", weights, covariance, weights, optimize=True)
    own = np.diag(covariance)
    safe = np.maximum(spread, TINY)
    return cross / safe, cross / np.sqrt(np.maximum(safe * own, TINY))


@dataclass(frozen=True)
class PairsLeftOut:
    """Channels of each pair against what all channels outside of the pair predict at both places.

    Pairs are in the order of ``numpy.triu_indices(n_channels, 1)``.
    """

    correlations: Floats
    """By place, then by channel, shape (n_pairs, 2, 2)."""
    contrasts: Floats
    """Of the difference of both channels, each in its own size, with that of both predictions: shape (n_pairs,).

    Neighbours share nearly everything, so that their difference alone says which of them is where.
    """


def pairs_left_out(covariance: Floats, inverse: Floats) -> PairsLeftOut:
    """Both channels of each pair, and their difference, against predictions at both places from all others.

    Parameters
    ----------
    covariance, inverse : array, shape (n_channels, n_channels)
    """
    first, second = np.triu_indices(len(inverse), 1)

    def blocks(matrix: Floats) -> Floats:
        rows = ((first, first), (first, second)), ((second, first), (second, second))
        return np.stack([np.stack([matrix[at] for at in row], axis=-1) for row in rows], axis=-2)

    weighted = inverse @ covariance
    own = blocks(covariance)
    back = np.linalg.inv(blocks(inverse))
    taken = back @ blocks(weighted)
    shared = own - taken
    power = own - taken - np.swapaxes(taken, 1, 2) + back @ blocks(weighted @ inverse.T) @ np.swapaxes(back, 1, 2)
    predicted = np.sqrt(np.maximum(np.einsum("pii->pi", power), TINY))
    measured = np.sqrt(np.maximum(np.einsum("pii->pi", own), TINY))
    correlations = shared / predicted[:, :, None] / measured[:, None, :]
    differing = [1 - part[:, 0, 1] / sizes.prod(axis=1) for part, sizes in ((own, measured), (power, predicted))]
    contrasts = (correlations[:, 0, 0] - correlations[:, 0, 1] - correlations[:, 1, 0] + correlations[:, 1, 1]) / 2
    contrasts /= np.sqrt(np.maximum(differing[0] * differing[1], TINY))
    return PairsLeftOut(np.asarray(correlations), np.asarray(contrasts))
