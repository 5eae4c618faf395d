"""Marking or cutting the windows in which too many channels are still out of range."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, ClassVar, Literal

import numpy as np
from pydantic import Field, field_validator

from ..errors import Rejected
from ..models import Frozen
from ..recording import Recording, Segment
from ..signal.asr.clean_windows import WindowScores, judge_windows
from ..signal.channels import good_eeg
from ..signal.cut import cut_samples, lost_events
from ..signal.missing import require_finite
from ..signal.robust import MIN_VALUES, UsualBy, told, usual_by
from ..signal.timeline import annotate_segments, continuous_spans, segments_of, total_s
from .contract import ActsOn, Decides, Decisions, Margin, Sentence, Step

if TYPE_CHECKING:
    from ..signal.types import Mask

DESCRIPTION = "BAD_window"
Z_UNCERTAINTY = 0.1
"""Share of a tolerance by which the z-score of a window may change: the clean distribution is fitted anew each time."""


class NearWindows(Frozen):
    """A stretch of windows whose z-score lies near to a tolerance."""

    onset_s: float
    duration_s: float
    z: float
    """That which is nearest to the tolerance."""
    tolerance: float


class WindowsDecisions(Decisions):
    """Which stretches are bad."""

    segments: tuple[Segment, ...]
    """Overlapping bad windows, merged; seconds on the time axis before a cut."""
    n_windows: int
    n_bad_windows: int
    bad_s: float
    good_s: float
    """Seconds of the recording outside ``segments``."""
    lost_events: dict[str, int] = {}
    """How many events of each name lay in what was cut out."""
    near: tuple[NearWindows, ...] = ()
    """Stretches that a small change of the input may judge otherwise; seconds on the time axis before a cut."""
    only_silence: bool = False
    """Whether too few windows were there to look for anything but silence."""


class Windows(Step):
    """Find windows in which more than a part of the channels have an unusual RMS (clean_rawdata's last criterion)."""

    name: ClassVar[str] = "windows"
    decisions_type: ClassVar[type[Decisions]] = WindowsDecisions
    acts_on: ClassVar[ActsOn] = "marks"
    decides: ClassVar[Decides | None] = "segments"
    never_after: ClassVar[Mapping[str, str]] = {"epochs": "windows are judged in the continuous recording"}
    former_names: ClassVar[Mapping[str, str]] = {
        "most_bad": "max_bad_fraction",
        "least_good_fraction": "min_good_fraction",
    }

    max_bad_fraction: float = Field(default=0.25, ge=0, le=1)
    """Part of the channels that may leave the tolerances."""
    tolerances: tuple[float | None, float | None] = (None, 7.0)
    """Lowest and highest z-score of a channel's RMS; None does not look on that side."""
    usual: UsualBy = "fit"
    """How the usual RMS of a channel and its spread are known, as in ``asr``: ``fit`` or ``median``."""
    window_s: float = Field(default=1.0, gt=0)
    """Length of a window."""
    overlap: float = Field(default=0.66, ge=0, lt=1)
    """Part of a window that it shares with the next."""
    action: Literal["annotate", "cut"] = "annotate"
    """``annotate`` marks the stretches as BAD_window; ``cut`` takes the samples out, and leaves boundaries."""
    min_good_fraction: float = Field(default=0.1, ge=0, le=1)
    """With a smaller share of good time the recording is rejected."""

    @field_validator("tolerances")
    @classmethod
    def _rising(cls, value: tuple[float | None, float | None]) -> tuple[float | None, float | None]:
        low, high = value
        if low is not None and high is not None and low >= high:
            msg = f"must be the lowest and then the highest z-score, not {low:g} and {high:g}"
            raise ValueError(msg)
        return value

    def apply(self, recording: Recording, *, seed: int) -> tuple[Recording, WindowsDecisions]:  # noqa: ARG002 - no chance
        """Annotate or cut the bad windows.

        Raises
        ------
        Rejected
            If less than ``min_good_fraction`` of the recording is left, or a channel holds NaN.
        """
        raw = recording.raw
        sfreq = float(raw.info["sfreq"])
        picks = good_eeg(raw)
        require_finite(raw, picks)
        n_window = max(round(self.window_s * sfreq), 1)
        spans, usual = continuous_spans(raw), usual_by(self.usual)
        windows = judge_windows(raw._data, picks, spans, n_window=n_window, overlap=self.overlap, usual=usual)
        note = self._note(windows.silent.size)
        bad = windows.bad(self.max_bad_fraction, (None, None) if note else self.tolerances)
        mask = windows.samples(bad, raw.n_times)
        self._check(float(mask.mean()), raw.n_times / sfreq)
        segments = segments_of(mask, sfreq, DESCRIPTION)
        decisions = WindowsDecisions(
            segments=segments,
            n_windows=bad.size,
            n_bad_windows=int(bad.sum()),
            bad_s=total_s(segments),
            good_s=float((~mask).sum()) / sfreq,
            lost_events=lost_events(raw, ~mask) if self.action == "cut" else {},
            near=() if note else self._near(windows, raw.n_times, sfreq),
            only_silence=bool(note),
            notes=(note,) if note else (),
        )
        if self.action == "annotate":
            annotate_segments(raw, segments)
        elif segments:
            recording = _cut(recording, ~mask, decisions.lost_events)
        return recording, decisions

    def sentence(self, decisions: WindowsDecisions) -> Sentence:
        """Which windows were taken for bad, and how much of the time."""
        done = "cut out" if self.cuts_samples else "marked bad"
        figures = {"bad": 100 * decisions.bad_s / (decisions.bad_s + decisions.good_s)}
        if decisions.only_silence:
            return Sentence(f"Silent windows of {self.window_s:g} s were {done}, {{bad}} % of the time.", figures)
        low, high = self.tolerances
        bounds = [f"below {low:g}" if low is not None else "", f"above {high:g}" if high is not None else ""]
        return Sentence(
            f"Windows of {self.window_s:g} s in which more than {100 * self.max_bad_fraction:g} % of the channels "
            f"remained abnormal (RMS {' or '.join(filter(None, bounds))} standard deviations{told(self.usual)}) were "
            f"{done}, {{bad}} % of the time.",
            figures,
        )

    def margins(self, decisions: WindowsDecisions) -> tuple[Margin, ...]:
        """The stretches near to a tolerance."""
        return tuple(
            Margin(
                kind="segment",
                name=f"{near.onset_s:g} to {near.onset_s + near.duration_s:g} s",
                criterion=f"z-score that {100 * self.max_bad_fraction:g} % of the channels exceed",
                score=near.z,
                limit=near.tolerance,
                uncertainty=Z_UNCERTAINTY * abs(near.tolerance),
                onset_s=near.onset_s,
                duration_s=near.duration_s,
                fixed="was cut out" if self.cuts_samples else "",
            )
            for near in decisions.near
        )

    @property
    def cuts_samples(self) -> bool:
        """Whether bad windows are taken out."""
        return self.action == "cut"

    def removed_segments(self, decisions: WindowsDecisions) -> tuple[Segment, ...]:
        """The bad windows, where they were taken out."""
        return decisions.segments if self.cuts_samples else ()

    def _near(self, windows: WindowScores, n_times: int, sfreq_hz: float) -> tuple[NearWindows, ...]:
        found = []
        for z, tolerance in zip(windows.deciding(self.max_bad_fraction), self.tolerances, strict=True):
            if tolerance is None:
                continue
            away = np.abs(z - tolerance)
            near = (away <= Z_UNCERTAINTY * abs(tolerance)) & ~windows.silent
            for segment in segments_of(windows.samples(near, n_times), sfreq_hz, DESCRIPTION):
                start, stop = (
                    round(edge * sfreq_hz) for edge in (segment.onset_s, segment.onset_s + segment.duration_s)
                )
                inside = np.flatnonzero(near & (windows.starts >= start) & (windows.starts < stop))
                nearest = float(z[inside[np.argmin(away[inside])]])
                found.append(
                    NearWindows(onset_s=segment.onset_s, duration_s=segment.duration_s, z=nearest, tolerance=tolerance)
                )
        return tuple(found)

    def _note(self, n_windows: int) -> str:
        if n_windows >= MIN_VALUES:
            return ""
        return f"{n_windows} windows of {self.window_s:g} s do not show what is usual: {MIN_VALUES} are needed"

    def _check(self, bad_fraction: float, duration_s: float) -> None:
        if 1 - bad_fraction < self.min_good_fraction or bad_fraction == 1:
            msg = (
                f"{bad_fraction:.0%} of {duration_s:.1f} s are bad windows (silent, or {self.max_bad_fraction:.0%} of "
                f"channels beyond the z-scores {self.tolerances}), and {self.min_good_fraction:.0%} must be good"
            )
            raise Rejected(msg)


def _cut(recording: Recording, keep: Mask, lost: dict[str, int]) -> Recording:
    """Take the samples out, and note the events that go with them."""
    cut_s = float((~keep).sum() / recording.raw.info["sfreq"])
    cut = replace(recording, raw=cut_samples(recording.raw, keep))
    if not lost:
        return cut
    listed = ", ".join(f"{count} {name}" for name, count in lost.items())
    note = f"windows: {sum(lost.values())} events lay in the {cut_s:.2f} s that were cut out and are gone: {listed}"
    return replace(cut, notes=(*recording.notes, note))
