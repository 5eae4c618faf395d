"""Signals of known spectra."""

from __future__ import annotations

from typing import Any

import numpy as np

from eegmill.features.bank.spectral import Spectrum, welch_spectrum
from eegmill.features.contract import Windows
from eegmill.signal.types import Floats

SFREQ_HZ = 250.0


def spectrum_of(x: Floats, **parameters: Any) -> Spectrum:
    """Welch's spectrum of one channel."""
    return welch_spectrum(Windows(np.asarray(x).reshape(1, 1, -1), SFREQ_HZ), **parameters)


def sine(freq_hz: float, seconds: float = 20.0) -> Floats:
    """A sine of amplitude 1."""
    return np.sin(2 * np.pi * freq_hz * np.arange(seconds * SFREQ_HZ) / SFREQ_HZ)


def power_law(exponent: float, seconds: float = 400.0) -> Floats:
    """Noise whose power falls with f^exponent."""
    n = int(seconds * SFREQ_HZ)
    freqs = np.fft.rfftfreq(n, 1 / SFREQ_HZ)
    phases = np.random.default_rng(2).uniform(0, 2 * np.pi, freqs.size)
    weights = np.concatenate([[0], freqs[1:] ** (-exponent / 2)])
    return 1e3 * np.fft.irfft(weights * np.exp(1j * phases), n)
