"""Change the sampling rate."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, ClassVar

import numpy as np
from pydantic import Field

from ..recording import Recording
from ..signal.filters.fir import set_band
from ..signal.filters.polyphase import PASSBAND, Ratio, hold_extremes, rational, resample_span, resampling
from ..signal.timeline import continuous_spans
from .contract import Decisions, Step

if TYPE_CHECKING:
    import mne
    from numpy.typing import NDArray


class ResampleDecisions(Decisions):
    """The rates before and after."""

    sfreq_before_hz: float
    sfreq_hz: float
    lowpass_hz: float | None = None
    """End of the anti-alias filter's pass band."""
    reason: str = ""
    """Why nothing was done, where nothing was done."""


class Resample(Step):
    """Polyphase resampling with a Kaiser anti-alias filter, each span between discontinuities by itself.

    The new samples lie on one grid that starts at the first sample, so events and annotations keep their times exactly.
    One behind the last new sample's share of time, where the old grid reached further, moves onto that sample.
    A discontinuity moves by at most half a new sample. Trigger channels keep every pulse.
    """

    name: ClassVar[str] = "resample"
    never_after = {"epochs": "events and epochs were already cut at the old rate"}
    sfreq_hz: float | None = Field(default=None, gt=0)
    """None: keep the rate."""
    upsample: bool = False
    """Also raise the rate of slower recordings."""

    def apply(self, recording: Recording, *, seed: int) -> tuple[Recording, ResampleDecisions]:  # noqa: ARG002 - no chance
        """Resample all channels."""
        before = float(recording.raw.info["sfreq"])
        reason = self._why_not(before)
        if self.sfreq_hz is None or reason:
            return recording, ResampleDecisions(sfreq_before_hz=before, sfreq_hz=before, reason=reason)
        ratio = resampling(rational(self.sfreq_hz, before))
        exact = before * ratio.up / ratio.down
        sfreq = self.sfreq_hz if np.isclose(exact, self.sfreq_hz, rtol=1e-9, atol=0) else exact
        raw = resample_raw(recording.raw, ratio, sfreq)
        lowpass_hz = PASSBAND * min(before, sfreq) / 2
        set_band(raw, lowpass_hz=lowpass_hz)
        return replace(recording, raw=raw), ResampleDecisions(
            sfreq_before_hz=before, sfreq_hz=sfreq, lowpass_hz=lowpass_hz
        )

    def _why_not(self, before: float) -> str:
        if self.sfreq_hz is None:
            return "no rate asked for"
        if np.isclose(self.sfreq_hz, before, rtol=1e-9, atol=0):
            return "the recording has this rate"
        if self.sfreq_hz > before and not self.upsample:
            return f"the recording is slower than {self.sfreq_hz:g} Hz"
        return ""


def resample_raw(raw: mne.io.BaseRaw, ratio: Ratio, sfreq: float) -> mne.io.RawArray:
    """A new recording at ``sfreq``, with the times of all annotations and the measurement date kept."""
    import mne

    n_new = ratio.place(raw.n_times)
    samples = np.empty((len(raw.ch_names), n_new))
    spans = continuous_spans(raw)
    for index, kind in enumerate(raw.get_channel_types()):
        if kind == "stim":
            samples[index] = hold_extremes(raw._data[index], n_new, ratio)
        else:
            _resample_channel(raw._data[index], spans, ratio, samples[index])
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


def _carry_time(old: mne.io.BaseRaw, new: mne.io.BaseRaw) -> None:
    """Give ``new`` the date and the annotations of ``old``, none of them behind its last sample."""
    marks, sfreq_hz = old.annotations.copy(), float(new.info["sfreq"])
    marks.onset[marks.onset >= new.n_times / sfreq_hz - 1e-9] = (new.n_times - 1) / sfreq_hz
    new.set_meas_date(old.info["meas_date"])
    new.set_annotations(marks, verbose="error")
