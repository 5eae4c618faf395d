"""Find channels that were flat."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

import numpy as np
from pydantic import Field

from ..errors import Rejected
from .channels import good_eeg
from .contract import Decides, Decisions, Frozen, Recording, Segment, Step
from .segments import annotate_segments
from .spans import continuous_spans

if TYPE_CHECKING:
    import mne
    from numpy.typing import NDArray

JITTER = 20 * float(np.finfo(np.float64).eps)
"""Largest difference between neighbouring samples of a flat line (EEGPrep 0.4.0), in µV.

Times the channel's largest value where that is above 1 µV: rounding of a resampled flat line is no movement.
"""
CHANGES_SAMPLES = ("highpass", "lowpass", "clean_drifts", "line_noise", "reference", "asr", "remove_components")
AFTER_CHANGE = "it moves a flat line a little, so that it is not found any more"


class FlatChannel(Frozen):
    """A channel and its longest flat stretch."""

    name: str
    longest_s: float


class FlatlineDecisions(Decisions):
    """What was flat."""

    flat_channels: tuple[FlatChannel, ...]
    segments: tuple[Segment, ...]
    """Stretches in which every good EEG channel was flat: a gap, and no channel's fault. Annotated ``BAD_flat``."""


def flat_runs(flat: NDArray[np.bool_], longer_than: float) -> NDArray[np.int64]:
    """Start and stop of each run of True with more than ``longer_than`` entries, shape (n_runs, 2)."""
    steps = np.flatnonzero(np.diff(np.concatenate([[False], flat, [False]])))
    runs = steps.reshape(-1, 2).astype(np.int64)
    return runs[runs[:, 1] - runs[:, 0] > longer_than]


def is_still(x: NDArray[np.float64], spans: list[tuple[int, int]]) -> NDArray[np.bool_]:
    """Where a channel in volts does not move from one sample to the next, shape (n_samples - 1,).

    Never True across a discontinuity, nor where a sample is NaN.
    """
    jitter_v = JITTER * max(1e-6, float(np.abs(x).max(initial=0)))
    still: NDArray[np.bool_] = np.abs(np.diff(x)) < jitter_v
    still[[stop - 1 for _, stop in spans[:-1]]] = False
    return still


class Flatline(Step):
    """Channels that do not move for more than ``duration_s`` become bad, by the criterion of EEGPrep 0.4.0.

    A stretch in which all good EEG channels are flat at once is a gap in the recording: it is annotated
    ``BAD_flat`` and not held against the channels. Where every channel is flat by itself, EEGPrep does nothing;
    here the recording is rejected.
    """

    name: ClassVar[str] = "flatline"
    decides: ClassVar[Decides | None] = "channels"
    never_after = dict.fromkeys(CHANGES_SAMPLES, AFTER_CHANGE)
    duration_s: float = Field(default=5.0, gt=0)

    def apply(self, recording: Recording, *, seed: int) -> tuple[Recording, FlatlineDecisions]:  # noqa: ARG002 - no chance
        """Mark flat channels bad.

        Raises
        ------
        Rejected
            If no good EEG channel is left.
        """
        raw = recording.raw
        picks, spans = good_eeg(raw), continuous_spans(raw)
        least = self.duration_s * float(raw.info["sfreq"])
        gaps = flat_runs(_all_still(raw, picks, spans), least)
        flat = tuple(
            FlatChannel(name=raw.ch_names[pick], longest_s=longest / float(raw.info["sfreq"]))
            for pick in picks
            if (longest := _longest_run(raw, pick, spans, gaps)) > least
        )
        if len(flat) == len(picks):
            msg = f"All {len(picks)} good EEG channels are flat for more than {self.duration_s:g} s"
            raise Rejected(msg)
        segments = tuple(_segment(gap, float(raw.info["sfreq"])) for gap in gaps)
        annotate_segments(raw, segments)
        recording = recording.mark_bad({channel.name: f"flat for {channel.longest_s:.1f} s" for channel in flat})
        return recording, FlatlineDecisions(flat_channels=flat, segments=segments)


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
    runs = flat_runs(still, 0)
    return int((runs[:, 1] - runs[:, 0]).max(initial=0))


def _segment(gap: NDArray[np.int64], sfreq: float) -> Segment:
    start, stop = (int(edge) for edge in gap)
    return Segment(onset_s=start / sfreq, duration_s=(stop + 1 - start) / sfreq, description="BAD_flat")
