"""Which component of one decomposition is which of another, whose numbers and signs may be others."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ..signal.types import Floats

if TYPE_CHECKING:
    import mne

Matches = dict[int, tuple[int, float]]
"""Component of the second decomposition to that of the first, and the correlation of their time courses."""


def matched(before: mne.preprocessing.ICA, after: mne.preprocessing.ICA) -> Matches:
    """Pairs of components whose time courses are most alike, each component in one pair at most.

    The pairs have the largest sum of absolute correlations that there is (Kuhn HW. Naval Research Logistics Quarterly
    1955;2:83-97).
    """
    from scipy.optimize import linear_sum_assignment

    names = [name for name in before.ch_names if name in after.ch_names]
    alike = correlations(_topographies(before, names), _topographies(after, names))
    pairs = zip(*linear_sum_assignment(-alike), strict=True)
    return {int(second): (int(first), float(alike[first, second])) for first, second in pairs}


def correlations(before: Floats, after: Floats) -> Floats:
    """Absolute correlations of the time courses of two decompositions, told from their topographies alone.

    The sources of one decomposition are taken for uncorrelated. Seen through the unmixing of the other they are
    ``pinv(other) @ one``, and a column or row of that, at unit length, holds the correlations. The unmixing is that of
    the one with fewer components: it is known from channels that both have.

    Parameters
    ----------
    before, after
        Topographies of sources at unit variance, shape (n_channels, n_before) and (n_channels, n_after).

    Returns
    -------
    ndarray of float, (n_before, n_after)
    """
    if before.shape[1] < after.shape[1]:
        return correlations(after, before).T
    seen = np.abs(np.linalg.pinv(after) @ before)
    lengths = np.linalg.norm(seen, axis=1, keepdims=True)
    found: Floats = np.divide(seen, lengths, out=np.zeros_like(seen), where=lengths > 0).T
    return found


def _topographies(ica: mne.preprocessing.ICA, names: list[str]) -> Floats:
    """Of sources at unit variance, in the channels named, shape (n_names, n_components)."""
    n_components = int(ica.n_components_)
    mixing = ica.pca_components_[:n_components].T @ ica.mixing_matrix_ * ica.pre_whitener_
    variances = ica.unmixing_matrix_**2 @ ica.pca_explained_variance_[:n_components]
    rows = [ica.ch_names.index(name) for name in names]
    found: Floats = mixing[rows] * np.sqrt(variances)
    return found
