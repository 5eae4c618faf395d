"""Places where samples are missing and nothing says so: the signal goes on as if at another moment, in all channels."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from ..timeline import continuous_spans, good_samples
from .criterion import Criterion, weakest
from .foreseen import N_PAST, Foresight, foresight, unforeseen
from .mains_phase import WINDOW_S, turns

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import mne

    from ..types import Floats, Ints, Mask

BLOCK = 2048
"""Few enough samples that all forms of them stay in the cache."""
AROUND_S = 0.25
MIN_JUMP = 3.3
"""Times larger than any other departure within a quarter of a second, without the channels that depart most. Continuous
recordings, real and simulated ones with artefacts: up to 3.0, where several electrodes of the forehead move at once."""
UNCERTAINTY = 0.3
"""Share of itself that a jump may move by under a hundredth of noise, or without a second: 97 % of 788 in nine
recordings moved by less, 93 % without the first second. Another model foretells then, learnt from other pieces."""
NEAR_JUMP = MIN_JUMP / (1 + UNCERTAINTY)
MIN_TURN, MAX_SUPPORT = 4.0, 10.0
"""A departure counts as many times more as the phase of the mains turns by more than the first, in its usual turns, and
five times at the most."""
SHARE_UNCERTAINTY = 0.14
"""By how much the same moves that share: 95 % of 58 beside cuts that were made."""
NEARLY = 0.8
"""Share of the largest departure from which on a sample beside it may be the one behind the cut."""
MIN_CHANNELS = 4
N_ALONE = 2
"""Patterns that are taken out of a departure before it counts: electrodes that move alone, or the reference."""
SHORT_S = 0.03
"""Eyes turn within 20 to 50 ms."""
MIN_AT_ONCE = 0.7
"""Share of the change within this time that is there from one sample to the next, else it is a source that moves
gradually. Simulated saccades at 128 and 250 Hz: up to 0.35; nine cuts of ten: 0.77 and more."""


@dataclass(frozen=True)
class Cut:
    """The first sample behind a cut, and how many times larger its departure is than those around it.

    Times the support by the mains.
    """

    sample: int
    jump: float
    criterion: Criterion
    alone: bool = True
    """Whether it would be judged without that support too."""


def cuts(raw: mne.io.BaseRaw, picks: Sequence[int], still: Mask, *, steady_mains: bool = True) -> tuple[Cut, ...]:
    """Samples at which the signal does not go on as its past foretells, between others at which it does.

    Departures are counted in what the past of all channels together tells best of their future (``foreseen``). A cut
    is one departure: muscle and movement are many, one after another. What two channels by themselves, or the
    reference, explain is none, and nor is a sample that is off by itself with the signal going on behind it. Where the
    mains stand out, a departure counts for more at which their phase turns: all but cuts of whole periods do so.

    Parameters
    ----------
    raw
        Finite samples.
    picks
        Channels, by their indices.
    still : array of bool, shape (n_times - 1,)
        Where no channel moves: what borders on it is no cut.
    steady_mains
        Whether the mains keep their frequency; where the clock wanders they turn without any cut.
    """
    from scipy.ndimage import maximum_filter1d

    seen = foresight(raw, picks) if len(picks) >= MIN_CHANNELS else None
    if seen is None:
        return ()
    size = _sizes(raw, picks, seen)
    size[_unfit(raw, still, N_PAST)] = 0.0
    sfreq_hz = float(raw.info["sfreq"])
    ratio = isolation(size, round(AROUND_S * sfreq_hz), N_PAST)
    short = min(max(round(SHORT_S * sfreq_hz), 2), N_PAST)
    turned = turns(raw, picks) if steady_mains else np.zeros(raw.n_times)
    support = np.clip(maximum_filter1d(turned, 2 * short + 1) / MIN_TURN, 1.0, MAX_SUPPORT)
    found = []
    for peak in _peaks(ratio, support):
        around = raw._data[list(picks), peak - N_PAST - 1 : peak + N_PAST + 1]
        at = _step_near(peak, size, around, seen, short)
        window = raw._data[list(picks), at - N_PAST : at + N_PAST]
        jump = float(support[at] * ratio[at] / size[at]) * _shared(window, seen, short)
        if jump <= NEAR_JUMP:
            continue
        stays = _stays(peak, at, size, around, seen) if support[at] == 1 else None
        criterion = weakest(_jump(jump), stays) if stays else _jump(jump)
        limit = MIN_JUMP if criterion.is_fault else NEAR_JUMP
        if criterion.away >= -1:
            found.append(Cut(int(at), jump, criterion, alone=jump > limit * support[at]))
    return tuple(_without_echoes(found, round(WINDOW_S * sfreq_hz)))


def _jump(jump: float) -> Criterion:
    words = "cut: times larger than any departure from what the past foretells around it"
    return Criterion(words=words, score=jump, limit=MIN_JUMP, uncertainty=UNCERTAINTY * jump)


def _stays(peak: int, at: int, size: Floats, around: Floats, seen: Foresight) -> Criterion | None:
    """Whether the signal goes on otherwise behind ``at``, where that depends on the sample beside a peak.

    None where it does so in any case. ``around`` (n_channels, 2 * N_PAST + 2).
    """

    def returns(by: int) -> bool:
        return _returns(around[:, 1 + by : 1 + by + 2 * N_PAST], seen.kernel)

    chosen, share = at - peak, {by: float(size[peak + by] / size[peak]) for by in (0, -1, 1)}
    if not returns(chosen):
        score = share[chosen] if chosen and returns(0) else None
    else:
        others = [share[by] for by in share if by != chosen and share[by] > 0 and not returns(by)]
        score = min(max(others, default=0.0), math.nextafter(NEARLY, 0.0))
    if score is None:
        return None
    words = "cut: share of the departure beside it from which on the signal goes on otherwise"
    return Criterion(words=words, score=score, limit=NEARLY, uncertainty=SHARE_UNCERTAINTY)


def _without_echoes(found: Sequence[Cut], n_window: int) -> Iterator[Cut]:
    """Cuts without those that the mains support because of a larger one: it turns them in all windows that hold it."""
    for cut in found:
        near = (other for other in found if abs(other.sample - cut.sample) < n_window)
        if cut.alone or cut.jump == max(other.jump for other in near):
            yield cut


def isolation(size: Floats, around: int, wake: int) -> Floats:
    """How many times larger each value is than the largest around it, but for ``wake`` samples on either side.

    ``size`` and the result (n_times,); values below 1, the usual one, count as 1.
    """
    from scipy.ndimage import maximum_filter1d

    padded = np.pad(np.maximum(size, 1.0), around + wake + 2, constant_values=np.inf)
    largest = maximum_filter1d(padded, 2 * (around // 2) + 1, mode="nearest")
    half, n = around // 2, len(size)
    middle = around + wake + 2
    before = largest[middle - half - wake - 1 : middle - half - wake - 1 + n]
    behind = largest[middle + half + wake + 1 : middle + half + wake + 1 + n]
    return np.asarray(size / np.maximum(before, behind))


def _peaks(ratio: Floats, support: Floats) -> Ints:
    """Candidates: larger than the limit or nearly so, and than all within a window."""
    from scipy.ndimage import maximum_filter1d

    return np.flatnonzero((support * ratio > NEAR_JUMP) & (ratio >= maximum_filter1d(ratio, 2 * N_PAST + 1)))


def _step_near(peak: int, size: Floats, around: Floats, seen: Foresight, short: int) -> int:
    """The sample beside a peak, or the peak, at which most of the change is there at once.

    Departures one sample off are nearly as large. ``around`` (n_channels, 2 * N_PAST + 2).
    """
    near = [by for by in (0, -1, 1) if size[peak + by] >= NEARLY * size[peak]]
    windows = {by: around[:, 1 + by : 1 + by + 2 * N_PAST] for by in near}
    return peak + max(windows, key=lambda by: at_once(windows[by], seen.precision, short))


def _sizes(raw: mne.io.BaseRaw, picks: Sequence[int], seen: Foresight) -> Floats:
    """Root mean square of the departures at each sample; 0 at both ends.  Shape (n_times,)."""
    sizes = np.zeros(raw.n_times)
    for start, stop in _blocks(raw.n_times):
        departures = seen.departures(raw._data[list(picks), start - N_PAST : stop + N_PAST - 1])
        sizes[start:stop] = np.sqrt(np.einsum("ij,ij->j", departures, departures) / len(departures))
    return sizes


def _blocks(n_times: int) -> Iterator[tuple[int, int]]:
    last = n_times - N_PAST + 1
    for start in range(N_PAST, last, BLOCK):
        yield start, min(start + BLOCK, last)


def _shared(window: Floats, seen: Foresight, short: int) -> float:
    """What is left of a departure without single channels, the reference, and a source that moves gradually.

    A channel's own part is what the others do not tell of it, by the covariance of what is new in a sample; that of
    the reference is the same in all. A source may move all channels, as eyes do in a saccade, but with one topography.

    ``window`` (n_channels, 2 * N_PAST).
    """
    if at_once(window, seen.precision, short) < MIN_AT_ONCE:
        source = _topography(window, seen, short)
        window = window - np.outer(source, seen.weights_of(source[None])[0] @ (window - seen.middle))
    patterns, weights, forms = seen.alone
    for _ in range(N_ALONE):
        own = weights @ (window - seen.middle)
        left = seen.departures(window)[:, 0] - np.einsum("pmt,pt->pm", forms, own)
        worst = int(np.argmin(np.einsum("pm,pm->p", left, left)))
        window = window - np.outer(patterns[worst], own[worst])
    return float(np.sqrt(np.mean(seen.departures(window)[:, 0] ** 2)))


def _topography(window: Floats, seen: Foresight, short: int) -> Floats:
    """Where the signal differs most from what it was before the middle of a window: (n_channels,).

    In what is new in a sample, as white noise.
    """
    change = window[:, N_PAST:] - window[:, N_PAST - short : N_PAST].mean(axis=1, keepdims=True)
    left, _, _ = np.linalg.svd(seen.whitening @ change, full_matrices=False)
    return np.asarray(np.linalg.pinv(seen.whitening) @ left[:, 0])


def at_once(window: Floats, precision: Floats, short: int) -> float:
    """How much of the change across the middle of a window is there from one sample to the next: 1 for a step.

    The change is that of the means over ``short`` samples on either side, and is followed in its own direction,
    weighted by ``precision`` (n_channels, n_channels). Eyes, which turn within 20 to 50 ms, are slower than a step.
    """
    middle = window.shape[1] // 2
    change = window[:, middle : middle + short].mean(axis=1) - window[:, middle - short : middle].mean(axis=1)
    weights = precision @ change
    return float(
        weights @ (window[:, middle] - window[:, middle - 1]) / max(float(weights @ change), np.finfo(float).tiny)
    )


def _unfit(raw: mne.io.BaseRaw, still: Mask, wake: int) -> Mask:
    """Where a departure is told already: at discontinuities, beside stretches without any movement, in bad time."""
    unfit = ~good_samples(raw)
    for start, _ in continuous_spans(raw):
        unfit[max(start - wake, 0) : start + wake] = True
    edges = np.flatnonzero(still)
    for offset in range(-wake, wake + 1):
        unfit[np.clip(edges + 1 + offset, 0, len(unfit) - 1)] = True
    return unfit


def _returns(window: Floats, kernel: Floats) -> bool:
    """Whether the signal goes on behind the middle of a window as if it had not been there: a spike, no cut."""
    past = len(kernel) - 1
    left = unforeseen(window[:, N_PAST - past : N_PAST + past + 1], kernel)
    step, spike = np.cumsum(kernel), kernel
    explained = [np.sum((left @ shape) ** 2) / np.sum(shape**2) for shape in (step[: left.shape[1]], spike)]
    return bool(explained[1] > explained[0])
