"""Zero-phase FIR filtering of a recording: channel by channel, span by span, in place."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from ..channels import physiological
from ..timeline import continuous_spans

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    import mne

    from ..types import Floats


AFTER_EPOCHS: Mapping[str, str] = {
    "epochs": "a filter needs the continuous recording: epochs are shorter than its kernel"
}
"""What every filter step must not come after."""

BATCH_SAMPLES = 2**16
"""Samples transformed at once: small enough for the processor's cache."""


@dataclass(frozen=True)
class Filtered:
    """What a filter run could not do in the ordinary way."""

    short_spans: int
    """Spans no longer than half the kernel, whose reflection was repeated."""
    skipped: tuple[str, ...]
    """Channels left as they were, because they hold NaN or infinity."""


def odd_extension(x: Floats, pad: int) -> Floats:
    """Extend a signal at both ends by point reflection, repeated as often as ``pad`` asks.

    A straight line is continued as that line, so a high-pass leaves no step at the ends. A single sample is
    repeated.

    Parameters
    ----------
    x : array, shape (n_times,)
    pad : int
        Samples to add at each end.

    Returns
    -------
    array, shape (n_times + 2 * pad,)
    """
    extended = np.empty(x.size + 2 * pad)
    extended[pad : pad + x.size] = x
    fill_ends(extended, pad)
    return extended


def fill_ends(extended: Floats, pad: int) -> None:
    """Write the ``pad`` samples at each end of a signal as ``odd_extension`` defines them.

    ``extended`` (n_times + 2 * pad,), changed in place.
    """
    x = extended[pad : extended.size - pad]
    last = x.size - 1
    if last == 0:
        extended[:] = x[0]
        return
    outside = np.concatenate([np.arange(-pad, 0), np.arange(last + 1, last + 1 + pad)])
    turns, place = np.divmod(outside, last)
    rise = x[last] - x[0]
    forward = x[place]
    mirrored = x[0] + x[last] - x[last - place]
    ends = np.where(turns % 2 == 0, forward, mirrored) + turns * rise
    extended[:pad], extended[extended.size - pad :] = ends[:pad], ends[pad:]


def transform_length(n_taps: int, n_samples: int) -> int:
    """Length of the Fourier transforms that filter ``n_samples`` with the fewest operations."""
    least = int(np.ceil(np.log2(2 * n_taps)))
    most = max(least, int(np.ceil(np.log2(n_samples + n_taps))))
    lengths: list[int] = [2**power for power in range(least, most + 1)]
    cost = [-(-n_samples // (n - n_taps + 1)) * n * float(np.log2(n)) for n in lengths]
    return lengths[cost.index(min(cost))]


def convolve(padded: Floats, kernel: Floats) -> Floats:
    """Convolve, and keep only what needs no sample beyond the ends (overlap-save FFT).

    Parameters
    ----------
    padded : array, shape (n_times + n_taps - 1,)
        Is overwritten, so that a long signal is in memory once.
    kernel : array, shape (n_taps,)

    Returns
    -------
    array, shape (n_times,)
        A view of ``padded``.
    """
    from scipy.fft import irfft, rfft

    n_taps, n_samples = kernel.size, padded.size - kernel.size + 1
    n_fft = transform_length(n_taps, n_samples)
    n_new = n_fft - n_taps + 1
    response = rfft(kernel, n_fft)
    n_batch = max(1, BATCH_SAMPLES // n_fft)
    for start in range(0, n_samples, n_batch * n_new):
        # What is written lies before all that later batches read.
        # (n_blocks, n_fft): each begins n_new samples behind the one before; its first n_taps - 1 results are wrapped.
        blocks = _blocks(padded[start : start + n_batch * n_new + n_taps - 1], n_fft, n_new)
        spectra = rfft(blocks, axis=1)
        spectra *= response
        done = irfft(spectra, n_fft, axis=1, overwrite_x=True)[:, n_taps - 1 :]
        # ``done`` (n_blocks, n_new): all blocks but perhaps the last are wanted to their end.
        whole = min(len(done), (n_samples - start) // n_new)
        padded[start : start + whole * n_new].reshape(whole, n_new)[:] = done[:whole]
        rest = start + whole * n_new
        if whole < len(done):
            padded[rest:n_samples] = done[whole, : n_samples - rest]
    return padded[:n_samples]


def _blocks(piece: Floats, n_fft: int, n_new: int) -> Floats:
    """Overlapping blocks of ``n_fft`` samples, the last filled up with zeros.

    ``piece`` (n_times,); the result (n_blocks, n_fft).
    """
    n_blocks = -(-(piece.size - n_fft + n_new) // n_new)
    missing = n_fft + (n_blocks - 1) * n_new - piece.size
    filled = np.concatenate([piece, np.zeros(missing)]) if missing else piece
    return np.lib.stride_tricks.sliding_window_view(filled, n_fft)[::n_new]


def zero_phase(x: Floats, kernel: Floats) -> Floats:
    """Convolve a signal with a symmetric kernel, without delay.

    Parameters
    ----------
    x : array, shape (n_times,)
    kernel : array, shape (n_taps,)
        Symmetric, with an odd number of taps.

    Returns
    -------
    array, shape (n_times,)
        The ends are computed on ``odd_extension`` of ``x``. A constant signal stays exactly constant.
    """
    return zero_phase_between(x, kernel, 0, x.size)


def zero_phase_between(x: Floats, kernel: Floats, start: int, stop: int) -> Floats:
    """Samples ``start`` to ``stop`` of ``zero_phase(x, kernel)``, up to rounding, without computing the others.

    ``x`` (n_times,), ``kernel`` (n_taps,); the result (stop - start,).
    """
    pad = kernel.size // 2
    first, last = max(start - pad, 0), min(stop + pad, x.size)
    padded = np.empty(last - first + 2 * pad)
    np.subtract(x[first:last], x[0], out=padded[pad : pad + last - first])
    fill_ends(padded, pad)
    # Where x goes on beyond the piece, its own samples lie there instead of a reflection.
    smooth = convolve(padded[start - first : stop - first + 2 * pad], kernel)
    smooth += x[0] * kernel.sum()
    return smooth


def filter_channels(
    raw: mne.io.BaseRaw,
    kernel: Floats,
    *,
    picks: list[int] | None = None,
    convolved: Callable[[Floats, Floats], Floats] = zero_phase,
) -> Filtered:
    """Filter the EEG, EOG, ECG and EMG channels of a recording in place, without crossing a discontinuity.

    Parameters
    ----------
    raw : mne.io.BaseRaw
        Preloaded.
    kernel : array, shape (n_taps,)
        Symmetric, with an odd number of taps.
    picks : list of int, optional
        The channels, instead of all physiological ones.
    convolved : callable
        Filters one channel (n_times,) of a span with the kernel; `zero_phase` or another rule for the ends.
    """
    spans = continuous_spans(raw)
    skipped = []
    for pick in physiological(raw) if picks is None else picks:
        channel = raw._data[pick]
        if not np.isfinite(channel).all():
            skipped.append(raw.ch_names[pick])
            continue
        for start, stop in spans:
            channel[start:stop] = convolved(channel[start:stop], kernel)
    short = sum(stop - start <= kernel.size // 2 for start, stop in spans)
    return Filtered(short_spans=short, skipped=tuple(skipped))


def set_band(raw: mne.io.BaseRaw, *, highpass_hz: float | None = None, lowpass_hz: float | None = None) -> None:
    """Write down that the recording's band became narrower."""
    with raw.info._unlock():
        if highpass_hz is not None:
            raw.info["highpass"] = max(highpass_hz, raw.info["highpass"])
        if lowpass_hz is not None:
            raw.info["lowpass"] = min(lowpass_hz, raw.info["lowpass"])
