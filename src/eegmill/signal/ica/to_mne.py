"""An unmixing as an ``mne.preprocessing.ICA``, in a fixed order and with fixed signs."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import mne

    from ..types import Floats
    from .picard import Unmixing
    from .whitening import Whitening


def as_mne_ica(
    info: mne.Info, whitening: Whitening, unmixing: Unmixing, *, method: str, n_samples: int
) -> mne.preprocessing.ICA:
    """Hand the decomposition over to MNE, which applies, plots and saves it.

    Components come in the order of the variance that they explain in the channels; the weight of largest absolute
    value in each topography is positive. ICA itself fixes neither.

    Parameters
    ----------
    info
        Of the channels that were decomposed.
    n_samples
        How many samples the decomposition was fitted on.
    """
    from mne.preprocessing import ICA

    n_components = len(unmixing.W)
    W, mixing = ordered(whitening, unmixing.W)
    ica = ICA(n_components=n_components, method=method)
    ica.current_fit = "raw"
    ica.info = info
    ica.ch_names = list(info["ch_names"])
    ica.n_components_ = n_components
    ica.n_samples_ = n_samples
    ica.n_iter_ = unmixing.iterations
    ica.reject_ = None
    ica.pre_whitener_ = np.ones((len(whitening.mean), 1))
    ica.pca_mean_ = whitening.mean
    ica.pca_components_ = whitening.components
    ica.pca_explained_variance_ = whitening.variances
    ica.unmixing_matrix_ = W
    ica.mixing_matrix_ = mixing
    # MNE has no public way to make an ICA of a known decomposition; its EEGLAB reader names components like this too.
    ica._update_ica_names()
    return ica


def ordered(whitening: Whitening, W: Floats) -> tuple[Floats, Floats]:
    """Unmixing and mixing matrices between unscaled principal components and sources, in order and sign fixed.

    ``W`` and both results (n_components, n_components).
    """
    n_components = len(W)
    scale = np.sqrt(whitening.variances[:n_components])
    mixing = scale[:, None] * np.linalg.inv(W)
    topographies = whitening.components[:n_components].T @ mixing
    variance_of_sources = np.sum(W**2, axis=1)
    explained = np.sum(topographies**2, axis=0) * variance_of_sources
    order = np.argsort(-explained, kind="stable")
    largest = np.argmax(np.abs(topographies), axis=0)
    signs = np.sign(topographies[largest, np.arange(n_components)])
    unmixing = (W / scale) * signs[:, None]
    return unmixing[order], (mixing * signs)[:, order]
