"""Where the mains stand in the spectrum, and how far they stand out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from ..spectra import mean_power

if TYPE_CHECKING:
    import mne

    from ..types import Floats


WINDOW_S = 2.0
MIN_WINDOW_S = 0.5
MAX_WINDOWS = 120
NEIGHBOURS_HZ = (1.5, 4.0)
ROOM_HZ = 1.0
"""Least distance of a harmonic to the Nyquist frequency."""


@dataclass(frozen=True)
class Spectrum:
    """Power spectra of some channels."""

    freqs_hz: Floats
    power: Floats
    """Shape (n_channels, n_freqs), in units of squared signal; only ratios mean something."""
    n_windows: int


def spectrum(raw: mne.io.BaseRaw, picks: list[int], spans: list[tuple[int, int]]) -> Spectrum | None:
    """Mean power of Hann windows of 2 s, at most 120 of them and evenly spread over the recording.

    Where every span is shorter than 2 s the longest is the window; None where that is shorter than 0.5 s. Channels that
    hold NaN or are constant are left out.
    """
    sfreq = float(raw.info["sfreq"])
    n_window = min(round(WINDOW_S * sfreq), max(stop - start for start, stop in spans))
    if n_window < MIN_WINDOW_S * sfreq:
        return None
    starts = [at for start, stop in spans for at in range(start, stop - n_window + 1, n_window)]
    chosen = np.array(starts)[np.linspace(0, len(starts) - 1, min(len(starts), MAX_WINDOWS)).round().astype(int)]
    rows = [mean_power(raw._data[pick], chosen, n_window) for pick in picks]
    power = np.array([row for row in rows if np.isfinite(row).all() and row.any()])
    if not power.size:
        return None
    freqs_hz = np.fft.rfftfreq(n_window, 1 / sfreq).astype(np.float64)
    return Spectrum(freqs_hz, power, len(chosen))


def prominence_db(found: Spectrum, frequency_hz: float) -> Floats:
    """Power at a frequency against its neighbours, in dB, per channel.

    The mean of the nearest bin and its two neighbours, over the median of those 1.5 to 4 Hz away.

    Shape (n_channels,).
    """
    distance = np.abs(found.freqs_hz - frequency_hz)
    at = np.abs(np.arange(distance.size) - np.argmin(distance)) <= 1
    beside = (distance >= NEIGHBOURS_HZ[0]) & (distance <= NEIGHBOURS_HZ[1]) & (found.freqs_hz > 0)
    if not beside.any():
        return np.zeros(len(found.power))
    line, neighbours = found.power[:, at].mean(axis=1), np.median(found.power[:, beside], axis=1)
    tiny = float(np.finfo(np.float64).tiny)
    ratio: Floats = 10 * np.log10(np.maximum(line, tiny) / np.maximum(neighbours, tiny))
    return ratio


def stands_out(found: Spectrum, frequency_hz: float, min_db: float) -> bool:
    """Whether the strongest tenth of the channels shows a line of at least ``min_db`` above chance.

    Chance is three standard deviations of the mean of ``n_windows`` periodograms.
    """
    chance_db = 10 * np.log10(1 + 3 / np.sqrt(1.5 * found.n_windows))
    return bool(np.quantile(prominence_db(found, frequency_hz), 0.9) >= min_db + chance_db)


def harmonics_hz(frequency_hz: float, sfreq: float) -> tuple[float, ...]:
    """A frequency and its multiples that lie at least 1 Hz below the Nyquist frequency."""
    count = int((sfreq / 2 - ROOM_HZ) // frequency_hz)
    return tuple(frequency_hz * k for k in range(1, count + 1))


def strongest_hz(found: Spectrum, candidates_hz: tuple[float, ...], min_db: float) -> float | None:
    """The candidate that stands out furthest in the median channel; None where none stands out."""
    seen = [hz for hz in candidates_hz if stands_out(found, hz, min_db)]
    return max(seen, key=lambda hz: float(np.median(prominence_db(found, hz))), default=None)
