"""What one run judged, named as in the run without a perturbation, so that runs can be compared."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

import numpy as np

from ..records import RecordingRecord, original_times_s
from ..signal.timeline import good_samples, runs
from ..signal.types import Mask, Span
from ..steps.contract import Margin
from .comparison import Cleaning
from .matching import Matches, matched

SAME_S = 0.05
"""Cuts so close to each other are one: noise moves where it is seen by a sample or two."""
Kind = Literal["channel", "component", "segment"]
Key = tuple[Kind, str]
"""What was judged: a channel, a component by its number in the run without a perturbation, a stretch of time."""


@dataclass(frozen=True)
class Judgement:
    """What one run judged."""

    judged: tuple[Key, ...]
    bad: frozenset[Key]
    margins: Mapping[Key, Margin]
    """By the criterion that decided."""
    criteria: Mapping[Key, Mapping[str, Margin]] = field(default_factory=dict)
    """By every criterion that has a score for it, under the name that all runs share."""
    reasons: Mapping[Key, str] = field(default_factory=dict)
    """Why what is bad is, in words: not every step that judges has a score."""
    alike: Mapping[Key, float] = field(default_factory=dict)
    """How the time course of a component correlates with that of the run without a perturbation."""
    bad_samples: Mask = field(default_factory=lambda: np.empty(0, bool))
    """On the time axis of the recording as it came, at the rate behind the last step."""
    there: Span = (0, 0)
    """The samples that the run had."""
    near: tuple[tuple[Span, Margin], ...] = ()
    """Stretches that lie near a limit, and moments (cuts), in such samples."""


def judgement(cleaning: Cleaning, n_samples: int, *, end_s: float = 0.0, before: Cleaning | None = None) -> Judgement:
    """What a run judged but for stretches of time, which `with_segments` names over all runs.

    Parameters
    ----------
    n_samples
        Of the recording as it came, at the rate behind the last step.
    end_s
        What the recording lacked at its end.
    before
        The run without a perturbation; None for that run itself.
    """
    matches = _matches(before, cleaning) if before is not None else None
    bad = frozenset((*_bad_channels(cleaning), *_removed(cleaning, matches)))
    margins = {key: found[-1] for key, found in _margins(cleaning.record, matches, every=False).items()}
    there = round(cleaning.start_s * cleaning.sfreq_hz), n_samples - round(end_s * cleaning.sfreq_hz)
    components = [_component(index, matches) for index in range(len(cleaning.recording.components))]
    judged = dict.fromkeys((*_channels(cleaning), *_bad_channels(cleaning), *(components if before is None else ())))
    return Judgement(
        judged=tuple(dict.fromkeys((*judged, *sorted(bad)))),
        bad=bad,
        margins=margins,
        criteria={key: _by_name(found) for key, found in _margins(cleaning.record, matches, every=True).items()},
        reasons=dict(_reasons(cleaning.record, matches)),
        alike={_component(index, matches): r for index, (_, r) in (matches or {}).items()},
        bad_samples=_bad_samples(cleaning, n_samples, there),
        there=there,
        near=tuple(_near(cleaning)),
    )


def _matches(before: Cleaning, after: Cleaning) -> Matches:
    one, other = before.recording.ica, after.recording.ica
    return matched(one, other) if one is not None and other is not None else {}


def _component(index: int, matches: Matches | None) -> Key:
    """A component by its number without a perturbation; one that is not there is called additional."""
    if matches is None:
        return "component", str(index)
    return "component", str(matches[index][0]) if index in matches else f"additional {index}"


def _channels(cleaning: Cleaning) -> Iterator[Key]:
    raw = cleaning.recording.raw
    for name, kind in zip(raw.ch_names, raw.get_channel_types(), strict=True):
        if kind == "eeg":
            yield "channel", name


def _bad_channels(cleaning: Cleaning) -> Iterator[Key]:
    for channel in cleaning.record.bad_channels:
        yield "channel", channel.name


def _removed(cleaning: Cleaning, matches: Matches | None) -> Iterator[Key]:
    for component in cleaning.record.components.removed if cleaning.record.components else ():
        yield _component(component.index, matches)


def _margins(record: RecordingRecord, matches: Matches | None, *, every: bool) -> dict[Key, list[Margin]]:
    """Those of channels and components, the most nearly bad last; by every criterion, or by what decided alone."""
    found: dict[Key, list[Margin]] = {}
    for run in (step.read_back() for step in record.steps):
        for margin in run.criteria if every else run.margins:
            if margin.kind == "component":
                found.setdefault(_component(int(margin.name), matches), []).append(margin)
            elif margin.kind == "channel":
                found.setdefault((margin.kind, margin.name), []).append(margin)
    return {key: sorted(margins, key=_towards_bad) for key, margins in found.items()}


def _by_name(margins: Sequence[Margin]) -> dict[str, Margin]:
    """Of several by one criterion the last."""
    return {margin.criterion_name: margin for margin in margins}


def _reasons(record: RecordingRecord, matches: Matches | None) -> Iterator[tuple[Key, str]]:
    for channel in record.bad_channels:
        yield ("channel", channel.name), "; ".join(channel.reasons)
    for component in record.components.removed if record.components else ():
        yield _component(component.index, matches), component.reason


def _towards_bad(margin: Margin) -> tuple[bool, float]:
    return margin.borderline, margin.away


def _bad_samples(cleaning: Cleaning, n_samples: int, there: Span) -> Mask:
    """What is marked bad or was cut out, of what the run had, shape (n_samples,)."""
    bad = np.zeros(n_samples, bool)
    bad[slice(*there)] = True
    good = cleaning.source_samples()[good_samples(cleaning.recording.raw)]
    bad[good[good < n_samples]] = False
    return bad


def _near(cleaning: Cleaning) -> Iterator[tuple[Span, Margin]]:
    steps = cleaning.record.steps
    for count, step in enumerate(steps):
        for margin in step.read_back().margins:
            if margin.onset_s is not None and margin.duration_s is not None:
                (onset_s,) = original_times_s(np.array([margin.onset_s]), steps[:count]) + cleaning.start_s
                start, stop = np.rint(np.array([onset_s, onset_s + margin.duration_s]) * cleaning.sfreq_hz).astype(int)
                yield (int(start), int(stop)), margin


def with_segments(found: Sequence[Judgement], sfreq_hz: float) -> tuple[Judgement, ...]:
    """Runs with a decision on every stretch that is bad in one of them, or near a limit in the first.

    Stretches of several runs that touch are one. It is bad in a run where at least half of what the run has of it is.
    """
    first = found[0]
    any_bad = np.any([one.bad_samples for one in found], axis=0)
    spans = [(int(start), int(stop)) for start, stop in runs(any_bad)]
    spans += [(start, stop) for (start, stop), _ in first.near if stop > start and not any_bad[start:stop].any()]
    names: dict[Key, Span] = {("segment", _seconds(span, sfreq_hz)): span for span in sorted(spans)}
    moments = dict(_moments(found, round(SAME_S * sfreq_hz), sfreq_hz))
    return tuple(_with_moments(_with_segments(one, names), moments) for one in found)


def _moments(found: Sequence[Judgement], same: int, sfreq_hz: float) -> Iterator[tuple[Key, Span]]:
    """Moments at which a run found something, or the first nearly did: those so close to each other are one."""
    told = (
        start
        for one in found
        for (start, stop), margin in one.near
        if stop == start and (margin.bad or one is found[0])
    )
    spans: list[Span] = []
    for at in sorted(told):
        if spans and at - spans[-1][1] <= same:
            spans[-1] = spans[-1][0], at
        else:
            spans.append((at, at))
    for start, stop in spans:
        yield ("segment", f"at {start / sfreq_hz:.2f} s"), (start - same, stop + same)


def _with_moments(one: Judgement, names: Mapping[Key, Span]) -> Judgement:
    """A moment is bad in a run that found something there."""
    there = {key: span for key, span in names.items() if span[0] >= one.there[0] and span[1] <= one.there[1]}
    moments = [near for near in one.near if near[0][0] == near[0][1]]
    found = {key: margins for key, span in there.items() if (margins := _over(span, moments))}
    return replace(
        one,
        judged=(*one.judged, *there),
        bad=one.bad | {key for key, margins in found.items() if any(margin.bad for margin in margins)},
        margins={**one.margins, **{key: margins[-1] for key, margins in found.items()}},
        criteria={**one.criteria, **{key: _by_name(margins) for key, margins in found.items()}},
    )


def _with_segments(one: Judgement, names: Mapping[Key, Span]) -> Judgement:
    inside = {key: (max(start, one.there[0]), min(stop, one.there[1])) for key, (start, stop) in names.items()}
    there = {key: span for key, span in inside.items() if span[1] > span[0]}
    bad = {key for key, span in there.items() if one.bad_samples[slice(*span)].mean() >= 0.5}
    stretches = [near for near in one.near if near[0][1] > near[0][0]]
    found = {key: margins for key, span in there.items() if (margins := _over(span, stretches))}
    return replace(
        one,
        judged=(*one.judged, *there),
        bad=one.bad | bad,
        margins={**one.margins, **{key: margins[-1] for key, margins in found.items()}},
        criteria={**one.criteria, **{key: _by_name(margins) for key, margins in found.items()}},
    )


def _over(span: Span, near: Sequence[tuple[Span, Margin]]) -> list[Margin]:
    """Margins of stretches that overlap with one, that which decides most nearly to bad last."""
    found = [margin for (start, stop), margin in near if start < span[1] and stop > span[0]]
    return sorted(found, key=_towards_bad)


def _seconds(span: Span, sfreq_hz: float) -> str:
    return f"{span[0] / sfreq_hz:g} to {span[1] / sfreq_hz:g} s"
