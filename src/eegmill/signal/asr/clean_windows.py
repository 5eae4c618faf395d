"""Which short windows of a recording are clean, judged by the RMS of every channel."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ..robust import Usual, fit_amplitudes
from ..timeline import mask_of
from ..types import Floats, Ints, Mask, Spans
from ..windows import overlapping_starts


@dataclass(frozen=True)
class WindowScores:
    """Windows of one length: their first samples, and z-scores of their RMS, shape (n_channels, n_windows)."""

    starts: Ints
    n_samples: int
    z: Floats
    silent: Mask

    def bad(self, max_bad_fraction: float, tolerances: tuple[float | None, float | None]) -> Mask:
        """Windows in which more than ``max_bad_fraction`` of the channels leave the tolerances, or all are silent.

        The (k+1)-th largest z-score is compared with the upper tolerance and the (k+1)-th smallest with the lower one,
        k being ``max_bad_fraction`` of the channels, rounded.

        Shape (n_windows,).
        """
        lowest, highest = self.deciding(max_bad_fraction)
        lower, upper = tolerances
        bad = self.silent.copy()
        if upper is not None:
            bad |= highest > upper
        if lower is not None:
            bad |= lowest < lower
        return bad

    def deciding(self, max_bad_fraction: float) -> tuple[Floats, Floats]:
        """The z-scores that are compared with the lower and the upper tolerance, each of shape (n_windows,)."""
        k = min(int(np.floor(max_bad_fraction * len(self.z) + 0.5)), len(self.z) - 1)
        ordered = np.sort(self.z, axis=0)
        return ordered[k], ordered[len(self.z) - 1 - k]

    def samples(self, which: Mask, n_samples: int) -> Mask:
        """Mask over ``n_samples`` samples: True inside the windows of ``which``.

        ``which`` (n_windows,); the result (n_samples,).
        """
        return mask_of([(start, start + self.n_samples) for start in self.starts[which]], n_samples)


def judge_windows(
    data: Floats,
    rows: Sequence[int],
    spans: Spans,
    *,
    n_window: int,
    overlap: float,
    usual: Usual = fit_amplitudes,
) -> WindowScores:
    """Lay windows into each span, and score the RMS of each channel against its own clean distribution.

    Parameters
    ----------
    data : array, shape (n_channels, n_times)
        The recording; only ``rows`` are looked at. The unit does not matter.
    spans : pairs of int
        Continuous stretches; no window crosses from one to the next.
    n_window : int
        Samples in a window.
    overlap : float
        Part of a window that the next one covers again.
    usual : callable
        Tells mean and standard deviation of a channel's usual RMS.
    """
    starts = overlapping_starts(spans, n_window=n_window, overlap=overlap)
    z = np.empty((len(rows), starts.size))
    silent = np.ones(starts.size, dtype=bool)
    for i, row in enumerate(rows):
        rms = window_rms(data[row], starts, n_window)
        silent &= rms == 0
        z[i] = rms
    for i in range(len(rows)):
        z[i] = z_scores(z[i], silent, usual=usual)
    return WindowScores(starts, n_window, z, silent)


def window_rms(signal: Floats, starts: Ints, n_window: int) -> Floats:
    """Root mean square of one channel in each window.

    ``signal`` (n_times,), ``starts`` (n_windows,) in samples; the result (n_windows,) in the unit of ``signal``.
    """
    if not starts.size:
        return np.empty(0)
    views = np.lib.stride_tricks.sliding_window_view(signal, n_window)
    return np.array([np.sqrt(views[start] @ views[start] / n_window) for start in starts])


def z_scores(rms: Floats, silent: Mask, *, usual: Usual = fit_amplitudes) -> Floats:
    """RMS as distance from its clean mean in clean standard deviations; 0 everywhere if it never varies.

    Windows that are silent in every channel are no part of the distribution.

    ``rms``, ``silent`` and the result have shape (n_windows,); the unit of ``rms`` does not matter.
    """
    heard = rms[~silent]
    if not heard.size:
        return np.zeros_like(rms)
    mu, sigma = usual(heard)
    if sigma <= 0:
        return np.zeros_like(rms)
    return np.asarray((rms - mu) / sigma)
