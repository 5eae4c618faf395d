"""Where a decomposition starts: at sources that are as like single channels as they can be, and at flat ones.

The likelihood of independent sources has many optima, some of them a few nats apart, and where a fit starts decides
which it finds. From the principal components, of which those of like variance turn freely, it was another one after a
hundredth of noise or without a second in each of four recordings; from the channels in one of them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from .likelihood import CLEARLY_FLAT

if TYPE_CHECKING:
    from ..types import Floats, Samples

TIE_DECIMALS = 6
"""Lengths of columns that differ by less are alike: rounding does not choose between them."""
PER_WEIGHT, FEWEST = 10, 10_000
"""Samples that flat sources are looked for in: for each pair of components, and at least. 10,000 tell a peakedness of
-0.05 from chance, which is about 0.004; of 63 components, which may lie flat by chance in more ways, they do not."""
MAX_TRIES = 6
"""Principal components from which the next flat source is looked for."""
PEAKED_SCALE, FLAT_SCALE = 0.78, 1.46
"""Standard deviations of the model's sources: s**2 + E[s y tanh(s y)] = 1 gives 0.77 for a Gaussian source and 0.79 for
a Laplacian one, s**2 - E[s y tanh(s y)] = 1 gives 1.48 for a sine and 1.45 for a uniform one. From elsewhere the first
steps, which put that right, turn sources as well, and hum was lost among sixty others."""
MOST_STEPS, TURNED = 25, 1e-6
"""Of the search for one flat source, and one minus the cosine between two steps at which it ends."""


def channels_and_flat(Z: Samples, weights: Floats, *, seed: int) -> Floats:
    """Unmixing matrix of whitened samples from which a fit starts: orthogonal rows, as long as the model expects.

    Parameters
    ----------
    Z
        Whitened samples, shape (n_components, n_times).
    weights
        Of the principal components in the channels, shape (n_components, n_channels), of orthonormal rows.
    seed
        Of the choice of samples that flat sources are looked for in.

    Returns
    -------
    ndarray of float, (n_components, n_components)
        Flat sources first.
    """
    flat = flat_sources(_few(Z, seed))
    beside = weights - flat.T @ (flat @ weights)
    return np.vstack((FLAT_SCALE * flat, PEAKED_SCALE * towards_channels(beside, len(weights) - len(flat))))


def towards_channels(weights: Floats, n_sources: int) -> Floats:
    """Orthonormal rows that turn whitened samples into sources like single channels.

    With a source for each channel that is the symmetric whitening where infomax starts in EEGLAB (its "sphere"; Bell &
    Sejnowski, Vision Res. 1997;37:3327-38). With fewer it is that of the channels that differ most, by the matrix of
    orthonormal rows nearest to theirs (Higham, SIAM J. Sci. Stat. Comput. 1986;7:1160-74).

    Parameters
    ----------
    weights
        Of orthogonal sources in the channels, shape (n_components, n_channels).
    n_sources
        The rank of ``weights``: fewer than n_components where some sources were taken out.

    Returns
    -------
    ndarray of float, (n_sources, n_components)
    """
    chosen = most_different(weights, n_sources)
    left, _, right = np.linalg.svd(weights[:, chosen].T, full_matrices=False)
    rotation: Floats = left @ right
    return rotation


def most_different(columns: Floats, n_wanted: int) -> list[int]:
    """Numbers of linearly independent columns of ``columns`` (n_rows, n_columns), in their order.

    Gram-Schmidt with column pivoting (Businger & Golub, Numer. Math. 1965;7:269-76): the longest, then always the one
    of which most is left beside those taken before; of equal ones the first.
    """
    left, taken = columns.copy(), []
    for _ in range(n_wanted):
        longest = int(np.argmax(np.linalg.norm(left, axis=0).round(TIE_DECIMALS)))
        taken.append(longest)
        direction = left[:, longest] / np.linalg.norm(left[:, longest])
        left -= np.outer(direction, direction @ left)
    return sorted(taken)


def flat_sources(Z: Samples) -> Floats:
    """Rows that turn whitened samples into sources clearly flatter than a Gaussian, such as hum.

    Where such a source is mixed into many others, each of them is nearly Gaussian, and a fit does not find it from
    there. It is looked for from the flattest principal components on; found, the next is looked for beside it.

    Parameters
    ----------
    Z
        Whitened samples, shape (n_components, n_times).

    Returns
    -------
    ndarray of float, (n_flat, n_components)
    """
    flat, failed = np.empty((0, len(Z))), 0
    for index in np.argsort([_peakedness(row) for row in Z]):
        source = _flattest_near(Z, np.eye(len(Z))[index], flat)
        if source is not None and _peakedness(source @ Z) < CLEARLY_FLAT:
            flat, failed = np.vstack((flat, source)), 0
        elif (failed := failed + 1) == MAX_TRIES:
            break
    return flat


def _flattest_near(Z: Samples, source: Floats, others: Floats) -> Floats | None:
    """The flattest source up the hill from ``source`` (n_components,), orthogonal to ``others``; None if they hold it.

    Of unit variance, a source is the flatter, the larger E[log cosh y] is. A step of FastICA (Hyvarinen, IEEE Trans.
    Neural Netw. 1999;10:626-34) goes up or down; where it goes down, one of the power method does not, since log cosh
    is convex (Journee et al., J. Mach. Learn. Res. 2010;11:517-53).
    """
    first = _unit(source - others.T @ (others @ source))
    if first is None:
        return None
    source, y = first, first @ Z
    for _ in range(MOST_STEPS):
        psi = np.tanh(y)
        power = Z @ psi / Z.shape[1]
        power -= others.T @ (others @ power)
        newton = _unit(power - (1.0 - np.mean(psi**2)) * source)
        step = newton if newton is not None and _log_cosh(newton @ Z) > _log_cosh(y) else _unit(power)
        if step is None or 1.0 - abs(float(step @ source)) < TURNED:
            break
        source, y = step, step @ Z
    # What of the others came in by rounding would be found twice.
    return _unit(source - others.T @ (others @ source))


def _unit(row: Floats) -> Floats | None:
    """``row`` at length 1; None where nothing is left of it."""
    length = float(np.linalg.norm(row))
    return row / length if length > TURNED else None


def _log_cosh(y: Samples) -> float:
    """The mean of log cosh of one source ``y`` (n_times,)."""
    return float(np.mean(np.logaddexp(y, -y)))


def _peakedness(y: Samples) -> float:
    """E[psi'(y)] E[y ** 2] - E[psi(y) y] of one source ``y`` (n_times,), as `likelihood.Point.peakedness`."""
    psi = np.tanh(y)
    return float((1.0 - np.mean(psi**2)) * np.mean(y**2) - np.mean(psi * y))


def _few(Z: Samples, seed: int) -> Samples:
    """As many samples as flat sources are looked for in, by chance, in their order; doubles, as sources are."""
    n, n_samples = Z.shape
    wanted = min(max(PER_WEIGHT * n**2, FEWEST), n_samples)
    chosen = np.sort(np.random.default_rng(seed).choice(n_samples, wanted, replace=False))
    return Z[:, chosen].astype(np.float64, copy=False)
