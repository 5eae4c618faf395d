"""High-pass filters at the ends of a recording, where what is slow must be guessed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from .fir import convolve

if TYPE_CHECKING:
    from ..types import Floats


def zero_phase_from_lines(x: Floats, kernel: Floats, n_fitted: int) -> Floats:
    """Convolve a signal with a symmetric kernel, without delay, and continue it at its ends around fitted lines.

    Point reflection about the first sample (`odd_extension`) makes that one sample, with the alpha wave or the blink
    that it lies on, the level of the drift there: a high-pass leaves exactly 0 of it, and half a kernel of slow error
    behind it. Here the point is the value at the edge of a least-squares line through the first ``n_fitted`` samples,
    and the last. A straight line is continued as that line, as by `odd_extension`.

    Parameters
    ----------
    x : array, shape (n_times,)
        Any unit, finite.
    kernel : array, shape (n_taps,)
        Symmetric, with an odd number of taps.
    n_fitted : int
        Samples that a line is fitted to; all of ``x`` where it has fewer.

    Returns
    -------
    array, shape (n_times,)
        A constant signal stays exactly constant, up to the sum of the kernel.
    """
    pad = kernel.size // 2
    extended = np.empty(x.size + 2 * pad)
    inside = extended[pad : pad + x.size]
    np.subtract(x, x[0], out=inside)
    outside = np.concatenate([np.arange(-pad, 0), np.arange(x.size, x.size + pad)])
    first, last = edge_level(inside, n_fitted), edge_level(inside[::-1], n_fitted)
    turns, place = np.divmod(outside, x.size)
    mirrored = first + last - inside[x.size - 1 - place]
    ends = np.where(turns % 2 == 0, inside[place], mirrored) + turns * (last - first)
    extended[:pad], extended[pad + x.size :] = ends[:pad], ends[pad:]
    filtered = convolve(extended, kernel)
    filtered += x[0] * kernel.sum()
    return filtered


def edge_level(x: Floats, n_fitted: int) -> float:
    """Value of the least-squares line through the first samples, half a sample in front of the first of them.

    There the signal meets its reflection. ``x`` (n_times,) and the result in one unit.
    """
    fitted = x[: max(n_fitted, 1)]
    middle = fitted.size / 2
    away = np.arange(fitted.size) + 0.5 - middle
    spread = float(away @ away)
    slope = float(away @ fitted) / spread if spread else 0.0
    return float(fitted.mean()) - slope * middle
