"""Take slow drifts out, as EEGPrep's ``clean_drifts`` does."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from pydantic import Field, model_validator

from ..errors import ConfigurationError
from ..recording import Recording
from ..signal.filters.fir import AFTER_EPOCHS, filter_channels, set_band
from ..signal.filters.kaiser import forward_and_backward, kaiser_highpass
from .contract import ActsOn, Decisions, Sentence, SoftwareFilter, Step


class CleanDriftsDecisions(Decisions):
    """How the drifts were taken out."""

    taps: int
    """Of the kernel, which is applied forward and backward."""
    short_spans: int
    """Spans no longer than the kernel, for which the reflection at their ends was repeated."""
    skipped_channels: tuple[str, ...]
    """Channels with NaN or infinity, left as they were."""


class CleanDrifts(Step):
    """Kaiser-window FIR high-pass, forward and backward, on every span between discontinuities.

    The kernel and its defaults are those of EEGPrep 0.4.0, and so is the result. EEGPrep knows no discontinuities:
    where a recording has some, the two differ around them.
    """

    name: ClassVar[str] = "clean_drifts"
    decisions_type: ClassVar[type[Decisions]] = CleanDriftsDecisions
    acts_on: ClassVar[ActsOn] = "signal"
    never_after: ClassVar[Mapping[str, str]] = AFTER_EPOCHS
    transition_hz: tuple[float, float] = (0.25, 0.75)
    """End of the stop band, and lower end of the pass band."""
    attenuation_db: float = Field(default=80.0, ge=21)
    """In the stop band, of one pass of the two."""

    @model_validator(mode="after")
    def _edges_in_order(self) -> CleanDrifts:
        low, high = self.transition_hz
        if not 0 < low < high:
            msg = f"transition_hz must be two rising frequencies above 0, not {low} and {high}"
            raise ValueError(msg)
        return self

    def apply(self, recording: Recording, *, seed: int) -> tuple[Recording, CleanDriftsDecisions]:  # noqa: ARG002 - no chance
        """Filter EEG, EOG, ECG and EMG channels in place."""
        raw = recording.raw
        sfreq = float(raw.info["sfreq"])
        if self.transition_hz[1] >= sfreq / 2:
            msg = (
                f"clean_drifts ends at {self.transition_hz[1]} Hz, but a recording at {sfreq} Hz reaches {sfreq / 2} Hz"
            )
            raise ConfigurationError(msg)
        kernel = kaiser_highpass(sfreq, self.transition_hz, self.attenuation_db)
        done = filter_channels(raw, forward_and_backward(kernel))
        set_band(raw, highpass_hz=self.transition_hz[1])
        return recording, CleanDriftsDecisions(
            taps=kernel.size, short_spans=done.short_spans, skipped_channels=done.skipped
        )

    def band_hz(self) -> tuple[float | None, float | None]:
        """From the lower end of the pass band."""
        return self.transition_hz[1], None

    def wanted_hz(self) -> tuple[float, ...]:
        """The lower end of the pass band."""
        return (self.transition_hz[1],)

    def sentence(self, decisions: CleanDriftsDecisions) -> Sentence:  # noqa: ARG002 - the parameters say it all
        """The filter, with its transition band."""
        low, high = self.transition_hz
        return Sentence(
            "Slow drifts were removed by a zero-phase FIR high-pass filter (Kaiser window, transition from "
            f"{low:g} to {high:g} Hz, {self.attenuation_db:g} dB, applied forward and backward) [@widmann2015]."
        )

    def software_filter(self, decisions: CleanDriftsDecisions) -> SoftwareFilter:
        """The filter that was made."""
        low, high = self.transition_hz
        return SoftwareFilter(
            design="FIR high-pass, windowed sinc (Kaiser), forward and backward",
            highpass_hz=high,
            transition_hz=high - low,
            skipped_channels=decisions.skipped_channels,
        )
