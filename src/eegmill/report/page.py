"""The page of one recording."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from ..recording import Component, Recording
from ..records import RecordingRecord
from ..signal.types import Floats
from .scalp import sensor_figure, topography_figure
from .signals import Before, Shown
from .spectrum import spectrum_figure
from .summary import Fact, facts_of, step_summaries
from .traces import traces_figure

if TYPE_CHECKING:
    from jinja2 import Environment

MOST_MAPS = 24


@dataclass(frozen=True)
class Map:
    """One component on the page."""

    component: Component
    figure: str


@dataclass(frozen=True)
class Figures:
    """The pictures of a page, as SVG; an empty text where there is nothing to show."""

    spectrum: str = ""
    traces: str = ""
    sensors: str = ""
    maps: tuple[Map, ...] = ()


def recording_page(record: RecordingRecord, figures: Figures, *, version: str) -> str:
    """HTML of one recording: what was done, what was decided, and how it looks. Holds no time and no path."""
    facts: tuple[Fact, ...] = facts_of(record)
    template = templates().get_template("recording.html.j2")
    return template.render(
        record=record,
        figures=figures,
        facts=facts,
        steps=step_summaries(record),
        version=version,
        title=record.recording,
    )


def draw(before: Before, after: Recording, record: RecordingRecord) -> Figures:
    """Draw everything for a recording: what is kept of the raw one, and the clean one with its ICA."""
    names = [
        name for name, kind in zip(after.raw.ch_names, after.raw.get_channel_types(), strict=True) if kind == "eeg"
    ]
    renamed = _renamed(record)
    names = [name for name in names if renamed.get(name, name) in before.names]
    bad = [channel.name for channel in record.bad_channels]
    old = before.of([renamed.get(name, name) for name in names])
    new = Shown(after.raw._data, [after.raw.ch_names.index(name) for name in names], float(after.raw.info["sfreq"]))
    return Figures(
        spectrum=spectrum_figure(old, new),
        traces=traces_figure(names, old, new, bad=bad),
        sensors=_sensors(after, names, bad),
        maps=_maps(after),
    )


@cache
def templates() -> Environment:
    """The templates of all pages."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    loader = FileSystemLoader(Path(__file__).parent / "templates")
    return Environment(loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)


def _renamed(record: RecordingRecord) -> dict[str, str]:
    """New channel names to those in the raw file, as the import step recorded them."""
    imports: list[dict[str, Any]] = [step.decisions for step in record.steps if step.name == "import"]
    return {new: old for decisions in imports for old, new in dict(decisions.get("renamed", {})).items()}


def samples_left(record: RecordingRecord, n_samples: int, rate_hz: float) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    """Which raw samples are still there: all, but for those that the windows step cut out."""
    left = np.ones(n_samples, dtype=bool)
    for step in record.steps:
        if step.name == "windows" and step.parameters.get("action") == "cut":
            places = np.flatnonzero(left)
            for segment in step.decisions.get("segments", ()):
                start = round(segment["onset_s"] * rate_hz)
                left[places[start : start + round(segment["duration_s"] * rate_hz)]] = False
    return left


def _places(recording: Recording, names: Sequence[str]) -> dict[str, Floats]:
    raw = recording.raw
    places = {name: np.asarray(raw.info["chs"][raw.ch_names.index(name)]["loc"][:3]) for name in names}
    return {name: place for name, place in places.items() if np.all(np.isfinite(place)) and np.any(place)}


def _sensors(recording: Recording, names: Sequence[str], bad: Sequence[str]) -> str:
    places = _places(recording, names)
    return sensor_figure(places, bad, recording.interpolated) if places else ""


def _maps(recording: Recording) -> tuple[Map, ...]:
    """The removed components first, then the largest that stay."""
    if recording.ica is None or not recording.components:
        return ()
    places = _places(recording, recording.ica.ch_names)
    used = [place for place, name in enumerate(recording.ica.ch_names) if name in places]
    if len(used) < 4:
        return ()
    where = np.array([places[recording.ica.ch_names[place]] for place in used])
    patterns = recording.ica.get_components()[used]
    ordered = sorted(recording.components, key=lambda component: (component.status == "good", component.index))
    return tuple(
        Map(item, topography_figure(where, patterns[:, item.index], label=f"component {item.index}"))
        for item in ordered[:MOST_MAPS]
    )
