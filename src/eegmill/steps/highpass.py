"""High-pass filter."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import TYPE_CHECKING, ClassVar, Literal

from pydantic import Field

from ..errors import ConfigurationError
from ..recording import Recording
from ..signal.filters.ends import zero_phase_from_lines
from ..signal.filters.fir import AFTER_EPOCHS, filter_channels, set_band, zero_phase
from .contract import ActsOn, Decisions, Sentence, SoftwareFilter, Step

if TYPE_CHECKING:
    from ..signal.types import Floats


class HighpassDecisions(Decisions):
    """The filter that was made."""

    transition_hz: float
    """The pass band starts at the cutoff, the stop band ends this much below it."""
    taps: int
    short_spans: int
    """Spans no longer than half the kernel, for which the reflection at their ends was repeated."""
    skipped_channels: tuple[str, ...]
    """Channels with NaN or infinity, left as they were."""


class Highpass(Step):
    """Zero-phase FIR high-pass of MNE's design (windowed sinc, Hamming), within each span between discontinuities.

    The ends of a span are continued by point reflection, repeated where the span is shorter than half the kernel.
    About which point, ``ends`` says.
    """

    name: ClassVar[str] = "highpass"
    decisions_type: ClassVar[type[Decisions]] = HighpassDecisions
    acts_on: ClassVar[ActsOn] = "signal"
    never_after: ClassVar[Mapping[str, str]] = AFTER_EPOCHS
    cutoff_hz: float = Field(default=1.0, gt=0)
    """Lower end of the pass band."""
    transition_hz: float | None = Field(default=None, gt=0)
    """None: min(max(0.25 cutoff, 2), cutoff) Hz, as in MNE."""
    ends: Literal["sample", "line"] = "sample"
    """The point that a span is reflected about: its first and last ``sample``, as in MNE, or where a ``line`` through
    one period of the cutoff at each end meets the edge, so that no wave or blink at an end is taken for drift."""

    def apply(self, recording: Recording, *, seed: int) -> tuple[Recording, HighpassDecisions]:  # noqa: ARG002 - no chance
        """Filter EEG, EOG, ECG and EMG channels in place."""
        raw = recording.raw
        transition_hz = transition_below(self.cutoff_hz, self.transition_hz)
        kernel = highpass_kernel(float(raw.info["sfreq"]), self.cutoff_hz, transition_hz)
        done = filter_channels(raw, kernel, convolved=self.convolved(float(raw.info["sfreq"])))
        set_band(raw, highpass_hz=self.cutoff_hz)
        return recording, HighpassDecisions(
            transition_hz=transition_hz,
            taps=kernel.size,
            short_spans=done.short_spans,
            skipped_channels=done.skipped,
        )

    def convolved(self, sfreq_hz: float) -> Callable[[Floats, Floats], Floats]:
        """How a channel is filtered."""
        if self.ends == "sample":
            return zero_phase
        return partial(zero_phase_from_lines, n_fitted=round(sfreq_hz / self.cutoff_hz))

    def band_hz(self) -> tuple[float | None, float | None]:
        """From the cutoff."""
        return self.cutoff_hz, None

    def wanted_hz(self) -> tuple[float, ...]:
        """The cutoff."""
        return (self.cutoff_hz,)

    def sentence(self, decisions: HighpassDecisions) -> Sentence:
        """The filter, with its cutoff and transition."""
        return Sentence(
            f"A zero-phase FIR high-pass filter at {self.cutoff_hz:g} Hz (Hamming window, transition of "
            f"{decisions.transition_hz:g} Hz) was applied [@widmann2015]."
        )

    def software_filter(self, decisions: HighpassDecisions) -> SoftwareFilter:
        """The filter that was made."""
        return SoftwareFilter(
            design="zero-phase FIR high-pass, windowed sinc (Hamming)",
            highpass_hz=self.cutoff_hz,
            transition_hz=decisions.transition_hz,
            skipped_channels=decisions.skipped_channels,
        )


def transition_below(cutoff_hz: float, asked_hz: float | None) -> float:
    """Width of the transition: what is asked for, else MNE's default; at most down to 0 Hz."""
    return min(asked_hz or max(0.25 * cutoff_hz, 2.0), cutoff_hz)


def highpass_kernel(sfreq_hz: float, cutoff_hz: float, transition_hz: float) -> Floats:
    """Symmetric kernel of MNE's design (windowed sinc, Hamming), shape (n_taps,).

    Raises
    ------
    ConfigurationError
        If the recording does not reach the cutoff.
    """
    from mne.filter import create_filter

    if cutoff_hz >= sfreq_hz / 2:
        msg = f"A high-pass at {cutoff_hz:g} Hz leaves nothing of a recording at {sfreq_hz:g} Hz: choose less"
        raise ConfigurationError(msg)
    kernel: Floats = create_filter(None, sfreq_hz, cutoff_hz, None, l_trans_bandwidth=transition_hz, verbose="error")
    return kernel
