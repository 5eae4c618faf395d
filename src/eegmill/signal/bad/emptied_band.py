"""Whether anything is left above 50 Hz: asked of the spectrum, since headers do not tell every filter."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ..spectra import mean_power
from ..windows import overlapping_starts

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ..types import Floats, Mask, Span

HELD_HZ = (30.0, 42.0)
"""Here every recording that is worth cleaning holds signal, and no power line lies."""
ASKED_HZ = (62.0, 98.0)
"""Above a line of 60 Hz and below its next harmonic."""
MIN_RATE_HZ = 150.0
MAX_FALL_DB = 25.0
"""The spectrum of EEG falls with the 1st to 4th power of frequency, muscle less: 3 to 13 dB from one band to the other.

Seven real recordings without a low-pass there fell by 0 to 16 dB, six with one at 45 Hz by 36 to 73; of those, the
headers of two did not tell it."""


def fall_db(channels: Sequence[Floats], rate_hz: float, spans: Sequence[Span]) -> float | None:
    """By how much less power the median channel holds from 62 to 98 Hz than from 30 to 42 Hz, per hertz.

    Medians over frequencies, so that lines do not count.

    Parameters
    ----------
    channels : sequence of arrays, each of shape (n_times,)
        In one unit.
    rate_hz : float
        Sampling rate.
    spans : sequence of (start, stop)
        Continuous stretches, in samples.

    Returns
    -------
    float or None
        In decibels; None where the rate is below 150 Hz, no stretch lasts a second, or nothing is there at all.
    """
    found = _powers(channels, rate_hz, spans)
    return None if found is None else _fall_db(*found, 0.45 * rate_hz)


def _fall_db(frequencies: Floats, powers: Floats, high_hz: float) -> float | None:
    """`fall_db` of powers (n_channels, n_freqs) at frequencies (n_freqs,), which are asked up to ``high_hz``."""
    levels = [
        np.median(np.median(powers[:, _within(frequencies, band, high_hz)], axis=1)) for band in (HELD_HZ, ASKED_HZ)
    ]
    return float(10 * np.log10(levels[0] / levels[1])) if min(levels) > 0 else None


def filled_up_to_hz(channels: Sequence[Floats], rate_hz: float, spans: Sequence[Span]) -> float | None:
    """The last frequency before the median channel falls by more than 25 dB below its power from 30 to 42 Hz.

    Behind a low-pass, what is above is noise of rounding. Parameters are those of `fall_db`.

    Returns
    -------
    float or None
        In hertz; None where `fall_db` finds no band emptied, or cannot tell.
    """
    found = _powers(channels, rate_hz, spans)
    if found is None:
        return None
    frequencies, powers = found
    fall = _fall_db(frequencies, powers, 0.45 * rate_hz)
    if fall is None or fall <= MAX_FALL_DB:
        return None
    typical = np.median(powers, axis=0)
    least = np.median(typical[_within(frequencies, HELD_HZ, 0.45 * rate_hz)]) * 10 ** (-MAX_FALL_DB / 10)
    emptied = (frequencies > HELD_HZ[1]) & (typical < least)
    return float(frequencies[np.argmax(emptied) - 1]) if emptied.any() else None


def _powers(channels: Sequence[Floats], rate_hz: float, spans: Sequence[Span]) -> tuple[Floats, Floats] | None:
    """Frequencies in hertz (n_freqs,) and the mean power of each channel at each (n_channels, n_freqs)."""
    n_window = round(rate_hz)
    starts = overlapping_starts(list(spans), n_window=n_window, overlap=0.0)
    if rate_hz < MIN_RATE_HZ or not starts.size:
        return None
    powers = np.stack([mean_power(channel, starts, n_window) for channel in channels])
    return np.arange(n_window // 2 + 1) * rate_hz / n_window, powers


def _within(frequencies: Floats, band: tuple[float, float], high_hz: float) -> Mask:
    """Which frequencies lie in a band, and not above another one; shape (n_freqs,)."""
    low, high = band
    return (frequencies >= low) & (frequencies <= min(high, high_hz))
