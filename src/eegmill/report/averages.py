"""Epochs on a page: how many were kept, why others went, and the average of each condition with its interval."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from ..records import RecordingRecord
from ..signal.types import Floats
from ..steps.autoreject import AutorejectDecisions
from ..steps.epochs import REGULAR, EpochsDecisions
from .essence import Average, sampled
from .svg import Axes, frame, line, picture, round_ticks, text

if TYPE_CHECKING:
    import mne

MIDLINE = ("Fz", "Cz", "Pz", "Oz")
MAX_CHANNELS = 4
MAX_CONDITIONS = 6
INTERVAL = 1.96
"""Standard errors about the mean: 95 % of a normal distribution."""
Curves = Mapping[str, tuple[Floats, Floats, Floats]]
"""Mean, and the ends of its interval, each of shape (n_channels, n_times) and in µV, by condition."""


@dataclass(frozen=True)
class Condition:
    """The epochs of one kind of event."""

    event: str
    found: int
    kept: int


@dataclass(frozen=True)
class Drop:
    """A reason for which epochs were dropped, and how many."""

    reason: str
    count: int


@dataclass(frozen=True)
class EpochsShown:
    """What a page shows of epochs."""

    conditions: tuple[Condition, ...]
    drops: tuple[Drop, ...]
    figure: str
    left_out: int
    """Conditions that have no curve: the page shows the most frequent ones."""
    span_s: tuple[float, float]
    averages: tuple[Average, ...]
    """For the page of the dataset."""


def channels_shown(names: Sequence[str]) -> tuple[str, ...]:
    """The midline where it is there, else channels spread over the list."""
    midline = tuple(name for name in MIDLINE if name in names)
    if midline:
        return midline
    places = np.unique(np.linspace(0, len(names) - 1, min(len(names), MAX_CHANNELS)).round().astype(int))
    return tuple(names[place] for place in places)


def epochs_shown(record: RecordingRecord, epochs: mne.BaseEpochs) -> EpochsShown:
    """Counts from the record, averages from the epochs of the channels that are shown."""
    counts = Counter({name: int((epochs.events[:, 2] == code).sum()) for name, code in epochs.event_id.items()})
    drawn = [name for name, _ in sorted(counts.items(), key=lambda item: (-item[1], item[0]))[:MAX_CONDITIONS]]
    curves = {} if drawn == [REGULAR] else _curves(epochs, drawn)
    span_s = (float(epochs.tmin), float(epochs.tmax))
    return EpochsShown(
        conditions=_conditions(record, counts),
        drops=_drops(record),
        figure=averages_figure(epochs.ch_names, epochs.times, curves) if curves else "",
        left_out=len(counts) - len(drawn),
        span_s=span_s,
        averages=tuple(
            Average(event=event, channel=channel, n_epochs=counts[event], values_uv=sampled(epochs.times, mean))
            for event, (means, _, _) in curves.items()
            for channel, mean in zip(epochs.ch_names, means, strict=True)
        ),
    )


def _curves(epochs: mne.BaseEpochs, conditions: Sequence[str]) -> Curves:
    """Mean of each condition, and the ends of its 95 % interval, in µV."""
    data, codes = 1e6 * epochs.get_data(), epochs.events[:, 2]
    return {name: _curve(data[codes == epochs.event_id[name]]) for name in conditions}


def averages_figure(channels: Sequence[str], times_s: Floats, curves: Curves) -> str:
    """Means and intervals (n_channels, n_times), by condition, each channel by itself."""
    limits = [bound for _, low, high in curves.values() for bound in (low.min(), high.max())]
    low, high = float(np.floor(min(limits))), float(np.ceil(max(limits)))
    span = (float(times_s[0]), float(times_s[-1]))
    parts = []
    for place, name in enumerate(channels):
        axes = Axes(
            50.0 + 420.0 * (place % 2), 34.0 + 250.0 * (place // 2), 370.0, 170.0, span, (low, max(high, low + 1))
        )
        parts.append(
            _panel(axes, name, times_s, {key: [part[place] for part in curve] for key, curve in curves.items()})
        )
    height = 34.0 + 250.0 * ((len(channels) + 1) // 2)
    legend = "".join(
        f'<rect class="condition c{number} fill" x="{50 + 135 * number}" y="{height - 14:g}" width="12" height="12"/>'
        + text(66.0 + 135 * number, height - 4, name[:18], css="")
        for number, name in enumerate(curves)
    )
    return picture(860.0, height + 6, "".join(parts) + legend, label=f"Averages of {', '.join(curves)}")


def _curve(data: Floats) -> tuple[Floats, Floats, Floats]:
    """Mean, and the ends of its interval, each of shape (n_channels, n_times); one epoch has no interval."""
    mean = data.mean(axis=0)
    error = INTERVAL * data.std(axis=0, ddof=1) / np.sqrt(len(data)) if len(data) > 1 else np.zeros_like(mean)
    return mean, mean - error, mean + error


def _panel(axes: Axes, name: str, times_s: Floats, curves: dict[str, list[Floats]]) -> str:
    ticks, levels = round_ticks(*axes.x), round_ticks(*axes.y)
    parts = [frame(axes, x_ticks=ticks, y_ticks=levels, x_label="time (s)", y_label="µV")]
    parts.append(text(axes.left + axes.width, axes.top - 8, name, css="title end"))
    if axes.x[0] < 0 < axes.x[1]:
        at = float(axes.across(np.zeros(1))[0])
        parts.append(f'<path class="event" d="M{at:.1f} {axes.top:g}v{axes.height:g}"/>')
    every = max(len(times_s) // 300, 1)
    for number, (mean, low, high) in enumerate(curves.values()):
        band = line(
            axes,
            np.concatenate([times_s[::every], times_s[::every][::-1]]),
            np.concatenate([low[::every], high[::every][::-1]]),
            css=f"band c{number}",
        )
        parts.append(band + line(axes, times_s[::every], mean[::every], css=f"condition c{number}"))
    return "".join(parts)


def _conditions(record: RecordingRecord, kept: Counter[str]) -> tuple[Condition, ...]:
    """By what the record says was found; conditions of which nothing was kept are there too."""
    runs = [step.read_back().decisions for step in record.steps]
    found = {count.event: count.found for run in runs if isinstance(run, EpochsDecisions) for count in run.counts}
    return tuple(Condition(name, found.get(name, kept[name]), kept[name]) for name in sorted({*found, *kept}))


def _drops(record: RecordingRecord) -> tuple[Drop, ...]:
    """Reasons, the most frequent first."""
    reasons: Counter[str] = Counter()
    for run in (step.read_back().decisions for step in record.steps):
        if isinstance(run, EpochsDecisions):
            reasons.update(drop.reason for drop in run.dropped)
        elif isinstance(run, AutorejectDecisions):
            reasons["found bad by autoreject"] += run.dropped
    return tuple(Drop(reason, count) for reason, count in reasons.most_common() if count)
