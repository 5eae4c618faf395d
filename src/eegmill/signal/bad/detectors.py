"""The detectors of bad channels: what each measured, its limit, and whom it found."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from ...models import Frozen
from ..robust import robust_z
from . import dead as dead_channels
from .amplitude import usual_amplitudes
from .correlations import WindowCorrelations, broken_fraction, broken_fraction_uncertainty

if TYPE_CHECKING:
    from ..types import Floats
    from .second_look import Look
    from .signals import Signals


LARGEST = 1e6
"""Scores beyond it are written as it: JSON has no infinity."""


Z_UNCERTAINTY = 0.2
"""Share by which a robust z over channels may change with a little noise: the spread of few channels is known badly.

A hundredth of noise moved the largest of 19 channels by up to 0.8 of 4.6."""


MAX_NOISE_ALONE, NOISE_UNCERTAINTY = 0.1, 0.05
"""Behind a low-pass at 45 Hz, sound channels of two recordings had 0.006 to 0.02; white noise of half an SD has 0.4."""


class Detector(Frozen):
    """One detector: its quantity, the limit beyond which a channel is bad, each channel's score and the bad ones."""

    name: str
    quantity: str
    limit: float | None
    scores: dict[str, float | None]
    bad: tuple[str, ...]
    uncertainties: dict[str, float] = {}
    """By how much small changes of the input may move each score; empty where that was not estimated."""

    def reasons(self) -> dict[str, str]:
        """The reason for each bad channel."""
        limit = "" if self.limit is None else f" (limit {self.limit:g})"
        return {name: f"{self.name}: {self.quantity} {_number(self.scores.get(name))}{limit}" for name in self.bad}


def _number(score: float | None) -> str:
    return "not a number" if score is None else f"{score:.3g}"


def above(
    name: str,
    quantity: str,
    limit: float,
    *,
    names: Sequence[str],
    values: Floats,
    uncertainties: Floats | None = None,
) -> Detector:
    """A detector that finds the channels whose value is above the limit.

    ``values`` and ``uncertainties`` (n_channels,), in the order of ``names``.
    """
    scores = {
        channel: None if np.isnan(value) else float(np.clip(value, -LARGEST, LARGEST))
        for channel, value in zip(names, values, strict=True)
    }
    bad = tuple(channel for channel, value in zip(names, values, strict=True) if value > limit)
    spread = {} if uncertainties is None else dict(zip(names, map(float, uncertainties), strict=True))
    return Detector(name=name, quantity=quantity, limit=limit, scores=scores, bad=bad, uncertainties=spread)


def dead(signals: Signals) -> Detector:
    """Channels whose standard deviation is zero, or below 1 % of that of the median channel that is not constant."""
    spread = dead_channels.spread(signals.channels, signals.spans)
    usual = float(np.median(spread[spread > 0])) if spread.any() else 0.0
    limit = dead_channels.MIN_SPREAD * usual
    scores = dict(zip(signals.names, (float(value * 1e6) for value in spread), strict=True))
    bad = tuple(name for name, value in zip(signals.names, spread, strict=True) if value <= limit)
    return Detector(name="dead", quantity="standard deviation in µV", limit=limit * 1e6, scores=scores, bad=bad)


def still(signals: Signals, limit: float) -> Detector:
    """Channels that stand still for more than ``limit`` of the time: saturated or without contact."""
    share = dead_channels.still_fraction(signals.channels, signals.rate_hz, signals.spans)
    return above("still", "share of the time without movement", limit, names=signals.names, values=share)


def loud(signals: Signals, limit_sd: float) -> Detector:
    """Channels far larger than the median channel: PREP's criterion of deviation (Bigdely-Shamlo et al. 2015)."""
    values = robust_z(usual_amplitudes(signals.channels))
    spread = Z_UNCERTAINTY * np.maximum(np.abs(values), 1)
    quantity = "robust z of the amplitude"
    return above("loudness", quantity, limit_sd, names=signals.names, values=values, uncertainties=spread)


def noisy(names: Sequence[str], ratio: Floats, limit_sd: float) -> Detector:
    """Channels with far more noise above 50 Hz, relative to their signal, than the median channel.

    ``ratio`` (n_channels,), without unit.
    """
    values = robust_z(ratio)
    spread = Z_UNCERTAINTY * np.maximum(np.abs(values), 1)
    quantity = "robust z of the noise above 50 Hz"
    return above("noisiness", quantity, limit_sd, names=names, values=values, uncertainties=spread)


def noisy_alone(names: Sequence[str], ratio: Floats) -> Detector:
    """Channels with noise above 50 Hz where a filter has left nothing to the others: over a tenth of their signal.

    A comparison with the others would call rounding noise. ``ratio`` (n_channels,), without unit.
    """
    quantity = "noise above 50 Hz over the signal below"
    spread = NOISE_UNCERTAINTY * ratio
    return above("noisiness", quantity, MAX_NOISE_ALONE, names=names, values=ratio, uncertainties=spread)


def unpredictable(names: Sequence[str], first: Look, second: Look | None, *, limit: float) -> Detector:
    """Channels whose correlation with their prediction is too low for more than ``limit`` of the time.

    Where there was a second look, in both: of the two shares, the smaller counts.
    """
    values, spread = first.shares, first.uncertainties
    quantity = f"share of the time with a correlation with the prediction below {first.correlation:.3g},"
    if second is not None:
        milder = second.shares < values
        values, spread = np.where(milder, second.shares, values), np.where(milder, second.uncertainties, spread)
        quantity = f"{quantity} or with that from all channels without doubt below {second.correlation:.3g},"
    return above("ransac", quantity, limit, names=names, values=values, uncertainties=spread)


def unlike_others(names: Sequence[str], windows: WindowCorrelations, *, correlation: float, limit: float) -> Detector:
    """Channels whose correlation with every other is too low for more than ``limit`` of the time."""
    values = broken_fraction(windows, correlation)
    quantity = f"share of the time with a correlation with all others below {correlation:.3g},"
    spread = broken_fraction_uncertainty(windows, correlation)
    return above("correlation", quantity, limit, names=names, values=values, uncertainties=spread)
