"""The figures of a multiverse, as inline SVG."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from html import escape

import numpy as np

from ..report.svg import Axes, frame, picture, text
from ..signal.types import Floats, Ints
from .effects import Effects
from .stability import Flip, Point

WIDTH, LEFT, RIGHT = 960.0, 210.0, 12.0
ROW = 17.0
MAX_DRAWN = 1200
"""Universes in a curve: of more, so many are drawn, evenly over the curve."""
MAX_BARS = 14
CSS_OF = {"holds": "holds", "does not hold": "fails", "not known": "unknown"}
Ways = Mapping[str, Sequence[str]]
"""Names of the ways, by choice."""


def curve_figure(points: Sequence[Point], levels: Ints, ways: Ways, *, measure: str, unit: str, chance: float) -> str:
    """The results of all universes in ascending order, and below them which way each took at each choice."""
    known = sorted(
        (index for index, point in enumerate(points) if np.isfinite(point.estimate)),
        key=lambda index: (points[index].estimate, points[index].universe),
    )
    if not known:
        return ""
    drawn = [
        known[i] for i in np.unique(np.linspace(0, len(known) - 1, min(len(known), MAX_DRAWN)).round().astype(int))
    ]
    spread = np.array([1.96 * points[i].error if np.isfinite(points[i].error) else 0.0 for i in drawn])
    estimates = np.array([points[i].estimate for i in drawn])
    low, high = min(chance, float((estimates - spread).min())), max(chance, float((estimates + spread).max()))
    margin = 0.05 * (high - low) or 1.0
    axes = Axes(LEFT, 26, WIDTH - LEFT - RIGHT, 230, (-0.5, len(drawn) - 0.5), (low - margin, high + margin))
    ticks = _ticks(low, high)
    parts = [frame(axes, x_ticks=(), y_ticks=ticks, x_label="", y_label=f"{measure} ({unit}), with 95 % intervals")]
    at = float(axes.down(np.array([chance]))[0])
    parts.append(f'<line class="chance" x1="{axes.left:g}" y1="{at:.1f}" x2="{WIDTH - RIGHT:g}" y2="{at:.1f}"/>')
    parts += _dots(axes, [points[i] for i in drawn], spread)
    parts += _matrix(axes, levels[drawn], ways)
    n_rows = sum(len(names) for names in ways.values())
    height = axes.top + axes.height + 24 + ROW * n_rows + 6 * len(ways)
    return picture(WIDTH, height, "".join(parts), label=f"{measure} in {len(known)} universes, in ascending order")


def _dots(axes: Axes, points: Sequence[Point], spread: Floats) -> Iterator[str]:
    across = axes.across(np.arange(len(points), dtype=float))
    radius = min(4.0, max(1.2, 0.4 * axes.width / len(points)))
    for x, point, half in zip(across.tolist(), points, spread.tolist(), strict=True):
        top, middle, bottom = axes.down(point.estimate + half * np.array([1.0, 0.0, -1.0])).tolist()
        css = CSS_OF[point.verdict]
        label = f"universe {point.universe}: {point.estimate:.3g}, p {point.p:.2g}, {point.verdict}"
        yield f'<line class="interval {css}" x1="{x:.1f}" y1="{top:.1f}" x2="{x:.1f}" y2="{bottom:.1f}"/>'
        ring = (
            f'<circle class="base" cx="{x:.1f}" cy="{middle:.1f}" r="{radius + 3:.1f}"/>' if not point.universe else ""
        )
        yield (
            f'{ring}<circle class="{css}" cx="{x:.1f}" cy="{middle:.1f}" r="{radius:.1f}">'
            f"<title>{escape(label)}</title></circle>"
        )


def _matrix(axes: Axes, levels: Ints, ways: Ways) -> Iterator[str]:
    """A row a way, a mark where a universe took it."""
    top = axes.top + axes.height + 24
    width = max(0.8, 0.8 * axes.width / max(len(levels), 1))
    across = axes.across(np.arange(len(levels), dtype=float)) - width / 2
    for choice, (name, names) in enumerate(ways.items()):
        for level, way in enumerate(names):
            yield text(LEFT - 8, round(top + ROW - 5, 1), _cut(f"{name}: {way}"), css="tick end")
            marks = "".join(
                f"M{x:.1f} {top + 2:.1f}h{width:.1f}v{ROW - 4:g}h-{width:.1f}z"
                for x in across[levels[:, choice] == level]
            )
            yield f'<path class="{"way" if level else "way own"}" d="{marks}"/>'
            top += ROW
        top += 6


def effects_figure(effects: Effects, ways: Ways, *, unit: str) -> str:
    """The largest effects, of single choices and of pairs, as bars from 0."""
    ranked = sorted(effects.effects, key=lambda one: -abs(one.size))[:MAX_BARS]
    ranked = [one for one in ranked if one.size]
    if not ranked:
        return ""
    names = list(ways)
    labels = [
        " × ".join(
            f"{names[choice]}: {ways[names[choice]][level]}" for choice, level in zip(one.term, one.levels, strict=True)
        )
        for one in ranked
    ]
    values = [(one.size, f"{one.size:+.3g} {unit}, {one.share:.0%} of the variance") for one in ranked]
    return _bars(labels, values, label="effects of the choices, the largest first")


def flips_figure(flips: Sequence[Flip]) -> str:
    """How often a choice alone turns the conclusion, or trials, over."""
    known = [one for one in flips if np.isfinite(one.rate)]
    if not known:
        return ""
    labels = [f"{one.choice} ({one.kind})" for one in known]
    values = [(one.rate, f"{one.rate:.1%} in {one.pairs} pairs") for one in known]
    return _bars(labels, values, label="how often each choice alone turns the conclusion or a trial over")


def _bars(labels: Sequence[str], values: Sequence[tuple[float, str]], *, label: str) -> str:
    left, right = 330.0, 230.0
    numbers = [value for value, _ in values]
    low, high = min(0.0, *numbers), max(0.0, *numbers)
    axes = Axes(left, 4, WIDTH - left - right, ROW * len(values), (low, high if high > low else low + 1.0), (0.0, 1.0))
    zero = float(axes.across(np.array([0.0]))[0])
    parts = []
    for row, (name, (value, words)) in enumerate(zip(labels, values, strict=True)):
        at, top = float(axes.across(np.array([value]))[0]), axes.top + ROW * row
        width, height = abs(at - zero), ROW - 4
        css = "up" if value >= 0 else "down"
        parts.append(text(left - 8, round(top + ROW - 5, 1), _cut(name, 54), css="tick end"))
        parts.append(
            f'<rect class="{css}" x="{min(zero, at):.1f}" y="{top + 2:.1f}" width="{width:.1f}" height="{height:g}"/>'
        )
        parts.append(text(WIDTH - right + 10, round(top + ROW - 5, 1), words, css="tick"))
    bottom = axes.top + axes.height
    parts.append(f'<line class="chance" x1="{zero:.1f}" y1="{axes.top:g}" x2="{zero:.1f}" y2="{bottom:g}"/>')
    return picture(WIDTH, bottom + 8, "".join(parts), label=label)


def interactions_figure(effects: Effects, ways: Ways) -> str:
    """The share of variance of each choice (diagonal) and of each pair beyond both alone."""
    names = list(ways)
    shares = {one.term: one.share for one in effects.effects}
    if not any(len(term) == 2 for term in shares):
        return ""
    cell, left, top = 46.0, LEFT, 30.0
    parts = []
    for row, name in enumerate(names):
        parts.append(text(left - 8, top + cell * row + cell / 2 + 4, _cut(name), css="tick end"))
        parts.append(text(left + cell * row + cell / 2, top - 8, str(row + 1), css="tick middle"))
        for column in range(row + 1):
            share = shares.get((row,) if row == column else (column, row))
            if share is None:
                continue
            x, y = left + cell * column, top + cell * row
            label = names[row] if row == column else f"{names[column]} × {names[row]}"
            parts.append(
                f'<rect class="cell" x="{x + 1:g}" y="{y + 1:g}" width="{cell - 2:g}" height="{cell - 2:g}" '
                f'fill-opacity="{0.06 + 0.8 * min(1.0, share) ** 0.5:.2f}"><title>{escape(label)}</title></rect>'
            )
            parts.append(text(x + cell / 2, y + cell / 2 + 4, f"{100 * share:.1f}", css="tick middle strong"))
    size = top + cell * len(names) + 8
    return picture(max(WIDTH, left + cell * len(names) + 20), size, "".join(parts), label="percent of the variance")


def trials_figure(rates: Floats) -> str:
    """How often each trial has another sign than in the recipe itself, the most often turned first."""
    known = -np.sort(-rates[np.isfinite(rates)])
    if not len(known):
        return ""
    axes = Axes(60, 26, WIDTH - 60 - RIGHT, 150, (0.0, float(len(known))), (0.0, 1.0))
    middles, bottom = axes.across(np.arange(len(known), dtype=np.float64)), axes.top + axes.height
    width = max(0.5, axes.width / len(known) - 0.5)
    heights = axes.height * known
    marks = "".join(
        f"M{x:.1f} {bottom:g}v-{height:.1f}h{width:.1f}v{height:.1f}z"
        for x, height in zip(middles.tolist(), heights.tolist(), strict=True)
        if height > 0
    )
    ticks = frame(
        axes, x_ticks=(), y_ticks=(0, 0.5, 1), x_label="trials", y_label="share of universes that turn it over"
    )
    return picture(WIDTH, bottom + 44, f'{ticks}<path class="way" d="{marks}"/>', label="flips of trials")


def _ticks(low: float, high: float, n: int = 5) -> list[float]:
    """Round numbers from low to high."""
    span = (high - low) or 1.0
    raw = span / n
    size = 10 ** np.floor(np.log10(raw))
    step = next(float(size * factor) for factor in (1, 2, 5, 10) if size * factor >= raw)
    first = np.ceil(low / step)
    return [float(round(step * (first + i), 10)) for i in range(int(np.floor(high / step) - first) + 1)]


def _cut(words: str, length: int = 32) -> str:
    return words if len(words) <= length else f"{words[: length - 1]}…"
