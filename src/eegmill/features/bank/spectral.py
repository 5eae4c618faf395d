"""Features of Welch's power spectrum. One value a channel."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, NamedTuple

import numpy as np

from ...signal.types import Floats
from ..contract import Windows

Bands = Mapping[str, tuple[float, float]]
Scale = Literal["power", "normalized", "decibel"]

BANDS: Bands = {"delta": (1, 4.5), "theta": (4.5, 8), "alpha": (8, 12), "beta": (12, 30)}
"""Frequencies in Hz; the upper one belongs to the next band."""
SMALLEST_POWER = 1e-15
"""Added before the logarithm, in V²/Hz."""


class Spectrum(NamedTuple):
    """A power spectrum within the passband: frequencies (n_freqs,), and power (n_windows, n_channels, n_freqs)."""

    freqs_hz: Floats
    power: Floats
    covers: tuple[float, float]
    """The frequencies, in Hz, that it tells about."""


def welch_spectrum(
    windows: Windows,
    *,
    segment_s: float = 4.0,
    overlap: float = 0.5,
    f_min: float | None = None,
    f_max: float | None = None,
) -> Spectrum:
    """Power spectral density by Welch's method: Hann windows, the mean of each segment taken out.

    Parameters
    ----------
    segment_s : float
        Length of the segments; that of the window where it is shorter.
    overlap : float
        Of neighbouring segments, as a part of their length.
    f_min, f_max : float or None
        Bounds in Hz. By default the passband of the recording, but two periods within a window at least, and half of
        the sampling rate at most.
    """
    from scipy.signal import welch

    size = segment_size(windows, segment_s)
    freqs_hz, power = welch(windows.data, windows.sfreq_hz, nperseg=size, noverlap=int(size * overlap))
    covers = covered_band(windows, f_min, f_max)
    inside = (freqs_hz >= covers[0]) & (freqs_hz <= covers[1])
    return Spectrum(freqs_hz[inside], power[..., inside], covers)


def segment_size(windows: Windows, segment_s: float) -> int:
    """Samples of a segment."""
    return min(int(segment_s * windows.sfreq_hz), windows.data.shape[-1])


def covered_band(windows: Windows, f_min: float | None = None, f_max: float | None = None) -> tuple[float, float]:
    """The frequencies that windows tell about, in Hz."""
    slowest, fastest = 2 * windows.sfreq_hz / windows.data.shape[-1], windows.sfreq_hz / 2
    low = windows.highpass_hz if f_min is None else f_min
    high = windows.lowpass_hz if f_max is None else f_max
    return max(low or 0.0, slowest), min(high or fastest, fastest)


def in_scale(spectrum: Spectrum, scale: Scale) -> Floats:
    """Power as it is, as a part of its sum, or in decibels."""
    if scale == "normalized":
        with np.errstate(divide="ignore", invalid="ignore"):
            return spectrum.power / spectrum.power.sum(axis=-1, keepdims=True)
    return 10 * np.log10(spectrum.power + SMALLEST_POWER) if scale == "decibel" else spectrum.power


def normalized_spectrum(spectrum: Spectrum) -> Spectrum:
    """The spectrum as parts of its sum; NaN for a flat signal."""
    return spectrum._replace(power=in_scale(spectrum, "normalized"))


def by_band(
    freqs_hz: Floats, values: Floats, covers: tuple[float, float], bands: Bands, how: Literal["sum", "mean"]
) -> dict[str, Floats]:
    """Sum or mean over the frequencies of each band; NaN for a band that is not wholly covered or has no frequency."""
    found = {}
    for name, (low, high) in bands.items():
        inside = (freqs_hz >= low) & (freqs_hz < high)
        covered = inside.any() and low >= covers[0] and high <= covers[1]
        chosen = values[..., inside]
        found[name] = getattr(chosen, how)(axis=-1) if covered else np.full(values.shape[:-1], np.nan)
    return found


def spectral_root_total_power(spectrum: Spectrum) -> Floats:
    """Root of the summed power density.

    Formula: √Σ P(f)

    Source: EEGDash 0.9.1
    """
    return np.sqrt(spectrum.power.sum(axis=-1))


def spectral_moment(spectrum: Spectrum) -> Floats:
    """Mean frequency; NaN for a flat signal.

    Formula: Σ f p(f), with p = P / Σ P

    Source: elementary
    """
    return (spectrum.freqs_hz * spectrum.power).sum(axis=-1)


def spectral_hjorth_activity(spectrum: Spectrum) -> Floats:
    """Activity: the summed power density.

    Formula: Σ P(f)

    Source: Hjorth 1970
    """
    return spectrum.power.sum(axis=-1)


def spectral_hjorth_mobility(spectrum: Spectrum) -> Floats:
    """Mobility: the root mean square frequency; NaN for a flat signal.

    Formula: √Σ f² p(f)

    Source: Hjorth 1970
    """
    return np.sqrt((spectrum.freqs_hz**2 * spectrum.power).sum(axis=-1))


def spectral_hjorth_complexity(spectrum: Spectrum) -> Floats:
    """Complexity: 1 for a sine, more for a wider band; NaN for a flat signal.

    Formula: √(Σ f⁴ p(f)) / Σ f² p(f)

    Source: Hjorth 1970
    """
    squares = spectrum.freqs_hz**2
    second, fourth = ((weights * spectrum.power).sum(axis=-1) for weights in (squares, squares**2))
    return np.sqrt(fourth) / second


def spectral_entropy(spectrum: Spectrum) -> Floats:
    """Entropy of the spectrum, in nats; NaN for a flat signal.

    Formula: −Σ p ln p, with p = P / Σ P

    Source: Inouye et al. 1991
    """
    p = spectrum.power
    return -(p * np.log(np.where(p == 0, 1.0, p))).sum(axis=-1)


def spectral_peak_frequency(spectrum: Spectrum, *, freq_range: tuple[float, float] | None = None) -> Floats:
    """Frequency of the most power, the lower one of two; NaN for a flat signal or an empty range.

    Formula: argmax P(f)

    Source: elementary
    """
    low, high = freq_range or (0.0, np.inf)
    inside = (spectrum.freqs_hz >= low) & (spectrum.freqs_hz <= high)
    power = spectrum.power[..., inside]
    if not inside.any():
        return np.full(power.shape[:-1], np.nan)
    return np.where(power.sum(axis=-1) > 0, spectrum.freqs_hz[inside][np.argmax(power, axis=-1)], np.nan)


def spectral_edge(spectrum: Spectrum, *, edge: float = 0.9) -> Floats:
    """Frequency below which this part of the power lies; NaN for a flat signal.

    Formula: the smallest f with Σ p(≤ f) ≥ edge

    Source: Szeto 1990
    """
    summed = np.cumsum(spectrum.power, axis=-1)
    index = np.minimum((summed < edge).sum(axis=-1), len(spectrum.freqs_hz) - 1)
    return np.where(np.isnan(summed[..., -1]), np.nan, spectrum.freqs_hz[index])


def spectral_slope(spectrum: Spectrum) -> dict[str, Floats]:
    """Line through the spectrum in decibels over ln f: its slope ``exp`` and its value ``int`` at 1 Hz.

    Formula: least squares of 10 log₁₀(P + 10⁻¹⁵) = exp · ln f + int

    Source: EEGDash 0.9.1
    """
    x, y = np.log(spectrum.freqs_hz), in_scale(spectrum, "decibel")
    centred = x - x.mean()
    slope = (centred * y).sum(axis=-1) / (centred**2).sum()
    return {"exp": slope, "int": y.mean(axis=-1) - slope * x.mean()}


def spectral_bands_power(spectrum: Spectrum, *, bands: Bands = BANDS, scale: Scale = "power") -> dict[str, Floats]:
    """Summed power density of each band; NaN for a band that is not wholly within the passband.

    Formula: Σ P(f), low ≤ f < high; of P / Σ P with ``scale="normalized"``, of decibels with ``"decibel"``

    Source: elementary
    """
    return by_band(spectrum.freqs_hz, in_scale(spectrum, scale), spectrum.covers, bands, "sum")


def spectral_gamma_power(spectrum: Spectrum, *, low_hz: float = 30.0, high_hz: float = 45.0) -> Floats:
    """Summed power density of low gamma, below the power line; NaN where the passband does not cover it.

    Scalp recordings hold much muscle activity there (Whitham et al. 2007): compare conditions, not subjects.

    Formula: Σ P(f), low ≤ f < high

    Source: elementary
    """
    bands = {"gamma": (low_hz, high_hz)}
    return by_band(spectrum.freqs_hz, spectrum.power, spectrum.covers, bands, "sum")["gamma"]


def spectral_individual_alpha(spectrum: Spectrum, *, low_hz: float = 7.0, high_hz: float = 13.0) -> dict[str, Floats]:
    """Individual alpha frequency: the ``peak`` and the centre of ``gravity``; NaN without a peak, for flat signals.

    The peak is the highest power that is above both of its neighbours and above what the line through both ends of the
    range has there, in logarithms: a slope alone has no peak. Give longer windows than 2 s: their spectrum has steps of
    half a hertz.

    Formula: peak: argmax of the local maxima of P(f) with ln P above the line, over ln f, through both ends; gravity:
    Σ f P(f) / Σ P(f); low ≤ f ≤ high

    Source: Klimesch 1999, Brain Research Reviews 29, 169; Corcoran et al. 2018, Psychophysiology 55, e13064
    """
    inside = np.flatnonzero((spectrum.freqs_hz >= low_hz) & (spectrum.freqs_hz <= high_hz))
    covered = low_hz >= spectrum.covers[0] and high_hz <= spectrum.covers[1] and len(inside) > 2
    if not covered:
        return {part: np.full(spectrum.power.shape[:-1], np.nan) for part in ("peak", "gravity")}
    freqs_hz, power = spectrum.freqs_hz[inside], spectrum.power[..., inside]
    with np.errstate(divide="ignore", invalid="ignore"):
        gravity = (freqs_hz * power).sum(axis=-1) / power.sum(axis=-1)
        level = np.log(power)
        along = (np.log(freqs_hz) - np.log(freqs_hz[0])) / (np.log(freqs_hz[-1]) - np.log(freqs_hz[0]))
        line = level[..., :1] + (level[..., -1:] - level[..., :1]) * along
        middle = power[..., 1:-1]
        is_peak = (middle > power[..., :-2]) & (middle > power[..., 2:]) & (level > line)[..., 1:-1]
    highest = np.argmax(np.where(is_peak, middle, -np.inf), axis=-1)
    peak = np.where(is_peak.any(axis=-1), freqs_hz[1:-1][highest], np.nan)
    return {"peak": peak, "gravity": gravity}
