"""What a person can decide otherwise: each with the cells of the override that does it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from ..config.overrides import override_cells, override_line
from ..recording import Component
from ..records import Override, RecordingRecord
from .marks import Mark


@dataclass(frozen=True)
class Change:
    """One decision turned round."""

    cells: tuple[str, ...]
    """By the columns of the table of overrides; the reason is empty, the person gives it."""
    words: str
    """What is on the button."""

    @property
    def line(self) -> str:
        """As it stands in the file."""
        return override_line(self.cells)


@dataclass(frozen=True)
class Decider:
    """Makes changes for one recording."""

    dataset: str
    recording: str

    def channel(self, name: str, *, bad: bool) -> Change:
        """Turn a channel round that is judged ``bad`` or good now."""
        words = f"call {name} {'good' if bad else 'bad'}"
        return self._change(Override(kind="channel", name=name, decision="good" if bad else "bad"), words)

    def component(self, component: Component) -> Change:
        """Keep a component that was removed, or remove one that was kept."""
        removed = component.status == "bad"
        words = f"{'keep' if removed else 'remove'} component {component.index}"
        turned = Override(kind="component", name=str(component.index), decision="good" if removed else "bad")
        return self._change(turned, words)

    def segment(self, onset_s: float, duration_s: float, *, bad: bool = True) -> Change:
        """Turn a stretch round that is judged ``bad`` or good now."""
        decision: Literal["good", "bad"] = "good" if bad else "bad"
        turned = Override(kind="segment", onset_s=onset_s, duration_s=duration_s, decision=decision)
        return self._change(turned, f"call {onset_s:g} s to {onset_s + duration_s:g} s {decision}")

    def _change(self, override: Override, words: str) -> Change:
        return Change(override_cells(self.dataset, self.recording, override), words)


@dataclass(frozen=True)
class ChannelRow:
    """A bad channel, why, and what became of it."""

    name: str
    reasons: tuple[str, ...]
    fate: str
    change: Change


@dataclass(frozen=True)
class SegmentRow:
    """A bad stretch."""

    mark: Mark
    change: Change | None
    """None where no override can call it good: it concerns some channels alone, or samples were cut out."""


def channel_rows(record: RecordingRecord, decider: Decider, still_bad: Sequence[str]) -> tuple[ChannelRow, ...]:
    """Every bad channel."""
    return tuple(
        ChannelRow(
            channel.name,
            channel.reasons,
            "left as it is" if channel.name in still_bad else "interpolated",
            decider.channel(channel.name, bad=True),
        )
        for channel in record.bad_channels
    )


def segment_rows(marks: Sequence[Mark], decider: Decider, *, may_mark: bool) -> tuple[SegmentRow, ...]:
    """Every bad stretch; ``may_mark`` says whether overrides can change any."""
    return tuple(
        SegmentRow(
            mark,
            decider.segment(mark.onset_s, mark.duration_s)
            if may_mark and mark.duration_s > 0 and not mark.channels
            else None,
        )
        for mark in marks
    )
