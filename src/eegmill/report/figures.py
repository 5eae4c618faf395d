"""The figures of a page of a recording."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

import numpy as np

from ..derivative.components import Mixing
from ..recording import Component
from ..records import RecordingRecord
from ..signal.timeline import is_event
from ..signal.types import Floats
from .averages import EpochsShown
from .components import COURSE_S, Panel, activations, component_panels
from .decisions import Decider, SegmentRow, segment_rows
from .essence import EMPTY, Essence, median_spectrum_db
from .marks import marks_of, samples_were_cut
from .scalp import sensor_figure
from .scrubber import scrubber_data
from .signals import Before, Shown
from .spectrum import Spectra, spectra_of, spectrum_figure
from .timeline import lanes_of, timeline_figure
from .traces import STRETCH_S, liveliest_stretch, traces_figure

if TYPE_CHECKING:
    import mne


Shows = Literal["both", "clean", "recorded"]
"""Signals of the figures: before and after cleaning, after alone where the raw files are not there, or, of a recording
that was rejected, as it was recorded alone."""


@dataclass(frozen=True)
class Figures:
    """The pictures of a page, as SVG; an empty text where there is nothing to show."""

    spectrum: str = ""
    traces: str = ""
    sensors: str = ""
    panels: tuple[Panel, ...] = ()
    course_start_s: float = 0.0
    """Where the pieces of the components' time courses begin."""
    segments: tuple[SegmentRow, ...] = ()
    scrubber: Mapping[str, object] = field(default_factory=dict)
    """What the script draws; empty where there is no signal."""
    epochs: EpochsShown | None = None
    good_channels: tuple[str, ...] = ()
    """EEG channels that a person could call bad."""
    still_bad: tuple[str, ...] = ()
    """Bad channels that were not interpolated."""
    timeline: str = ""
    essence: Essence = EMPTY
    """What the page of the dataset takes from this one."""
    shows: Shows = "both"


def draw(
    before: Before | None,
    after: mne.io.BaseRaw,
    record: RecordingRecord,
    *,
    components: Sequence[Component] = (),
    mixing: Mixing | None = None,
    dataset: str = "",
    epochs: EpochsShown | None = None,
) -> Figures:
    """Draw everything for a recording: the raw one, if it is there, and the clean one with its components."""
    names = [name for name, kind in zip(after.ch_names, after.get_channel_types(), strict=True) if kind == "eeg"]
    renamed = _renamed(record)
    names = [name for name in names if before is None or renamed.get(name, name) in before.names]
    bad = {channel.name: "; ".join(channel.reasons) for channel in record.bad_channels}
    old = before.of([renamed.get(name, name) for name in names]) if before else None
    new = _shown(after, names)
    positions = _positions_m(after)
    decider = Decider(dataset, record.recording)
    spectra = spectra_of(old, new)
    start = liveliest_stretch(old, new) if old else 0
    start_s = start / new.rate_hz + (STRETCH_S - COURSE_S) / 2
    panels: tuple[Panel, ...] = ()
    if mixing and set(mixing.names) <= set(after.ch_names):
        shown = activations(before, _shown(after, mixing.names), mixing, components, renamed)
        panels = component_panels(
            components, mixing, record, positions_m=positions, shown=shown, start_s=start_s, decider=decider
        )
    return Figures(
        spectrum=spectrum_figure(spectra, names=names, line_hz=after.info["line_freq"]),
        traces=traces_figure(names, old, new, bad=list(bad), start=start),
        sensors=_sensors({name: positions[name] for name in names if name in positions}, bad, after.info["bads"]),
        panels=panels,
        course_start_s=start_s,
        segments=segment_rows(marks_of(after), decider, may_mark=not samples_were_cut(record)),
        scrubber=scrubber_data(before, after, record, renamed=renamed),
        epochs=epochs,
        good_channels=tuple(name for name in names if name not in bad),
        still_bad=tuple(after.info["bads"]),
        timeline=_timeline(after, record),
        essence=_essence(spectra, epochs),
        shows="clean" if before is None else "both",
    )


def draw_recorded(raw: mne.io.BaseRaw, record: RecordingRecord) -> Figures:
    """Draw what there is of a recording that was rejected: its signal as it was recorded."""
    renamed = _renamed(record)
    bad = {renamed.get(channel.name, channel.name): "; ".join(channel.reasons) for channel in record.bad_channels}
    names = [name for name, kind in zip(raw.ch_names, raw.get_channel_types(), strict=True) if kind == "eeg"]
    positions = _positions_m(raw)
    placed = {name: positions[name] for name in names if name in positions}
    spectra = spectra_of(None, _shown(raw, names), alone="as recorded") if names else {}
    return Figures(
        spectrum=spectrum_figure(spectra, names=names, line_hz=raw.info["line_freq"]) if spectra else "",
        sensors=_sensors(placed, bad, list(bad)),
        scrubber=scrubber_data(None, raw, record, renamed=renamed, reasons=bad),
        still_bad=tuple(channel.name for channel in record.bad_channels),
        timeline=_timeline(raw, record),
        shows="recorded",
    )


def _timeline(raw: mne.io.BaseRaw, record: RecordingRecord) -> str:
    onsets_s = [float(mark["onset"]) for mark in raw.annotations if is_event(str(mark["description"]))]
    return timeline_figure(lanes_of(marks_of(raw), record, onsets_s), raw.n_times / float(raw.info["sfreq"]))


def _essence(spectra: Spectra, epochs: EpochsShown | None) -> Essence:
    medians = {title: median_spectrum_db(*found) for title, found in spectra.items()}
    return Essence(
        before_db=medians.get("before", ()),
        after_db=medians.get("after", ()),
        span_s=epochs.span_s if epochs else None,
        averages=epochs.averages if epochs else (),
    )


def _renamed(record: RecordingRecord) -> dict[str, str]:
    """New channel names to those in the raw file."""
    names: dict[str, str] = {}
    for step in record.steps:
        names |= {new: names.get(old, old) for old, new in step.read_back().renamed.items()}
    return names


def samples_left(record: RecordingRecord, n_samples: int, rate_hz: float) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    """Which raw samples are still there: all, but for those that a step cut out."""
    left = np.ones(n_samples, dtype=bool)
    for step in record.steps:
        indices = np.flatnonzero(left)
        for segment in step.read_back().removed_segments:
            start = round(segment.onset_s * rate_hz)
            left[indices[start : start + round(segment.duration_s * rate_hz)]] = False
    return left


def _positions_m(raw: mne.io.BaseRaw) -> dict[str, Floats]:
    """Positions of electrodes in metres, by name."""
    found = {name: np.asarray(channel["loc"][:3]) for name, channel in zip(raw.ch_names, raw.info["chs"], strict=True)}
    return {name: position for name, position in found.items() if np.all(np.isfinite(position)) and np.any(position)}


def _sensors(positions_m: Mapping[str, Floats], bad: Mapping[str, str], still_bad: Sequence[str]) -> str:
    interpolated = [name for name in bad if name not in still_bad]
    return sensor_figure(positions_m, bad, interpolated) if positions_m else ""


def _shown(raw: mne.io.BaseRaw, names: Sequence[str]) -> Shown:
    return Shown(raw._data, [raw.ch_names.index(name) for name in names], float(raw.info["sfreq"]))
