"""The geometric median: the centre of a cloud of points that outliers hardly move."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

SMALLEST_SQUARED_DISTANCE = 1e-9
"""Keeps the weight of a point finite when the centre falls on it."""


def geometric_median(points: Floats, *, tolerance: float = 1e-5, max_iterations: int = 500) -> Floats:
    """Find the point with the smallest sum of distances to all points, by Weiszfeld's iteration.

    Parameters
    ----------
    points : array, shape (points, coordinates)
        The cloud. The iteration starts at the median of each coordinate.
    tolerance : float
        Stop when a step is shorter than this part of the length of the centre.

    References
    ----------
    Weiszfeld E (1937). Sur le point pour lequel la somme des distances de n points donnés est minimum. Tôhoku
    Mathematical Journal 43, 355-386.
    """
    centre = np.median(points, axis=0)
    squares = np.einsum("ij,ij->i", points, points)
    for _ in range(max_iterations):
        weights = 1 / np.sqrt(_squared_distances(points, squares, centre) + SMALLEST_SQUARED_DISTANCE)
        previous, centre = centre, weights @ points / weights.sum()
        if np.linalg.norm(centre - previous) <= tolerance * np.linalg.norm(centre):
            break
    return np.asarray(centre)


def _squared_distances(points: Floats, squares: Floats, centre: Floats) -> Floats:
    """Squared distances through the cosine rule; near the centre, where that cancels, by subtraction."""
    total = squares + centre @ centre
    distances = total - 2 * (points @ centre)
    near = np.flatnonzero(distances < 1e-6 * total)
    distances[near] = np.sum((points[near] - centre) ** 2, axis=1)
    return np.asarray(distances)
