"""Independent components on a page: map, a piece of the time course, spectrum, all probabilities, and why."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from ..derivative.components import Mixing
from ..recording import Component
from ..records import RecordingRecord
from ..signal.ica.iclabel_network import CLASSES
from ..signal.types import Floats
from ..steps.contract import Margin
from .decisions import Change, Decider
from .scalp import topography_figure
from .signals import Before, Shown
from .spectrum import HIGHEST_HZ, SEGMENT_S
from .svg import Axes, line, picture, text
from .verdict import labelling

COURSE_S = 5.0
COURSE_POINTS = 160
DRIFT_S = 2.0
"""A moving mean of this length is taken from time courses: the raw signal wanders."""
MAX_WINDOWS = 40
MICROVOLTS = 1e6
MIN_PLACES = 4


@dataclass(frozen=True)
class Probability:
    """How probable a class is, and from which value on it makes a component bad; None never."""

    name: str
    value: float
    limit: float | None


@dataclass(frozen=True)
class Panel:
    """One component on the page; an empty text where a picture cannot be made."""

    component: Component
    topography: str
    microvolts: float
    """The largest weight of its map, in µV per unit."""
    course: str
    spectrum: str
    probabilities: tuple[Probability, ...]
    margin: Margin | None
    """Of what lies farthest on the side of bad."""
    change: Change


@dataclass(frozen=True)
class Activations:
    """Components as a signal shows them."""

    signal: Shown
    """The channels that were decomposed."""
    indices: tuple[int, ...]
    """The components."""
    unmixing: Floats
    """Shape (n_components, n_channels), for channels less their mean."""

    def piece(self, start: int, stop: int) -> Floats:
        """Time courses (n_components, n_times); numbers that are not finite count as 0."""
        samples = np.nan_to_num(self.signal.piece(start, stop), posinf=0.0, neginf=0.0)
        return np.asarray(self.unmixing @ (samples - samples.mean(axis=0)))

    def power_db(self) -> tuple[Floats, Floats]:
        """Frequencies in Hz, and each component's density (Welch) in dB of an arbitrary unit."""
        sfreq_hz, n_times = self.signal.rate_hz, self.signal.n_samples
        length = min(max(round(SEGMENT_S * sfreq_hz), 8), n_times)
        last = n_times - length
        starts = np.unique(np.linspace(0, last, min(MAX_WINDOWS, last // max(length // 2, 1) + 1)).astype(int))
        total = np.zeros((len(self.unmixing), length // 2 + 1))
        for start in starts.tolist():
            window = self.piece(start, start + length)
            window -= window.mean(axis=1, keepdims=True)
            total += np.abs(np.fft.rfft(window * np.hanning(length), axis=1)) ** 2
        frequencies: Floats = np.fft.rfftfreq(length, 1.0 / sfreq_hz).astype(np.float64)
        keep = (frequencies > 0) & (frequencies <= HIGHEST_HZ)
        return frequencies[keep], 10.0 * np.log10(np.maximum(total[:, keep], 1e-30))


def activations(
    before: Before | None, after: Shown, mixing: Mixing, components: Sequence[Component], renamed: Mapping[str, str]
) -> Activations:
    """Components by least squares, in the raw signal if it is there; else those that were kept, in the clean one.

    Parameters
    ----------
    after
        The clean signal of the channels that were decomposed.
    renamed
        New channel names to those in the raw file.
    """
    names = [renamed.get(name, name) for name in mixing.names]
    if before is not None and all(name in before.names for name in names):
        signal, indices = before.of(names), tuple(range(mixing.topographies.shape[1]))
    else:
        signal, indices = after, tuple(item.index for item in components if item.status == "good")
    maps = mixing.topographies - mixing.topographies.mean(axis=0)
    return Activations(signal, indices, np.linalg.pinv(maps[:, list(indices)]))


def component_panels(
    components: Sequence[Component],
    mixing: Mixing,
    record: RecordingRecord,
    *,
    positions_m: Mapping[str, Floats],
    shown: Activations,
    start_s: float,
    decider: Decider,
) -> tuple[Panel, ...]:
    """Every component, the removed ones first.

    Parameters
    ----------
    shown
        What time courses and spectra are taken from.
    start_s
        Where the piece of the time course begins.
    """
    courses, spectra = _courses(shown, start_s), _spectra(shown)
    probabilities = _probabilities(record)
    margins = _margins(record)
    used = [row for row, name in enumerate(mixing.names) if name in positions_m]
    where = np.array([positions_m[mixing.names[row]] for row in used])
    ordered = sorted(components, key=lambda component: (component.status == "good", component.index))
    return tuple(
        Panel(
            item,
            _map(where, mixing.topographies[used, item.index], item.index),
            MICROVOLTS * float(np.abs(mixing.topographies[:, item.index]).max()),
            courses.get(item.index, ""),
            spectra.get(item.index, ""),
            probabilities.get(item.index, ()),
            margins.get(item.index),
            decider.component(item),
        )
        for item in ordered
    )


def _map(places_m: Floats, weights: Floats, index: int) -> str:
    if len(places_m) < MIN_PLACES:
        return ""
    return topography_figure(places_m, weights, label=f"map of component {index}")


def _probabilities(record: RecordingRecord) -> dict[int, tuple[Probability, ...]]:
    found = labelling(record)
    if found is None:
        return {}
    step, labelled = found
    limits = step.thresholds.model_dump()
    return {
        item.index: tuple(
            Probability(name.replace("_", " "), getattr(item, name), limits.get(name)) for name in CLASSES
        )
        for item in labelled
    }


def _margins(record: RecordingRecord) -> dict[int, Margin]:
    """Of each component, by what lies farthest on the side of bad."""
    every = (margin for step in record.steps for margin in step.read_back().margins)
    return {int(margin.name): margin for margin in every if margin.kind == "component"}


def _courses(shown: Activations, start_s: float) -> dict[int, str]:
    """A piece of each component's time course."""
    sfreq_hz, n_times = shown.signal.rate_hz, shown.signal.n_samples
    start = min(round(start_s * sfreq_hz), max(n_times - round(COURSE_S * sfreq_hz), 0))
    stop = min(start + round(COURSE_S * sfreq_hz), n_times)
    margin = round(DRIFT_S * sfreq_hz / 2)
    first = max(start - margin, 0)
    wide = shown.piece(first, min(stop + margin, n_times))
    courses = (wide - _moving_mean(wide, 2 * margin + 1))[:, start - first : start - first + stop - start]
    every = max(courses.shape[1] // COURSE_POINTS, 1)
    return {
        index: _course(row[::every], sfreq_hz / every, index) for index, row in zip(shown.indices, courses, strict=True)
    }


def _moving_mean(signal: Floats, length: int) -> Floats:
    """Mean over ``length`` samples about each, fewer at the ends; shape as that of ``signal``."""
    n_times = signal.shape[1]
    sums = np.concatenate([np.zeros((len(signal), 1)), np.cumsum(signal, axis=1)], axis=1)
    low = np.maximum(np.arange(n_times) - length // 2, 0)
    high = np.minimum(np.arange(n_times) + length // 2 + 1, n_times)
    return np.asarray((sums[:, high] - sums[:, low]) / (high - low))


def _course(values: Floats, rate_hz: float, index: int) -> str:
    reach = max(float(np.abs(values).max(initial=0.0)), 1e-12)
    axes = Axes(2.0, 2.0, 296.0, 46.0, (0.0, max((len(values) - 1) / rate_hz, 1e-9)), (-reach, reach))
    drawn = line(axes, np.arange(len(values)) / rate_hz, values, css="trace clean")
    return picture(300.0, 50.0, drawn, label=f"{len(values) / rate_hz:.3g} s of component {index}")


def _spectra(shown: Activations) -> dict[int, str]:
    frequencies, power_db = shown.power_db()
    if len(frequencies) < 2:
        return {}
    every = max(len(frequencies) // 80, 1)
    last = float(frequencies[-1])
    return {
        index: _spectrum(frequencies[::every], row[::every], last, index)
        for index, row in zip(shown.indices, power_db, strict=True)
    }


def _spectrum(frequencies: Floats, power_db: Floats, last_hz: float, index: int) -> str:
    low, high = float(power_db.min()), float(power_db.max())
    axes = Axes(4.0, 4.0, 292.0, 58.0, (0.0, last_hz), (low, max(high, low + 1.0)))
    ticks = [tick for tick in (10, 20, 30, 50, 80) if tick < 0.95 * last_hz]
    at = axes.across(np.array(ticks, dtype=float)).tolist()
    grid = "".join(f'<line class="grid" x1="{x:.1f}" y1="4" x2="{x:.1f}" y2="62"/>' for x in at)
    marks = "".join(
        text(round(x, 1), 78.0, f"{tick}", css="tick small middle") for x, tick in zip(at, ticks, strict=True)
    )
    drawn = line(axes, frequencies, power_db, css="trace clean")
    return picture(300.0, 82.0, grid + drawn + marks, label=f"spectrum of component {index}, up to {last_hz:g} Hz")
