"""Find channels that were flat or clipped, in the signal as it was recorded."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

import numpy as np
from pydantic import Field

from ..errors import Rejected
from ..models import Frozen
from ..recording import Recording, Segment
from ..signal.bad.saturation import Saturation, saturation
from ..signal.channels import good_eeg
from ..signal.timeline import annotate_segments, close_gaps, continuous_spans, runs, segments_of
from .contract import ActsOn, Decides, Decisions, Sentence, Step

if TYPE_CHECKING:
    import mne
    from numpy.typing import NDArray

JITTER = 20 * float(np.finfo(np.float64).eps)
"""Largest difference between neighbouring samples of a flat line (EEGPrep 0.4.0), in µV.

Times the channel's largest value where that is above 1 µV: rounding of a resampled flat line is no movement.
"""
BETWEEN_S = 1.0
"""Stretches in which most channels are clipped are one if there is less than this between them."""


class FlatChannel(Frozen):
    """A channel and its longest flat stretch."""

    name: str
    longest_s: float


class SaturatedChannel(Frozen):
    """A channel that was clipped: for how much of the time, and where the amplifier ended (None: not on that side)."""

    name: str
    fraction: float
    lowest_uv: float | None
    highest_uv: float | None


class FlatlineDecisions(Decisions):
    """What was flat, and what was clipped."""

    flat_channels: tuple[FlatChannel, ...]
    saturated_channels: tuple[SaturatedChannel, ...]
    saturated_fraction: dict[str, float]
    """Share of the time that each channel spends at the amplifier's limits; empty if it was not looked for."""
    segments: tuple[Segment, ...]
    """Stretches in which every good EEG channel was flat (annotated ``BAD_flat``), or more than half of them clipped
    (``BAD_saturated``): no channel's fault."""


def flat_runs(flat: NDArray[np.bool_], longer_than: float) -> NDArray[np.int64]:
    """Start and stop of each run of True with more than ``longer_than`` entries, shape (n_runs, 2)."""
    found = runs(flat)
    return found[found[:, 1] - found[:, 0] > longer_than]


def is_still(x: NDArray[np.float64], spans: list[tuple[int, int]]) -> NDArray[np.bool_]:
    """Where a channel in volts does not move from one sample to the next, shape (n_times - 1,).

    Never True across a discontinuity, nor where a sample is NaN.
    """
    jitter_v = JITTER * max(1e-6, float(np.abs(x).max(initial=0)))
    still: NDArray[np.bool_] = np.abs(np.diff(x)) < jitter_v
    still[[stop - 1 for _, stop in spans[:-1]]] = False
    return still


class Flatline(Step):
    """Channels that do not move for more than ``duration_s``, or that the amplifier clipped, become bad.

    Flat channels are found by the criterion of EEGPrep 0.4.0. A stretch in which all good EEG channels are flat at once
    is a gap in the recording: it is annotated ``BAD_flat`` and not held against the channels. Where every channel is
    flat by itself, EEGPrep does nothing; here the recording is rejected.

    Clipped (saturated) channels end in a rail: plateaus at their own largest or smallest value, which hold many times
    the samples that lie beside it (see `signal.bad.saturation`). EEGPrep does not look for them, and nobody sees
    them behind a filter or in a resampled recording. A stretch in which more than half of the channels are at their
    rails at once is annotated ``BAD_saturated`` and not held against the channels.
    """

    name: ClassVar[str] = "flatline"
    decisions_type: ClassVar[type[Decisions]] = FlatlineDecisions
    acts_on: ClassVar[ActsOn] = "marks"
    decides: ClassVar[Decides | None] = "channels"
    never_after_signal: ClassVar[str] = "it moves a flat line a little, so that it is not found any more"
    duration_s: float = Field(default=5.0, gt=0)
    """A channel that is flat for longer is bad."""
    max_saturated_fraction: float | None = Field(default=0.01, ge=0, lt=1)
    """Largest share of the time that a channel may be clipped. None: do not look for it, as EEGPrep does not."""

    def apply(self, recording: Recording, *, seed: int) -> tuple[Recording, FlatlineDecisions]:  # noqa: ARG002 - no chance
        """Mark flat and clipped channels bad.

        Raises
        ------
        Rejected
            If no good EEG channel is left.
        """
        raw = recording.raw
        picks, spans, sfreq = good_eeg(raw), continuous_spans(raw), float(raw.info["sfreq"])
        gaps = flat_runs(_all_still(raw, picks, spans), self.duration_s * sfreq)
        flat = self._flat(raw, picks, spans, gaps)
        segments = tuple(_segment(gap, sfreq) for gap in gaps)
        names = {channel.name for channel in flat}
        moving = [pick for pick in picks if raw.ch_names[pick] not in names]
        clipped, fractions, common = self._saturated(raw, moving)
        if len(flat) + len(clipped) == len(picks):
            raise Rejected(self._all_bad(len(picks), len(clipped)))
        segments += common
        annotate_segments(raw, segments)
        recording = recording.mark_bad({channel.name: f"flat for {channel.longest_s:.1f} s" for channel in flat})
        recording = recording.mark_bad({channel.name: self._why(channel) for channel in clipped})
        return recording, FlatlineDecisions(
            flat_channels=flat, saturated_channels=clipped, saturated_fraction=fractions, segments=segments
        )

    def sentence(self, decisions: FlatlineDecisions) -> Sentence:
        """The limits, and how many channels were beyond them."""
        figures = {"flat": float(len(decisions.flat_channels))}
        if self.max_saturated_fraction is None:
            return Sentence(
                f"Channels flat for more than {self.duration_s:g} s were marked bad: {{flat}} a recording.", figures
            )
        return Sentence(
            f"Channels flat for more than {self.duration_s:g} s, or clipped by the amplifier for more than "
            f"{100 * self.max_saturated_fraction:g} % of the time, were marked bad: {{flat}} and {{clipped}} a "
            "recording.",
            figures | {"clipped": float(len(decisions.saturated_channels))},
        )

    def _flat(
        self, raw: mne.io.BaseRaw, picks: list[int], spans: list[tuple[int, int]], gaps: NDArray[np.int64]
    ) -> tuple[FlatChannel, ...]:
        sfreq = float(raw.info["sfreq"])
        return tuple(
            FlatChannel(name=raw.ch_names[pick], longest_s=longest / sfreq)
            for pick in picks
            if (longest := _longest_run(raw, pick, spans, gaps)) > self.duration_s * sfreq
        )

    def _saturated(
        self, raw: mne.io.BaseRaw, picks: list[int]
    ) -> tuple[tuple[SaturatedChannel, ...], dict[str, float], tuple[Segment, ...]]:
        if self.max_saturated_fraction is None:
            return (), {}, ()
        found = saturation([raw._data[pick] for pick in picks])
        names = [raw.ch_names[pick] for pick in picks]
        fractions = dict(zip(names, map(float, found.fractions), strict=True))
        clipped = tuple(
            SaturatedChannel(
                name=name, fraction=fractions[name], lowest_uv=_microvolts(low), highest_uv=_microvolts(high)
            )
            for name, (low, high) in zip(names, found.rails, strict=True)
            if fractions[name] > self.max_saturated_fraction
        )
        return clipped, fractions, _common_segments(found, float(raw.info["sfreq"]))

    def _why(self, channel: SaturatedChannel) -> str:
        return f"saturated for {channel.fraction:.2g} of the time (limit {self.max_saturated_fraction:g})"

    def _all_bad(self, n_channels: int, n_clipped: int) -> str:
        flat = f"are flat for more than {self.duration_s:g} s"
        if not n_clipped:
            return f"All {n_channels} good EEG channels {flat}"
        return (
            f"All {n_channels} good EEG channels {flat} or saturated for more than {self.max_saturated_fraction:g} of "
            f"the time ({n_clipped} of them)"
        )


def _all_still(raw: mne.io.BaseRaw, picks: list[int], spans: list[tuple[int, int]]) -> NDArray[np.bool_]:
    still = np.ones(raw.n_times - 1, dtype=bool)
    for pick in picks:
        if not still.any():
            break
        still &= is_still(raw._data[pick], spans)
    return still


def _longest_run(raw: mne.io.BaseRaw, pick: int, spans: list[tuple[int, int]], gaps: NDArray[np.int64]) -> int:
    still = is_still(raw._data[pick], spans)
    if not still.all():
        for start, stop in gaps:
            still[start:stop] = False
    found = runs(still)
    return int((found[:, 1] - found[:, 0]).max(initial=0))


def _segment(gap: NDArray[np.int64], sfreq: float) -> Segment:
    start, stop = (int(edge) for edge in gap)
    return Segment(onset_s=start / sfreq, duration_s=(stop + 1 - start) / sfreq, description="BAD_flat")


def _common_segments(found: Saturation, sfreq: float) -> tuple[Segment, ...]:
    """Stretches in which most channels are clipped, those close together as one."""
    common = close_gaps(found.common, BETWEEN_S * sfreq, at_ends=False)
    return segments_of(common, sfreq, "BAD_saturated")


def _microvolts(volts: float | None) -> float | None:
    return None if volts is None else volts * 1e6
