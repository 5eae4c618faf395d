"""Patterns over the channels in which a line stands out most: the mains may be clear there, and in no channel."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from .foreseen import PIECE, pieces_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import mne
    from numpy.typing import NDArray

    from ..types import Floats

N_PATTERNS = 3
GAP_BINS = 1.5
"""Between a line and what lies beside it, besides the width of the line."""
BESIDE_HZ = 8.0
"""What lies up to here beside a line is what it must stand out of."""
RANK = 1e-9


@dataclass(frozen=True)
class LinePatterns:
    """Weights of the channels in which a line stands out most, the clearest first."""

    frequency_hz: float
    ratio: float
    """Of the power at the line to that beside it, in the first pattern."""
    weights: Floats
    """Shape (n_patterns, n_channels)."""


def line_patterns(
    raw: mne.io.BaseRaw, picks: Sequence[int], frequencies_hz: Sequence[float], *, within_hz: float = 0.0
) -> tuple[LinePatterns, ...]:
    """Patterns of each frequency that the rate can hold, by generalised eigenvectors of two covariances.

    One covariance over the channels is that at the line, the other that beside it (Nikulin VV, Nolte G, Curio G. A
    novel method for reliable and fast extraction of neuronal EEG/MEG oscillations on the basis of spatio-spectral
    decomposition. NeuroImage 2011;55:1528-1535, doi:10.1016/j.neuroimage.2011.01.057).

    Parameters
    ----------
    raw
        Finite samples.
    picks
        Channels, by their indices.
    frequencies_hz
        Where lines may be.
    within_hz
        How far on either side the line may be; less than the width of a Hann window counts as that.
    """
    sfreq_hz = float(raw.info["sfreq"])
    step_hz = sfreq_hz / PIECE
    near_hz = max(within_hz, GAP_BINS * step_hz)
    frequencies = np.fft.rfftfreq(PIECE, 1 / sfreq_hz)
    bands = []
    for line_hz in frequencies_hz:
        distance = np.abs(frequencies - line_hz)
        at, beside = distance < near_hz, (distance > near_hz + GAP_BINS * step_hz) & (distance < BESIDE_HZ)
        if line_hz + within_hz < sfreq_hz / 2 and at.any() and beside.any():
            bands.append((line_hz, at, beside))
    pairs = np.zeros((len(bands), 2, len(picks), len(picks)))
    for spectrum in _spectra(raw, picks):
        for pair, (_, *sides) in zip(pairs, bands, strict=True):
            for covariance, side in zip(pair, sides, strict=True):
                part = np.hstack([spectrum[:, side].real, spectrum[:, side].imag])
                covariance += part @ part.T / np.count_nonzero(side)
    return tuple(LinePatterns(band[0], *_clearest(*pair)) for band, pair in zip(bands, pairs, strict=True))


def _spectra(raw: mne.io.BaseRaw, picks: Sequence[int]) -> Iterator[NDArray[np.complex128]]:
    """Of good pieces: (n_channels, n_frequencies), complex."""
    for start in pieces_of(raw):
        piece = raw._data[list(picks), start : start + PIECE]
        yield np.fft.rfft((piece - piece.mean(axis=1, keepdims=True)) * np.hanning(PIECE))


def _clearest(on: Floats, off: Floats) -> tuple[float, Floats]:
    """The largest ratio of the power in one covariance to that in the other, and the patterns with the largest."""
    values, vectors = np.linalg.eigh(off)
    kept = values > RANK * values[-1]
    white = (vectors[:, kept] / np.sqrt(values[kept])).T
    ratios, directions = np.linalg.eigh(white @ on @ white.T)
    return float(ratios.max(initial=0.0)), np.asarray(directions[:, ::-1][:, :N_PATTERNS].T @ white)
