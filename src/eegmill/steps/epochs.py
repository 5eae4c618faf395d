"""Cutting the recording into epochs."""

from __future__ import annotations

import importlib
import importlib.util
from collections import Counter
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, ClassVar, Literal

import numpy as np
from pydantic import Field, model_validator

from ..errors import ConfigurationError, Rejected
from ..models import Frozen
from ..recording import Recording
from ..signal.timeline import continuous_spans, is_event, sample_of, without_channel_annotations
from .contract import ActsOn, Decisions, Sentence, Step

if TYPE_CHECKING:
    import mne

REGULAR = "epoch"
REASONS = {"NO_DATA": "beyond the recording", "TOO_SHORT": "beyond the recording"}
"""What MNE calls it, in words."""

MIN_SAMPLES = 2


class EventCount(Frozen):
    """How often an event occurs, and how many of its epochs are left."""

    event: str
    found: int
    kept: int


class DroppedEpoch(Frozen):
    """An epoch that was not kept."""

    onset_s: float
    event: str
    reason: str


class EpochsDecisions(Decisions):
    """Which epochs were kept, and why others were not."""

    counts: tuple[EventCount, ...]
    found: int
    kept: int
    dropped: tuple[DroppedEpoch, ...]
    absent: tuple[str, ...] = ()
    """Events asked for that do not occur."""


class Epochs(Step):
    """Cut around events, or into pieces of equal length.

    Epochs that touch a ``BAD_`` annotation, reach across a discontinuity or beyond the recording are dropped.
    """

    name: ClassVar[str] = "epochs"
    decisions_type: ClassVar[type[Decisions]] = EpochsDecisions
    acts_on: ClassVar[ActsOn] = "epochs"
    makes_epochs: ClassVar[bool] = True

    events: tuple[str, ...] | None = None
    """Descriptions (BIDS ``trial_type``); a name also matches any ``/``-separated part. None: equal lengths."""
    absent_events: Literal["error", "ignore"] = "error"
    """What to do where an event of several does not occur."""
    length_s: float = Field(default=2.0, gt=0)
    """Without events: the length of each epoch."""
    overlap_s: float = Field(default=0.0, ge=0)
    """Without events: how much an epoch shares with the one before."""
    tmin: float = -0.2
    """Start, in seconds from the event."""
    tmax: float = 0.8
    """End, in seconds from the event."""
    baseline: tuple[float | None, float | None] | None = None
    """Interval, in seconds from the event, whose mean is subtracted; None inside it: from the start, or to the end."""
    reject_by_annotation: bool = True
    """Whether epochs that touch a ``BAD_`` annotation are dropped."""

    @model_validator(mode="after")
    def _in_order(self) -> Epochs:
        if self.tmax <= self.tmin:
            msg = f"'tmax' ({self.tmax:g} s) must be after 'tmin' ({self.tmin:g} s)"
            raise ValueError(msg)
        if self.baseline is not None:
            if self.events is None:
                msg = "'baseline' is measured from events, and epochs of equal length have none: leave it out"
                raise ValueError(msg)
            start = self.tmin if self.baseline[0] is None else self.baseline[0]
            end = self.tmax if self.baseline[1] is None else self.baseline[1]
            if not self.tmin <= start < end <= self.tmax:
                msg = f"'baseline' {self.baseline} must be an interval inside {self.tmin:g} to {self.tmax:g} s"
                raise ValueError(msg)
        if self.overlap_s >= self.length_s:
            msg = f"'overlap_s' ({self.overlap_s:g} s) must be below 'length_s' ({self.length_s:g} s)"
            raise ValueError(msg)
        return self

    def apply(self, recording: Recording, *, seed: int) -> tuple[Recording, EpochsDecisions]:  # noqa: ARG002 - nothing is random
        """Cut, and keep the epochs in ``recording.epochs``.

        Raises
        ------
        ConfigurationError
            If some, but not all, of the events do not occur (unless ``absent_events`` is "ignore").
        Rejected
            If none of the events occurs, or no epoch is left.
        """
        raw = recording.raw
        absent: tuple[str, ...] = ()
        if self.events is None:
            onsets = regular_onsets(raw, self.length_s, self.overlap_s)
            tmin, tmax = 0.0, self.length_s - 1 / float(raw.info["sfreq"])
        else:
            onsets, absent = self._events(raw, self.events)
            tmin, tmax = self.tmin, self.tmax
        first, repeated = apart(onsets)
        if not first:
            msg = f"The recording has no continuous stretch of {self.length_s:g} s, the length of an epoch"
            raise Rejected(msg)
        epochs = cut(raw, first, tmin, tmax, self.baseline, reject_by_annotation=self.reject_by_annotation)
        decisions = _decisions(epochs, first, repeated, absent, float(raw.info["sfreq"]))
        if not decisions.kept:
            msg = f"No epoch is left of {decisions.found}: {_tally(decisions.dropped)}"
            raise Rejected(msg)
        return replace(recording, epochs=epochs), decisions

    def sentence(self, decisions: EpochsDecisions) -> Sentence:
        """Events, window, baseline, and how many epochs are left."""
        bad = "touched bad segments, " if self.reject_by_annotation else ""
        return Sentence(
            f"{self._window()}; those that {bad}crossed a discontinuity or reached beyond the recording were dropped, "
            "and {kept} of {found} kept.",
            {"kept": decisions.kept, "found": decisions.found},
        )

    def _window(self) -> str:
        if self.events is None:
            overlap = f", overlapping by {self.overlap_s:g} s," if self.overlap_s else ""
            return f"Epochs of {self.length_s:g} s{overlap} were cut"
        baseline = "without baseline correction"
        if self.baseline is not None:
            start = self.tmin if self.baseline[0] is None else self.baseline[0]
            end = self.tmax if self.baseline[1] is None else self.baseline[1]
            baseline = f"with the mean from {start:g} to {end:g} s subtracted"
        events = ", ".join(self.events)
        return f"Epochs from {self.tmin:g} to {self.tmax:g} s around the events {events} were cut, {baseline}"

    def epochs_baseline_s(self) -> tuple[float | None, float | None] | None:
        """The interval, from the event, whose mean was subtracted."""
        return self.baseline

    def _events(self, raw: mne.io.BaseRaw, names: tuple[str, ...]) -> tuple[list[Onset], tuple[str, ...]]:
        occurring = event_onsets(raw)
        present = sorted({onset.event for onset in occurring})
        onsets = [onset for onset in occurring if any(matches(onset.event, name) for name in names)]
        absent = tuple(name for name in names if not any(matches(event, name) for event in present))
        there = f"It has: {', '.join(present)}." if present else "It has no events at all."
        if not onsets:
            msg = f"None of the events {', '.join(names)} occurs in the recording. {there}"
            raise Rejected(msg)
        if absent and self.absent_events == "error":
            msg = (
                f"The event {', '.join(absent)} does not occur in the recording. {there} absent_events: ignore passes."
            )
            raise ConfigurationError(msg)
        return onsets, absent


@dataclass(frozen=True)
class Onset:
    """Where an epoch has its time 0, and what is known of its event."""

    sample: int
    event: str
    columns: tuple[tuple[str, Any], ...] = ()


def matches(event: str, name: str) -> bool:
    """Whether ``name`` is the event, or one of its ``/``-separated parts."""
    return event == name or name in event.split("/")


def event_onsets(raw: mne.io.BaseRaw) -> list[Onset]:
    """All events in order; of several at one sample with one name, the first."""
    sfreq = float(raw.info["sfreq"])
    found: dict[tuple[int, str], Onset] = {}
    for annotation in raw.annotations:
        event = str(annotation["description"])
        if not is_event(event):
            continue
        onset_s = float(annotation["onset"])
        sample = sample_of(onset_s, sfreq, int(raw.n_times))
        extras = dict(annotation.get("extras") or {})
        columns = {"onset": onset_s, "duration": float(annotation["duration"]), "trial_type": event, **extras}
        found.setdefault((sample, event), Onset(sample, event, tuple(columns.items())))
    return [found[key] for key in sorted(found)]


def apart(onsets: list[Onset]) -> tuple[list[Onset], list[Onset]]:
    """The first event at each sample, and the others: epochs of one sample would hold the same data twice."""
    first: dict[int, Onset] = {}
    repeated = [onset for onset in onsets if first.setdefault(onset.sample, onset) is not onset]
    return list(first.values()), repeated


def regular_onsets(raw: mne.io.BaseRaw, length_s: float, overlap_s: float) -> list[Onset]:
    """Starts of pieces of equal length, counted anew in every continuous stretch.

    Raises
    ------
    Rejected
        If a piece has fewer than two samples, or the next one starts at the same.
    """
    sfreq = float(raw.info["sfreq"])
    length, step = length_s * sfreq, (length_s - overlap_s) * sfreq
    if length < MIN_SAMPLES or step < 1:
        msg = f"Epochs of {length_s:g} s that share {overlap_s:g} s are too short for a recording at {sfreq:g} Hz"
        raise Rejected(msg)
    onsets = []
    for start, stop in continuous_spans(raw):
        n_pieces = int(np.floor((stop - start - length) / step + 1e-9)) + 1
        for k in range(max(n_pieces, 0)):
            sample = start + round(k * step)
            onsets.append(Onset(sample, REGULAR, (("onset", sample / sfreq), ("duration", length_s))))
    return onsets


def cut(
    raw: mne.io.BaseRaw,
    onsets: list[Onset],
    tmin: float,
    tmax: float,
    baseline: tuple[float | None, float | None] | None,
    *,
    reject_by_annotation: bool,
) -> mne.Epochs:
    """Epochs around ``onsets`` with their event columns as metadata."""
    import mne

    names = sorted({onset.event for onset in onsets})
    event_id = {name: number for number, name in enumerate(names, start=1)}
    events = np.array([[onset.sample, 0, event_id[onset.event]] for onset in onsets], dtype=int)
    with without_channel_annotations(raw):
        epochs = mne.Epochs(
            raw,
            events.reshape(-1, 3),
            event_id,
            tmin,
            tmax,
            baseline=baseline,
            reject_by_annotation=reject_by_annotation,
            event_repeated="error",
            preload=True,
            proj=False,
            verbose="error",
        )
    epochs.drop(crossing(raw, epochs), reason="across a discontinuity", verbose="error")
    if len(epochs):
        with mne.use_log_level("error"):
            epochs.metadata = _metadata([onsets[i] for i in epochs.selection])
    return epochs


def crossing(raw: mne.io.BaseRaw, epochs: mne.Epochs) -> list[int]:
    """Indices of the epochs that reach across a discontinuity of ``raw``."""
    cuts = np.array([start for start, _ in continuous_spans(raw)][1:])
    starts = epochs.events[:, 0] + round(float(epochs.tmin) * float(raw.info["sfreq"]))
    stops = starts + len(epochs.times)
    return [
        i for i, (start, stop) in enumerate(zip(starts, stops, strict=True)) if np.any((cuts > start) & (cuts < stop))
    ]


def _metadata(onsets: list[Onset]) -> Any:
    """Event columns, one row an epoch: a table with pandas, else a list, as MNE has it."""
    names = list(dict.fromkeys(name for onset in onsets for name, _ in onset.columns))
    rows = [{name: dict(onset.columns).get(name) for name in names} for onset in onsets]
    if importlib.util.find_spec("pandas") is None:
        return rows
    pandas = importlib.import_module("pandas")
    return pandas.DataFrame(rows)


def _decisions(
    epochs: mne.Epochs, onsets: list[Onset], repeated: list[Onset], absent: tuple[str, ...], sfreq: float
) -> EpochsDecisions:
    reasons = [(onset, " ".join(log)) for onset, log in zip(onsets, epochs.drop_log, strict=True) if log]
    reasons += [(onset, "at the sample of another event") for onset in repeated]
    dropped = [
        DroppedEpoch(onset_s=onset.sample / sfreq, event=onset.event, reason=REASONS.get(reason, reason))
        for onset, reason in sorted(reasons, key=lambda pair: (pair[0].sample, pair[0].event))
    ]
    found = Counter(onset.event for onset in (*onsets, *repeated))
    lost = Counter(drop.event for drop in dropped)
    return EpochsDecisions(
        counts=tuple(EventCount(event=e, found=found[e], kept=found[e] - lost[e]) for e in sorted(found)),
        found=found.total(),
        kept=len(epochs),
        dropped=tuple(dropped),
        absent=absent,
    )


def _tally(dropped: tuple[DroppedEpoch, ...]) -> str:
    """``3 BAD_muscle, 1 beyond the recording``: most frequent first."""
    counts = Counter(drop.reason for drop in dropped)
    return ", ".join(
        f"{count} {reason}" for reason, count in sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    )
