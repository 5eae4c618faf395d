"""Small recordings with known sources, for the tests of ICA and what follows it."""

from __future__ import annotations

import mne
import numpy as np

NAMES = ["Fp1", "Fp2", "F3", "F4", "C3", "C4", "P3", "P4", "O1", "O2", "F7", "F8", "T7", "T8", "P7", "P8"]


def recording(
    n_channels: int = 8, *, seconds: float = 20.0, sfreq: float = 100.0, seed: int = 0, located: bool = True
) -> mne.io.RawArray:
    """Laplacian sources through a random mixing matrix, in volts, with the positions of the 10-20 system."""
    rng = np.random.default_rng(seed)
    names = NAMES[:n_channels] if n_channels <= len(NAMES) else [f"E{i}" for i in range(n_channels)]
    data = mixing(n_channels, seed) @ sources(n_channels, round(seconds * sfreq), seed) * 1e-5
    info = mne.create_info(names, sfreq, "eeg")
    raw = mne.io.RawArray(data + 1e-9 * rng.standard_normal(data.shape), info, verbose="error")
    if located and n_channels <= len(NAMES):
        raw.set_montage("standard_1020", verbose="error")
    return raw


def sources(n_sources: int, n_samples: int, seed: int = 0) -> np.ndarray:
    """Independent, Laplacian, of variance 1."""
    return np.random.default_rng(seed).laplace(scale=np.sqrt(0.5), size=(n_sources, n_samples))


def mixing(n_channels: int, seed: int = 0) -> np.ndarray:
    """A well-conditioned mixing matrix."""
    return np.random.default_rng(seed + 1000).standard_normal((n_channels, n_channels)) + 2 * np.eye(n_channels)


def annotate(raw: mne.io.BaseRaw, onset_s: float, duration_s: float, description: str) -> None:
    raw.annotations.append(onset_s + raw.first_time, duration_s, description)
