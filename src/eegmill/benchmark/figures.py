"""Plots of a benchmark as inline SVG."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from ..report.svg import Axes, frame, picture, text
from ..signal.types import Floats
from .sentences import METRIC_WORDS
from .summary import SummaryRow

ROW, TOP, LEFT, WIDTH = 26.0, 24.0, 250.0, 500.0


def forest(rows: Sequence[SummaryRow], of_subjects: Mapping[str, Floats]) -> str:
    """One line a pipeline: its score, the interval, and each subject's own score, beside chance.

    Parameters
    ----------
    rows
        Of one metric, one cohort and one target, all with a score.
    of_subjects
        Scores of subjects, (n_subjects,), by pipeline; those of a pipeline may be missing.
    """
    axes = Axes(LEFT, TOP, WIDTH, ROW * len(rows), _range(rows, of_subjects), (0.0, float(len(rows))))
    metric = METRIC_WORDS[rows[0].metric]
    parts = [frame(axes, x_ticks=_ticks(axes.x), y_ticks=(), x_label=metric, y_label="")]
    parts.append(_vertical(axes, float(np.mean([row.chance for row in rows])), "chance"))
    for number, row in enumerate(rows):
        parts.append(_pipeline(axes, row, number, of_subjects.get(row.pipeline, np.array([]))))
    label = f"{metric} of {len(rows)} pipelines with intervals"
    return picture(LEFT + WIDTH + 110, TOP + ROW * len(rows) + 46, "".join(parts), label=label)


def _pipeline(axes: Axes, row: SummaryRow, number: int, of_subjects: Floats) -> str:
    y = axes.top + ROW * (number + 0.5)
    parts = [text(axes.left - 10, y + 4, row.pipeline, css="end")]
    if row.low is not None and row.high is not None:
        low, high = (round(float(one), 1) for one in axes.across(np.array([row.low, row.high])))
        parts.append(f'<line class="interval" x1="{low:g}" y1="{y:g}" x2="{high:g}" y2="{y:g}"/>')
    for x in np.round(axes.across(of_subjects), 1).tolist():
        parts.append(f'<circle class="subject" cx="{x:g}" cy="{y:g}" r="3"/>')
    (x,) = np.round(axes.across(np.array([row.value])), 1).tolist()
    parts.append(f'<circle class="score" cx="{x:g}" cy="{y:g}" r="5"/>')
    p = "" if row.p_value is None else f", p = {row.p_value:.3g}"
    parts.append(text(axes.left + axes.width + 10, y + 4, f"{row.value:.2f}{p}", css="tick"))
    return "".join(parts)


def _vertical(axes: Axes, value: float, css: str) -> str:
    (x,) = np.round(axes.across(np.array([value])), 1).tolist()
    return f'<line class="{css}" x1="{x:g}" y1="{axes.top:g}" x2="{x:g}" y2="{axes.top + axes.height:g}"/>'


def _range(rows: Sequence[SummaryRow], of_subjects: Mapping[str, Floats]) -> tuple[float, float]:
    """All that is shown, and a little more."""
    shown = [one for row in rows for one in (row.value, row.low, row.high, row.chance) if one is not None]
    shown += [float(one) for values in of_subjects.values() for one in values]
    low, high = min(shown), max(shown)
    edge = 0.05 * (high - low) or 0.05
    return low - edge, high + edge


def _ticks(shown: tuple[float, float]) -> list[float]:
    """Round numbers within a range, about six of them."""
    rough = (shown[1] - shown[0]) / 6
    step = min((factor * 10.0 ** np.floor(np.log10(rough)) for factor in (1, 2, 5, 10)), key=lambda s: abs(s - rough))
    return [round(float(tick), 10) for tick in np.arange(np.ceil(shown[0] / step), shown[1] / step) * step]


def agreement(true: Floats, predicted: Floats, *, label: str) -> str:
    """Predicted over true numbers, each item a point, with the line of equality."""
    low, high = float(min(true.min(), predicted.min())), float(max(true.max(), predicted.max()))
    edge = 0.05 * (high - low) or 1.0
    axes = Axes(60.0, 24.0, 320.0, 320.0, (low - edge, high + edge), (low - edge, high + edge))
    ticks = _ticks(axes.x)
    parts = [frame(axes, x_ticks=ticks, y_ticks=ticks, x_label="true", y_label="predicted")]
    (x0, x1), (y0, y1) = (np.round(to(np.array([low, high])), 1).tolist() for to in (axes.across, axes.down))
    parts.append(f'<line class="chance" x1="{x0:g}" y1="{y0:g}" x2="{x1:g}" y2="{y1:g}"/>')
    points = zip(np.round(axes.across(true), 1).tolist(), np.round(axes.down(predicted), 1).tolist(), strict=True)
    parts += [f'<circle class="subject" cx="{x:g}" cy="{y:g}" r="3"/>' for x, y in points]
    return picture(620, 400, "".join(parts), label=label)
