"""What ICLabel looks at: topographies, spectra and autocorrelations of components.

As in ICLabel's own software (Pion-Tonachini, Kreutz-Delgado & Makeig, NeuroImage 198, 2019), for continuous data. It
works in average reference: topographies are referenced, activations are what explains the referenced data best, and
each component is scaled so that its topography has a root mean square of 1 and its activation is in microvolts. The
spectrum feature depends on that scale, so that an unmixing in any other unit gets other labels.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from ..spectra import window_powers
from ..sphere import biharmonic_spline

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from numpy.typing import NDArray

    from ..types import Floats


GRID = 32
HEAD_RADIUS = 0.5
N_FREQUENCIES = 100
N_LAGS = 100
GAIN = 0.99
"""All features are scaled by this, as for the network's training."""


@dataclass(frozen=True)
class Features:
    """``topographies`` (n_components, 32, 32), ``spectra`` and ``autocorrelations`` (n_components, 100)."""

    topographies: Floats
    spectra: Floats
    autocorrelations: Floats


def features(
    mixing: Floats,
    positions_m: Floats,
    sources: Callable[[Floats], Iterable[Floats]],
    sfreq: float,
    *,
    filled_up_to_hz: float | None = None,
    only: Sequence[int] | None = None,
) -> Features:
    """Features of the components whose topographies are the columns of ``mixing``.

    Parameters
    ----------
    mixing : array, shape (n_channels, n_components)
        Of any scale and reference.
    positions_m : array, shape (n_channels, 3)
        Electrodes in metres: x right, y front, z up. NaN where unknown: the picture of a topography is without them.
    sources : callable
        Turns an unmixing matrix (n_components, n_channels) into activations of the data in average reference and
        microvolts, each of shape (n_times,), one after another.
    filled_up_to_hz
        Where a filter emptied the spectrum; None: nowhere. Above, the spectrum goes on as it does above half of the
        sampling rate.
    only
        The components that are wanted, by their columns; None: all.
    """
    A = mixing - mixing.mean(axis=0)
    rms = np.sqrt(np.mean(A**2, axis=0))
    # A full decomposition loses one dimension to the reference: without a tolerance its inverse is rounding noise.
    W = np.linalg.pinv(A, rcond=1e-10) * rms[:, None]
    if only is not None:
        A, W = A[:, list(only)], W[list(only)]
    n_measured = None if filled_up_to_hz is None else int(filled_up_to_hz)
    spectra, lags = [], []
    for activation in sources(W):
        spectra.append(spectrum(activation, sfreq)[:n_measured])
        lags.append(autocorrelation(activation, sfreq))
    located = np.isfinite(positions_m).all(axis=1)
    return Features(
        topographies=GAIN * maps(A[located], positions_m[located]),
        spectra=GAIN * _formatted(np.array(spectra)),
        autocorrelations=GAIN * _resampled(np.array(lags), sfreq),
    )


def maps(A: Floats, positions_m: Floats) -> Floats:
    """Images of the columns of ``A`` on a 32 x 32 grid over the head: biharmonic spline (Sandwell 1987), peak 1.

    The first axis of an image points to the nose, the second to the right. Electrodes below the equator are drawn
    towards the vertex until all lie inside the head.

    ``A`` (n_channels, n_components), ``positions_m`` (n_channels, 3); the result (n_components, 32, 32).
    """
    x, y = flat_positions(positions_m)
    axis = np.linspace(-HEAD_RADIUS, HEAD_RADIUS, GRID)
    grid = (axis[:, None] + 1j * axis[None, :]).ravel()
    electrodes, A = _merged(x + 1j * y, A)
    images = biharmonic_spline(electrodes, A, grid).T
    images[:, np.abs(grid) > HEAD_RADIUS] = 0.0
    peaks = np.abs(images).max(axis=1, keepdims=True)
    return np.asarray(np.divide(images, peaks, out=np.zeros_like(images), where=peaks > 0)).reshape(-1, GRID, GRID)


def flat_positions(positions_m: Floats) -> tuple[Floats, Floats]:
    """Electrodes on the plane, nose along x and right along y; the equator of the head has radius 0.5.

    ``positions_m`` (n_channels, 3); x and y (n_channels,).
    """
    right, front, up = positions_m.T
    radius = 0.5 - np.arctan2(up, np.hypot(right, front)) / np.pi
    angle = np.arctan2(right, front)
    radius = radius * HEAD_RADIUS / min(max(1.02 * radius.max(), HEAD_RADIUS), 1.0)
    return radius * np.cos(angle), radius * np.sin(angle)


def _merged(places: NDArray[np.complex128], A: Floats) -> tuple[NDArray[np.complex128], Floats]:
    """Electrodes at one place as their mean: the spline has no answer for two values at one point.

    ``places`` (n_channels,), ``A`` (n_channels, n_components); both results with fewer rows.
    """
    _, first, group = np.unique(np.round(places, 6), return_index=True, return_inverse=True)
    counts = np.bincount(group)
    means = np.stack([np.bincount(group, weights=column) / counts for column in A.T], axis=1)
    return places[first], means


def spectrum(x: Floats, sfreq: float) -> Floats:
    """Decibels (times 2, as ICLabel has it) at 1, 2, ... Hz up to 100 Hz or the Nyquist frequency.

    Median over Hamming windows of 1 s that overlap by half.

    ``x`` (n_times,) in µV; the result (n_freqs,).
    """
    n_points = min(x.size, int(sfreq))
    nyquist = int(sfreq / 2)
    n_frequencies = min(nyquist, N_FREQUENCIES)
    window = np.hamming(n_points)
    batches = window_powers(_windows(x, n_points), n_points, window)
    power = np.concatenate([batch[:, 1 : n_frequencies + 1] for batch in batches])
    power *= 2 / (sfreq * np.sum(window**2))
    if n_frequencies == nyquist:
        power[:, -1] /= 2
    return np.asarray(20 * np.log10(np.maximum(np.median(power, axis=0), np.finfo(float).tiny)))


def _windows(x: Floats, n_points: int) -> Floats:
    """Windows (n_windows, n_points) that start every half window, rounded up to samples."""
    end = x.size // n_points * n_points
    starts = np.ceil(np.arange(0, end - n_points + n_points / 2, n_points / 2)).astype(int)
    starts = starts[starts + n_points <= x.size]
    return np.asarray(np.lib.stride_tricks.sliding_window_view(x, n_points)[starts])


def _formatted(spectra: Floats) -> Floats:
    """To 100 bins of peak 1: the last is repeated, and dents of a notch filter at 50 and 60 Hz are filled.

    ``spectra`` (n_components, n_freqs); the result (n_components, 100).
    """
    missing = N_FREQUENCIES - spectra.shape[1]
    filled = np.pad(spectra, ((0, 0), (0, missing)), mode="edge")
    for line_hz in (50, 60):
        at = line_hz - 1
        beside = filled[:, [at - 1, at + 1]]
        dented = np.all(beside - filled[:, [at]] > 5, axis=1)
        filled[dented, at] = beside[dented].mean(axis=1)
    peaks = np.abs(filled).max(axis=1, keepdims=True)
    return np.asarray(np.divide(filled, peaks, out=np.zeros_like(filled), where=peaks > 0))


def autocorrelation(x: Floats, sfreq: float) -> Floats:
    """Autocorrelation at lags of 0 to 1 s, one a sample; averaged over windows of 3 s if there are more than 5 s.

    ``x`` (n_times,), in any unit; the result (n_lags + 1,).
    """
    from scipy.fft import irfft, next_fast_len

    n_lags = int(sfreq)
    long = x.size > 5 * sfreq
    n_points = min(x.size, int(3 * sfreq)) if long else x.size
    n_fft = next_fast_len(n_points + n_lags, real=True)  # lags beyond n_lags may overlap: nobody looks at them
    windows = _windows(x, n_points) if long else x[None]
    power = np.zeros(n_fft // 2 + 1)
    for batch in window_powers(windows, n_fft):
        # One window after another, as a sum over all at once would add them.
        power = np.add.reduce(np.concatenate([power[None], batch]), axis=0)
    power /= len(windows)
    lags = np.pad(irfft(power, n_fft)[: min(n_lags + 1, n_points)], (0, max(n_lags + 1 - n_points, 0)))
    overlap = np.maximum(n_points - np.arange(n_lags + 1), 1) / n_points if long else np.ones(n_lags + 1)
    return np.asarray(lags / (lags[0] * overlap)) if lags[0] > 0 else np.zeros(n_lags + 1)


def _resampled(lags: Floats, sfreq: float) -> Floats:
    """To 100 lags: 0.01 to 1 s.

    ``lags`` (n_components, n_lags + 1); the result (n_components, 100).
    """
    from scipy.signal import resample_poly

    return np.asarray(resample_poly(lags, N_LAGS, int(sfreq), axis=1)[:, 1 : N_LAGS + 1])
