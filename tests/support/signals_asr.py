"""Small made-up recordings for the tests of ASR and windows."""

from __future__ import annotations

import mne
import numpy as np

from eegmill.recording import Recording, from_first_sample
from eegmill.testing.recordings import with_burst as burst

__all__ = ["background", "burst", "recording"]


def background(n_channels=8, seconds=60.0, sfreq=100.0, seed=0):
    """Mixed 1/f noise of about 10 µV, shape (channels, samples), in volts."""
    generator = np.random.default_rng(seed)
    n_samples = round(seconds * sfreq)
    frequencies = np.fft.rfftfreq(n_samples, 1 / sfreq)
    spectrum = generator.standard_normal((n_channels, frequencies.size, 2)) @ [1, 1j] / np.maximum(frequencies, 4)
    spectrum[:, 0] = 0
    sources = np.fft.irfft(spectrum, n_samples)
    sources /= sources.std(axis=1, keepdims=True)
    mixing = np.eye(n_channels) + 0.5 * generator.standard_normal((n_channels, n_channels))
    return 1e-5 * mixing @ sources / np.sqrt(1 + n_channels / 4)


def recording(data, sfreq=100.0, annotations=(), first_samp=0):
    """A recording of EEG channels with (onset, duration, description) annotations."""
    raw = mne.io.RawArray(data.copy(), mne.create_info(len(data), sfreq, "eeg"), first_samp=first_samp, verbose="error")
    for onset, duration, description in annotations:
        raw.annotations.append(onset + raw.first_time, duration, description)
    return Recording(from_first_sample(raw))
