"""Resampling of one signal on a grid that is fixed for the whole recording."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np

from .fir import convolve, odd_extension

if TYPE_CHECKING:
    from ..types import Floats


PASSBAND = 0.8
"""Of the lower Nyquist frequency. The stop band starts at 1."""
ATTENUATION_DB = 80.0
MAX_FACTOR = 100_000
"""Of the rational approximation to the ratio of two rates."""


@dataclass(frozen=True)
class Ratio:
    """New rate over old rate, and the anti-alias filter that goes with it."""

    up: int
    down: int
    kernel: Floats
    """At ``up`` times the old rate, symmetric, with an odd number of taps and a gain of ``up``."""

    @property
    def half(self) -> int:
        """Half the kernel, in taps."""
        return self.kernel.size // 2

    def place(self, sample: int) -> int:
        """Index in the new grid of the sample nearest to ``sample`` of the old one (halves go up)."""
        return (2 * sample * self.up + self.down) // (2 * self.down)


def rational(new_hz: float, old_hz: float) -> Fraction:
    """The ratio of two rates, exact where numerator and denominator stay below ``MAX_FACTOR``."""
    return (Fraction(new_hz) / Fraction(old_hz)).limit_denominator(MAX_FACTOR)


def resampling(ratio: Fraction) -> Ratio:
    """Design the anti-alias filter: Kaiser window, flat to 0.8 of the lower Nyquist frequency, 80 dB from 1 on."""
    from scipy.signal import firwin, kaiser_atten, kaiser_beta

    up, down = ratio.numerator, ratio.denominator
    most = max(up, down)
    width = (1 - PASSBAND) / most
    half = int(np.ceil((ATTENUATION_DB - 7.95) / (2.285 * np.pi * width) / 2))
    n_taps = 2 * half + 1
    beta = kaiser_beta(kaiser_atten(n_taps, width))
    kernel = firwin(n_taps, (1 + PASSBAND) / 2 / most, window=("kaiser", beta))
    for phase in range(up):
        kernel[phase::up] /= kernel[phase::up].sum()  # a flat line stays flat, whichever taps meet its samples
    return Ratio(up=up, down=down, kernel=kernel)


def resample_span(x: Floats, start: int, stop: int, ratio: Ratio) -> Floats:
    """Resample the samples ``start`` to ``stop`` of a channel, as if nothing lay outside.

    Output sample m lies at exactly m * down / up input samples from the recording's first sample, whichever span it
    is in: time never shifts by a fraction of a sample.

    Parameters
    ----------
    x : array, shape (n_times,)
        The whole channel.
    start, stop : int
        The span.
    ratio : Ratio

    Returns
    -------
    array, shape (ratio.place(stop) - ratio.place(start),)
    """
    first, last = ratio.place(start), ratio.place(stop)
    offset = x[start]
    if ratio.up == 1:
        padded = odd_extension(x[start:stop] - offset, ratio.half + ratio.down)
        skip = first * ratio.down - start + ratio.down
        done = convolve(padded, ratio.kernel)[skip :: ratio.down][: last - first].copy()
    else:
        done = _between_samples(x[start:stop] - offset, start, first, last, ratio)
    done += offset
    return done


def _between_samples(x: Floats, start: int, first: int, last: int, ratio: Ratio) -> Floats:
    """The new samples ``first`` to ``last`` of a span that starts at sample ``start`` of the old grid.

    ``x`` (n_times,) of the span; the result (last - first,).
    """
    from scipy.signal import upfirdn

    pad = ratio.half // ratio.up + ratio.down // ratio.up + 2
    wanted = first * ratio.down - (start - pad) * ratio.up + ratio.half
    # Delay the kernel so that one of upfirdn's outputs falls on the first sample of the new grid.
    delay = -wanted % ratio.down
    kernel = np.concatenate([np.zeros(delay), ratio.kernel])
    skip = (wanted + delay) // ratio.down
    done: Floats = upfirdn(kernel, odd_extension(x, pad), ratio.up, ratio.down)[skip : skip + last - first]
    return done


def hold_extremes(x: Floats, n_new: int, ratio: Ratio) -> Floats:
    """Resample a trigger channel: each new sample takes the largest value of the old ones that it stands for.

    No pulse is lost, however short, and no value appears that was not there.

    ``x`` (n_times,); the result (n_new,).
    """
    starts = np.arange(n_new, dtype=np.int64) * ratio.down // ratio.up
    held: Floats = np.maximum.reduceat(x, np.minimum(starts, x.size - 1))
    return held
