"""What two channels have in common: correlations, coherence, phase. One value a pair of channels.

Pairs are those above the diagonal: (0, 1), (0, 2), … (n-2, n-1).
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ...signal.types import Floats, Ints
from ..contract import Windows
from .signal import bandpass_taps, forward_backward
from .spectral import BANDS, Bands, Scale, Spectrum, by_band, covered_band, in_scale, segment_size

Complex = NDArray[np.complex128]
MIN_SEGMENTS = 3
"""Segments that a window must hold for a coherence: that of one segment is 1 whatever the signal."""
WORD = 64


class Coherency(NamedTuple):
    """Complex coherency of pairs: frequencies (n_freqs,), and values (n_windows, n_pairs, n_freqs)."""

    freqs_hz: Floats
    values: Complex
    covers: tuple[float, float]


class PhaseDifferences(NamedTuple):
    """What is known of the phase differences φᵢ − φⱼ of pairs within a band, each (n_windows, n_pairs)."""

    mean_phasor: Complex
    """Mean of exp(i (φᵢ − φⱼ))."""
    mean_abs_imaginary: Floats
    ahead: Floats
    """Part of the samples in which the first channel is ahead: sin(φᵢ − φⱼ) > 0."""
    behind: Floats


def pairs_of(n_channels: int) -> tuple[Ints, Ints]:
    """Indices of both channels of all pairs, each (n_pairs,)."""
    first, second = np.triu_indices(n_channels, 1)
    return first.astype(np.int64), second.astype(np.int64)


def _correlations(x: Floats) -> Floats:
    """Pearson's correlations of all pairs of rows, (n_windows, n_pairs), of (n_windows, n_channels, n_values)."""
    centred = x - x.mean(axis=-1, keepdims=True)
    with np.errstate(divide="ignore", invalid="ignore"):
        centred /= np.sqrt((centred**2).sum(axis=-1, keepdims=True))
    centred[np.ptp(x, axis=-1) == 0] = np.nan
    first, second = pairs_of(x.shape[1])
    return np.clip((centred @ centred.swapaxes(1, 2))[:, first, second], -1, 1)


def connectivity_temporal_correlation(windows: Windows) -> Floats:
    """Correlation of two signals; NaN where one is flat.

    Formula: Pearson's r of xᵢ(t) and xⱼ(t)

    Source: Pearson 1895
    """
    return _correlations(windows.data)


def connectivity_spectral_correlation(spectrum: Spectrum, *, scale: Scale = "power") -> Floats:
    """Correlation of two power spectra; NaN where a signal is flat.

    Formula: Pearson's r of Pᵢ(f) and Pⱼ(f)

    Source: Pearson 1895
    """
    return _correlations(in_scale(spectrum, scale))


def connectivity_max_cross_correlation(windows: Windows, *, max_lag_s: float = 0.5) -> Floats:
    """Largest correlation, in size, of two signals at lags up to half a second; NaN where one is flat.

    At each lag it is divided by the number of products. (EEGDash 0.9.1 leaves out the largest positive lag, so that
    its value depends on which channel is the first.)

    Formula: max over |τ| ≤ 0.5 s of |Σ zᵢ(t) zⱼ(t + τ)| / (n − |τ|), with z of mean 0 and variance 1

    Source: EEGDash 0.9.1
    """
    from scipy.fft import irfft, next_fast_len, rfft

    x = windows.data
    n_times = x.shape[-1]
    reach = min(n_times // 2, int(max_lag_s * int(windows.sfreq_hz)))
    with np.errstate(divide="ignore", invalid="ignore"):
        scores = (x - x.mean(axis=-1, keepdims=True)) / x.std(axis=-1, keepdims=True)
    scores[np.ptp(x, axis=-1) == 0] = np.nan
    size = next_fast_len(n_times + reach, real=True)
    spectra = rfft(scores, size)
    products = n_times - np.arange(reach + 1)
    found = np.empty((len(x), len(pairs_of(x.shape[1])[0])))
    for window, spectrum in enumerate(spectra):
        end = 0
        for i in range(len(spectrum) - 1):
            sums = np.abs(irfft(spectrum[i].conj() * spectrum[i + 1 :], size))
            start, end = end, end + len(sums)
            forward = (sums[:, : reach + 1] / products).max(axis=-1)
            backward = (sums[:, : size - reach - 1 : -1] / products[1:]).max(axis=-1, initial=0.0)
            found[window, start:end] = np.maximum(forward, backward)
    return found


def coherency(
    windows: Windows,
    *,
    segment_s: float | None = None,
    overlap: float = 0.5,
    f_min: float | None = None,
    f_max: float | None = None,
) -> Coherency:
    """Coherency of all pairs by Welch's method (see `welch_spectrum`).

    Parameters
    ----------
    segment_s : float or None
        Length of segments. By default 4 s, or half of the window where fewer than three of those fit into it: three
        segments are the fewest that say anything, and a short window has few of them.
    """
    size, step = _segments(windows, segment_s, overlap)
    freqs_hz: Floats = np.fft.rfftfreq(size, 1 / windows.sfreq_hz).astype(np.float64)
    covers = covered_band(windows, f_min, f_max)
    inside = (freqs_hz >= covers[0]) & (freqs_hz <= covers[1])
    spectra = _segment_spectra(windows.data, size, step)[..., inside]
    first, second = pairs_of(windows.data.shape[1])
    values = np.full((len(spectra), len(first), int(inside.sum())), np.nan, dtype=complex)
    if spectra.shape[2] > 1:
        for window, one in enumerate(spectra):
            values[window] = _coherency_of(one)[:, first, second].T
    return Coherency(freqs_hz[inside], values, covers)


def _segments(windows: Windows, segment_s: float | None, overlap: float) -> tuple[int, int]:
    """Length of segments and the step between them, in samples."""
    n_times = windows.data.shape[-1]
    size = segment_size(windows, 4.0 if segment_s is None else segment_s)
    step = size - int(size * overlap)
    if segment_s is None and (n_times - size) // step + 1 < MIN_SEGMENTS:
        size = n_times // 2
        step = size - int(size * overlap)
    return size, step


def _segment_spectra(x: Floats, size: int, step: int) -> Complex:
    """Fourier coefficients of overlapping segments, (n_windows, n_channels, n_segments, n_freqs)."""
    from scipy.fft import rfft
    from scipy.signal import get_window

    segments = np.lib.stride_tricks.sliding_window_view(x, size, axis=-1)[..., ::step, :]
    spectra: Complex = rfft((segments - segments.mean(axis=-1, keepdims=True)) * get_window("hann", size))
    return spectra


def _coherency_of(spectra: Complex) -> Complex:
    """Coherency of one window, (n_freqs, n_channels, n_channels), of (n_channels, n_segments, n_freqs)."""
    by_frequency = spectra.transpose(2, 0, 1)
    cross: Complex = by_frequency.conj() @ by_frequency.transpose(0, 2, 1)
    power = np.diagonal(cross, axis1=1, axis2=2).real
    with np.errstate(divide="ignore", invalid="ignore"):
        return cross / np.sqrt(power[:, :, None] * power[:, None, :])


def connectivity_magnitude_square_coherence(coherency: Coherency, *, bands: Bands = BANDS) -> dict[str, Floats]:
    """Mean magnitude-squared coherence of each band.

    Formula: mean |c(f)|², c = S₁₂ / √(S₁₁ S₂₂)

    Source: Carter et al. 1973
    """
    c = coherency.values
    return by_band(coherency.freqs_hz, c.real**2 + c.imag**2, coherency.covers, bands, "mean")


def connectivity_imaginary_coherence(coherency: Coherency, *, bands: Bands = BANDS) -> dict[str, Floats]:
    """Mean imaginary part of the coherency of each band: above 0 where the second channel is ahead.

    Formula: mean Im c(f)

    Source: Nolte et al. 2004
    """
    return by_band(coherency.freqs_hz, coherency.values.imag, coherency.covers, bands, "mean")


def connectivity_lagged_coherence(coherency: Coherency, *, bands: Bands = BANDS) -> dict[str, Floats]:
    """Mean lagged coherence of each band, with the sign of the imaginary part; NaN where c is real and 1.

    Formula: mean Im c(f) / √(1 − (Re c(f))²)

    Source: Pascual-Marqui et al. 2011
    """
    c = coherency.values
    with np.errstate(divide="ignore", invalid="ignore"):
        lagged = c.imag / np.sqrt(1 - c.real**2)
    return by_band(coherency.freqs_hz, lagged, coherency.covers, bands, "mean")


def phase_differences(windows: Windows, *, bands: Bands = BANDS) -> dict[str, PhaseDifferences]:
    """Phase differences of all pairs within each band, by a band-pass of 1.5 s and the analytic signal."""
    return {name: _differences(_phasors(windows, band)) for name, band in bands.items()}


def _phasors(windows: Windows, band: tuple[float, float]) -> Complex:
    """exp(i φ(t)) within a band, (n_windows, n_channels, n_times); NaN for a flat signal."""
    from scipy.signal import hilbert

    filtered = forward_backward(windows.data, bandpass_taps(windows.sfreq_hz, *band))
    filtered[np.ptp(windows.data, axis=-1) == 0] = np.nan
    analytic: Complex = hilbert(filtered, axis=-1)
    with np.errstate(divide="ignore", invalid="ignore"):
        return analytic / np.abs(analytic)


def _differences(phasors: Complex) -> PhaseDifferences:
    n_windows, n_channels, n_times = phasors.shape
    first, second = pairs_of(n_channels)
    means = (phasors @ phasors.conj().swapaxes(1, 2))[:, first, second] / n_times
    sizes, ahead, behind = (np.empty((n_windows, len(first))) for _ in range(3))
    for window, one in enumerate(phasors):
        end = 0
        padding = np.zeros((n_channels, -n_times % WORD))  # sin(φᵢ − φⱼ) is 0 there: neither ahead nor behind
        sines, cosines = (np.concatenate([part, padding], axis=1) for part in (one.imag, one.real))
        for i in range(n_channels - 1):
            imaginary = sines[i] * cosines[i + 1 :]
            imaginary -= cosines[i] * sines[i + 1 :]
            start, end = end, end + len(imaginary)
            ahead[window, start:end] = _count(imaginary > 0)
            behind[window, start:end] = _count(imaginary < 0)
            sizes[window, start:end] = np.abs(imaginary, out=imaginary).sum(axis=-1)
    undefined = np.isnan(means)
    for counts in (ahead, behind):
        counts[undefined] = np.nan
    return PhaseDifferences(means, sizes / n_times, ahead / n_times, behind / n_times)


def _count(mask: NDArray[np.bool_]) -> Ints:
    """Number of True in each row, whose length is a multiple of 64."""
    return np.bitwise_count(np.packbits(mask, axis=-1).view(np.uint64)).sum(axis=-1, dtype=np.int64)


def connectivity_phase_locking_value(phases: dict[str, PhaseDifferences]) -> dict[str, Floats]:
    """Phase locking value of each band: 1 for a constant phase difference; NaN where a signal is flat.

    Formula: |mean exp(i Δφ(t))|

    Source: Lachaux et al. 1999
    """
    return {band: np.abs(found.mean_phasor) for band, found in phases.items()}


def connectivity_corrected_imaginary_phase_locking_value(phases: dict[str, PhaseDifferences]) -> dict[str, Floats]:
    """Corrected imaginary phase locking value of each band, with its sign: above 0 where the first channel is ahead.

    NaN where a signal is flat and where the phase difference is always 0.

    Formula: Im m / √(1 − (Re m)²), m = mean exp(i Δφ(t))

    Source: Bruña et al. 2018
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        return {band: found.mean_phasor.imag / np.sqrt(1 - found.mean_phasor.real**2) for band, found in phases.items()}


def connectivity_phase_lag_index(phases: dict[str, PhaseDifferences]) -> dict[str, Floats]:
    """Phase lag index of each band: 1 where one channel is always ahead; NaN where a signal is flat.

    Formula: |mean sign(sin Δφ(t))|

    Source: Stam et al. 2007
    """
    return {band: np.abs(found.ahead - found.behind) for band, found in phases.items()}


def connectivity_weighted_phase_lag_index(phases: dict[str, PhaseDifferences]) -> dict[str, Floats]:
    """Weighted phase lag index of each band; NaN where a signal is flat.

    The weights are of unit phasors, as in EEGDash, not of cross-spectra.

    Formula: |mean sin Δφ(t)| / mean |sin Δφ(t)|

    Source: Vinck et al. 2011
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        return {band: np.abs(found.mean_phasor.imag) / found.mean_abs_imaginary for band, found in phases.items()}


def connectivity_directed_phase_lag_index(phases: dict[str, PhaseDifferences]) -> dict[str, Floats]:
    """Directed phase lag index of each band: above ½ where the first channel is ahead; NaN where a signal is flat.

    Formula: mean Θ(sin Δφ(t)), Θ(0) = 0

    Source: Stam and van Straaten 2012
    """
    return {band: np.concatenate([found.ahead, found.behind], axis=-1) for band, found in phases.items()}
