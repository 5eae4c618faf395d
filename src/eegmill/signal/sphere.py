"""Splines over the head, on the sphere and on the plane: the potential at one position from those at others."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from .types import Floats


MIN_FOR_A_SPHERE = 5
"""Fewer places do not say where the centre of the head is."""


def sphere_centre(positions: Floats) -> Floats:
    """Centre of the sphere that fits best, by linear least squares.

    Electrode positions in a head frame have their origin between the ears, below the centre of the head's upper
    sphere, so that directions from the origin would be distorted. Places that do not determine a sphere
    (fewer than 5, on one plane or one circle, or a centre outside of them) keep the origin.

    Parameters
    ----------
    positions : array, shape (n_points, 3)
        Any unit.

    Returns
    -------
    array, shape (3,)
        In the unit of ``positions``.
    """
    origin = np.zeros(3)
    if len(positions) < MIN_FOR_A_SPHERE:
        return origin
    scale = float(np.abs(positions).max()) or 1.0
    design = np.column_stack([2 * positions / scale, np.ones(len(positions))])
    squares = np.sum((positions / scale) ** 2, axis=1)
    solution, _, rank, singular = np.linalg.lstsq(design, squares, rcond=None)
    if rank < design.shape[1] or singular[-1] < 1e-2 * singular[0]:
        return origin
    centre: Floats = solution[:3] * scale
    inside = (positions.min(axis=0) <= centre) & (centre <= positions.max(axis=0))
    return centre if inside[:2].all() else origin


def directions(positions: Floats) -> Floats:
    """Unit vectors from the centre of the fitted sphere to each place, shape (n_points, 3)."""
    centred = positions - sphere_centre(positions)
    lengths: Floats = np.linalg.norm(centred, axis=1, keepdims=True)
    return centred / np.maximum(lengths, np.finfo(float).tiny)


def spline_kernel(cosines: Floats, *, stiffness: int = 4, terms: int = 500) -> Floats:
    """Perrin's function g of the cosine of the angle between two places.

    g(x) = 1/(4π) Σₙ (2n+1) / (n(n+1))ᵐ · Pₙ(x), n = 1 … ``terms``, with Legendre polynomials Pₙ and stiffness m
    (Perrin et al. 1989, Electroencephalogr. Clin. Neurophysiol. 72, 184-187, equation 3, with the correction in 76,
    565). The sum ends early where the next term no longer changes a double.

    ``cosines`` and the result have one shape, as a rule (n_targets, n_sources).
    """
    x = np.clip(cosines, -1.0, 1.0)
    before, now = np.ones_like(x), x.copy()
    total = np.zeros_like(x)
    for n in range(1, terms + 1):
        factor = (2 * n + 1) / float(n * (n + 1)) ** stiffness
        total += factor * now
        if factor < np.finfo(float).eps * 1e-2:
            break
        before, now = now, ((2 * n + 1) * x * now - n * before) / (n + 1)
    return total / (4 * np.pi)


def spline_weights(within: Floats, across: Floats, *, regularization: float = 1e-5) -> Floats:
    """Weights that predict the potentials at target places from those at source places.

    Solves Perrin's equations: coefficients c and a constant c₀ with (G + λI)c + c₀ = v and Σc = 0. Because of
    the constant, each row of the weights sums to one: the prediction does not depend on the reference.

    Parameters
    ----------
    within : array, shape (n_sources, n_sources)
        ``spline_kernel`` between the sources.
    across : array, shape (n_targets, n_sources)
        ``spline_kernel`` between targets and sources.
    regularization : float
        λ, added on the diagonal.

    Returns
    -------
    array, shape (n_targets, n_sources)
    """
    n = len(within)
    system = np.ones((n + 1, n + 1))
    system[:n, :n] = within + regularization * np.eye(n)
    system[n, n] = 0.0
    # Two electrodes given the same place make the system singular: hence the pseudo-inverse.
    inverse = np.linalg.pinv(system)[:, :n]
    weights: Floats = np.column_stack([across, np.ones(len(across))]) @ inverse
    return weights


def interpolation_matrix(
    sources: Floats, targets: Floats, *, regularization: float = 1e-5, stiffness: int = 4, terms: int = 500
) -> Floats:
    """Weights from sources to targets, both unit vectors of shape (n_points, 3); see ``spline_weights``."""
    within = spline_kernel(sources @ sources.T, stiffness=stiffness, terms=terms)
    across = spline_kernel(targets @ sources.T, stiffness=stiffness, terms=terms)
    return spline_weights(within, across, regularization=regularization)


def biharmonic_spline(
    sources: NDArray[np.complex128], values: Floats, targets: NDArray[np.complex128], *, tolerance: float = -1
) -> Floats:
    """Values at points of the plane, from those at other points.

    Parameters
    ----------
    sources, targets : array of complex, shape (n_sources,) and (n_targets,)
        Points x + iy, in any unit.
    values : array, shape (n_sources,) or (n_sources, n_maps)
    tolerance : float
        Singular values below this share of the largest count as zero; -1 for the precision of the machine. Points that
        lie close together want one.

    Returns
    -------
    array, shape (n_targets,) or (n_targets, n_maps)

    References
    ----------
    Sandwell DT. Biharmonic spline interpolation of GEOS-3 and SEASAT altimeter data. Geophys Res Lett 1987;14:139-42,
    doi:10.1029/GL014i002p00139.
    """
    within = _green(np.abs(sources[:, None] - sources))
    weights = np.linalg.lstsq(within, values, rcond=tolerance)[0]
    return np.asarray(_green(np.abs(targets[:, None] - sources)) @ weights)


def _green(distance: Floats) -> Floats:
    """Green's function of the biharmonic operator on the plane: d² (ln d - 1).

    ``distance`` and the result (n_targets, n_sources).
    """
    logarithm = np.log(distance, out=np.zeros_like(distance), where=distance > 0)
    return np.asarray(distance**2 * (logarithm - 1))
