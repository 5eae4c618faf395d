"""Power spectra from windows of samples: the squared magnitude of their Fourier transforms."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .types import Floats, Ints, Samples

BATCH_WINDOWS = 1024
"""Windows transformed at once: recordings of hours have tens of thousands."""


def mean_power(x: Samples, starts: Ints, n_window: int) -> Floats:
    """Mean over Hann windows, each less its own mean: Welch's estimate, but for its scale.

    Parameters
    ----------
    x : array, shape (n_times,)
        Any unit.
    starts : array of int, shape (n_windows,)
        First samples of the windows.
    n_window : int
        Samples in a window.

    Returns
    -------
    array, shape (n_window // 2 + 1,)
        In squared units of ``x``, per window: to be divided by the sampling rate and the window's sum of squares for a
        density.

    References
    ----------
    Welch PD. The use of fast Fourier transform for the estimation of power spectra. IEEE Trans Audio Electroacoust
    1967;15(2):70-73, doi:10.1109/TAU.1967.1161901.
    """
    from scipy.fft import rfft

    total = np.zeros(n_window // 2 + 1)
    for first in range(0, len(starts), BATCH_WINDOWS):
        windows = x[starts[first : first + BATCH_WINDOWS, None] + np.arange(n_window)].astype(np.float64)
        windows -= windows.mean(axis=1, keepdims=True)
        windows *= np.hanning(n_window)
        # One window after another, as a sum over all at once would add them.
        total = np.add.reduce(np.concatenate([total[None], np.abs(rfft(windows, axis=1)) ** 2]), axis=0)
    return np.asarray(total / len(starts))


def window_powers(windows: Floats, n_fft: int, taper: Floats | float = 1.0) -> Iterator[Floats]:
    """Power of windows as they are, for medians and autocorrelations; batch by batch, each (n_windows, n_freqs).

    Parameters
    ----------
    windows : array, shape (n_windows, n_times)
        Not changed.
    n_fft : int
        Length of the transforms: windows are filled up with zeros.
    taper : array, shape (n_times,), or float
        Multiplies every window.
    """
    from scipy.fft import rfft

    for start in range(0, len(windows), BATCH_WINDOWS):
        transforms = rfft(windows[start : start + BATCH_WINDOWS] * taper, n=n_fft, axis=1)
        yield transforms.real**2 + transforms.imag**2
