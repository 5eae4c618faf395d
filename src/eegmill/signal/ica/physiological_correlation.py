"""How components correlate with the EOG and ECG channels."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ...models import Frozen
from ..filters.band import band_of
from .sources import filtered_sources

if TYPE_CHECKING:
    import mne

    from ..types import Floats

BANDS_HZ = {"eog": (1.0, 10.0), "ecg": (8.0, 16.0)}
"""Where blinks and QRS complexes have their power: the bands of MNE's ``find_bads_eog`` and ``find_bads_ecg``."""


class Correlation(Frozen):
    """Pearson correlation of a component with an EOG or ECG channel, both band-passed."""

    channel: str
    r: float


def correlations(raw: mne.io.BaseRaw, ica: mne.preprocessing.ICA) -> list[tuple[Correlation, ...]]:
    """Correlations of every component with every good EOG and ECG channel, outside ``BAD_`` segments.

    Channels that hold NaN or infinity tell nothing and are left out.
    """
    kinds = dict(zip(raw.ch_names, raw.get_channel_types(), strict=True))
    found: list[tuple[Correlation, ...]] = [()] * ica.n_components_
    for kind, band in BANDS_HZ.items():
        good = [name for name in raw.ch_names if kinds[name] == kind and name not in raw.info["bads"]]
        names = [name for name in good if np.isfinite(raw.get_data(picks=[name])).all()]
        if not names:
            continue
        table = _correlate(raw, ica, names, band)
        found = [
            (*known, *(Correlation(channel=name, r=float(r)) for name, r in zip(names, row, strict=True)))
            for known, row in zip(found, table, strict=True)
        ]
    return found


def _correlate(
    raw: mne.io.BaseRaw, ica: mne.preprocessing.ICA, names: list[str], band_hz: tuple[float, float]
) -> Floats:
    """Correlation table (n_components, n_names)."""
    band = band_of(raw, *band_hz)
    others = [raw.ch_names.index(name) for name in names]
    there = np.array(list(filtered_sources(raw, others, np.eye(len(names)), band)))
    unmixing = ica.unmixing_matrix_ @ ica.pca_components_[: ica.n_components_] / ica.pre_whitener_.T
    picks = [raw.ch_names.index(name) for name in ica.ch_names]
    rows = [pearson(source[None], there)[0] for source in filtered_sources(raw, picks, unmixing, band)]
    return np.array(rows)


def pearson(A: Floats, B: Floats) -> Floats:
    """Correlation of every row of ``A`` with every row of ``B``; 0 where a row is constant.

    ``A`` (n_a, n_times), ``B`` (n_b, n_times); the result (n_a, n_b).
    """
    rows = [X - X.mean(axis=1, keepdims=True) for X in (A, B)]
    norms = [np.linalg.norm(X, axis=1) for X in rows]
    scale = np.outer(*norms)
    return np.asarray(np.divide(rows[0] @ rows[1].T, scale, out=np.zeros_like(scale), where=scale > 0))
