"""Moments, order statistics and times of the signal itself. One value a channel."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from ...signal.types import Floats
from ..contract import Windows


def envelope(windows: Windows) -> Windows:
    """Amplitude envelope, by the analytic signal without its mean (``scipy.signal.envelope``)."""
    from scipy.signal import envelope as analytic_envelope

    return replace(windows, data=analytic_envelope(windows.data, residual=None, axis=-1))


def bandpass_filter(
    windows: Windows, *, f_min: float = 1.0, f_max: float = 40.0, num_taps: int | None = None
) -> Windows:
    """Band-pass of linear phase, forward and backward: FIR of 1.5 s with a Hamming window.

    Borders are extended by point reflection, as ``scipy.signal.filtfilt`` does it.
    """
    taps = bandpass_taps(windows.sfreq_hz, f_min, f_max, num_taps)
    return replace(windows, data=forward_backward(windows.data, taps))


def bandpass_taps(sfreq_hz: float, f_min: float, f_max: float, num_taps: int | None = None) -> Floats:
    """Weights of the band-pass, of odd number."""
    from scipy.signal import firwin

    n_taps = int(sfreq_hz * 1.5) if num_taps is None else num_taps
    taps: Floats = firwin(n_taps + (n_taps + 1) % 2, [f_min, f_max], fs=sfreq_hz, pass_zero=False, window="hamming")
    return taps


def forward_backward(x: Floats, taps: Floats) -> Floats:
    """An FIR filter in both directions: ``scipy.signal.filtfilt`` by FFT, 20 times as fast with long filters.

    ``x`` (..., n_times).
    """
    n_times, reach = x.shape[-1], min(3 * len(taps), x.shape[-1] - 1)
    before = 2 * x[..., :1] - x[..., reach:0:-1]
    after = 2 * x[..., -1:] - x[..., -2 : -reach - 2 : -1]
    forward = _causal(np.concatenate([before, x, after], axis=-1), taps)
    backward = _causal(forward[..., ::-1], taps)[..., ::-1]
    return backward[..., reach : reach + n_times]


def _causal(x: Floats, taps: Floats) -> Floats:
    """FIR filter whose state at the first sample is that of a signal that has always been so."""
    from scipy.fft import irfft, next_fast_len, rfft

    lead = len(taps) - 1
    held = np.concatenate([np.broadcast_to(x[..., :1], (*x.shape[:-1], lead)), x], axis=-1)
    size = next_fast_len(held.shape[-1], real=True)  # what wraps around falls on the lead, which is dropped
    filtered: Floats = irfft(rfft(held, size) * rfft(taps, size), size)
    return filtered[..., lead : held.shape[-1]]


def is_flat(x: Floats) -> Floats:
    """Whether all samples are equal, shape of ``x`` without its last axis."""
    return np.ptp(x, axis=-1) == 0


def unless_flat(values: Floats, x: Floats) -> Floats:
    """The values, NaN where the signal they are of is flat."""
    return np.where(is_flat(x), np.nan, values)


def _centred(x: Floats) -> Floats:
    return x - x.mean(axis=-1, keepdims=True)


def signal_mean(windows: Windows) -> Floats:
    """Mean.

    Formula: mean(x)

    Source: elementary
    """
    return windows.data.mean(axis=-1)


def signal_variance(windows: Windows) -> Floats:
    """Variance, of the population.

    Formula: mean((x − mean(x))²)

    Source: elementary
    """
    return windows.data.var(axis=-1)


def signal_std(windows: Windows) -> Floats:
    """Standard deviation, of the population.

    Formula: √variance

    Source: elementary
    """
    return windows.data.std(axis=-1)


def signal_skewness(windows: Windows) -> Floats:
    """Skewness, of the population; NaN for a flat signal.

    Formula: m₃ / m₂^1.5, with the central moments m

    Source: Joanes and Gill 1998, g₁
    """
    centred = _centred(windows.data)
    squares = centred * centred
    with np.errstate(divide="ignore", invalid="ignore"):
        return unless_flat((squares * centred).mean(axis=-1) / squares.mean(axis=-1) ** 1.5, windows.data)


def signal_kurtosis(windows: Windows) -> Floats:
    """Excess kurtosis, of the population: 0 for a normal distribution; NaN for a flat signal.

    Formula: m₄ / m₂² − 3, with the central moments m

    Source: Joanes and Gill 1998, g₂
    """
    squares = _centred(windows.data) ** 2
    with np.errstate(divide="ignore", invalid="ignore"):
        return unless_flat((squares * squares).mean(axis=-1) / squares.mean(axis=-1) ** 2 - 3, windows.data)


def signal_root_mean_square(windows: Windows) -> Floats:
    """Root of the mean square.

    Formula: √mean(x²)

    Source: elementary
    """
    return np.sqrt((windows.data**2).mean(axis=-1))


def signal_peak_to_peak(windows: Windows) -> Floats:
    """Range.

    Formula: max(x) − min(x)

    Source: elementary
    """
    return np.ptp(windows.data, axis=-1)


def signal_quantile(windows: Windows, *, q: float = 0.5) -> Floats:
    """Quantile; the median by default.

    Formula: linear between the two nearest order statistics

    Source: Hyndman and Fan 1996, type 7
    """
    if q == 0.5:
        return np.median(windows.data, axis=-1)
    return np.quantile(windows.data, q, axis=-1)


def signal_line_length(windows: Windows) -> Floats:
    """Mean length of the line from sample to sample.

    Formula: mean(|xᵢ₊₁ − xᵢ|)

    Source: Esteller et al. 2001
    """
    return np.abs(np.diff(windows.data, axis=-1)).mean(axis=-1)


def signal_zero_crossings(windows: Windows, *, threshold: float = 1e-15) -> Floats:
    """How often the sign changes; samples that are not above the threshold in size have none of their own.

    A run of zeros between a positive and a negative sample is one crossing, between two of one sign none. (EEGDash
    0.9.1 counts the sequence 1, 0, −1 as three crossings.)

    Formula: Σ [sign(xᵢ₊₁) ≠ sign(xᵢ)]

    Source: elementary
    """
    return sign_changes(windows.data, threshold)


def sign_changes(x: Floats, threshold: float = 0.0) -> Floats:
    """Number of changes of sign along the last axis, samples of no sign left out; NaN where a sample is NaN.

    ``x`` (..., n_times).
    """
    positive, none = x > 0, np.abs(x) <= threshold
    if none.any():
        latest = np.maximum.accumulate(np.where(none, 0, np.arange(x.shape[-1])), axis=-1)
        positive = np.take_along_axis(positive, latest, axis=-1)
        first = np.take_along_axis(positive, np.argmin(none, axis=-1)[..., None], axis=-1)
        positive = np.where(np.logical_and.accumulate(none, axis=-1), first, positive)
    changes = (positive[..., 1:] != positive[..., :-1]).sum(axis=-1).astype(float)
    return np.where(np.isnan(x).any(axis=-1), np.nan, changes)


def signal_hjorth_activity(windows: Windows) -> Floats:
    """Activity: the variance.

    Formula: var(x)

    Source: Hjorth 1970
    """
    return signal_variance(windows)


def signal_hjorth_mobility(windows: Windows) -> Floats:
    """Mobility, per sample: a mean frequency; NaN for a flat signal.

    Formula: std(Δx) / std(x)

    Source: Hjorth 1970
    """
    x = windows.data
    with np.errstate(divide="ignore", invalid="ignore"):
        return unless_flat(np.diff(x, axis=-1).std(axis=-1) / x.std(axis=-1), x)


def signal_hjorth_complexity(windows: Windows) -> Floats:
    """Complexity: 1 for a sine, more for a wider band; NaN for a flat signal.

    Formula: std(Δ²x) · std(x) / var(Δx)

    Source: Hjorth 1970
    """
    x = windows.data
    slopes = np.diff(x, axis=-1)
    with np.errstate(divide="ignore", invalid="ignore"):
        return unless_flat(np.diff(slopes, axis=-1).std(axis=-1) * x.std(axis=-1) / slopes.var(axis=-1), x)


def signal_decorrelation_time(windows: Windows) -> Floats:
    """Time until the autocorrelation is below zero; NaN where it is not within half of the window.

    (EEGDash 0.9.1 says 0 s there.)

    Formula: the smallest lag τ < T/2 with Σ (xᵢ − m)(xᵢ₊τ − m) < 0

    Source: Wiener–Khinchin theorem
    """
    from scipy.fft import irfft, rfft

    x = windows.data
    spectrum = rfft(_centred(x), 2 * x.shape[-1])
    products = irfft(spectrum.real**2 + spectrum.imag**2, 2 * x.shape[-1])[..., : x.shape[-1] // 2]
    below = np.signbit(products)
    lags = np.argmax(below, axis=-1) / windows.sfreq_hz
    return unless_flat(np.where(below.any(axis=-1) & ~np.isnan(x).any(axis=-1), lags, np.nan), x)
