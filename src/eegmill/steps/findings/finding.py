"""What a fault is told as: what, where, how sure, and what was done about it."""

from __future__ import annotations

from typing import Literal

from ...models import Frozen
from ...recording import Segment

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


class Finding(Frozen):
    """A fault: what, where, how sure, and what was done about it."""

    fault: Fault
    channels: tuple[str, ...] = ()
    """The faulty channels; none where all are concerned."""
    segments: tuple[Segment, ...] = ()
    score: float
    limit: float
    agreement: float | None = None
    """Share of up to eight stretches of time that say the same by themselves; None where the whole says it once."""
    done: Done
    told: str
    """The finding as a sentence without its stop."""

    @property
    def margin(self) -> float:
        """How far the score is beyond its limit, in limits: 0 at the limit."""
        return abs(self.score - self.limit) / abs(self.limit)


def segment(start: int, stop: int, sfreq_hz: float, description: str) -> Segment:
    """Samples from ``start`` up to ``stop`` as a stretch of time."""
    return Segment(onset_s=start / sfreq_hz, duration_s=(stop - start) / sfreq_hz, description=description)
