"""How alike the components of two decompositions of the same channels are."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import mne

    from ..types import Floats


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


def topographies(ica: mne.preprocessing.ICA, names: list[str]) -> Floats:
    """Of sources at unit variance, in the channels named, shape (n_names, n_components)."""
    n_components = int(ica.n_components_)
    mixing = ica.pca_components_[:n_components].T @ ica.mixing_matrix_ * ica.pre_whitener_
    variances = ica.unmixing_matrix_**2 @ ica.pca_explained_variance_[:n_components]
    rows = [ica.ch_names.index(name) for name in names]
    found: Floats = mixing[rows] * np.sqrt(variances)
    return found
