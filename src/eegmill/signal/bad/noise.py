"""High-frequency noise of each channel, and the signal below 50 Hz that is left without it."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

from ..filters.fir import zero_phase, zero_phase_between
from ..robust import median_deviation
from ..windows import joined_spans

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ..types import Floats


N_TAPS = 101
PASS_HZ, STOP_HZ = 45.0, 50.0
MIN_RATE_HZ = 100.0
PIECE_SAMPLES = 2**15


@dataclass
class LowPassed:
    """A channel below 50 Hz, filtered where it is read: slices of it are arrays.

    Only the piece read last is kept, so that many channels of a long recording can be read side by side.
    """

    channel: Floats
    kernel: Floats
    factor: int
    spans: Sequence[tuple[int, int]]
    thinned: Sequence[tuple[int, int]]
    """The spans once only every ``factor``-th sample is kept."""
    held: tuple[int, Floats] = field(default_factory=lambda: (0, np.empty(0)))
    """A piece of one span, and where it begins."""

    def __getitem__(self, wanted: slice) -> Floats:
        start, stop, _ = wanted.indices(self.thinned[-1][1])
        inside = ((max(start, a), min(stop, b), k) for k, (a, b) in enumerate(self.thinned))
        pieces = [self._piece(a, b, k) for a, b, k in inside if a < b]
        return pieces[0] if len(pieces) == 1 else np.concatenate([np.empty(0), *pieces])

    def _piece(self, start: int, stop: int, k: int) -> Floats:
        # Of span ``k``, in thinned samples; what was read last serves again if it holds all that is asked for.
        first, samples = self.held
        if not first <= start <= stop <= first + samples.size:
            first, samples = start, self._filtered(start, min(max(stop, start + PIECE_SAMPLES), self.thinned[k][1]), k)
            self.held = first, samples
        return samples[start - first : stop - first]

    def _filtered(self, start: int, stop: int, k: int) -> Floats:
        # From thinned samples to samples of the span: a factor, and never beyond its end.
        (left, right), first = self.spans[k], self.thinned[k][0]
        ends = (start - first) * self.factor, min((stop - first) * self.factor, right - left)
        return zero_phase_between(self.channel[left:right], self.kernel, *ends)[:: self.factor]


@dataclass(frozen=True)
class Noise:
    """What the filter left and what it took."""

    below: Sequence[Floats | LowPassed]
    """The signal below 50 Hz, one a channel: every ``factor``-th sample of each span, one span after another."""
    factor: int
    spans: tuple[tuple[int, int], ...]
    ratio: Floats | None
    """Spread above 50 Hz over spread below, per channel; None at rates of 100 Hz and less."""


@lru_cache(maxsize=4)
def low_pass(rate_hz: float) -> Floats:
    """Zero-phase kernel (201 taps): a 101-tap FIR with edges 45 and 50 Hz, applied forward and backward.

    Frequency sampling with a cubic transition and a Hamming window, as EEGPrep 0.4.0 documents it.

    Shape (n_taps,).
    """
    from scipy.interpolate import pchip_interpolate
    from scipy.signal import firwin2

    nyquist = rate_hz / 2
    grid = np.linspace(0, nyquist, 513)
    gains = pchip_interpolate([0, PASS_HZ, STOP_HZ, nyquist], [1.0, 1.0, 0.0, 0.0], grid)
    gains[-1] = 0.0
    taps = firwin2(N_TAPS, grid, gains, nfreqs=len(grid), window="hamming", fs=rate_hz)
    kernel: Floats = np.convolve(taps, taps[::-1])
    return kernel


def thinning(rate_hz: float) -> int:
    """How many samples may stand for one after the low-pass without aliasing.

    At high rates 101 taps are a gentle filter: its stop band begins at 50 Hz plus half the width of a Hamming main
    lobe, 3.3·rate/(2·100), and the thinned rate stays above twice that. It is 1 below 208 Hz.
    """
    stop_hz = STOP_HZ + 3.3 * rate_hz / (2 * (N_TAPS - 1))
    return max(1, int(rate_hz // (2 * stop_hz)))


def split_noise(
    channels: Sequence[Floats], rate_hz: float, spans: Sequence[tuple[int, int]], *, thin: bool = False
) -> Noise:
    """Split each channel at 50 Hz; no filter reaches across a discontinuity.

    Parameters
    ----------
    channels : sequence of arrays, each of shape (n_times,)
        Any unit; not changed.
    rate_hz : float
        Sampling rate. At 100 Hz and less nothing is filtered.
    spans : sequence of (start, stop)
        Continuous stretches of samples that cover the recording.
    thin : bool
        Keep only every ``thinning(rate_hz)``-th sample of what is below 50 Hz.
    """
    if rate_hz <= MIN_RATE_HZ:
        return Noise(below=list(channels), factor=1, spans=tuple(spans), ratio=None)
    kernel = low_pass(rate_hz)
    factor = thinning(rate_hz) if thin else 1
    left = tuple(joined_spans(spans, factor))
    below = [LowPassed(channel, kernel, factor, tuple(spans), left) for channel in channels]
    ratio = np.array([noise_ratio(channel, kernel, spans) for channel in channels])
    return Noise(below=below, factor=factor, spans=left, ratio=ratio)


def noise_ratio(channel: Floats, kernel: Floats, spans: Sequence[tuple[int, int]]) -> float:
    """``spread_ratio`` of what the low-pass takes and what it leaves, of a whole channel.

    ``channel`` (n_times,), in any unit; ``kernel`` (n_taps,).
    """
    pieces = [zero_phase(channel[start:stop], kernel) for start, stop in spans]
    smooth = pieces[0] if len(pieces) == 1 else np.concatenate(pieces)
    return spread_ratio(channel - smooth, smooth)


def spread_ratio(above: Floats, below: Floats) -> float:
    """MAD of the noise over MAD of the signal; 0 if both are silent, infinite if only the signal is.

    Both (n_times,), in one unit.
    """
    noise, signal = median_deviation(above), median_deviation(below)
    if signal == 0:
        return 0.0 if noise == 0 else np.inf
    return noise / signal
