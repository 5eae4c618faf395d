"""Deciding on one copy of the signal and writing another: the beginning. ``restore`` is the end."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, ClassVar

import numpy as np
from pydantic import Field

from ..machine import leave_memory
from ..recording import Recording, SetAside
from ..signal.aside import zeros_aside
from ..signal.channels import physiological
from ..signal.filters.fir import AFTER_EPOCHS, set_band, zero_phase
from ..signal.timeline import continuous_spans
from .contract import ActsOn, Decisions, Sentence, SoftwareFilter, Step
from .highpass import highpass_kernel, transition_below

if TYPE_CHECKING:
    import mne
    from numpy.typing import NDArray

    from ..signal.types import Floats


class DecideOnDecisions(Decisions):
    """The filter of the copy."""

    transition_hz: float
    """The pass band starts at the cutoff, the stop band ends this much below it."""
    taps: int
    skipped_channels: tuple[str, ...]
    """Channels with NaN or infinity, left as they were."""


class DecideOn(Step):
    """Take slow waves out for the time of the decisions: ``restore`` puts them back.

    Between the two, channels, segments and components are judged on a signal without drifts, as detectors, ICA and
    ICLabel want it, and what is written keeps its slow responses (Tanner et al. 2015, doi:10.1111/psyp.12437). ASR may
    stand there too: it rebuilds what was set aside by the same matrices.

    What was set aside is kept in single precision and taken off in that form, so that what comes back is the signal
    as it was, up to the rounding of one addition in double precision (1e-16 of it); the copy is off by at most 6e-8 of
    the slow waves.
    """

    name: ClassVar[str] = "decide_on"
    decisions_type: ClassVar[type[Decisions]] = DecideOnDecisions
    acts_on: ClassVar[ActsOn] = "signal"
    sets_aside: ClassVar[bool] = True
    never_after: ClassVar[Mapping[str, str]] = AFTER_EPOCHS

    highpass_hz: float = Field(default=1.0, gt=0)
    """Lower end of the pass band of the copy."""
    transition_hz: float | None = Field(default=None, gt=0)
    """None: min(max(0.25 highpass_hz, 2), highpass_hz) Hz, as in MNE."""

    def apply(self, recording: Recording, *, seed: int) -> tuple[Recording, DecideOnDecisions]:  # noqa: ARG002 - no chance
        """Filter EEG, EOG, ECG and EMG channels in place, and keep what the filter took.

        Raises
        ------
        ConfigurationError
            If the recording does not reach the cutoff.
        """
        raw = recording.raw
        transition_hz = transition_below(self.highpass_hz, self.transition_hz)
        kernel = highpass_kernel(float(raw.info["sfreq"]), self.highpass_hz, transition_hz)
        before_hz = float(raw.info["highpass"])
        removed, skipped = take_out(raw, kernel)
        set_band(raw, highpass_hz=self.highpass_hz)
        aside = SetAside(removed, highpass_hz=before_hz, bands=recording.bands)
        decisions = DecideOnDecisions(transition_hz=transition_hz, taps=kernel.size, skipped_channels=skipped)
        return replace(recording, aside=aside), decisions

    def sentence(self, decisions: DecideOnDecisions) -> Sentence:
        """The filter of the copy."""
        return Sentence(
            "What follows was decided on a copy, filtered by a zero-phase FIR high-pass at "
            f"{self.highpass_hz:g} Hz (Hamming window, transition of {decisions.transition_hz:g} Hz) "
            "[@tanner2015]."
        )

    def software_filter(self, decisions: DecideOnDecisions) -> SoftwareFilter:
        """The filter of the copy, which is not in what is written."""
        return SoftwareFilter(
            design="zero-phase FIR high-pass, windowed sinc (Hamming)",
            highpass_hz=self.highpass_hz,
            transition_hz=decisions.transition_hz,
            skipped_channels=decisions.skipped_channels,
            not_written="decisions were made on a copy filtered so; the samples here were not",
        )


def take_out(raw: mne.io.BaseRaw, kernel: Floats) -> tuple[NDArray[np.float32], tuple[str, ...]]:
    """Filter in place; what was taken out (n_channels, n_times), and channels left as they were."""
    spans = continuous_spans(raw)
    removed = zeros_aside(*raw._data.shape)
    skipped = []
    for pick in physiological(raw):
        channel = raw._data[pick]
        if not np.isfinite(channel).all():
            skipped.append(raw.ch_names[pick])
            continue
        for start, stop in spans:
            removed[pick, start:stop] = channel[start:stop] - zero_phase(channel[start:stop], kernel)
        channel -= removed[pick]
        leave_memory(removed)
    return removed, tuple(skipped)
