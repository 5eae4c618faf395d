"""A recording at a glance: one sentence, and how its figures stand to stated limits."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from ..records import RecordingRecord
from ..steps.iclabel import Iclabel, IclabelDecisions, LabelledComponent

Level = Literal["good", "fair", "poor"]
MANY_BAD = 0.25
"""Share of bad channels from which on the first sentence says so."""


@dataclass(frozen=True)
class Limit:
    """From which share on a figure is no longer good, and no longer fair."""

    name: str
    share: Callable[[RecordingRecord], float | None]
    good: float
    fair: float

    def light(self, record: RecordingRecord) -> Light | None:
        """How the record stands to it; None where it does not have the figure."""
        share = self.share(record)
        if share is None:
            return None
        level: Level = "good" if share <= self.good else "fair" if share <= self.fair else "poor"
        limits = f"good up to {100 * self.good:g} %, fair up to {100 * self.fair:g} %"
        return Light(self.name, f"{100 * share:.3g} %", level, limits)


@dataclass(frozen=True)
class Light:
    """One figure and how it stands to its limits."""

    name: str
    value: str
    level: Level
    limits: str


def lights_of(record: RecordingRecord) -> tuple[Light, ...]:
    """What of the whole recording is in doubt, and every figure that the record has."""
    found = tuple(light for limit in LIMITS if (light := limit.light(record)) is not None)
    doubts = doubts_of(record)
    return (Light("in doubt", ", ".join(doubts), "poor", "the notes say why"), *found) if doubts else found


def doubts_of(record: RecordingRecord) -> tuple[str, ...]:
    """What of the whole recording is in doubt, each once."""
    return tuple(dict.fromkeys(doubt for step in record.steps for doubt in step.read_back().doubts))


def sentence_of(record: RecordingRecord) -> str:
    """What became of the recording, in one sentence.

    Examples
    --------
    >>> sentence_of(RecordingRecord(recording="a", status="ok", recipe="", recipe_digest="", seed=0))
    'No channel bad.'
    """
    parts = [
        _doubts(record),
        _channels(record),
        _components(record),
        _time(record),
        _missing(record),
        _by_hand(record),
        _near(record),
    ]
    text = ", ".join(part for part in parts if part)
    return f"{text[0].upper()}{text[1:]}."


def n_borderline(record: RecordingRecord) -> int:
    """Decisions that a small change of the recording could turn round."""
    return sum(margin.borderline for step in record.steps for margin in step.read_back().margins)


def labelling(record: RecordingRecord) -> tuple[Iclabel, tuple[LabelledComponent, ...]] | None:
    """The step that labelled the components, with all probabilities; None where none did."""
    for run in (step.read_back() for step in record.steps):
        if isinstance(run.step, Iclabel) and isinstance(run.decisions, IclabelDecisions) and run.decisions.components:
            return run.step, run.decisions.components
    return None


def cut_s(record: RecordingRecord) -> float:
    """Seconds that steps took out of the recording."""
    return sum(segment.duration_s for step in record.steps for segment in step.read_back().removed_segments)


def kept_fraction(record: RecordingRecord) -> float | None:
    """Share of the recorded time that is left and good."""
    good_s, duration_s = record.metrics.get("good_s"), record.metrics.get("duration_s")
    if isinstance(good_s, int | float) and isinstance(duration_s, int | float):
        return good_s / max(duration_s + cut_s(record), 1e-9)
    good = record.metrics.get("good_fraction")
    return float(good) if isinstance(good, int | float) else None


def _bad_share(record: RecordingRecord) -> float | None:
    total = record.metrics.get("n_eeg_channels")
    return len(record.bad_channels) / total if isinstance(total, int | float) and total else None


def _lost_share(record: RecordingRecord) -> float | None:
    kept = kept_fraction(record)
    return None if kept is None else max(1.0 - kept, 0.0)


def _removed_share(record: RecordingRecord) -> float | None:
    parts = record.components
    return len(parts.removed) / parts.total if parts and parts.total else None


def _missing_share(record: RecordingRecord) -> float | None:
    missing = record.metrics.get("missing_fraction")
    return float(missing) if isinstance(missing, int | float) else None


def _repaired_share(record: RecordingRecord) -> float | None:
    shares = [step.decisions.get("changed_fraction") for step in record.steps]
    return next((float(share) for share in shares if isinstance(share, int | float)), None)


LIMITS = (
    Limit("channels bad", _bad_share, 0.1, 0.25),
    Limit("time lost", _lost_share, 0.2, 0.5),
    Limit("samples missing", _missing_share, 0.0, 0.01),
    Limit("time repaired", _repaired_share, 0.1, 0.3),
    Limit("components removed", _removed_share, 0.4, 0.7),
)
"""For the eye alone: nothing is decided by them."""


def _doubts(record: RecordingRecord) -> str:
    doubts = doubts_of(record)
    return f"{' and '.join(doubts)} {'is' if len(doubts) == 1 else 'are'} in doubt" if doubts else ""


def _channels(record: RecordingRecord) -> str:
    total = record.metrics.get("n_eeg_channels")
    whole = f" of {total:g} channels" if isinstance(total, int | float) else " channels"
    if not record.bad_channels:
        return "no channel bad"
    share = _bad_share(record)
    many = ", more than a quarter" if share is not None and share > MANY_BAD else ""
    return f"{len(record.bad_channels)}{whole} bad{many}"


def _components(record: RecordingRecord) -> str:
    parts = record.components
    if parts is None:
        return ""
    counts = Counter(component.label for component in parts.removed)
    classes = ", ".join(f"{count} {name.replace('_', ' ')}" for name, count in sorted(counts.items()))
    return f"{len(parts.removed)} of {parts.total} components removed" + (f" ({classes})" if classes else "")


def _time(record: RecordingRecord) -> str:
    kept = kept_fraction(record)
    return "" if kept is None else f"{100 * kept:.3g} % of the time kept"


def _missing(record: RecordingRecord) -> str:
    missing = _missing_share(record)
    return f"{100 * missing:.3g} % of the promised samples missing" if missing else ""


def _by_hand(record: RecordingRecord) -> str:
    n = len(record.overrides)
    return f"{n} decision{'' if n == 1 else 's'} by a person" if n else ""


def _near(record: RecordingRecord) -> str:
    n = n_borderline(record)
    return f"{n} decision{'' if n == 1 else 's'} borderline" if n else ""
