"""The time axis of a recording: one rule from seconds to samples, and from annotations to what they mean.

* **Seconds count from the first sample, whose index is 0** (``recording.Recording`` sees to it).
* **A time means the nearest sample**, halves going to the even one, as in MNE.
* **An annotation covers the samples from the one nearest to its onset to the one nearest to its end**, the latter not
  included, and no sample outside of the recording. One that is too short to cover a sample covers none.
* **A sample is bad if an annotation covers it whose name begins with "bad"**, in any case, and which concerns the whole
  recording: it names no channel, or all EEG channels. One that names some channels concerns those only.
* **A break is an annotation named as in** ``BREAKS``: no filter and no window reaches across one. Those in
  ``BREAKS_WITH_INSIDE`` lie over samples of the recording, which are apart from what lies before and behind them.
* **All else is an event.**
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from ..recording import Segment

if TYPE_CHECKING:
    import mne

    from .types import Ints, Mask, Span, Spans

BREAKS_WITH_INSIDE = frozenset({"BAD_ACQ_SKIP", "BAD boundary", "EDGE boundary"})
BREAKS = BREAKS_WITH_INSIDE | {"boundary", "New Segment/"}
"""EEGLAB writes ``boundary`` where data were cut (its duration is that of the samples that are gone), BrainVision
``New Segment/`` where a recording starts and where it goes on after a pause, MNE ``EDGE boundary`` and ``BAD boundary``
where recordings were joined and ``BAD_ACQ_SKIP`` over samples that the amplifier did not record."""


def is_bad(description: str) -> bool:
    """Whether an annotation of this name marks something bad (MNE's rule)."""
    return description.lower().startswith("bad")


def is_break(description: str) -> bool:
    """Whether an annotation of this name is a discontinuity of the recording."""
    return description in BREAKS


def is_event(description: str) -> bool:
    """Whether an annotation of this name is an event: neither bad nor a discontinuity."""
    return not (is_break(description) or description.lower().startswith(("bad", "edge")))


def nearest_sample(time_s: float, sfreq_hz: float) -> int:
    """The sample nearest to a time; it may lie outside of the recording."""
    return round(time_s * sfreq_hz)


def sample_of(onset_s: float, sfreq_hz: float, n_samples: int) -> int:
    """The sample nearest to the onset of an event, and always inside the recording.

    The last sample stands for half a sample behind it too: an onset there would else name a sample that is not there.

    Examples
    --------
    >>> sample_of(0.994, 100.0, 100), sample_of(0.999, 100.0, 100)
    (99, 99)
    """
    return min(max(nearest_sample(onset_s, sfreq_hz), 0), n_samples - 1)


def covered(annotation: Mapping[str, Any], raw: mne.io.BaseRaw) -> Span:
    """The samples that an annotation covers, as (start, stop); the two are equal where it covers none."""
    onset_s, duration_s = float(annotation["onset"]), float(annotation["duration"])
    return covered_samples(onset_s, duration_s, float(raw.info["sfreq"]), int(raw.n_times))


def covered_samples(onset_s: float, duration_s: float, sfreq_hz: float, n_samples: int) -> Span:
    """The samples of a recording of ``n_samples`` that a stretch of time covers, as (start, stop).

    Examples
    --------
    >>> covered_samples(0.5, 1.0, 100.0, 120), covered_samples(9.0, 1.0, 100.0, 120)
    ((50, 120), (120, 120))
    """
    edges = (nearest_sample(at_s, sfreq_hz) for at_s in (onset_s, onset_s + duration_s))
    start, stop = (min(max(edge, 0), n_samples) for edge in edges)
    return start, stop


def cuts_of(description: str, start: int, stop: int) -> set[int]:
    """The samples that a discontinuity which covers (start, stop) lies in front of; none for any other annotation."""
    if not is_break(description):
        return set()
    return {start, stop} if description in BREAKS_WITH_INSIDE else {start}


def continuous_spans(raw: mne.io.BaseRaw) -> list[Span]:
    """Spans of samples without a discontinuity inside; together they cover the recording."""
    cuts = {0, int(raw.n_times)}
    for annotation in raw.annotations:
        cuts |= cuts_of(str(annotation["description"]), *covered(annotation, raw))
    return [(start, stop) for start, stop in pairwise(sorted(cuts)) if stop > start]


def good_samples(raw: mne.io.BaseRaw) -> Mask:
    """Mask of the samples that are not bad, shape (n_times,)."""
    import numpy as np

    mask = np.ones(raw.n_times, dtype=bool)
    for annotation in raw.annotations:
        if is_bad(str(annotation["description"])) and not _channels_concerned(annotation, raw):
            start, stop = covered(annotation, raw)
            mask[start:stop] = False
    return mask


def good_seconds(raw: mne.io.BaseRaw) -> float:
    """How long the recording is good, in seconds."""
    return float(good_samples(raw).sum() / raw.info["sfreq"])


def bad_channel_samples(raw: mne.io.BaseRaw) -> dict[str, Mask]:
    """Where annotations call single channels bad: masks of shape (n_times,), by name, in the recording's order."""
    import numpy as np

    masks: dict[str, Mask] = {}
    for annotation in raw.annotations:
        if is_bad(str(annotation["description"])):
            start, stop = covered(annotation, raw)
            for name in _channels_concerned(annotation, raw):
                masks.setdefault(name, np.zeros(raw.n_times, dtype=bool))[start:stop] = True
    return {name: masks[name] for name in raw.ch_names if name in masks}


def _channels_concerned(annotation: Mapping[str, Any], raw: mne.io.BaseRaw) -> tuple[str, ...]:
    """The channels that an annotation is about; none where it is about all of them."""
    named = tuple(annotation.get("ch_names") or ())
    if not named:
        return ()
    eeg = {name for name, kind in zip(raw.ch_names, raw.get_channel_types(), strict=True) if kind == "eeg"}
    return () if eeg <= set(named) else named


@contextmanager
def without_channel_annotations(raw: mne.io.BaseRaw) -> Iterator[None]:
    """Hide the ``BAD_`` annotations of single channels, which MNE takes for those of all channels."""
    marks = raw.annotations.copy()
    hidden = [i for i, mark in enumerate(marks) if is_bad(str(mark["description"])) and _channels_concerned(mark, raw)]
    if not hidden:
        yield
        return
    rest = marks.copy()
    rest.delete(hidden)
    raw.set_annotations(rest, verbose="error")
    try:
        yield
    finally:
        raw.set_annotations(marks, verbose="error")


def runs(mask: Mask) -> Ints:
    """Start and stop of each run of True, shape (n_runs, 2)."""
    import numpy as np

    edges = np.flatnonzero(np.diff(np.concatenate([[False], mask, [False]]).astype(np.int8)))
    return edges.reshape(-1, 2).astype(np.int64)


def mask_of(spans: Spans, n_samples: int) -> Mask:
    """Mask over ``n_samples`` samples: True inside the spans.

    Shape (n_samples,).
    """
    import numpy as np

    mask = np.zeros(n_samples, dtype=bool)
    for start, stop in spans:
        mask[start:stop] = True
    return mask


def close_gaps(mask: Mask, shortest: float, *, at_ends: bool = True) -> Mask:
    """Set runs of False that are shorter than ``shortest`` samples to True, but not in a mask that is all False.

    Parameters
    ----------
    mask : array of bool, shape (n_times,)
        Not changed.
    shortest : float
        In samples.
    at_ends : bool
        Whether a run that touches an end of the mask is closed as well.
    """
    closed = mask.copy()
    for start, stop in runs(~mask):
        inside = start > 0 and stop < mask.size
        if stop - start < shortest and (inside or at_ends) and mask.any():
            closed[start:stop] = True
    return closed


def widen(mask: Mask, by: int) -> Mask:
    """Grow every run of True by ``by`` samples on both sides.

    ``mask`` and the result (n_times,).
    """
    import numpy as np

    if by == 0 or not mask.any():
        return mask
    return np.convolve(mask, np.ones(2 * by + 1), mode="same") > 0.5


def segments_of(mask: Mask, sfreq_hz: float, description: str) -> tuple[Segment, ...]:
    """Runs of True in a mask over samples, as segments in seconds.

    ``mask`` (n_times,).
    """
    return tuple(
        Segment(onset_s=float(start / sfreq_hz), duration_s=float((stop - start) / sfreq_hz), description=description)
        for start, stop in runs(mask)
    )


def total_s(segments: tuple[Segment, ...]) -> float:
    """Summed duration, in seconds."""
    return float(sum(segment.duration_s for segment in segments))


def annotate_segments(raw: mne.io.BaseRaw, segments: tuple[Segment, ...]) -> None:
    """Add segments to the annotations of a recording."""
    for segment in segments:
        raw.annotations.append(segment.onset_s, segment.duration_s, segment.description)


def clear_bad(raw: mne.io.BaseRaw, start_s: float, stop_s: float) -> None:
    """Take what is marked bad between two times out of the annotations; what they cover outside of it stays.

    A discontinuity is no judgement and stays: filters must stop at it whatever is thought of the signal.
    """
    annotations = raw.annotations.copy()
    touched = [i for i, item in enumerate(annotations) if _is_bad_within(item, start_s, stop_s)]
    pieces = [(item, piece) for i in touched for item in [annotations[i]] for piece in _outside(item, start_s, stop_s)]
    annotations.delete(touched)
    for item, (onset_s, end_s) in pieces:
        names, extras = item.get("ch_names") or (), dict(item.get("extras") or {})
        annotations.append(onset_s, end_s - onset_s, item["description"], [names], extras=[extras])
    raw.set_annotations(annotations, verbose="error")


def _is_bad_within(item: Mapping[str, Any], start_s: float, stop_s: float) -> bool:
    name = str(item["description"])
    return bool(item["onset"] < stop_s and item["onset"] + item["duration"] > start_s) and is_bad_judgement(name)


def is_bad_judgement(description: str) -> bool:
    """Whether an annotation of this name says that the signal is bad, and not only that it is broken off there."""
    return is_bad(description) and not is_break(description)


def _outside(item: Mapping[str, Any], start_s: float, stop_s: float) -> list[tuple[float, float]]:
    """Start and end of what is left of an annotation before ``start_s`` and behind ``stop_s``."""
    onset_s, end_s = float(item["onset"]), float(item["onset"]) + float(item["duration"])
    return [(a, b) for a, b in ((onset_s, min(end_s, start_s)), (max(onset_s, stop_s), end_s)) if b > a]
