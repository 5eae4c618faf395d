"""Scale each channel by its own spread, as networks want their input; the samples then have no unit."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import ClassVar

import numpy as np
from pydantic import Field

from ..models import Frozen
from ..recording import Recording
from ..signal.channels import drop_unit
from .contract import ActsOn, Decisions, Sentence, Step

QUARTILES = (25.0, 50.0, 75.0)
NO_SPREAD = 10 * float(np.finfo(np.float64).eps)
"""Quartiles nearer to each other than this are those of a channel that stands still: it is not divided."""


class ChannelScale(Frozen):
    """What was subtracted from a channel and what it was divided by, in µV: the way back."""

    name: str
    median_uv: float
    iqr_uv: float


class RobustScaleDecisions(Decisions):
    """The scale of each channel."""

    channels: tuple[ChannelScale, ...] = ()
    clamped_fraction: float = 0.0
    """Share of the samples that were beyond the limit."""
    skipped_channels: tuple[str, ...] = ()
    """Channels with NaN or infinity, left as they were."""


class RobustScale(Step):
    """Subtract from each EEG channel its median, divide by its interquartile range, and clamp what is far out.

    That is scikit-learn's ``RobustScaler`` and the clamp of NeuralBench (arXiv 2605.08495). The samples have no unit
    from then on, and everything that is written says so.
    """

    name: ClassVar[str] = "robust_scale"
    decisions_type: ClassVar[type[Decisions]] = RobustScaleDecisions
    acts_on: ClassVar[ActsOn] = "signal"
    ends_volts: ClassVar[bool] = True
    never_after: ClassVar[Mapping[str, str]] = {"epochs": "the spread of a channel is that of the continuous recording"}

    clamp: float | None = Field(default=None, gt=0)
    """Largest absolute value that is left, in interquartile ranges; None: no limit."""

    def apply(self, recording: Recording, *, seed: int) -> tuple[Recording, RobustScaleDecisions]:  # noqa: ARG002 - no chance
        """Scale EEG channels in place, bad ones too."""
        raw = recording.raw
        picks = [i for i, kind in enumerate(raw.get_channel_types()) if kind == "eeg"]
        usable = [pick for pick in picks if np.isfinite(raw._data[pick]).all()]
        scales, n_clamped = [], 0
        for pick in usable:
            low, middle, high = np.percentile(raw._data[pick], QUARTILES)
            spread = high - low if high - low >= NO_SPREAD else 1.0
            channel = raw._data[pick]
            channel -= middle
            channel /= spread
            scales.append(ChannelScale(name=raw.ch_names[pick], median_uv=1e6 * middle, iqr_uv=1e6 * spread))
            if self.clamp is not None:
                n_clamped += int((np.abs(channel) > self.clamp).sum())
                np.clip(channel, -self.clamp, self.clamp, out=channel)
        drop_unit(raw, usable)
        note = "robust_scale: EEG samples have no unit; where a page says µV of them, it means millionths"
        decisions = RobustScaleDecisions(
            channels=tuple(scales),
            clamped_fraction=n_clamped / max(len(usable) * raw.n_times, 1),
            skipped_channels=tuple(raw.ch_names[pick] for pick in picks if pick not in usable),
        )
        return replace(recording, notes=(*recording.notes, note)), decisions

    def spoils_components(self) -> str:
        """Why components that were found before no longer fit."""
        return "it scales each channel by itself, and the components are those of the channels before"

    def sentence(self, decisions: RobustScaleDecisions) -> Sentence:
        """The scale and the limit."""
        limit = "" if self.clamp is None else f", and limited to ±{self.clamp:g} ({{clamped}} % of the samples)"
        return Sentence(
            f"From each EEG channel its median was subtracted; it was divided by its interquartile range{limit}: "
            "the samples have no unit.",
            {"clamped": 100 * decisions.clamped_fraction},
        )
