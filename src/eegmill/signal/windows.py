"""Windows laid into spans of samples, and what is left of spans."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from .types import Ints, Span, Spans


def window_edges(spans: Spans, length: int) -> Iterator[Span]:
    """Windows one after another inside each span; a span shorter than a window is one window of what there is."""
    for start, stop in spans:
        if stop - start < length:
            yield start, stop
        for left in range(start, stop - length + 1, length):
            yield left, left + length


def covering_windows(spans: Spans, length: int) -> list[Span]:
    """Windows that cover all spans: the last of a span takes what is left over."""
    edges: list[Span] = []
    for span in spans:
        inside = list(window_edges([span], length))
        edges += [*inside[:-1], (inside[-1][0], span[1])]
    return edges


def overlapping_starts(spans: Spans, *, n_window: int, overlap: float) -> Ints:
    """First samples of windows: every (1 - overlap) of a window, rounded, from the start of each span.

    Returns
    -------
    array of int, shape (n_windows,)
    """
    starts = []
    for start, stop in spans:
        steps = np.arange(0, stop - start - n_window, n_window * (1 - overlap))
        starts.append(start + np.floor(steps + 0.5).astype(np.int64))
    return np.concatenate(starts) if starts else np.empty(0, dtype=np.int64)


def outside(spans: Spans, gaps: Sequence[Span]) -> list[Span]:
    """What is left of the spans without the gaps."""
    left = []
    for start, stop in spans:
        for gap_start, gap_stop in gaps:
            if start < gap_stop and gap_start < stop:
                if start < gap_start:
                    left.append((start, gap_start))
                start = gap_stop
        if start < stop:
            left.append((start, stop))
    return left


def joined_spans(spans: Spans, factor: int = 1) -> list[Span]:
    """Where spans lie once they are put one after another, of each only every ``factor``-th sample."""
    ends = [int(end) for end in np.cumsum([-(-(stop - start) // factor) for start, stop in spans])]
    return list(zip([0, *ends[:-1]], ends, strict=True))
