"""What the mains say of the clock: they are at 50 or 60 Hz, and stay there."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from ..timeline import continuous_spans, good_samples
from .line_patterns import line_patterns

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import mne

    from ..types import Floats, Ints

MAINS_HZ = (50.0, 60.0)
WINDOW_S = 4.0
N_CHANNELS = 8
"""So many channels are looked at, spread over the file, ..."""
N_CLEAREST = 3
"""... and the line is followed over time in those that hold most of it."""
FROM_HZ = 20.0
BESIDE_HZ = (0.75, 3.0)
"""The background of a line is what lies this far beside it."""
CLEAR_DB = 10.0
"""A line stands out of its background by this much."""
STRONG_DB = 20.0
"""A line where none should be must stand out by this much."""
WITHIN_HZ = 2.0
"""A pattern is made for what lies so near to a frequency, ..."""
MIN_RATIO = 20.0
"""... and shows a line if it holds so many times the power beside it. Without lines up to 20 in 38 sound recordings
(alpha at 12.5 Hz; 14 elsewhere); mains of 2 µV in EEGBCI 37 and more."""
NEAR_HZ = 0.5
RATIOS = (0.25, 0.5, 1000 / 1024, 1024 / 1000, 2.0, 4.0)
"""Rates that are taken for each other: one for its double, and 250, 500 or 1000 Hz for 256, 512 or 1024."""
RATIO_TOLERANCE = 2e-3
HARMONICS = (2, 4)
"""Of the mains, that a notch or an average over channels may leave alone: EEGMAT has 100 Hz and no 50 Hz."""
MAX_HOLE_DB = -6.0
"""Where the mains were filtered out, the spectrum has a hole: then a harmonic may be left alone."""
MAX_RANGE_HZ = 0.2
"""From the tenth to the ninetieth percentile over time. A grid that works stays within 0.1 Hz (ENTSO-E, operation
handbook)."""
MAX_ROUGHNESS = 0.4
"""Of a clock that wanders slowly; of chance it is 1."""
MIN_WINDOWS = 10
"""For a clock, ..."""
MIN_WINDOWS_OF_RATE = 5
"""... and for a rate."""
MAX_WANDER_HZ = 2.5
"""A line is followed so far on either side of where it should be."""
BESIDE_PEAK_HZ = (0.75, 2.0)
"""In a single window a line stands out of what lies so far on either side of it."""
NEAR_ONE = 0.05
"""A rate that is off by no more than this share puts the line into the hole that a notch left around it."""


@dataclass(frozen=True)
class WrongRate:
    """A line where the mains are not, and the rate by which it would be the mains."""

    line_hz: float
    mains_hz: float
    ratio: float
    """Declared over true rate, if the line is the mains themselves."""
    height_db: float

    @property
    def as_harmonics(self) -> tuple[tuple[int, float], ...]:
        """What else it may be: harmonics of the mains that are left alone, each with declared over true rate.

        Those by which the declared rate is less wrong, or right.
        """
        return tuple((one, self.ratio / one) for one in HARMONICS if self.ratio >= one)


@dataclass(frozen=True)
class Wander:
    """How the frequency of the line moves over the recording."""

    line_hz: float
    range_hz: float
    roughness: float


@dataclass(frozen=True)
class Line:
    """What was seen of the mains; None where there is nothing to tell."""

    height_db: float
    wrong_rate: WrongRate | None
    wander: Wander | None

    @property
    def is_unsteady(self) -> bool:
        """Whether the line wanders as the mains do not, slowly: the clock does."""
        seen = self.wander
        return seen is not None and seen.range_hz > MAX_RANGE_HZ and seen.roughness < MAX_ROUGHNESS


@dataclass(frozen=True)
class _View:
    """Signals that a line is looked for in: channels, or the pattern in which it is clearest."""

    powers: Floats
    """Of windows, each signal's in its own mean, shape (n_signals, n_windows, n_frequencies)."""
    spectrum: Spectrum
    around_hz: float | None = None
    """A pattern shows lines near this frequency alone; None for channels."""

    @classmethod
    def of(cls, signals: Sequence[Floats], starts: Ints, sfreq_hz: float, around_hz: float | None = None) -> _View:
        n_window = round(WINDOW_S * sfreq_hz)
        powers = np.stack([_powers(signal, starts, n_window) for signal in signals])
        powers /= np.maximum(powers.mean(axis=(1, 2), keepdims=True), np.finfo(float).tiny)
        return cls(powers, Spectrum.of(powers.mean(axis=1).mean(axis=0), sfreq_hz / n_window), around_hz)

    @property
    def top(self) -> int:
        """Index of the frequency that stands out most, of those that this can show."""
        heights = self.spectrum.heights_db
        if self.around_hz is not None:
            heights = np.where(np.abs(self.spectrum.frequencies - self.around_hz) <= WITHIN_HZ, heights, -np.inf)
        return int(np.argmax(heights))

    @property
    def height_db(self) -> float:
        return float(self.spectrum.heights_db[self.top])

    def wander_at(self, frequency_hz: float) -> Wander | None:
        return _wander_at(self.powers, frequency_hz, self.spectrum.step_hz)


def line(raw: mne.io.BaseRaw, picks: Sequence[int]) -> Line | None:
    """Look at the lines of a recording; None where it is too short or holds none.

    Lines are looked for in some channels, and near the mains, and where a wrong rate would put them, in the patterns
    over all channels that hold most of them: there a line may be clear that no channel shows.

    Parameters
    ----------
    raw
        Finite samples.
    picks
        Channels, by their indices.
    """
    sfreq = float(raw.info["sfreq"])
    starts = _windows(raw, round(WINDOW_S * sfreq))
    if len(starts) < MIN_WINDOWS_OF_RATE:
        return None
    chosen = list(picks)[:: -(-len(picks) // N_CHANNELS)]
    channels = _View.of([raw._data[pick] for pick in chosen], starts, sfreq)
    if not channels.spectrum.frequencies.size:
        return None
    views = [channels, *_patterns(raw, picks, starts)]
    height = max(view.height_db for view in views)
    wander = _wander_of(views)
    return Line(height, wrong_rate(views), wander) if height >= CLEAR_DB or wander else None


def _patterns(raw: mne.io.BaseRaw, picks: Sequence[int], starts: Ints) -> Iterator[_View]:
    """What the patterns show that hold most of a line, near each frequency that the mains may have; clearest first."""
    wanted = sorted(
        {mains * ratio for mains in MAINS_HZ for ratio in RATIOS if abs(ratio - 1) > NEAR_ONE} | {*MAINS_HZ}
    )
    found = [one for one in line_patterns(raw, picks, wanted, within_hz=WITHIN_HZ) if one.ratio >= MIN_RATIO]
    for one in sorted(found, key=lambda one: -one.ratio):
        signal = np.zeros(raw.n_times)
        for pick, weight in zip(picks, one.weights[0], strict=True):
            signal += weight * raw._data[pick]
        yield _View.of([signal], starts, float(raw.info["sfreq"]), one.frequency_hz)


def _wander_of(views: Sequence[_View]) -> Wander | None:
    """How the line wanders where it is clearest; a far wanderer smears over the mean spectrum, not over a window's."""
    channels, *patterns = views
    # About where it should be: a peak of the mean spectrum is where a wanderer turns round.
    ways = [(view, view.around_hz) for view in patterns if view.around_hz]
    top_hz = float(channels.spectrum.frequencies[channels.top])
    strayed = [mains for mains in MAINS_HZ if abs(top_hz - mains) <= WITHIN_HZ]
    clear = channels.height_db >= CLEAR_DB
    ways.extend((channels, middle_hz) for middle_hz in (strayed or [top_hz] if clear else MAINS_HZ))
    wanders = (view.wander_at(middle_hz) for view, middle_hz in ways)
    return next((one for one in wanders if one is not None), None)


@dataclass(frozen=True)
class Spectrum:
    """A power spectrum from 20 Hz on, and by how much each frequency stands out of what lies beside it."""

    frequencies: Floats
    heights_db: Floats
    depths_db: Floats
    """Beside the quieter side: neither the foot of a strong line nor a slope is a hole."""
    step_hz: float

    @classmethod
    def of(cls, power: Floats, step_hz: float) -> Spectrum:
        """From power at multiples of ``step_hz``, shape (n_frequencies,)."""
        near, far = (round(width / step_hz) for width in BESIDE_HZ)
        first, last = round(FROM_HZ / step_hz), len(power) - near - 1
        index = np.arange(first, max(last, first))
        below, above = np.arange(-far, -near), np.arange(near + 1, far + 1)
        logs = 10 * np.log10(np.maximum(power, np.finfo(float).tiny))
        if not index.size:
            return cls(np.zeros(0), np.zeros(0), np.zeros(0), step_hz)
        folded = np.concatenate([logs, logs[-2 : -far - 2 : -1]])  # a spectrum is symmetric about half of the rate
        usual = np.median(folded[index[:, None] + np.concatenate([below, above])], axis=1)
        quiet = np.minimum(*(np.median(folded[index[:, None] + side], axis=1) for side in (below, above)))
        logs = logs[index]
        return cls(np.asarray(index * step_hz), np.asarray(logs - usual), np.asarray(logs - quiet), step_hz)

    def has_line(self, frequency_hz: float) -> bool:
        """Whether a line stands out near a frequency: a peak, and no foot of a stronger one beside it."""
        near = np.flatnonzero(np.abs(self.frequencies - frequency_hz) <= NEAR_HZ)
        near = near[(near > 0) & (near < len(self.frequencies) - 1)]
        here = self.heights_db[near]
        peaks = (here >= self.heights_db[near - 1]) & (here >= self.heights_db[near + 1])
        return bool(np.any(peaks & (here >= CLEAR_DB)))

    def lowest_db(self, frequency_hz: float) -> float:
        """The deepest near a frequency; 0 outside of the spectrum."""
        near = np.abs(self.frequencies - frequency_hz) <= NEAR_HZ
        return float(self.depths_db[near].min()) if near.any() else 0.0


def wrong_rate(views: Sequence[_View]) -> WrongRate | None:
    """The rate that would put a strong line at the mains, if nothing is there and nothing was taken out there."""
    if any(view.spectrum.has_line(mains) for view in views for mains in MAINS_HZ):
        return None
    taken_out = any(view.spectrum.lowest_db(mains) <= MAX_HOLE_DB for view in views for mains in MAINS_HZ)
    rates = (_rate_of(view, taken_out=taken_out) for view in sorted(views, key=lambda view: -view.height_db))
    return next((rate for rate in rates if rate is not None), None)


def _rate_of(view: _View, *, taken_out: bool) -> WrongRate | None:
    """The rate that would put the strongest line of a view at the mains."""
    height, line_hz = view.height_db, _interpolated(view.spectrum, view.top)
    if height < STRONG_DB:
        return None
    for ratio in sorted(RATIOS, key=lambda ratio: abs(np.log(ratio))):
        if taken_out and abs(ratio - 1) > NEAR_ONE:
            return None
        for mains in MAINS_HZ:
            if abs(line_hz / (mains * ratio) - 1) < RATIO_TOLERANCE:
                return WrongRate(line_hz, mains, ratio, height)
    return None


def _interpolated(spectrum: Spectrum, top: int) -> float:
    """The frequency of a peak between those of the transform."""
    if not 0 < top < len(spectrum.heights_db) - 1:
        return float(spectrum.frequencies[top])
    return float(spectrum.frequencies[top]) + spectrum.step_hz * _vertex(*spectrum.heights_db[top - 1 : top + 2])


def _vertex(left: float, middle: float, right: float) -> float:
    """Where a parabola through three points one apart has its vertex, from the middle."""
    bend = left - 2 * middle + right
    return float(np.clip((left - right) / (2 * bend), -0.5, 0.5)) if bend < 0 else 0.0


def _windows(raw: mne.io.BaseRaw, n_window: int) -> Ints:
    """First samples of the windows, one after another, that are good and not broken."""
    good = good_samples(raw)
    starts = [
        at
        for start, stop in continuous_spans(raw)
        for at in range(start, stop - n_window + 1, n_window)
        if good[at : at + n_window].all()
    ]
    return np.array(starts, dtype=np.int64)


def _powers(x: Floats, starts: Ints, n_window: int) -> Floats:
    """Power of each Hann window, shape (n_windows, n_frequencies)."""
    windows = x[starts[:, None] + np.arange(n_window)]
    windows = (windows - windows.mean(axis=1, keepdims=True)) * np.hanning(n_window)
    return np.asarray(np.abs(np.fft.rfft(windows, axis=1)) ** 2)


def _wander_at(powers: Floats, frequency_hz: float, step_hz: float) -> Wander | None:
    """How the line near a frequency wanders, in the channels that hold most of it.

    ``powers`` (n_channels, n_windows, n_frequencies).
    """
    middle, reach = round(frequency_hz / step_hz), round(MAX_WANDER_HZ / step_hz)
    if middle + reach >= powers.shape[2] or powers.shape[1] < MIN_WINDOWS:
        return None
    around = powers[:, :, middle - reach : middle + reach + 1]
    stands_out = np.median(around.max(axis=2) / np.maximum(np.median(around, axis=2), np.finfo(float).tiny), axis=1)
    clearest = np.argsort(-stands_out, kind="stable")[:N_CLEAREST]
    return _wander(around[clearest].mean(axis=0), frequency_hz - reach * step_hz, step_hz)


def _wander(around: Floats, from_hz: float, step_hz: float) -> Wander | None:
    """The line's frequency in each window in which it is clear; ``around`` (n_windows, n_frequencies)."""
    peaks = np.argmax(around, axis=1)
    usual = np.maximum(np.median(around, axis=1), _louder_side(around, peaks, step_hz))
    clear = around.max(axis=1) > 10 ** (CLEAR_DB / 10) * usual
    clear &= (peaks > 0) & (peaks < around.shape[1] - 1)
    if clear.sum() < MIN_WINDOWS:
        return None
    logs = np.log(np.maximum(around[clear], np.finfo(float).tiny))
    offsets = [peak + _vertex(*row[peak - 1 : peak + 2]) for row, peak in zip(logs, peaks[clear], strict=True)]
    frequencies = from_hz + step_hz * np.array(offsets)
    low, middle, high = np.quantile(frequencies, [0.1, 0.5, 0.9])
    variance = float(np.var(frequencies))
    roughness = float(np.mean(np.diff(frequencies) ** 2)) / (2 * variance) if variance else 1.0
    return Wander(float(middle), float(high - low), roughness)


def _louder_side(around: Floats, peaks: Ints, step_hz: float) -> Floats:
    """Usual power on the louder side of each window's peak, shape (n_windows,).

    What is left at the edges of a notch stands out of the hole alone, and which edge is the louder changes slowly.
    """
    distances = np.arange(*(round(far_hz / step_hz) for far_hz in BESIDE_PEAK_HZ))
    sides = (np.clip(peaks[:, None] + sign * distances, 0, around.shape[1] - 1) for sign in (-1, 1))
    return np.asarray(np.maximum(*(np.median(np.take_along_axis(around, side, 1), axis=1) for side in sides)))
