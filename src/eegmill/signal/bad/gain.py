"""Channels in another unit or with another gain than the rest, by amplitude and by their neighbours."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from ..channels import located, positions_m
from ..filters.band import band_of
from ..left_out import left_out, spline_inverse
from ..robust import median_deviation
from ..sphere import directions
from ..timeline import good_samples

if TYPE_CHECKING:
    import mne

    from ..types import Floats

LAG_S = 0.02
"""A difference over 20 ms passes 1 to 25 Hz best, and forgets offsets and drifts."""
PLAUSIBLE_UV = (0.05, 200.0)
"""Typical amplitudes of EEG: channels within them say what the others should be, where there are a few."""
MIN_TYPICAL = 4
SUSPECT = 3.0
"""Times more or less than usual, from which a channel's neighbours are asked."""
SURE = 30.0
"""Times more or less than usual, both with and without drifts, which no electrode on a head is."""
FAR = 6.0
"""Times more than usual, both with and without drifts, and ...

(Not times less: electrodes beside the reference are that small.)
"""
FAR_SD = 5.0
"""... standard deviations of the logarithms of the channels' amplitudes: odd only where all others are alike."""
MIN_SD = 0.2
GAIN = 4.5
"""Times more or less than the neighbours predict. Sound channels of 20 recordings: 0.3 to 2.2."""
MIN_CORRELATION = 0.5
"""Between a channel and what its neighbours predict, for the ratio of the two to be a gain."""
FAR_GAIN = 8.0
MIN_CORRELATION_FAR = 0.3
"""The same for one 8 times larger or smaller than predicted, and than usual: electrodes at the edge correlate less."""
TYPICAL_UV = (0.2, 80.0)
"""Median amplitudes of whole recordings. Those of 20 recordings: 1 to 13 µV."""
BAND_HZ = (1.0, 30.0)
MOVED, MOVED_BY_NEIGHBOURS = 0.16, 0.04
"""Share by which a hundredth of noise, or a second less, moved how many times too large channels of four recordings
were, at gains from 1/40 to 100: at most, by their amplitude and by what their neighbours predict (in the median both
0.002 and less)."""
MIN_NEIGHBOURS = 8
MAX_SAMPLES = 20_000
"""Per channel, from the whole recording, to compare it with its neighbours or with what EEG has."""


@dataclass(frozen=True)
class OddGain:
    """A channel whose amplitude does not fit the others."""

    pick: int
    amplitude_uv: float
    """Median absolute deviation of its differences over 20 ms."""
    usual_uv: float
    """The same of the other channels."""
    ratio: float
    """How many times too large it is."""
    limit: float
    """How many times too large or too small it would have to be."""
    by_neighbours: bool
    """Whether the neighbours say so, or the bare amplitude."""

    @property
    def distance(self) -> float:
        """How many times too large or too small it is, above 1."""
        return max(self.ratio, 1 / self.ratio)

    @property
    def uncertainty(self) -> float:
        """By how much the distance may change with the input."""
        return self.distance * (MOVED_BY_NEIGHBOURS if self.by_neighbours else MOVED)

    @property
    def reason(self) -> str:
        """Why the channel is bad."""
        seen = f"{self.amplitude_uv:.3g} µV, usual are {self.usual_uv:.3g} µV"
        against = "what its neighbours predict" if self.by_neighbours else "that of the other channels"
        limit = f"limit {self.limit:.3g} times too large or small"
        return f"its amplitude is {self.ratio:.3g} times {against} ({seen}; {limit}): is its unit or gain right?"


def odd_gains(raw: mne.io.BaseRaw, picks: Sequence[int]) -> tuple[OddGain, ...]:
    """Channels whose amplitude is far from that of the others, in the order of ``picks``.

    A channel 30 times larger or smaller than usual, with its drifts and without, is odd, and so is one 6 times larger
    among channels that are alike; of fewer than four channels only one of an amplitude that no EEG has. One 3 times
    larger or smaller is compared with what the others predict at its electrode (spherical splines, leaving it out): it
    is odd where prediction and signal correlate and the signal is 4.5 times larger or smaller, or 8 times where they
    correlate less.

    Parameters
    ----------
    raw
        Finite samples in volts.
    picks
        EEG channels that are neither bad nor constant nor derivations.
    """
    amplitude = Amplitudes.of(raw, picks)
    sure = {pick: _Gain(amplitude.fast_ratio(pick), amplitude.far(pick)) for pick in picks if amplitude.is_far(pick)}
    rest = [pick for pick in picks if pick not in sure]
    ratios = {pick: amplitude.fast_ratio(pick) for pick in rest}
    suspects = {pick: ratio for pick, ratio in ratios.items() if not 1 / SUSPECT < ratio < SUSPECT}
    by_neighbours = _gains(raw, rest, suspects) if suspects else {}
    found = sure | by_neighbours
    return tuple(
        OddGain(
            pick=pick,
            amplitude_uv=1e6 * amplitude.fast[pick],
            usual_uv=1e6 * amplitude.usual_fast,
            ratio=found[pick].ratio,
            limit=found[pick].limit,
            by_neighbours=pick in by_neighbours,
        )
        for pick in picks
        if pick in found
    )


@dataclass(frozen=True)
class _Gain:
    """How many times too large a channel is, and how many times from usual it would have to be."""

    ratio: float
    limit: float


@dataclass(frozen=True)
class Amplitudes:
    """Median absolute deviations of channels in volts: as they are, and of their differences over 20 ms."""

    slow: dict[int, float]
    fast: dict[int, float]
    usual_slow: float
    usual_fast: float

    @classmethod
    def of(cls, raw: mne.io.BaseRaw, picks: Sequence[int]) -> Amplitudes:
        """Measure the picked channels in samples without ``BAD_`` annotations, if there are any."""
        lag = max(round(LAG_S * float(raw.info["sfreq"])), 1)
        good = good_samples(raw)
        good = good if good.any() else np.ones_like(good)
        pairs = good[lag:] & good[:-lag]
        slow = {pick: _deviation(raw._data[pick][good]) for pick in picks}
        fast = {pick: _deviation((raw._data[pick][lag:] - raw._data[pick][:-lag])[pairs]) for pick in picks}
        return cls(slow, fast, _usual(slow), _usual(fast))

    def fast_ratio(self, pick: int) -> float:
        """How many times larger than usual a channel is without its drifts; 1 where none is usual."""
        return self.fast[pick] / self.usual_fast if self.usual_fast and self.fast[pick] else 1.0

    def is_far(self, pick: int) -> bool:
        """Whether no electrode has such an amplitude beside the others."""
        slow = self.slow[pick] / self.usual_slow if self.usual_slow else 1.0
        fast = self.fast_ratio(pick)
        if len(self.fast) < MIN_TYPICAL and _is_plausible(self.fast[pick]):
            return False  # so few channels do not say which of them is usual
        return min(slow, fast) > self._too_large or max(slow, fast) < 1 / SURE

    def far(self, pick: int) -> float:
        """How many times larger or smaller than usual a channel is that no electrode on this head can be."""
        return self._too_large if self.fast_ratio(pick) > 1 else SURE

    @property
    def _too_large(self) -> float:
        return min(SURE, max(FAR, float(np.exp(FAR_SD * max(_log_sd(self.fast), MIN_SD)))))


def doubts(raw: mne.io.BaseRaw, picks: Sequence[int]) -> tuple[str, ...]:
    """What to say of amplitudes that nothing in the recording can judge.

    Where there are fewer than four channels and their amplitudes differ by 6 times and more, none of them says what is
    usual. Where the median amplitude of all is not that of EEG (0.2 to 80 µV), all may have a wrong gain: potentials on
    the scalp are of 10 to 100 µV (Nunez and Srinivasan 2006, Electric fields of the brain, chapter 1).

    Parameters
    ----------
    raw
        Finite samples in volts.
    picks
        EEG channels that are neither bad nor constant.
    """
    lag = max(round(LAG_S * float(raw.info["sfreq"])), 1)
    good = good_samples(raw)
    starts = np.flatnonzero(good[lag:] & good[:-lag])
    starts = starts[:: max(starts.size // MAX_SAMPLES, 1)]
    sizes = {pick: 1e6 * _deviation(raw._data[pick][starts + lag] - raw._data[pick][starts]) for pick in picks}
    fast = {raw.ch_names[pick]: size for pick, size in sizes.items() if size > 0}
    notes = []
    if 1 < len(fast) < MIN_TYPICAL and max(fast.values()) >= FAR * min(fast.values()):
        seen = ", ".join(f"{name} {value:.3g} µV" for name, value in fast.items())
        notes.append(f"amplitudes of {len(fast)} channels differ by {FAR:g} times and more, too few to tell: {seen}")
    usual_uv = float(np.median(list(fast.values()))) if fast else 0.0
    if usual_uv and not TYPICAL_UV[0] <= usual_uv <= TYPICAL_UV[1]:
        side = f"below {TYPICAL_UV[0]:g}" if usual_uv < TYPICAL_UV[0] else f"above {TYPICAL_UV[1]:g}"
        notes.append(f"the median amplitude of changes in 20 ms is {usual_uv:.3g} µV, {side} µV: is the gain right?")
    return tuple(notes)


def _deviation(x: Floats) -> float:
    return median_deviation(x) if x.size else 0.0


def _usual(amplitudes: dict[int, float]) -> float:
    """Median over the channels, of the plausible ones where there are at least four, or where all are fewer."""
    plausible = [value for value in amplitudes.values() if _is_plausible(value)]
    enough = len(plausible) >= MIN_TYPICAL or (plausible and len(amplitudes) < MIN_TYPICAL)
    values = plausible if enough else list(amplitudes.values())
    return float(np.median(values)) if values else 0.0


def _is_plausible(amplitude_v: float) -> bool:
    low, high = PLAUSIBLE_UV
    return low <= 1e6 * amplitude_v <= high


def _log_sd(amplitudes: dict[int, float]) -> float:
    """Robust standard deviation of the logarithms."""
    logs = np.log([value for value in amplitudes.values() if value > 0] or [1.0])
    return float(1.4826 * np.median(np.abs(logs - np.median(logs))))


def _is_gain(gain: float, correlation: float, ratio: float) -> bool:
    """Whether a channel is so many times larger than predicted, and ``ratio`` times than usual, by its gain."""
    if correlation >= MIN_CORRELATION:
        return not 1 / GAIN < gain < GAIN
    far = min(gain, ratio) > FAR_GAIN or max(gain, ratio) < 1 / FAR_GAIN
    return correlation >= MIN_CORRELATION_FAR and far


def _gains(raw: mne.io.BaseRaw, picks: Sequence[int], suspects: Mapping[int, float]) -> dict[int, _Gain]:
    """How many times larger than predicted those suspects are whose neighbours are sure of it.

    The most suspicious first: a channel that was found odd no longer predicts the others.
    """
    sources = located(raw, list(picks))
    found: dict[int, _Gain] = {}
    if len(sources) <= MIN_NEIGHBOURS:
        return found
    matrix = covariance(raw, sources)
    places = directions(np.array(positions_m(raw, sources)))
    while len(sources) - len(found) > MIN_NEIGHBOURS:
        kept = [index for index, pick in enumerate(sources) if pick not in found]
        gain, correlation = predicted(matrix[np.ix_(kept, kept)], places[kept])
        odd = {
            sources[index]: _Gain(float(gain[i]), GAIN if correlation[i] >= MIN_CORRELATION else FAR_GAIN)
            for i, index in enumerate(kept)
            if sources[index] in suspects and _is_gain(gain[i], correlation[i], suspects[sources[index]])
        }
        if not odd:
            break
        worst = max(odd, key=lambda pick: abs(np.log(odd[pick].ratio)))
        found[worst] = odd[worst]
    return found


def predicted(covariance: Floats, places: Floats) -> tuple[Floats, Floats]:
    """Each channel against its prediction from all others: how many times larger it is, and their correlation.

    Parameters
    ----------
    covariance : array, shape (n_channels, n_channels)
    places : array, shape (n_channels, 3)
        Unit vectors.

    Returns
    -------
    gain, correlation : array, shape (n_channels,)
        Gain is the slope of the channel over its prediction.
    """
    return left_out(covariance, spline_inverse(places))


def covariance(raw: mne.io.BaseRaw, picks: Sequence[int]) -> Floats:
    """Covariance between 1 and 30 Hz in good samples, without the tenth in which all channels are largest."""
    band = band_of(raw, *BAND_HZ)
    good = np.flatnonzero(good_samples(raw))
    kept = good[:: max(good.size // MAX_SAMPLES, 1)]
    signals = np.array([band.of(raw._data[pick])[kept] for pick in picks])
    size = np.median(np.abs(signals), axis=0)
    calm = signals[:, size <= np.quantile(size, 0.9)] if size.size else signals
    return np.asarray(np.cov(calm)) if calm.shape[1] > 1 else np.zeros((len(picks), len(picks)))
