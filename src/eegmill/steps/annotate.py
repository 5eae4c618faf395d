"""Marking bad stretches: muscle, breaks, and amplitudes out of range."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, ClassVar

import numpy as np
from pydantic import Field, field_validator

from ..models import Written
from ..recording import Recording, Segment
from ..signal.channels import good_eeg
from ..signal.filters.band import band_of
from ..signal.filters.fir import zero_phase
from ..signal.timeline import (
    annotate_segments,
    close_gaps,
    continuous_spans,
    good_samples,
    good_seconds,
    is_event,
    runs,
    segments_of,
    total_s,
    widen,
)
from .contract import ActsOn, Decides, Decisions, Sentence, Step

if TYPE_CHECKING:
    import mne
    from numpy.typing import NDArray


class Muscle(Written):
    """High-frequency bursts over many channels (Muthukumaraswamy 2013), as in MNE's ``annotate_muscle_zscore``."""

    threshold_z: float = Field(default=4.0, gt=0)
    """Muscle score above which a sample is bad."""
    band_hz: tuple[float, float] = (110.0, 140.0)
    """Frequencies whose envelope is scored."""

    @field_validator("band_hz")
    @classmethod
    def _rising(cls, value: tuple[float, float]) -> tuple[float, float]:
        if not 0 < value[0] < value[1]:
            msg = f"must be two rising frequencies above 0, not {value[0]:g} and {value[1]:g}"
            raise ValueError(msg)
        return value

    min_good_s: float = Field(default=0.1, ge=0)
    """Good stretches shorter than this between two bad ones are bad too."""


class Break(Written):
    """Long stretches without any event, as in MNE's ``annotate_break``."""

    min_s: float = Field(default=15.0, gt=0)
    keep_after_event_s: float = Field(default=5.0, ge=0)
    keep_before_event_s: float = Field(default=5.0, ge=0)


class Amplitude(Written):
    """Samples of any good EEG channel further than ``peak_uv`` from its median, or flat for ``flat_s``."""

    peak_uv: float | None = Field(default=500.0, gt=0)
    padding_s: float = Field(default=0.0, ge=0)
    """How much around a peak is bad as well."""
    flat_uv: float | None = Field(default=None, ge=0)
    """Steps between samples up to this count as flat; None does not look."""
    flat_s: float = Field(default=5.0, gt=0)


class AnnotateDecisions(Decisions):
    """What was marked."""

    segments: tuple[Segment, ...]
    muscle_s: float
    break_s: float
    peak_s: float
    flat_s: float
    good_s: float
    """Seconds left that no ``BAD_`` annotation of any step covers."""


class Annotate(Step):
    """Mark bad stretches as ``BAD_muscle``, ``BAD_break``, ``BAD_peak`` and ``BAD_flat``; each part can be None."""

    name: ClassVar[str] = "annotate"
    decisions_type: ClassVar[type[Decisions]] = AnnotateDecisions
    acts_on: ClassVar[ActsOn] = "marks"
    decides: ClassVar[Decides | None] = "segments"
    never_after: ClassVar[Mapping[str, str]] = {"epochs": "epochs are rejected by annotations made before them"}

    muscle: Muscle | None = Muscle()
    breaks: Break | None = None
    """None: breaks are not looked for; ``{}`` looks for them with the defaults of MNE."""
    amplitude: Amplitude | None = None
    """None: amplitudes are not looked at; ``{}`` looks for more than 500 µV."""

    def apply(self, recording: Recording, *, seed: int) -> tuple[Recording, AnnotateDecisions]:  # noqa: ARG002 - nothing is random
        """Add the annotations to ``recording.raw``."""
        raw = recording.raw
        picks = good_eeg(raw)
        segments: list[Segment] = []
        notes: list[str] = []
        if self.muscle is not None:
            segments += self._muscle(raw, picks, self.muscle, notes)
        if self.breaks is not None:
            segments += self._breaks(raw, self.breaks, notes)
        if self.amplitude is not None:
            segments += self._amplitude(raw, picks, self.amplitude)
        ordered = tuple(sorted(segments, key=lambda segment: (segment.onset_s, segment.description)))
        annotate_segments(raw, ordered)
        n_parts = sum(part is not None for part in (self.muscle, self.breaks, self.amplitude))
        return recording, _decisions(raw, ordered, notes, n_parts=n_parts)

    def sentence(self, decisions: AnnotateDecisions) -> Sentence:
        """What was looked for, with its limits; what could not be looked for is left out."""
        kinds = []
        if self.muscle is not None and not any(note.startswith("muscle") for note in decisions.notes):
            low, high = self.muscle.band_hz
            kinds.append(
                f"muscle activity ({low:g} to {high:g} Hz, z above {self.muscle.threshold_z:g}) [@muthukumaraswamy2013]"
            )
        if self.breaks is not None and not any(note.startswith("break") for note in decisions.notes):
            kinds.append(f"stretches of at least {self.breaks.min_s:g} s without events")
        if self.amplitude is not None and self.amplitude.peak_uv is not None:
            kinds.append(f"amplitudes beyond {self.amplitude.peak_uv:g} µV")
        if self.amplitude is not None and self.amplitude.flat_uv is not None:
            kinds.append(f"channels flat for {self.amplitude.flat_s:g} s")
        return Sentence(
            f"Segments with {', '.join(kinds)} were annotated as bad, {{bad}} s a recording.",
            {"bad": decisions.muscle_s + decisions.break_s + decisions.peak_s + decisions.flat_s},
        )

    def _muscle(self, raw: mne.io.BaseRaw, picks: list[int], muscle: Muscle, notes: list[str]) -> tuple[Segment, ...]:
        sfreq = float(raw.info["sfreq"])
        highest = min(sfreq / 2, float(raw.info["lowpass"]))
        if muscle.band_hz[1] >= highest:
            notes.append(f"muscle: {muscle.band_hz[1]:g} Hz is above what the recording holds ({highest:g} Hz)")
            return ()
        z = muscle_z(raw, picks, muscle.band_hz)
        return segments_of(close_gaps(z > muscle.threshold_z, round(muscle.min_good_s * sfreq)), sfreq, "BAD_muscle")

    def _breaks(self, raw: mne.io.BaseRaw, breaks: Break, notes: list[str]) -> tuple[Segment, ...]:
        spans = event_spans_s(raw)
        if not spans:
            notes.append("break: the recording has no events")
            return ()
        return tuple(
            Segment(onset_s=start, duration_s=stop - start, description="BAD_break")
            for start, stop in gaps_s(spans, float(raw.n_times / raw.info["sfreq"]), breaks)
        )

    def _amplitude(self, raw: mne.io.BaseRaw, picks: list[int], amplitude: Amplitude) -> tuple[Segment, ...]:
        sfreq = float(raw.info["sfreq"])
        found: tuple[Segment, ...] = ()
        peak, flat = np.zeros(raw.n_times, dtype=bool), np.zeros(raw.n_times, dtype=bool)
        for pick in picks:
            x = raw.get_data(picks=[pick])[0]
            if amplitude.peak_uv is not None:
                peak |= beyond(x, amplitude.peak_uv * 1e-6)
            if amplitude.flat_uv is not None:
                flat |= flat_samples(x, amplitude.flat_uv * 1e-6, round(amplitude.flat_s * sfreq))
        found += segments_of(widen(peak, round(amplitude.padding_s * sfreq)), sfreq, "BAD_peak")
        return found + segments_of(flat, sfreq, "BAD_flat")


def _decisions(
    raw: mne.io.BaseRaw, segments: tuple[Segment, ...], notes: list[str], *, n_parts: int
) -> AnnotateDecisions:
    def seconds(description: str) -> float:
        return total_s(tuple(segment for segment in segments if segment.description == description))

    looked = len(notes) < n_parts
    return AnnotateDecisions(
        applied=looked,
        why_not="" if looked else "; ".join(notes),
        notes=tuple(notes) if looked or n_parts else ("nothing is asked for",),
        segments=segments,
        muscle_s=seconds("BAD_muscle"),
        break_s=seconds("BAD_break"),
        peak_s=seconds("BAD_peak"),
        flat_s=seconds("BAD_flat"),
        good_s=good_seconds(raw),
    )


def muscle_z(raw: mne.io.BaseRaw, picks: list[int], band_hz: tuple[float, float]) -> NDArray[np.float64]:
    """Muscle score per sample: z-scored envelopes in the band, summed over channels, over the root of their number.

    Samples inside ``BAD_`` annotations get 0 and do not enter mean and deviation. Smoothed below 4 Hz. One channel at
    a time, so that memory does not grow with the number of channels.

    Shape (n_times,).
    """
    from mne.filter import create_filter
    from scipy.fft import next_fast_len
    from scipy.signal import hilbert

    sfreq = float(raw.info["sfreq"])
    mask = good_samples(raw)
    band = band_of(raw, *band_hz)
    total = np.zeros(raw.n_times)
    for pick in picks:
        x = band.of(raw._data[pick])
        for start, stop in continuous_spans(raw):
            n_fft = next_fast_len(stop - start)
            x[start:stop] = np.abs(hilbert(x[start:stop], n_fft)[: stop - start])
        spread = float(x[mask].std()) if mask.any() else 0.0
        if spread > 0:
            total += (x - x[mask].mean()) / spread
    total /= np.sqrt(len(picks))
    z = np.zeros(raw.n_times)
    if mask.any():
        z[mask] = zero_phase(total[mask], create_filter(None, sfreq, None, 4.0, verbose="error"))
    return z


def event_spans_s(raw: mne.io.BaseRaw) -> list[tuple[float, float]]:
    """Start and stop of every event, in seconds from the first sample; ``BAD`` and discontinuities are no events."""
    spans = []
    for annotation in raw.annotations:
        if is_event(str(annotation["description"])):
            onset = float(annotation["onset"])
            spans.append((onset, onset + float(annotation["duration"])))
    return sorted(spans)


def gaps_s(spans: list[tuple[float, float]], end_s: float, breaks: Break) -> list[tuple[float, float]]:
    """Stretches without events, less what is kept around each event.

    Nothing is kept before the first sample and after the last: there is no event there.
    """
    gaps = []
    stop_before, first = 0.0, True
    for start, stop in spans:
        if start - stop_before >= breaks.min_s:
            gaps.append(
                (stop_before + (0.0 if first else breaks.keep_after_event_s), start - breaks.keep_before_event_s)
            )
        stop_before, first = (stop if first else max(stop_before, stop)), False
    if end_s - stop_before >= breaks.min_s:
        gaps.append((stop_before + breaks.keep_after_event_s, end_s))
    return [(start, stop) for start, stop in gaps if stop > start]


def beyond(x: NDArray[np.float64], distance: float) -> NDArray[np.bool_]:
    """Samples further than ``distance`` from the median, and those that are NaN or infinite.

    ``x`` (n_times,), in the unit of ``distance``; the result (n_times,).
    """
    finite = np.isfinite(x)
    return ~finite | (np.abs(x - (np.median(x[finite]) if finite.any() else 0.0)) > distance)


def flat_samples(x: NDArray[np.float64], step: float, shortest: int) -> NDArray[np.bool_]:
    """Samples in runs of at least ``shortest`` whose successive differences are at most ``step``.

    ``x`` and the result (n_times,); ``step`` in the unit of ``x``, ``shortest`` in samples.
    """
    flat = np.zeros(len(x), dtype=bool)
    for start, stop in runs(np.abs(np.diff(x)) <= step):
        if stop - start + 1 >= shortest:
            flat[start : stop + 1] = True
    return flat
