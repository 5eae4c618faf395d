"""Recordings that look like EEG to the detectors: smooth over the head, 1/f over time."""

from __future__ import annotations

import mne
import numpy as np

RATE_HZ = 200.0


def places(n_channels: int) -> np.ndarray:
    """Electrodes spread evenly over the upper three quarters of a sphere of 9 cm, in metres."""
    k = np.arange(n_channels) + 0.5
    z = 1 - 1.5 * k / n_channels
    angle = np.pi * (1 + 5**0.5) * k
    flat = np.sqrt(1 - z**2)
    return 0.09 * np.column_stack([flat * np.cos(angle), flat * np.sin(angle), z])


def signals(n_channels: int = 24, *, duration_s: float = 20.0, rate_hz: float = RATE_HZ, seed: int = 0) -> np.ndarray:
    """Twelve deep sources with a 1/f spectrum, 20 µV at the scalp, and 1 µV of noise at each electrode."""
    rng = np.random.default_rng(seed)
    n_samples = round(duration_s * rate_hz)
    spectra = np.fft.rfft(rng.standard_normal((12, n_samples)))
    spectra /= np.maximum(np.arange(spectra.shape[1]), 1)
    sources = np.fft.irfft(spectra, n_samples)
    sources /= sources.std(axis=1, keepdims=True)
    origins = rng.uniform(-0.03, 0.03, (12, 3))
    moments = rng.standard_normal((12, 3))
    offsets = places(n_channels)[:, None] - origins
    mixing = np.einsum("csk,sk->cs", offsets, moments) / np.linalg.norm(offsets, axis=2) ** 3
    mixing /= np.sqrt(np.mean(np.sum(mixing**2, axis=1)))
    noise = rng.standard_normal((n_channels, n_samples))
    return 20e-6 * mixing @ sources + 1e-6 * noise


def raw_of(data: np.ndarray, *, rate_hz: float = RATE_HZ, located: bool = True) -> mne.io.RawArray:
    """An EEG recording in volts, channels named E1, E2, …"""
    names = [f"E{i + 1}" for i in range(len(data))]
    raw = mne.io.RawArray(data, mne.create_info(names, rate_hz, "eeg"), verbose="error")
    if located:
        montage = mne.channels.make_dig_montage(dict(zip(names, places(len(data)), strict=True)), coord_frame="head")
        raw.set_montage(montage, verbose="error")
    return raw
