"""ZapLine: line noise removed as a few spatial components of the part of the signal that holds it.

After de Cheveigné 2020, "ZapLine: a simple and effective method to remove power line artifacts", NeuroImage 207,
116356, doi:10.1016/j.neuroimage.2019.116356. The number of components follows a rule of our own, stated in
``find_line_components``.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from ..filters.fir import zero_phase

if TYPE_CHECKING:
    from ..types import Floats


WINDOW_S = 1.0
NEIGHBOURS_HZ = (-4.0, -3.0, 3.0, 4.0)
CHUNK_SAMPLES = 2**14
MIN_EIGENVALUE = 1e-10
"""Of the largest: directions with less power than this do not exist in the data."""


@dataclass(frozen=True)
class LineComponents:
    """Spatial components of the residual that carry the line."""

    filters: Floats
    """W, shape (n_channels, n_components): residual to component."""
    patterns: Floats
    """A, shape (n_channels, n_components): component to residual."""
    prominence_db: tuple[float, ...]
    """Power at the line over power beside it, of all components that were looked at."""

    @property
    def count(self) -> int:
        """How many components carry the line."""
        return int(self.filters.shape[1])


def smoothing_kernel(frequency_hz: float, sfreq: float) -> Floats:
    """Symmetric kernel that passes slow signals and is exactly zero at a frequency and its harmonics.

    A boxcar as long as one period (de Cheveigné 2020), which is not a whole number of samples in general; the smallest
    correction, in the sense of least squares, then puts its zeros onto the harmonics and its gain at 0 Hz to 1.

    Shape (n_taps,).
    """
    period = sfreq / frequency_hz
    half = int(np.ceil(period / 2))
    place = np.arange(-half, half + 1)
    box = np.clip((period + 1) / 2 - np.abs(place), 0, 1) / period
    turns = np.arange(int((sfreq / 2) // frequency_hz) + 1) / period
    cosines = np.cos(2 * np.pi * np.outer(turns, place))
    wanted = (turns == 0).astype(np.float64)
    kernel: Floats = box + np.linalg.lstsq(cosines, wanted - cosines @ box, rcond=None)[0]
    return kernel


def chunks(n_samples: int) -> Iterator[tuple[int, int]]:
    """Ranges of ``CHUNK_SAMPLES`` that cover ``n_samples``."""
    for start in range(0, n_samples, CHUNK_SAMPLES):
        yield start, min(start + CHUNK_SAMPLES, n_samples)


def residual_chunks(x: Floats, rows: list[int], kernel: Floats) -> Iterator[tuple[int, int, Floats]]:
    """What a kernel does not pass of the rows of a span, piece by piece.

    A piece that was handed out may be changed in ``x`` at once: the next one is computed from the samples as they were.

    ``x`` (n_all_channels, n_times), ``kernel`` (n_taps,); each piece (n_rows, n_piece).
    """
    half, n_samples = kernel.size // 2, x.shape[1]
    tail = np.empty((len(rows), 0))
    for start, stop in chunks(n_samples):
        after = min(half, n_samples - stop)
        piece = np.concatenate([tail, x[rows, start : stop + after]], axis=1)
        inside = slice(tail.shape[1], piece.shape[1] - after)
        yield start, stop, np.array([row[inside] - zero_phase(row, kernel)[inside] for row in piece])
        tail = piece[:, : piece.shape[1] - after][:, -half:]


def find_line_components(
    x: Floats,
    rows: list[int],
    sfreq: float,
    frequency_hz: float,
    harmonics_hz: tuple[float, ...],
    *,
    min_db: float,
    most: int,
) -> LineComponents:
    """Find the components of a span that carry the line.

    The residual (what ``smoothing_kernel`` does not pass) is turned into components by joint decorrelation: directions
    of greatest power at the harmonics relative to all power of the residual. In this order, components are line as long
    as their power at the harmonics is ``min_db`` above their power 3 and 4 Hz beside them, and ``most`` is not
    reached.

    Parameters
    ----------
    x : array, shape (n_all_channels, n_times)
    rows : list of int
        The channels to look at.
    sfreq : float
    frequency_hz : float
        Of the line.
    harmonics_hz : tuple of float
        Those of its multiples that are to be removed.
    min_db : float
    most : int
    """
    kernel = smoothing_kernel(frequency_hz, sfreq)
    total, line, beside = _covariances(x, rows, kernel, sfreq, harmonics_hz)
    values, vectors = np.linalg.eigh(total)
    real = values > max(values[-1], 0.0) * MIN_EIGENVALUE
    whiten = vectors[:, real] / np.sqrt(values[real])
    _, rotation = np.linalg.eigh(whiten.T @ line @ whiten)
    filters = whiten @ rotation[:, ::-1]
    prominence = _power_db(filters, line) - _power_db(filters, beside)
    count = int(np.argmin(np.append(prominence[:most] >= min_db, False)))
    return LineComponents(
        filters=filters[:, :count],
        patterns=total @ filters[:, :count],
        prominence_db=tuple(float(value) for value in prominence[: most + 1]),
    )


def _power_db(filters: Floats, covariance: Floats) -> Floats:
    power = np.einsum("ij,ik,kj->j", filters, covariance, filters, optimize=True)
    decibel: Floats = 10 * np.log10(np.maximum(power, np.finfo(np.float64).tiny))
    return decibel


def _covariances(
    x: Floats, rows: list[int], kernel: Floats, sfreq: float, harmonics_hz: tuple[float, ...]
) -> tuple[Floats, Floats, Floats]:
    """Covariance of the residual: in all, at the harmonics, and beside them (mean over frequencies).

    ``x`` (n_all_channels, n_times), in volts; all results (n_rows, n_rows), in V².
    """
    n_window = round(WINDOW_S * sfreq)
    at = np.array(harmonics_hz)
    sides = (at[:, None] + np.array(NEIGHBOURS_HZ)).ravel()
    waves = _waves(at, n_window, sfreq), _waves(sides[(sides > 0) & (sides < sfreq / 2)], n_window, sfreq)
    total = np.zeros((len(rows), len(rows)))
    narrow = [np.zeros_like(total), np.zeros_like(total)]
    for _, _, rest in residual_chunks(x, rows, kernel):
        total += rest @ rest.T
        n_windows = rest.shape[1] // n_window
        windows = rest[:, : n_windows * n_window].reshape(len(rows), n_windows, n_window)
        for cross, wave in zip(narrow, waves, strict=True):
            phasors = (windows @ wave).reshape(len(rows), -1)
            cross += phasors @ phasors.T / wave.shape[1]
    return total / x.shape[1], narrow[0], narrow[1]


def _waves(frequencies_hz: Floats, n_window: int, sfreq: float) -> Floats:
    """Hann-windowed cosines and sines, shape (n_window, 2 n_frequencies)."""
    phase = 2 * np.pi * np.outer(np.arange(n_window) / sfreq, frequencies_hz)
    waves: Floats = np.hanning(n_window)[:, None] * np.concatenate([np.cos(phase), np.sin(phase)], axis=1)
    return waves


def remove_line_components(
    x: Floats, rows: list[int], sfreq: float, frequency_hz: float, found: LineComponents
) -> None:
    """Take line components out of a span, in place: x - A (W' r), with r the residual of x.

    What the kernel passes stays as it was, so no direction vanishes from the data: their rank does not change, only
    above the line frequency do they span fewer directions.

    ``x`` (n_all_channels, n_times), in volts.
    """
    for start, stop, rest in residual_chunks(x, rows, smoothing_kernel(frequency_hz, sfreq)):
        x[rows, start:stop] -= found.patterns @ (found.filters.T @ rest)


def numerical_rank(x: Floats, rows: list[int]) -> int:
    """Rank of the covariance of some rows: eigenvalues above 1e-10 of the largest.

    ``x`` (n_all_channels, n_times), in any unit.
    """
    covariance = np.zeros((len(rows), len(rows)))
    for start, stop in chunks(x.shape[1]):
        piece = x[rows, start:stop]
        covariance += piece @ piece.T
    values = np.linalg.eigvalsh(covariance)
    return int((values > max(float(values[-1]), 0.0) * MIN_EIGENVALUE).sum())
