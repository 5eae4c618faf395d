"""Plots as inline SVG: small, sharp at any size, the same bytes on every machine."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

import numpy as np

from ..signal.timeline import runs
from ..signal.types import Floats


@dataclass(frozen=True)
class Axes:
    """A rectangle of the picture, in pixels, and the data range that it shows."""

    left: float
    top: float
    width: float
    height: float
    x: tuple[float, float]
    y: tuple[float, float]

    def across(self, values: Floats) -> Floats:
        """Data to horizontal pixels."""
        return np.asarray(self.left + (values - self.x[0]) / (self.x[1] - self.x[0]) * self.width)

    def down(self, values: Floats) -> Floats:
        """Data to vertical pixels, clipped to the rectangle."""
        share = np.clip((values - self.y[0]) / (self.y[1] - self.y[0]), 0.0, 1.0)
        return np.asarray(self.top + (1.0 - share) * self.height)


def round_ticks(low: float, high: float, count: int = 5) -> list[float]:
    """At most about ``count`` round numbers between two others.

    Examples
    --------
    >>> round_ticks(-0.2, 0.8), round_ticks(-13, 14)
    ([-0.2, 0.0, 0.2, 0.4, 0.6, 0.8], [-10.0, 0.0, 10.0])
    """
    rough = max(high - low, 1e-12) / count
    power = 10.0 ** np.floor(np.log10(rough))
    step = next(factor * power for factor in (1, 2, 5, 10) if factor * power >= rough * (1 - 1e-9))
    first, last = np.ceil(low / step - 1e-9), np.floor(high / step + 1e-9)
    return [float(f"{step * number:.6g}") + 0.0 for number in np.arange(first, last + 1)]


def line(axes: Axes, x: Floats, y: Floats, *, css: str) -> str:
    """A curve, in pieces where ``y`` is not finite; ``css`` is its class."""
    across, down = np.round(axes.across(x), 1), np.round(axes.down(y), 1)
    return "".join(_polyline(across[first:stop], down[first:stop], css) for first, stop in runs(np.isfinite(y)))


def _polyline(across: Floats, down: Floats, css: str) -> str:
    points = " ".join(f"{a:g},{b:g}" for a, b in zip(across.tolist(), down.tolist(), strict=True))
    return f'<polyline class="{css}" points="{points}"/>'


def text(x: float, y: float, words: str, *, css: str = "") -> str:
    """A label; ``css`` is its class."""
    return f'<text class="{css}" x="{x:g}" y="{y:g}">{escape(words)}</text>'


def frame(axes: Axes, *, x_ticks: Sequence[float], y_ticks: Sequence[float], x_label: str, y_label: str) -> str:
    """Grid lines, tick labels and axis names."""
    bottom, right = axes.top + axes.height, axes.left + axes.width
    parts = []
    for tick in x_ticks:
        at = float(axes.across(np.array([tick]))[0])
        parts.append(f'<line class="grid" x1="{at:.1f}" y1="{axes.top:g}" x2="{at:.1f}" y2="{bottom:g}"/>')
        parts.append(text(round(at, 1), bottom + 16, f"{tick:g}", css="tick middle"))
    for tick in y_ticks:
        at = float(axes.down(np.array([tick]))[0])
        parts.append(f'<line class="grid" x1="{axes.left:g}" y1="{at:.1f}" x2="{right:g}" y2="{at:.1f}"/>')
        parts.append(text(axes.left - 6, round(at + 4, 1), f"{tick:g}", css="tick end"))
    parts.append(text(axes.left + axes.width / 2, bottom + 34, x_label, css="axis middle"))
    parts.append(text(axes.left, axes.top - 8, y_label, css="axis"))
    return "".join(parts)


def picture(width: float, height: float, content: str, *, label: str) -> str:
    """The whole SVG; ``label`` is read out by screen readers."""
    return (
        f'<svg viewBox="0 0 {width:g} {height:g}" role="img" aria-label="{escape(label, quote=True)}">{content}</svg>'
    )
