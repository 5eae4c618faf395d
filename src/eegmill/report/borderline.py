"""Decisions that a small change of the recording could turn round, as a page lists them."""

from __future__ import annotations

from dataclasses import dataclass

from ..recording import Component
from ..records import RecordingRecord
from ..steps.contract import Margin
from .decisions import Change, Decider


@dataclass(frozen=True)
class BorderlineRow:
    """One such decision, and what decides it for good."""

    margin: Margin
    decided: str
    """``bad`` or ``good``, a person's word included."""
    change: Change | None
    """None where no override can turn it: ``margin.fixed`` says why."""


def borderline_margins(record: RecordingRecord) -> tuple[Margin, ...]:
    """All that is borderline, in the order of the steps."""
    return tuple(margin for step in record.steps for margin in step.read_back().margins if margin.borderline)


def borderline_rows(record: RecordingRecord, decider: Decider) -> tuple[BorderlineRow, ...]:
    """Every borderline decision of a recording."""
    bad = {channel.name for channel in record.bad_channels}
    removed = {component.index for component in record.components.removed} if record.components else set()
    rows = []
    for margin in borderline_margins(record):
        change: Change | None
        if margin.kind == "channel":
            is_bad, change = margin.name in bad, decider.channel(margin.name, bad=margin.name in bad)
        elif margin.kind == "component":
            is_bad = int(margin.name) in removed
            status = "bad" if is_bad else "good"
            component = Component(index=int(margin.name), label="", probability=0.0, status=status)
            change = decider.component(component)
        else:
            is_bad, change = margin.bad, _of_segment(margin, decider)
        rows.append(BorderlineRow(margin, "bad" if is_bad else "good", change))
    return tuple(rows)


def _of_segment(margin: Margin, decider: Decider) -> Change | None:
    if margin.fixed or margin.onset_s is None or margin.duration_s is None:
        return None
    return decider.segment(margin.onset_s, margin.duration_s, bad=margin.bad)
