"""How the recordings of a dataset are spread over a figure, with those that lie far out by name."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

import numpy as np

from .svg import Axes, frame, picture, round_ticks

N_BINS = 30
FENCE = 1.5
"""Interquartile ranges beyond the quartiles from which on a value is an outlier (Tukey, Exploratory Data Analysis,
1977)."""
MIN_FOR_OUTLIERS = 5
WIDTH, HEIGHT = 420.0, 150.0


@dataclass(frozen=True)
class Value:
    """The figure of one recording; ``address`` is that of its page, empty if it has none."""

    recording: str
    value: float
    address: str = ""


@dataclass(frozen=True)
class Distribution:
    """One figure over all recordings."""

    name: str
    figure: str
    median: float
    outliers: tuple[Value, ...]
    """Those furthest from the median first."""


def distribution_of(name: str, values: Sequence[Value]) -> Distribution | None:
    """A histogram and its outliers; None where no recording has the figure."""
    if not values:
        return None
    numbers = np.array([item.value for item in values])
    median = float(np.median(numbers))
    out = sorted(outliers(values), key=lambda item: (-abs(item.value - median), item.recording))
    return Distribution(name, _figure(name, numbers, {item.value for item in out}), median, tuple(out))


def outliers(values: Sequence[Value]) -> tuple[Value, ...]:
    """Values beyond Tukey's fences; none among fewer than five.

    Examples
    --------
    >>> [item.recording for item in outliers([Value(str(n), v) for n, v in enumerate([1, 2, 2, 3, 2, 40])])]
    ['5']
    """
    if len(values) < MIN_FOR_OUTLIERS:
        return ()
    low, high = np.percentile([item.value for item in values], [25, 75])
    reach = FENCE * (high - low)
    return tuple(item for item in values if not low - reach <= item.value <= high + reach)


def _figure(name: str, numbers: np.ndarray[tuple[int], np.dtype[np.float64]], far: set[float]) -> str:
    low, high = float(numbers.min()), float(numbers.max())
    high = high if high > low else low + 1.0
    counts, edges = np.histogram(numbers, N_BINS, (low, high))
    axes = Axes(36.0, 18.0, WIDTH - 48.0, HEIGHT - 66.0, (low, high), (0.0, float(counts.max())))
    lefts, tops = axes.across(edges), axes.down(counts.astype(float))
    out_bins = {min(int((value - low) / (high - low) * N_BINS), N_BINS - 1) for value in far}
    parts = [
        frame(axes, x_ticks=round_ticks(low, high), y_ticks=(0, int(counts.max())), x_label=name, y_label="recordings")
    ]
    for place in np.flatnonzero(counts).tolist():
        words = escape(f"{edges[place]:.3g} to {edges[place + 1]:.3g}: {counts[place]} recordings")
        css = "count out" if place in out_bins else "count"
        width, height = max(lefts[place + 1] - lefts[place] - 1, 1), axes.top + axes.height - tops[place]
        parts.append(
            f'<rect class="{css}" x="{lefts[place]:.1f}" y="{tops[place]:.1f}" '
            f'width="{width:.1f}" height="{height:.1f}">'
            f"<title>{words}</title></rect>"
        )
    return picture(WIDTH, HEIGHT, "".join(parts), label=f"{name} of {len(numbers)} recordings, {low:.3g} to {high:.3g}")
