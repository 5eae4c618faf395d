"""Recordings that look like EEG: smooth over the head, 1/f over time, the same for the same seed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    import mne

Floats = NDArray[np.float64]

SFREQ_HZ = 200.0
HEAD_RADIUS_M = 0.09
N_SOURCES = 12
SOURCE_DEPTH_M = 0.03


def electrode_positions(n_channels: int) -> Floats:
    """Electrodes spread evenly over the upper three quarters of a sphere of 9 cm.

    Returns
    -------
    ndarray of float, (n_channels, 3)
        Positions in metres, in the coordinates of the head.
    """
    k = np.arange(n_channels) + 0.5
    z = 1 - 1.5 * k / n_channels
    angle = np.pi * (1 + 5**0.5) * k
    flat = np.sqrt(1 - z**2)
    positions: Floats = HEAD_RADIUS_M * np.column_stack([flat * np.cos(angle), flat * np.sin(angle), z])
    return positions


def scalp_eeg(n_channels: int = 24, *, duration_s: float = 20.0, sfreq_hz: float = SFREQ_HZ, seed: int = 0) -> Floats:
    """Twelve deep sources with a 1/f spectrum, 20 µV at the scalp, and 1 µV of noise at each electrode.

    Returns
    -------
    ndarray of float, (n_channels, n_times)
        The signals in volts at :func:`electrode_positions`.
    """
    rng = np.random.default_rng(seed)
    n_times = round(duration_s * sfreq_hz)
    spectra = np.fft.rfft(rng.standard_normal((N_SOURCES, n_times)))
    spectra /= np.maximum(np.arange(spectra.shape[1]), 1)
    sources = np.fft.irfft(spectra, n_times)
    sources /= sources.std(axis=1, keepdims=True)
    origins = rng.uniform(-SOURCE_DEPTH_M, SOURCE_DEPTH_M, (N_SOURCES, 3))
    moments = rng.standard_normal((N_SOURCES, 3))
    offsets = electrode_positions(n_channels)[:, None] - origins
    # The potential of a dipole in a homogeneous medium: moment times offset, over the distance cubed.
    mixing = np.einsum("csk,sk->cs", offsets, moments) / np.linalg.norm(offsets, axis=2) ** 3
    mixing /= np.sqrt(np.mean(np.sum(mixing**2, axis=1)))
    noise = rng.standard_normal((n_channels, n_times))
    signals: Floats = 20e-6 * mixing @ sources + 1e-6 * noise
    return signals


def raw_eeg(data: Floats, *, sfreq_hz: float = SFREQ_HZ, located: bool = True) -> mne.io.RawArray:
    """An EEG recording of signals in volts, (n_channels, n_times), its channels named E1, E2 and so on."""
    import mne

    names = [f"E{i + 1}" for i in range(len(data))]
    raw = mne.io.RawArray(data, mne.create_info(names, sfreq_hz, "eeg"), verbose="error")
    if located:
        positions = dict(zip(names, electrode_positions(len(data)), strict=True))
        raw.set_montage(mne.channels.make_dig_montage(positions, coord_frame="head"), verbose="error")
    return raw


def with_burst(data: Floats, start: int, stop: int, *, amplitude_uv: float = 500.0, seed: int = 1) -> Floats:
    """A copy of signals in volts, (n_channels, n_times), with a burst of one spatial pattern in these samples."""
    rng = np.random.default_rng(seed)
    pattern = rng.standard_normal(len(data))
    added = data.copy()
    added[:, start:stop] += amplitude_uv * 1e-6 * np.outer(pattern, rng.standard_normal(stop - start))
    return added


def with_line(raw: mne.io.BaseRaw, frequency_hz: float, amplitude_uv: float = 20.0) -> mne.io.BaseRaw:
    """The recording with the mains, picked up by all channels with weights of their own; changed in place."""
    wave = np.sin(2 * np.pi * frequency_hz * raw.times)
    weights = np.random.default_rng(7).uniform(0.5, 1.5, len(raw.ch_names))
    raw._data += 1e-6 * amplitude_uv * np.outer(weights, wave)
    return raw
