"""The page of one recording."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from ..derivative.components import Mixing
from ..recording import Component
from ..records import RecordingRecord
from ..signal.types import Floats
from .scalp import sensor_figure, topography_figure
from .signals import Before, Shown
from .spectrum import spectrum_figure
from .summary import Fact, facts_of, step_summaries
from .traces import traces_figure

if TYPE_CHECKING:
    import mne
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
    compared: bool = True
    """Whether they show the raw signal too."""


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


def draw(
    before: Before | None,
    after: mne.io.BaseRaw,
    record: RecordingRecord,
    *,
    components: Sequence[Component] = (),
    mixing: Mixing | None = None,
) -> Figures:
    """Draw everything for a recording: the raw one, if it is there, and the clean one with its components."""
    names = [name for name, kind in zip(after.ch_names, after.get_channel_types(), strict=True) if kind == "eeg"]
    renamed = _renamed(record)
    names = [name for name in names if before is None or renamed.get(name, name) in before.names]
    bad = [channel.name for channel in record.bad_channels]
    old = before.of([renamed.get(name, name) for name in names]) if before else None
    new = Shown(after._data, [after.ch_names.index(name) for name in names], float(after.info["sfreq"]))
    positions = _positions_m(after)
    return Figures(
        spectrum=spectrum_figure(old, new),
        traces=traces_figure(names, old, new, bad=bad),
        sensors=_sensors({name: positions[name] for name in names if name in positions}, bad, after.info["bads"]),
        maps=_maps(positions, components, mixing) if mixing else (),
        compared=before is not None,
    )


@cache
def templates() -> Environment:
    """The templates of all pages."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    loader = FileSystemLoader(Path(__file__).parent / "templates")
    return Environment(loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)


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


def _sensors(positions_m: Mapping[str, Floats], bad: Sequence[str], still_bad: Collection[str]) -> str:
    interpolated = [name for name in bad if name not in still_bad]
    return sensor_figure(positions_m, bad, interpolated) if positions_m else ""


def _maps(positions_m: Mapping[str, Floats], components: Sequence[Component], mixing: Mixing) -> tuple[Map, ...]:
    """The removed components first, then the largest that stay."""
    used = [row for row, name in enumerate(mixing.names) if name in positions_m]
    if len(used) < 4:
        return ()
    where = np.array([positions_m[mixing.names[row]] for row in used])
    patterns = mixing.topographies[used]
    ordered = sorted(components, key=lambda component: (component.status == "good", component.index))
    return tuple(
        Map(item, topography_figure(where, patterns[:, item.index], label=f"component {item.index}"))
        for item in ordered[:MOST_MAPS]
    )
