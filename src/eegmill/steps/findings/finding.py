"""What a fault is told as: what, where, how sure, and what was done about it."""

from __future__ import annotations

from functools import partial
from typing import Literal

from ...models import Frozen
from ...recording import Segment
from ...signal.faults.criterion import Criterion
from ..contract import Margin

Fault = Literal[
    "polarity",
    "gain",
    "swap",
    "copy",
    "shift",
    "montage",
    "inverted_file",
    "file_gain",
    "reference",
    "quantisation",
    "held",
    "repeat",
    "cut",
    "rate",
    "clock",
]
Done = Literal["marked bad", "annotated", "noted", "corrected"]


BEFORE = "decided before anything is filtered, and no override changes it:"
ADVICE = {
    True: f"{BEFORE} a recipe without inspect filters across",
    False: f"{BEFORE} an event 'boundary' there in the source's events makes it a cut",
}
"""What a person can do about a cut that was found, and about one that was not."""


class Judged(Frozen):
    """A channel, a pair of them or a moment that a fault was found in, or nearly, and by how much."""

    fault: Fault
    channels: tuple[str, ...] = ()
    segment: Segment | None = None
    criterion: Criterion
    """Where several scores must be beyond their limits, that which is so the least."""

    @property
    def margins(self) -> tuple[Margin, ...]:
        """One for each channel, or that of the moment."""
        judged = self.criterion
        scored = partial(
            Margin, criterion=judged.words, score=judged.score, limit=judged.limit, uncertainty=judged.uncertainty
        )
        if self.segment is None:
            return tuple(scored(kind="channel", name=name) for name in self.channels)
        onset_s, duration_s = self.segment.onset_s, self.segment.duration_s
        name = f"{onset_s:.2f} to {onset_s + duration_s:.2f} s" if duration_s else f"at {onset_s:.2f} s"
        fixed = "" if duration_s else ADVICE[judged.is_fault]
        return (scored(kind="segment", name=name, onset_s=onset_s, duration_s=duration_s, fixed=fixed),)


class Finding(Frozen):
    """A fault: what, where, how sure, and what was done about it."""

    fault: Fault
    channels: tuple[str, ...] = ()
    """The faulty channels; none where all are concerned."""
    segments: tuple[Segment, ...] = ()
    score: float
    limit: float
    uncertainty: float | None = None
    """By how much another second of the recording, or a hundredth of noise, may move the score; None where that is not
    known."""
    agreement: float | None = None
    """Share of up to eight stretches of time that say the same by themselves; None where the whole says it once."""
    done: Done
    told: str
    """The finding as a sentence without its stop."""
    judged: tuple[Judged, ...] = ()
    """Each channel, pair or moment by itself; none where the finding is of the whole recording, or beyond doubt."""

    @property
    def marks(self) -> bool:
        """Whether something is another for it than it would be without."""
        return self.done != "noted"

    @property
    def words(self) -> str:
        """The finding with what was done about it, its score and its limit."""
        moves = "" if self.uncertainty is None else f" ± {self.uncertainty:.2g}"
        why = self.why_borderline
        near = f"; borderline: {why}" if why else ""
        return f"{self.told} ({self.done}; score {self.score:.3g}, limit {self.limit:.3g}{moves}{near})"

    @property
    def why_borderline(self) -> str:
        """By which score a small change of the recording can turn it, or a part of it; empty where none does."""
        near = next((one.criterion.told for one in self.judged if one.criterion.is_borderline), "")
        if not self.judged and self.uncertainty is not None and abs(self.score - self.limit) <= self.uncertainty:
            near = "by this score"
        return near


def segment(start: int, stop: int, sfreq_hz: float, description: str) -> Segment:
    """Samples from ``start`` up to ``stop`` as a stretch of time."""
    return Segment(onset_s=start / sfreq_hz, duration_s=(stop - start) / sfreq_hz, description=description)
