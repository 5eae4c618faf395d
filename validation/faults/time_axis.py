"""Faults of the time axis: what was pasted, cut, lost, or measured by a clock that is wrong."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from validation.faults.truth import Injected, Truth, begin

if TYPE_CHECKING:
    import mne

LOST_EVERY_S = 20.0
"""On average, one packet is lost in this time."""
WANDER_S = 60.0
"""A clock is fast and slow in turn over this time."""


def inject_repeat(raw: mne.io.BaseRaw, *, seed: int, dose: float) -> Injected:
    """Paste ``dose`` seconds of the recording over a later stretch of all channels (at most half of it)."""
    raw, _, rng = begin(raw, seed)
    rate_hz, n_times = float(raw.info["sfreq"]), int(raw.n_times)
    length = min(round(dose * rate_hz), n_times // 2)
    source = int(rng.integers(n_times - 2 * length + 1))
    target = int(rng.integers(source + length, n_times - length + 1))
    raw._data[:, target : target + length] = raw._data[:, source : source + length]
    stretches = tuple((start / rate_hz, (start + length) / rate_hz) for start in (source, target))
    return raw, Truth("repeat", dose, seconds=stretches)


def inject_cut(raw: mne.io.BaseRaw, *, seed: int, dose: float) -> Injected:
    """Take ``dose`` seconds out of the middle half and say nothing of it; annotations are dropped.

    Whole seconds are whole periods of the mains, as where records of a file are lost: their phase says nothing then.
    """
    raw, _, rng = begin(raw, seed)
    rate_hz, n_times = float(raw.info["sfreq"]), int(raw.n_times)
    length = min(round(dose * rate_hz), n_times // 4)
    start = int(rng.integers(n_times // 4, 3 * n_times // 4 - length))
    data = np.delete(raw._data, np.s_[start : start + length], axis=1)
    return _remade(raw, data), Truth("cut", dose, seconds=((start / rate_hz, start / rate_hz),))


def inject_held(raw: mne.io.BaseRaw, *, seed: int, dose: float) -> Injected:
    """Hold all channels for ``dose`` seconds at moments that chance chooses, once in 20 s on average."""
    raw, _, rng = begin(raw, seed)
    rate_hz, n_times = float(raw.info["sfreq"]), int(raw.n_times)
    length = max(round(dose * rate_hz), 2)
    count = max(1, round(n_times / rate_hz / LOST_EVERY_S))
    slots = rng.choice((n_times - 1) // (2 * length), count, replace=False)
    starts = sorted(1 + 2 * length * int(slot) for slot in slots)
    for start in starts:
        raw._data[:, start : start + length] = raw._data[:, start - 1 : start]
    return raw, Truth("held", dose, seconds=tuple((at / rate_hz, (at + length) / rate_hz) for at in starts))


def inject_rate(raw: mne.io.BaseRaw, *, seed: int, dose: float) -> Injected:
    """Declare ``dose`` times the true rate; annotations are dropped."""
    raw, _, _ = begin(raw, seed)
    return _remade(raw, raw._data, dose * float(raw.info["sfreq"])), Truth("rate", dose)


def inject_clock(raw: mne.io.BaseRaw, *, seed: int, dose: float) -> Injected:
    """Let the clock be fast and slow in turn, by a share ``dose`` at the most, over a minute."""
    from scipy.interpolate import CubicSpline

    raw, picks, rng = begin(raw, seed)
    rate_hz, n_times = float(raw.info["sfreq"]), int(raw.n_times)
    at = np.arange(n_times)
    period = WANDER_S * rate_hz
    phase = rng.uniform(0, 2 * np.pi)
    late = dose * period / (2 * np.pi) * (np.sin(2 * np.pi * at / period + phase) - np.sin(phase))
    moments = np.clip(at + late, 0, n_times - 1)
    for pick in picks:
        raw._data[pick] = CubicSpline(at, raw._data[pick])(moments)
    return raw, Truth("clock", dose)


def _remade(raw: mne.io.BaseRaw, data: np.ndarray, rate_hz: float | None = None) -> mne.io.BaseRaw:
    """The channels of a recording with other samples, and with another rate if one is given."""
    import mne

    rate_hz = rate_hz or float(raw.info["sfreq"])
    info = mne.create_info(raw.ch_names, rate_hz, raw.get_channel_types())
    fresh = mne.io.RawArray(data, info, verbose="error")
    for new, old in zip(fresh.info["chs"], raw.info["chs"], strict=True):
        new["loc"] = old["loc"].copy()
    fresh.info["bads"] = list(raw.info["bads"])
    return fresh
