"""The Kaiser-window high-pass of EEGPrep's ``clean_drifts``, as a zero-phase kernel."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from ..types import Floats


def kaiser_length(width: float, attenuation_db: float) -> int:
    """Odd number of taps for a transition of ``width`` (1 is the Nyquist frequency).

    Kaiser's estimate as EEGPrep 0.4.0 uses it: (A - 7.95) / (2 pi 2.285 width) + 1.
    """
    n_taps = round((attenuation_db - 7.95) / (2 * np.pi * 2.285 * width)) + 1
    return n_taps + 1 - n_taps % 2


def kaiser_highpass(sfreq: float, transition_hz: tuple[float, float], attenuation_db: float = 80.0) -> Floats:
    """Linear-phase high-pass by frequency sampling under a Kaiser window.

    Parameters
    ----------
    sfreq : float
        Sampling rate in Hz.
    transition_hz : tuple of float
        End of the stop band and start of the pass band.
    attenuation_db : float
        Of the Kaiser window, beta = 0.1102 (A - 8.7) (Kaiser 1974, doi:10.1109/9780470546550).

    Returns
    -------
    array, shape (n_taps,)
        Symmetric, n_taps odd. The wished amplitudes 0, 0, 1, 1 at 0, the two edges and Nyquist are joined by
        monotone cubic interpolation.
    """
    from scipy.interpolate import PchipInterpolator
    from scipy.signal.windows import kaiser

    low, high = (2 * edge / sfreq for edge in transition_hz)
    n_taps = kaiser_length(high - low, attenuation_db)
    n_bins = max(512, 2 ** int(np.ceil(np.log2(n_taps))))
    knots = np.round(np.array([0, low, high, 1]) * n_bins)
    amplitude = PchipInterpolator(knots, [0, 0, 1, 1])(np.arange(n_bins + 1))
    response = np.roll(np.fft.irfft(amplitude), n_taps // 2)[:n_taps]
    kernel: Floats = response * kaiser(n_taps, 0.1102 * (attenuation_db - 8.7))
    return kernel


def forward_and_backward(kernel: Floats) -> Floats:
    """The kernel that filters once as ``kernel`` does forward and then backward (its autocorrelation).

    ``kernel`` (n_taps,); the result (2 * n_taps - 1,).
    """
    twice: Floats = np.convolve(kernel, kernel[::-1])
    return (twice + twice[::-1]) / 2
