"""Low-pass filter."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from pydantic import Field

from ..recording import Recording
from ..signal.filters.fir import AFTER_EPOCHS, filter_channels, set_band
from .contract import ActsOn, Decisions, Sentence, SoftwareFilter, Step

MIN_ROOM_HZ = 1.0
"""A low-pass nearer to the Nyquist frequency than this has next to nothing to remove, at great cost."""


class LowpassDecisions(Decisions):
    """The filter that was made, or that none was needed."""

    transition_hz: float = 0.0
    """The pass band ends at the cutoff, the stop band starts this much above it."""
    taps: int = 0
    short_spans: int = 0
    """Spans no longer than half the kernel, for which the reflection at their ends was repeated."""
    skipped_channels: tuple[str, ...] = ()
    """Channels with NaN or infinity, left as they were."""


class Lowpass(Step):
    """Zero-phase FIR low-pass of MNE's design (windowed sinc, Hamming), within each span between discontinuities.

    The ends of a span are continued by point reflection, repeated where the span is shorter than half the kernel.
    """

    name: ClassVar[str] = "lowpass"
    decisions_type: ClassVar[type[Decisions]] = LowpassDecisions
    acts_on: ClassVar[ActsOn] = "signal"
    never_after: ClassVar[Mapping[str, str]] = AFTER_EPOCHS
    cutoff_hz: float = Field(default=40.0, gt=0)
    """Upper end of the pass band."""
    transition_hz: float | None = Field(default=None, gt=0)
    """None: max(0.25 cutoff, 2) Hz, as in MNE. Never beyond the Nyquist frequency."""

    def apply(self, recording: Recording, *, seed: int) -> tuple[Recording, LowpassDecisions]:  # noqa: ARG002 - no chance
        """Filter EEG, EOG, ECG and EMG channels in place."""
        from mne.filter import create_filter

        raw = recording.raw
        sfreq = float(raw.info["sfreq"])
        room_hz = sfreq / 2 - self.cutoff_hz
        if room_hz < MIN_ROOM_HZ:
            note = f"sampled at {sfreq:g} Hz, the recording holds nothing to speak of above {self.cutoff_hz:g} Hz"
            return recording, LowpassDecisions(applied=False, notes=(note,))
        transition_hz = min(self.transition_hz or max(0.25 * self.cutoff_hz, 2.0), room_hz)
        kernel = create_filter(None, sfreq, None, self.cutoff_hz, h_trans_bandwidth=transition_hz, verbose="error")
        done = filter_channels(raw, kernel)
        set_band(raw, lowpass_hz=self.cutoff_hz)
        return recording, LowpassDecisions(
            transition_hz=transition_hz,
            taps=kernel.size,
            short_spans=done.short_spans,
            skipped_channels=done.skipped,
        )

    def band_hz(self) -> tuple[float | None, float | None]:
        """Up to the cutoff."""
        return None, self.cutoff_hz

    def wanted_hz(self) -> tuple[float, ...]:
        """The cutoff."""
        return (self.cutoff_hz,)

    def sentence(self, decisions: LowpassDecisions) -> Sentence:
        """The filter, with its cutoff and transition."""
        return Sentence(
            f"A zero-phase FIR low-pass filter at {self.cutoff_hz:g} Hz (Hamming window, transition of "
            f"{decisions.transition_hz:g} Hz) was applied [@widmann2015]."
        )

    def software_filter(self, decisions: LowpassDecisions) -> SoftwareFilter:
        """The filter that was made."""
        return SoftwareFilter(
            design="zero-phase FIR low-pass, windowed sinc (Hamming)",
            lowpass_hz=self.cutoff_hz,
            transition_hz=decisions.transition_hz,
            skipped_channels=decisions.skipped_channels,
        )
