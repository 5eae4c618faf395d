"""Artifact subspace reconstruction: high-amplitude bursts are taken out, and what lay under them is estimated."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import TYPE_CHECKING, ClassVar, Literal

import numpy as np
from pydantic import Field

from ..models import Frozen
from ..recording import Recording, Segment
from ..signal.asr.calibration import AsrModel, calibrate, eegprep_block_samples
from ..signal.asr.clean_windows import judge_windows
from ..signal.asr.repair import Grid, Repairs, Rules, eegprep_parts, repair_span
from ..signal.channels import good_eeg
from ..signal.missing import require_finite
from ..signal.robust import Usual, UsualBy, fit_amplitudes, told, usual_by
from ..signal.timeline import annotate_segments, continuous_spans, good_samples, mask_of, segments_of, total_s
from .contract import ActsOn, Decides, Decisions, Sentence, Step

if TYPE_CHECKING:
    from collections.abc import Sequence

    import mne
    from numpy.typing import NDArray

BURST = "BAD_asr"
REFERENCE_WINDOW_S = 1.0
REFERENCE_OVERLAP = 0.66
MIN_WINDOW_S = 0.5
WINDOW_SAMPLES_PER_CHANNEL = 1.5


class Calibration(Frozen):
    """What ASR learned from: ``clean windows``, or ``everything`` where too little was clean."""

    source: Literal["clean windows", "everything"]
    duration_s: float
    lowest_threshold_uv: float
    median_threshold_uv: float
    highest_threshold_uv: float


class AsrDecisions(Decisions):
    """What was repaired or marked, and against which calibration."""

    calibration: Calibration | None = None
    segments: tuple[Segment, ...] = ()
    """Stretches that were repaired (``repair``), or marked as BAD_asr and left as they were (``reject``)."""
    changed_fraction: float = 0.0
    """Samples in ``segments``, as a part of the recording."""
    guarded: tuple[Segment, ...] = ()
    """Stretches whose repair would have been larger than the guard allows: kept as they were, and marked BAD_asr."""
    removed_db: dict[str, float] = {}
    """Variance taken out of each channel by a repair, 10·log10(before / after)."""
    too_short_s: float = 0.0
    """Seconds in continuous spans shorter than one window: left as they were."""


class Asr(Step):
    """Artifact subspace reconstruction (Mullen et al. 2015), calibrated on the recording's own clean windows."""

    name: ClassVar[str] = "asr"
    decisions_type: ClassVar[type[Decisions]] = AsrDecisions
    acts_on: ClassVar[ActsOn] = "signal"
    decides: ClassVar[Decides | None] = "segments"
    never_after: ClassVar[Mapping[str, str]] = {"epochs": "ASR works on the continuous recording"}
    former_names: ClassVar[Mapping[str, str]] = {
        "max_dims": "max_removed_fraction",
        "reference_most_bad": "calibration_max_bad_fraction",
        "reference_tolerances": "calibration_tolerances",
        "least_calibration_s": "min_calibration_s",
        "most_peak_gain": "max_peak_gain",
    }

    cutoff: float = Field(default=20.0, gt=0)
    """Standard deviations above the clean mean from which on a component is a burst; lower removes more."""
    mode: Literal["repair", "reject"] = "repair"
    """``repair`` takes bursts out; ``reject`` marks them as BAD_asr and leaves the samples as they are."""
    window_s: float | None = Field(default=None, gt=0)
    """None: 1.5 samples per channel, and at least 0.5 s."""
    max_removed_fraction: float = Field(default=0.66, ge=0, le=1)
    """Largest part of the components that may be removed at once."""
    calibration_max_bad_fraction: float = Field(default=0.075, ge=0, le=1)
    """Largest share of abnormal channels in a window that the calibration takes for clean."""
    calibration_tolerances: tuple[float | None, float | None] = (None, 5.5)
    """A channel is abnormal where its RMS is beyond these z-scores; None does not look on that side."""
    min_calibration_s: float = Field(default=10.0, gt=0)
    """With less clean data everything is used; with a shorter recording the step is skipped."""
    max_peak_gain: float = Field(default=2.0, ge=1)
    """The peak of a repaired stretch over all channels may be this many times its peak before, not more.

    A repair takes signal away, but an oblique projection can raise a channel a little: 1.3 times at the most was
    seen at cutoffs from 2.5 to 20. The peak is that over all channels, since a quiet channel may rightly receive more.
    """
    full_at: float = Field(default=1.0, ge=1)
    """Size of a component, in units of its limit, from which on it is removed as a whole; one that just reaches the
    limit hardly is. At 1, as published, a hundredth of noise may decide whether a stretch is repaired."""
    usual: UsualBy = "fit"
    """How the usual RMS of a channel or component and its spread are known: by the ``fit`` of a truncated generalised
    Gaussian, as published, or by ``median`` and MAD. The fit takes the stretch of values that looks best, and a
    hundredth of noise may double the spread that it finds; the MAD hardly moves, and is mostly the larger one."""
    match_maxmem_mb: int | None = Field(default=None, gt=0)
    """Do as EEGPrep does with this MaxMem, in short recordings too. It changes the result: for comparisons only."""

    def apply(self, recording: Recording, *, seed: int) -> tuple[Recording, AsrDecisions]:  # noqa: ARG002 - no chance
        """Repair bursts in ``recording.raw``, or annotate them.

        Raises
        ------
        Rejected
            If no good EEG channel is left, or one holds NaN.
        """
        picks = good_eeg(recording.raw)
        require_finite(recording.raw, picks)
        return recording, self._clean(recording, picks)

    def not_on_a_copy(self) -> str:
        """Nothing: the matrices that rebuild the copy rebuild what was set aside."""
        return ""

    def spoils_components(self) -> str:
        """Why components that were found before no longer fit."""
        return "it mixes channels anew, and the components are those of the channels before"

    def repaired_segments(self, decisions: AsrDecisions) -> tuple[Segment, ...]:
        """The bursts, where they were taken out."""
        return decisions.segments if self.mode == "repair" else ()

    def sentence(self, decisions: AsrDecisions) -> Sentence:
        """The cutoff, the calibration, and how much was changed."""
        calibration = decisions.calibration
        part = ""
        if self.full_at > 1 and self.mode == "repair":
            part = (
                "; a component beyond its limit was removed in part, with a weight that rose from 0 at the limit to 1 "
                f"at {self.full_at:g} times the limit, and as a whole beyond that"
            )
        learned = "clean windows" if calibration and calibration.source == "clean windows" else "all"
        return Sentence(
            f"Bursts were {'rejected' if self.mode == 'reject' else 'repaired'} by artifact subspace reconstruction "
            f"with a cutoff of {self.cutoff:g} standard deviations{told(self.usual)} [@mullen2015; @chang2020], "
            f"calibrated on {learned} of each recording, {{calibration}} s{part}: {{changed}} % of the samples.",
            {
                "calibration": calibration.duration_s if calibration else 0.0,
                "changed": 100 * decisions.changed_fraction,
            },
        )

    def _clean(self, recording: Recording, picks: list[int]) -> AsrDecisions:
        raw = recording.raw
        if len(picks) == 1:
            return AsrDecisions(applied=False, why_not="one good EEG channel is left, and ASR compares several")
        sfreq = float(raw.info["sfreq"])
        clean, source = self._calibration_samples(raw, picks)
        clean_s = float(clean.sum()) / sfreq
        if clean_s < self.min_calibration_s:
            why_not = f"{clean_s:.1f} s cannot calibrate ASR: {self.min_calibration_s:g} s are needed"
            return AsrDecisions(applied=False, why_not=why_not)
        model = calibrate(
            raw._data,
            picks,
            clean=clean,
            sfreq_hz=sfreq,
            cutoff=self.cutoff,
            n_block=self._n_block(picks, clean),
            usual=self._usual(),
        )
        if not model.thresholds_uv.size:
            return AsrDecisions(applied=False, why_not="the good EEG channels hold no signal")
        return self._run(recording, picks, model, _calibration(model, source, clean_s))

    def _calibration_samples(
        self, raw: mne.io.BaseRaw, picks: list[int]
    ) -> tuple[NDArray[np.bool_], Literal["clean windows", "everything"]]:
        sfreq = float(raw.info["sfreq"])
        n_window = round(REFERENCE_WINDOW_S * sfreq)
        windows = judge_windows(
            raw._data,
            picks,
            continuous_spans(raw),
            n_window=n_window,
            overlap=REFERENCE_OVERLAP,
            usual=self._usual(),
        )
        good = good_samples(raw)
        bad = windows.bad(self.calibration_max_bad_fraction, self.calibration_tolerances)
        clean = good & ~windows.samples(bad, raw.n_times)
        if clean.sum() >= self.min_calibration_s * sfreq:
            return clean, "clean windows"
        return good, "everything"

    def _usual(self) -> Usual:
        return usual_by(self.usual) if self.match_maxmem_mb is None else partial(fit_amplitudes, min_fitted=0)

    def _n_block(self, picks: list[int], clean: NDArray[np.bool_]) -> int | None:
        if self.match_maxmem_mb is None:
            return None
        return eegprep_block_samples(len(picks), int(clean.sum()), self.match_maxmem_mb)

    def _run(self, recording: Recording, picks: list[int], model: AsrModel, calibration: Calibration) -> AsrDecisions:
        raw = recording.raw
        sfreq = float(raw.info["sfreq"])
        window_s = self.window_s or max(MIN_WINDOW_S, WINDOW_SAMPLES_PER_CHANNEL * len(picks) / sfreq)
        grid = Grid.of(window_s, sfreq)
        spans = continuous_spans(raw)
        long_enough = [span for span in spans if span[1] - span[0] >= max(grid.n_window, grid.n_ahead + 1)]
        before = _variances(raw, picks)
        repairs = self._repair(recording, picks, long_enough, model, grid)
        segments = _segments(repairs.repaired, raw.n_times, sfreq, "asr" if self.mode == "repair" else BURST)
        guarded = _segments(repairs.guarded, raw.n_times, sfreq, BURST)
        annotate_segments(raw, guarded if self.mode == "repair" else segments)
        return AsrDecisions(
            calibration=calibration,
            segments=segments,
            changed_fraction=total_s(segments) * sfreq / raw.n_times,
            guarded=guarded,
            removed_db=_removed_db(before, _variances(raw, picks)) if self.mode == "repair" else {},
            too_short_s=sum(stop - start for start, stop in set(spans) - set(long_enough)) / sfreq,
        )

    def _repair(
        self, recording: Recording, picks: list[int], spans: Sequence[tuple[int, int]], model: AsrModel, grid: Grid
    ) -> Repairs:
        rules = Rules(self.max_removed_fraction, self.max_peak_gain, self.full_at)
        repairs = Repairs()
        for span in spans:
            n_parts = 1
            if self.match_maxmem_mb is not None:
                n_parts = eegprep_parts(len(picks), span[1] - span[0], grid, self.match_maxmem_mb)
            done = repair_span(
                recording.raw._data,
                picks,
                span,
                model=model,
                grid=grid,
                rules=rules,
                n_parts=n_parts,
                write=self.mode == "repair",
                beside=None if recording.aside is None else recording.aside.removed,
            )
            repairs.repaired += done.repaired
            repairs.guarded += done.guarded
        return repairs


def _calibration(model: AsrModel, source: Literal["clean windows", "everything"], duration_s: float) -> Calibration:
    lowest, median, highest = np.quantile(model.thresholds_uv, [0, 0.5, 1])
    return Calibration(
        source=source,
        duration_s=duration_s,
        lowest_threshold_uv=float(lowest),
        median_threshold_uv=float(median),
        highest_threshold_uv=float(highest),
    )


def _segments(ranges: list[tuple[int, int]], n_samples: int, sfreq: float, description: str) -> tuple[Segment, ...]:
    return segments_of(mask_of(ranges, n_samples), sfreq, description)


def _variances(raw: mne.io.BaseRaw, picks: list[int]) -> dict[str, float]:
    return {raw.ch_names[pick]: float(raw._data[pick].var()) for pick in picks}


def _removed_db(before: dict[str, float], after: dict[str, float]) -> dict[str, float]:
    return {name: float(10 * np.log10(before[name] / after[name])) for name in before if before[name] and after[name]}
