"""Change the sampling rate."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, ClassVar, Literal

import numpy as np
from pydantic import Field

from ..recording import Recording
from ..signal.filters.fir import set_band
from ..signal.filters.polyphase import PASSBAND, Ratio, hold_extremes, rational, resample_span, resampling
from ..signal.timeline import continuous_spans
from .contract import ActsOn, Decisions, Sentence, SoftwareFilter, Step

if TYPE_CHECKING:
    import mne
    from numpy.typing import NDArray


Method = Literal["polyphase", "fourier"]
DESIGNS: dict[Method, str] = {
    "polyphase": "zero-phase polyphase FIR low-pass against aliases, windowed sinc (Kaiser)",
    "fourier": "resampling by Fourier transform, which ends at half of the lower rate",
}


class ResampleDecisions(Decisions):
    """The rates before and after."""

    sfreq_before_hz: float
    sfreq_hz: float
    lowpass_hz: float | None = None
    """Upper end of the anti-alias filter's pass band."""


class Resample(Step):
    """A new sampling rate, each span between discontinuities by itself.

    ``polyphase`` has a Kaiser anti-alias filter, whose pass band ends at 0.8 of half the rate; ``fourier`` is MNE's
    default, which keeps everything up to half the rate and rings where the signal jumps.

    The new samples lie on one grid that starts at the first sample, so events and annotations keep their times exactly.
    One behind the last new sample's share of time, where the old grid reached further, moves onto that sample.
    A discontinuity moves by at most half a new sample. Trigger channels keep every pulse.
    """

    name: ClassVar[str] = "resample"
    decisions_type: ClassVar[type[Decisions]] = ResampleDecisions
    acts_on: ClassVar[ActsOn] = "sampling"
    never_after: ClassVar[Mapping[str, str]] = {"epochs": "events and epochs were already cut at the old rate"}
    sfreq_hz: float | None = Field(default=None, gt=0)
    """None: keep the rate."""
    upsample: bool = False
    """Also raise the rate of slower recordings."""
    method: Method = "polyphase"
    """``polyphase`` or ``fourier``."""

    def apply(self, recording: Recording, *, seed: int) -> tuple[Recording, ResampleDecisions]:  # noqa: ARG002 - no chance
        """Resample all channels."""
        before = float(recording.raw.info["sfreq"])
        idle = self._idle(before)
        if self.sfreq_hz is None or idle is not None:
            return recording, idle or ResampleDecisions(sfreq_before_hz=before, sfreq_hz=before, applied=False)
        ratio = resampling(rational(self.sfreq_hz, before))
        exact = before * ratio.up / ratio.down
        sfreq = self.sfreq_hz if np.isclose(exact, self.sfreq_hz, rtol=1e-9, atol=0) else exact
        raw = resample_raw(recording.raw, ratio, sfreq, method=self.method)
        lowpass_hz = (PASSBAND if self.method == "polyphase" else 1.0) * min(before, sfreq) / 2
        set_band(raw, lowpass_hz=lowpass_hz)
        return replace(recording, raw=raw), ResampleDecisions(
            sfreq_before_hz=before, sfreq_hz=sfreq, lowpass_hz=lowpass_hz
        )

    def band_hz(self) -> tuple[float | None, float | None]:
        """Up to the new Nyquist frequency."""
        return None, None if self.sfreq_hz is None else self.sfreq_hz / 2

    def sentence(self, decisions: ResampleDecisions) -> Sentence:
        """The new rate, and the filter before it."""
        band = (
            f" (anti-alias filter with a pass band up to {decisions.lowpass_hz:g} Hz)" if decisions.lowpass_hz else ""
        )
        return Sentence(f"Recordings were resampled to {decisions.sfreq_hz:g} Hz{band}.")

    def software_filter(self, decisions: ResampleDecisions) -> SoftwareFilter:
        """The anti-alias filter."""
        return SoftwareFilter(
            design=DESIGNS[self.method],
            lowpass_hz=decisions.lowpass_hz,
            channels="all but triggers",
        )

    def _idle(self, before: float) -> ResampleDecisions | None:
        """Why the rate stays as it is; None where it does not."""
        decisions = ResampleDecisions(sfreq_before_hz=before, sfreq_hz=before, applied=False)
        if self.sfreq_hz is None:
            return decisions.model_copy(update={"notes": ("no rate is given",)})
        if np.isclose(self.sfreq_hz, before, rtol=1e-9, atol=0):
            return decisions.model_copy(update={"notes": ("the recording has this rate",)})
        if self.sfreq_hz > before and not self.upsample:
            why_not = f"the recording has {before:g} Hz, slower than {self.sfreq_hz:g} Hz"
            return decisions.model_copy(update={"why_not": why_not})
        return None


def resample_raw(raw: mne.io.BaseRaw, ratio: Ratio, sfreq: float, *, method: Method = "polyphase") -> mne.io.RawArray:
    """A new recording at ``sfreq``, with the times of all annotations and the measurement date kept."""
    import mne

    n_new = ratio.place(raw.n_times)
    samples = np.empty((len(raw.ch_names), n_new))
    spans = continuous_spans(raw)
    for index, kind in enumerate(raw.get_channel_types()):
        if kind == "stim":
            samples[index] = hold_extremes(raw._data[index], n_new, ratio)
        elif method == "polyphase":
            _resample_channel(raw._data[index], spans, ratio, samples[index])
        else:
            _fourier(raw._data[index], spans, ratio, samples[index])
    info = raw.info.copy()
    with info._unlock():
        info["sfreq"] = sfreq
        info["lowpass"] = min(info["lowpass"], sfreq / 2)
    fresh = mne.io.RawArray(samples, info, verbose="error")
    _carry_time(raw, fresh)
    return fresh


def _resample_channel(
    x: NDArray[np.float64], spans: list[tuple[int, int]], ratio: Ratio, out: NDArray[np.float64]
) -> None:
    for start, stop in spans:
        out[ratio.place(start) : ratio.place(stop)] = resample_span(x, start, stop, ratio)


def _fourier(x: NDArray[np.float64], spans: list[tuple[int, int]], ratio: Ratio, out: NDArray[np.float64]) -> None:
    """Fill ``out`` span by span by MNE's Fourier method; a sample that it lacks on the grid repeats the last."""
    from mne.filter import resample

    for start, stop in spans:
        first, last = ratio.place(start), ratio.place(stop)
        fresh = resample(x[start:stop], up=ratio.up, down=ratio.down, npad="auto", method="fft", verbose="error")
        out[first:last] = np.pad(fresh, (0, max(last - first - fresh.size, 0)), mode="edge")[: last - first]


def _carry_time(old: mne.io.BaseRaw, new: mne.io.BaseRaw) -> None:
    """Give ``new`` the date and the annotations of ``old``, none of them behind its last sample."""
    marks, sfreq_hz = old.annotations.copy(), float(new.info["sfreq"])
    marks.onset[marks.onset >= new.n_times / sfreq_hz - 1e-9] = (new.n_times - 1) / sfreq_hz
    new.set_meas_date(old.info["meas_date"])
    new.set_annotations(marks, verbose="error")
