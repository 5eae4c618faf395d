"""EEG made for comparisons: arrays whose right answer is known, and recordings of any size."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    import mne

Samples = NDArray[np.float64]
"""Signals, shape (n_channels, n_times)."""
CHUNK = 500_000
BLINK_EVERY_S, BURST_EVERY_S = 5, 30
FRONTAL, TEMPORAL = np.array([0.0, 0.95, -0.3]), np.array([-0.95, 0.3, 0.0])


def raw_of(uv: Samples, sfreq_hz: float) -> mne.io.BaseRaw:
    """An array in µV, shape (n_channels, n_times), as a recording."""
    import mne

    info = mne.create_info([f"ch{i}" for i in range(len(uv))], sfreq_hz, "eeg")
    return mne.io.RawArray(uv * 1e-6, info, verbose="error")


def brown_noise_uv(n_channels: int, seconds: float, sfreq_hz: float, seed: int = 0) -> Samples:
    """Brown noise with an offset, in µV, shape (n_channels, n_times)."""
    steps = np.random.default_rng(seed).standard_normal((n_channels, round(seconds * sfreq_hz)))
    return np.cumsum(steps, axis=1) + 1000.0


def sine_uv(sfreq_hz: float, n_times: int) -> Samples:
    """7.3 Hz and 100 µV, shape (n_times,)."""
    return np.asarray(100 * np.sin(2 * np.pi * 7.3 * np.arange(n_times) / sfreq_hz))


def flat_uv() -> Samples:
    """Sixteen channels at 128 Hz, flat for 637 to 652 samples (5 s are 640), and one that is not; shape (17, 6400)."""
    uv = np.random.default_rng(5).standard_normal((17, 6400))
    for row in range(16):
        uv[row, 1000 : 1637 + row] = 3.3
    return uv


def recording_of_size(size: str) -> mne.io.BaseRaw:
    """A recording of channels, seconds and rate as ``64x600x500`` says, with what the steps look for.

    As many sources as channels, each spread over the head, so that neighbours are alike; hum of 50 Hz, one noisy channel, a blink
    every 5 s and a burst of muscle every 30 s. It is made in pieces, so that it takes little more memory than its samples.
    """
    import mne

    n_channels, duration_s, sfreq_hz = map(int, size.split("x"))
    montage = mne.channels.make_standard_montage("biosemi64" if n_channels <= 64 else "biosemi128")
    names = montage.ch_names[:n_channels]
    positions = np.array([montage.get_positions()["ch_pos"][name] for name in names])
    positions /= np.linalg.norm(positions, axis=1, keepdims=True)
    generator = np.random.default_rng(0)
    data = spread_sources(positions, duration_s * sfreq_hz, generator)
    add_artefacts(data, positions, sfreq_hz, generator)
    raw = mne.io.RawArray(data, mne.create_info(names, sfreq_hz, "eeg"), copy=None, verbose="error")
    raw.set_montage(montage, verbose="error")
    raw.info["line_freq"] = 50.0
    return raw


def spread_sources(positions: Samples, n_times: int, generator: np.random.Generator) -> Samples:
    """Coloured sources that each spread over the head as the field of a shallow dipole does.

    Parameters
    ----------
    positions
        Directions of the electrodes, shape (n_channels, 3), of length 1.

    Returns
    -------
    Samples
        Signals in V, shape (n_channels, n_times).
    """
    n_channels = len(positions)
    data = np.empty((n_channels, n_times))
    origins = generator.normal(size=(n_channels, 3))
    origins /= np.linalg.norm(origins, axis=1, keepdims=True)
    mixing = np.exp(3.0 * (positions @ origins.T - 1.0)) + 0.02 * generator.normal(size=(n_channels, n_channels))
    for start in range(0, n_times, CHUNK):
        stop = min(start + CHUNK, n_times)
        sources = generator.laplace(size=(n_channels, stop - start))
        for i in range(n_channels):  # a one-pole low-pass, coloured like EEG
            sources[i] = np.convolve(sources[i], 0.9 ** np.arange(40), mode="same")
        np.matmul(mixing, sources, out=data[:, start:stop])
    data *= 1e-5
    return data


def add_artefacts(data: Samples, positions: Samples, sfreq_hz: int, generator: np.random.Generator) -> None:
    """Add hum, blinks, muscle and a noisy channel to signals in V, shape (n_channels, n_times), in place."""
    n_times = data.shape[1]
    hum = 5e-6 * np.sin(2 * np.pi * 50 * np.arange(n_times) / sfreq_hz)
    frontal, temporal = (np.exp(6.0 * (positions @ direction - 1.0)) for direction in (FRONTAL, TEMPORAL))
    blink = 3e-4 * np.hanning(round(0.3 * sfreq_hz))
    for row, eye in zip(data, frontal, strict=True):
        row += generator.uniform(0.5, 1.5) * hum
        for start in range(0, n_times - len(blink), BLINK_EVERY_S * sfreq_hz):
            row[start : start + len(blink)] += eye * blink
    burst = 1e-3 * generator.normal(size=sfreq_hz)
    for start in range(10 * sfreq_hz, n_times - sfreq_hz, BURST_EVERY_S * sfreq_hz):
        data[:, start : start + sfreq_hz] += temporal[:, None] * burst
    data[len(data) // 2] += 3e-4 * generator.normal(size=n_times)
