"""Name what is wrong with a recording before anything is averaged: channels, montage, time axis and clock."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import ClassVar

from pydantic import Field

from ..recording import Recording, Segment
from ..signal.channels import good_eeg
from ..signal.faults.average import LOUD
from ..signal.missing import missing_samples
from ..signal.timeline import annotate_segments
from .contract import ActsOn, Decides, Decisions, Margin, Sentence, Step
from .findings import Fault, Finding, Judged, Seen, findings_of

MIN_DURATION_S = 1.0
SCALES: frozenset[Fault] = frozenset({"gain", "polarity"})
DOUBTS: dict[Fault, str] = {
    "file_gain": "size",
    "inverted_file": "sign",
    "montage": "placement of the electrodes",
    "shift": "order of the channels",
    "rate": "sampling rate",
    "clock": "clock",
}
"""What a fault of the whole recording throws doubt on, where it was not put right."""


class InspectDecisions(Decisions):
    """What was found, and what could not be looked for."""

    findings: tuple[Finding, ...]
    near_misses: tuple[Judged, ...] = ()
    """What only just was not found, so that a small change of the recording can turn it."""
    not_tested: tuple[str, ...] = ()
    """Which faults could not be looked for, and why."""
    filled_up: tuple[Segment, ...] = ()
    """Stretches at the ends in which nothing was recorded, annotated ``BAD_ACQ_SKIP``."""


class Inspect(Step):
    """Look for faults that spoil what follows without a word: of channels, montage, time axis and clock.

    Channels are held against what the others predict at their electrode (spherical splines that leave them out, in
    changes over 20 ms): an inverted one, one with a wrong gain, two that carry each other's name, and copies become bad
    before any average is formed. Names that are shifted along the channels fit better where they belong, and blinks say
    where the eyes are. Stretches that all channels hold or that repeat an earlier one sample by sample, and places
    where all channels jump together, are sought in every sample. What a file was filled up with at its ends is no
    signal: it is marked as not recorded, so that no filter takes the step into it for one. The mains tell of a wrong
    rate and of a clock that wanders. Where a finding leads to no bad channel and no annotation, it is a note.

    With ``correct``, inverted channels and recordings, wrong gains, swaps and shifts are put right instead. Channels
    that ``import`` has marked bad by nothing but their amplitude are then looked at again, and are good where a factor
    puts them right.
    """

    name: ClassVar[str] = "inspect"
    decisions_type: ClassVar[type[Decisions]] = InspectDecisions
    acts_on: ClassVar[ActsOn] = "marks"
    decides: ClassVar[Decides | None] = "channels"
    never_after_signal: ClassVar[str] = (
        "it hides what was held, pasted or cut, and a new reference spreads a wrong gain"
    )
    correct: bool = False
    """Whether to put right what can be: polarity, gain, swaps, shifts."""
    renew_average: bool = False
    """Whether an average reference with channels in it that are far larger than the others is made anew without them:
    all channels hold a share of them. The mean of the others is taken from all; a later reference undoes that."""
    min_repeated_s: float = Field(default=5.0, gt=0)
    """A repeated stretch of this length and more is annotated ``BAD_repeated``; a shorter one is noted."""

    def apply(self, recording: Recording, *, seed: int) -> tuple[Recording, InspectDecisions]:  # noqa: ARG002 - no chance
        """Find faults; mark channels bad, annotate stretches, and note the rest."""
        raw = recording.raw
        missing = missing_samples(raw, good_eeg(raw, least=0))
        recording = recording.mark_bad({name: f"{count} samples are NaN" for name, count in missing.items()})
        if not good_eeg(raw, least=0):
            return recording, InspectDecisions(applied=False, why_not="no EEG channel is good", findings=())
        duration_s = raw.n_times / float(raw.info["sfreq"])
        if duration_s < MIN_DURATION_S:
            why_not = f"{duration_s:.3g} s show no faults: {MIN_DURATION_S:g} s are needed"
            return recording, InspectDecisions(applied=False, why_not=why_not, findings=())
        given = recording
        recording = self._with_odd_gains(given)
        seen = Seen(recording)
        findings = self._findings(seen)
        for finding in findings:
            if finding.done == "marked bad":
                recording = recording.mark_bad(dict.fromkeys(finding.channels, finding.told))
            elif finding.done == "annotated":
                annotate_segments(raw, finding.segments)
        recording, right = _still_odd(recording, given, findings)
        notes = (*(finding.words for finding in findings), *right)
        told_of = (f"inspect: {note}" for note in notes)
        recording = replace(recording, reference=seen.reference, notes=(*recording.notes, *told_of))
        annotate_segments(raw, seen.filled_up)
        told = (*right, *(_told_of(filling) for filling in seen.filled_up))
        return recording, InspectDecisions(
            findings=findings,
            near_misses=seen.near_misses,
            not_tested=seen.not_tested,
            filled_up=seen.filled_up,
            notes=told,
        )

    def _findings(self, seen: Seen) -> tuple[Finding, ...]:
        return tuple(
            findings_of(
                seen, correct=self.correct, renew_average=self.renew_average, min_repeated_s=self.min_repeated_s
            )
        )

    def _with_odd_gains(self, recording: Recording) -> Recording:
        """Where gains are put right, with the channels that nothing but their amplitude speaks against."""
        reasons = {bad.name: bad.reasons for bad in recording.bad_channels}
        only = [name for name in recording.odd_gains if len(reasons.get(name, ())) == 1]
        return recording.mark_good(only) if self.correct else recording

    def margins(self, decisions: InspectDecisions) -> tuple[Margin, ...]:
        """Each channel, and each moment, that something was found in or nearly: by what lies farthest on that side.

        Findings of the whole recording change nothing and have none; nor have held samples, which are equal or are not.
        """
        found: dict[tuple[str, str], Margin] = {}
        for margin in self.criteria(decisions):
            key = margin.kind, margin.name
            if key not in found or margin.away > found[key].away:
                found[key] = margin
        return tuple(found.values())

    def criteria(self, decisions: InspectDecisions) -> tuple[Margin, ...]:
        """The same by every fault."""
        judged = [one for finding in decisions.findings if finding.marks for one in finding.judged]
        return tuple(margin for one in (*judged, *decisions.near_misses) for margin in one.margins)

    def sentence(self, decisions: InspectDecisions) -> Sentence:
        """What was looked for, and how many channels became bad."""
        bad = {name for finding in decisions.findings if finding.done == "marked bad" for name in finding.channels}
        dealt = "corrected" if self.correct else "marked bad"
        anew = (
            f"an average reference with channels in it {LOUD:g} times as large as usual was made anew without them, "
            if self.renew_average
            else ""
        )
        return Sentence(
            "Before any filter or average, each channel was compared with its prediction from the others by spherical "
            f"splines [@perrin1989]; {anew}inverted channels and those with a wrong gain or another's signal were "
            f"{dealt}, and held or repeated stretches and unmarked cuts were sought: "
            "{found|finding|findings} and "
            "{bad|bad channel|bad channels} a recording.",
            {"found": float(len(decisions.findings)), "bad": float(len(bad))},
        )

    def doubts(self, decisions: InspectDecisions) -> tuple[str, ...]:
        """What findings about the whole recording are about, but for those that were put right."""
        noted = [finding.fault for finding in decisions.findings if finding.done == "noted"]
        return tuple(DOUBTS[fault] for fault in noted if fault in DOUBTS)

    def findings(self, decisions: InspectDecisions) -> tuple[str, ...]:
        """All of them, with what was done about each."""
        return tuple(finding.words for finding in decisions.findings)

    def not_tested(self, decisions: InspectDecisions) -> tuple[str, ...]:
        """Which faults could not be looked for."""
        return decisions.not_tested


def _still_odd(
    recording: Recording, given: Recording, findings: Sequence[Finding]
) -> tuple[Recording, tuple[str, ...]]:
    """Those whose amplitude no factor explains are bad as before; the others, in words."""
    factors = {name for one in findings if one.fault in SCALES and one.done == "corrected" for name in one.channels}
    before = {bad.name: bad.reasons[0] for bad in given.bad_channels if bad.name in given.odd_gains}
    kept = {name: reason for name, reason in before.items() if name not in factors}
    right = tuple(f"'{name}', bad by its amplitude so far, is good again" for name in before if name in factors)
    return recording.mark_bad(kept), right


def _told_of(filling: Segment) -> str:
    where = "ends" if filling.onset_s else "begins"
    return f"the recording {where} with {filling.duration_s:.2f} s without any signal, marked {filling.description}"
