"""The recording as a line: what is marked bad, what was repaired, where events are."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from ..records import RecordingRecord
from .marks import Mark, samples_were_cut
from .svg import picture, round_ticks, text

WIDTH, LEFT, ROW, TOP = 860.0, 190.0, 24.0, 8.0
MAX_ROWS = 12
"""Of the figure; the longest are kept, and the table below has all."""
LONGEST_NAME = 26


@dataclass(frozen=True)
class Span:
    """A stretch of time."""

    onset_s: float
    duration_s: float


@dataclass(frozen=True)
class Lane:
    """Everything of one kind."""

    name: str
    css: str
    spans: tuple[Span, ...]

    @property
    def total_s(self) -> float:
        """Sum of the durations; those of overlapping stretches count twice."""
        return sum(span.duration_s for span in self.spans)


def repaired(record: RecordingRecord) -> dict[str, tuple[Span, ...]]:
    """Stretches that steps repaired, by step; none where samples were cut out, as the times are then others."""
    if samples_were_cut(record):
        return {}
    found = {step.name: step.read_back().repaired_segments for step in record.steps}
    return {
        name: tuple(Span(round(segment.onset_s, 4), round(segment.duration_s, 4)) for segment in segments)
        for name, segments in found.items()
        if segments
    }


def lanes_of(marks: Sequence[Mark], record: RecordingRecord, event_onsets_s: Sequence[float]) -> tuple[Lane, ...]:
    """What is marked bad by its name, longest first; then repairs, then events."""
    by_name: defaultdict[str, list[Span]] = defaultdict(list)
    for mark in marks:
        name = mark.name + (", of some channels" if mark.channels else "")
        by_name[name].append(Span(mark.onset_s, mark.duration_s))
    bad = sorted((Lane(name, "bad", tuple(spans)) for name, spans in by_name.items()), key=lambda lane: -lane.total_s)
    mended = [Lane(f"repaired by {name}", "mended", spans) for name, spans in repaired(record).items()]
    events = [Lane("events", "happening", tuple(Span(onset, 0.0) for onset in event_onsets_s))]
    return (*bad, *mended, *(lane for lane in events if lane.spans))


def timeline_figure(lanes: Sequence[Lane], duration_s: float) -> str:
    """A row for each lane, over the whole recording; an empty text where there is nothing."""
    drawn = [*lanes[: MAX_ROWS - 2], *lanes[-2:]] if len(lanes) > MAX_ROWS else list(lanes)
    if not drawn or not duration_s:
        return ""
    scale, bottom = (WIDTH - LEFT - 14) / duration_s, TOP + ROW * len(drawn)
    parts = []
    for tick in round_ticks(0.0, duration_s, 10):
        at = LEFT + tick * scale
        parts.append(f'<path class="grid" d="M{at:.1f} {TOP:g}V{bottom:g}"/>')
        parts.append(text(round(at, 1), bottom + 16, f"{tick:g} s", css="tick middle"))
    for place, lane in enumerate(drawn):
        parts.append(_drawn(lane, TOP + ROW * place, scale))
    words = "; ".join(_in_words(lane) for lane in drawn)
    return picture(WIDTH, bottom + 24, "".join(parts), label=f"Time line of {duration_s:.4g} s: {words}")


def _drawn(lane: Lane, top: float, scale: float) -> str:
    """All stretches of a lane as one shape, so that thousands take few bytes."""
    path = "".join(
        f"M{LEFT + span.onset_s * scale:.1f} {top + 4:g}h{max(span.duration_s * scale, 1.2):.1f}v{ROW - 8:g}"
        f"h-{max(span.duration_s * scale, 1.2):.1f}z"
        for span in lane.spans
    )
    name = lane.name if len(lane.name) <= LONGEST_NAME else f"{lane.name[: LONGEST_NAME - 2]} …"
    told = f"<title>{escape(_in_words(lane))}</title>"
    return f'<g>{told}<path class="lane {lane.css}" d="{path}"/>{text(LEFT - 10, top + 16, name, css="end")}</g>'


def _in_words(lane: Lane) -> str:
    total = f", {lane.total_s:.4g} s in all" if lane.total_s else ""
    return f"{lane.name}: {len(lane.spans)}{total}"
