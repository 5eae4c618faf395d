"""The robust average reference of PREP, with fast kernels."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from ...errors import Rejected
from ..bad.correlations import broken_fraction
from ..bad.dead import spread, still_fraction
from ..bad.noise import Noise, split_noise
from ..bad.ransac import MIN_PREDICTORS, predictability, round_half_up, subset_weights
from ..bad.signals import Signals, signals_of
from ..bad.uncorrelated import windowed_neighbours
from ..filters.fir import zero_phase
from ..robust import median_deviation, robust_z
from ..sphere import directions, interpolation_matrix
from .mean import NewReference

if TYPE_CHECKING:
    import mne

    from ..types import Floats, Mask


DEVIATION_SD = 5.0
NOISE_SD = 5.0
MIN_CORRELATION, CORRELATION_SHARE, CORRELATION_S = 0.4, 0.01, 1.0
RANSAC_CORRELATION, RANSAC_SHARE, RANSAC_S = 0.75, 0.4, 5.0
N_SUBSETS, SUBSET_FRACTION = 50, 0.25
STILL_SHARE = 0.01
DETREND_HZ = 1.0
MAX_ITERATIONS = 4
MAX_BAD_FRACTION = 0.75


def robust_average(raw: mne.io.BaseRaw, picks: list[int], *, seed: int) -> NewReference:
    """Average of the channels after the noisy ones were replaced by interpolation.

    Bigdely-Shamlo et al. 2015 (doi 10.3389/fninf.2015.00016): start from the median over channels; seek noisy channels
    against the reference so far, interpolate them, average; repeat until the same channels are found, at most four
    times. The criteria and limits are PREP's: amplitude, high-frequency noise, correlation, RANSAC.

    Not PyPREP's code: there this takes 171 s of CPU for 64 channels and 10 minutes. Two details differ: the highest
    correlation of a window stands for the 98th percentile, and the interpolated mean is computed from its weights.

    Raises
    ------
    Rejected
        If more than three quarters of the channels are noisy.
    """
    signals = signals_of(raw, picks)
    detrended = [without_trend(channel, signals.rate_hz, signals.spans) for channel in signals.channels]
    reference = np.median(detrended, axis=0)
    found: list[set[int]] = []
    while len(found) < MAX_ITERATIONS and (len(found) < 2 or found[-1] != found[-2]):
        rest = replace(signals, channels=tuple(channel - reference for channel in detrended))
        found.append(find_noisy(rest, seed=seed))
        if len(found[-1]) > MAX_BAD_FRACTION * len(picks):
            msg = (
                f"The robust reference finds {len(found[-1])} of {len(picks)} channels noisy (still, deviating, noisy "
                f"above 50 Hz, unlike all others or not predicted by them), and {MAX_BAD_FRACTION:.0%} may be"
            )
            raise Rejected(msg)
        weights = mean_weights(signals.positions, found[-1])
        reference = combine(detrended, weights)
    noisy = found[-1]
    return NewReference(
        combine([raw._data[pick] for pick in picks], weights),
        f"robust average of {len(picks) - len(noisy)} good EEG channels, {len(noisy)} noisy ones interpolated",
        tuple(name for i, name in enumerate(signals.names) if i not in noisy),
        left_out=tuple(signals.names[i] for i in sorted(noisy)),
        iterations=len(found),
    )


def without_trend(channel: Floats, rate_hz: float, spans: Sequence[tuple[int, int]]) -> Floats:
    """High-pass a copy at 1 Hz, as PREP does before it judges channels.

    ``channel`` and the result (n_times,), in any unit.
    """
    from scipy.signal import firwin

    n_taps = 2 * round(1.65 * rate_hz / DETREND_HZ) + 1  # Hamming: a transition of 1 Hz
    kernel = firwin(n_taps, DETREND_HZ, fs=rate_hz, pass_zero="highpass")
    return np.concatenate([zero_phase(channel[start:stop], kernel) for start, stop in spans])


def find_noisy(signals: Signals, *, seed: int) -> set[int]:
    """Channels that any of PREP's criteria finds."""
    rate_hz, spans = signals.rate_hz, signals.spans
    noise = split_noise(signals.channels, rate_hz, spans, thin=True)
    bad = (spread(signals.channels, spans) == 0) | (still_fraction(signals.channels, rate_hz, spans) > STILL_SHARE)
    bad |= outliers(np.array([median_deviation(channel) for channel in signals.channels]), DEVIATION_SD)
    if noise.ratio is not None:
        bad |= robust_z(noise.ratio) > NOISE_SD
    window = max(2, round(CORRELATION_S * rate_hz / noise.factor))
    unlike = windowed_neighbours(noise.below, noise.spans, window, ignored=0.0)
    bad |= broken_fraction(unlike, MIN_CORRELATION) > CORRELATION_SHARE
    found = {int(c) for c in np.flatnonzero(bad)}
    return found | unpredictable(signals, noise, excluded=found, seed=seed)


def unpredictable(signals: Signals, noise: Noise, *, excluded: set[int], seed: int) -> set[int]:
    """Channels that the others, without those excluded, do not predict."""
    left = [c for c in signals.located if c not in excluded]
    if round_half_up(SUBSET_FRACTION * len(left)) < MIN_PREDICTORS:
        return set()
    positions = np.array([signals.positions[c] for c in left])
    weights = subset_weights(positions, n_subsets=N_SUBSETS, fraction=SUBSET_FRACTION, seed=seed)
    window = max(2, round(RANSAC_S * signals.rate_hz / noise.factor))
    windows = predictability([noise.below[c] for c in left], noise.spans, window, weights)
    broken = broken_fraction(windows, RANSAC_CORRELATION) > RANSAC_SHARE
    return {c for c, is_broken in zip(left, broken, strict=True) if is_broken}


def outliers(amplitudes: Floats, limit_sd: float) -> Mask:
    """Amplitudes more than ``limit_sd`` robust standard deviations from the median channel's.

    ``amplitudes`` and the result (n_channels,).
    """
    far: Mask = np.abs(robust_z(amplitudes)) > limit_sd
    return far


def mean_weights(places: Sequence[Floats | None], noisy: set[int]) -> Floats:
    """Weight of each channel in the mean over all channels, the noisy ones interpolated from the rest.

    Noisy channels have weight 0. Those without a position are left out of the mean.

    Returns
    -------
    array, shape (n_channels,)
        Sums to 1.
    """
    weights = np.array([0.0 if c in noisy else 1.0 for c in range(len(places))])
    sources = [c for c, place in enumerate(places) if place is not None and c not in noisy]
    targets = [c for c in sorted(noisy) if places[c] is not None]
    if targets and len(sources) >= 4:
        units = directions(np.array([places[c] for c in sources + targets]))
        weights[sources] += interpolation_matrix(units[: len(sources)], units[len(sources) :]).sum(axis=0)
    weights /= weights.sum()
    return weights


def combine(signals: Sequence[Floats], weights: Floats) -> Floats:
    """Weighted sum of channels, one after another.

    Each signal and the result (n_times,), in one unit; ``weights`` (n_channels,).
    """
    total = np.zeros(len(signals[0]))
    for weight, signal in zip(weights, signals, strict=True):
        if weight:
            total += weight * signal
    return total
