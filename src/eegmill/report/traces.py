"""A stretch of signal before and after cleaning."""

from __future__ import annotations

import warnings
from collections.abc import Sequence

import numpy as np

from ..signal.types import Floats
from .signals import Shown
from .svg import Axes, frame, line, picture, text

STRETCH_S = 8.0
MOST_CHANNELS = 24
MOST_POINTS = 480
ROW = 22.0
WIDTH = 860.0
BLOCK_SAMPLES = 2**12


def liveliest_stretch(before: Shown, after: Shown) -> int:
    """First sample of the stretch in which cleaning took out most: median over channels of the power of what went.

    Channels do not count where they lack samples.
    """
    n_samples = after.n_samples
    length = min(round(STRETCH_S * after.rate_hz), n_samples)
    total = np.zeros(n_samples + 1)
    for start in range(0, n_samples, BLOCK_SAMPLES):
        stop = min(start + BLOCK_SAMPLES, n_samples)
        removed = before.beside(after, start, stop) - after.piece(start, stop)
        total[start + 1 : stop + 1] = _median(removed**2, axis=0)
    np.cumsum(total, out=total)
    return int(np.argmax(total[length:] - total[:-length])) if n_samples > length else 0


def traces_figure(
    names: Sequence[str], before: Shown | None, after: Shown, *, bad: Sequence[str] = (), start: int = 0
) -> str:
    """Channels below each other, the raw signal, if it is there, behind the clean one.

    Parameters
    ----------
    names
        Channel names.
    before, after
        Of the same channels, volts; each channel is shown about its median.
    bad
        Names drawn as bad.
    start
        First sample of the stretch.
    """
    rows = np.unique(np.linspace(0, len(names) - 1, min(len(names), MOST_CHANNELS)).round().astype(int))
    rate_hz = after.rate_hz
    stop = min(start + round(STRETCH_S * rate_hz), after.n_samples)
    every = max((stop - start) // MOST_POINTS, 1)
    old = _centred(before.beside(after, start, stop, every)[rows]) if before else None
    new = _centred(after.piece(start, stop, every)[rows])
    known = np.abs(new[np.isfinite(new)])
    scale = max(float(np.percentile(known, 99)) * 1.6 if known.size else 0.0, 1e-7)
    times = (start + every * np.arange(new.shape[1])) / rate_hz
    height = ROW * len(rows)
    span = (float(times[0]), float(times[-1]) if len(times) > 1 else float(times[0]) + 1.0)
    whole = Axes(70.0, 30.0, 770.0, height, span, (0.0, 1.0))
    ticks = [float(tick) for tick in np.arange(np.ceil(span[0]), span[1] + 1e-9)]
    parts = [frame(whole, x_ticks=ticks, y_ticks=(), x_label="time (s)", y_label="")]
    for place, row in enumerate(rows):
        axes = Axes(70.0, 30.0 + ROW * (place - 1.0), 770.0, 3 * ROW, span, (-1.5 * scale, 1.5 * scale))
        css = "name end bad" if names[row] in bad else "name end"
        parts.append(text(62.0, 34.0 + ROW * (place + 0.5), names[row], css=css))
        if old is not None:
            parts.append(line(axes, times, old[place], css="trace raw"))
        parts.append(line(axes, times, new[place], css="trace clean"))
    parts.append(_scale_bar(scale))
    shown = "before (grey) and after cleaning (blue)" if before else "after cleaning (blue)"
    label = f"{stop - start} samples of the signal {shown}"
    return picture(WIDTH, height + 80.0, "".join(parts), label=label)


def _centred(signal: Floats) -> Floats:
    return np.asarray(signal - _median(signal, axis=1)[:, None])


def _median(values: Floats, *, axis: int) -> Floats:
    """The median of what is finite of an array of two dimensions; 0 where nothing is."""
    known = np.isfinite(values)
    if known.all():
        return np.asarray(np.median(values, axis=axis))
    with warnings.catch_warnings():
        # Where nothing is known, numpy warns of an empty slice.
        warnings.simplefilter("ignore", RuntimeWarning)
        return np.asarray(np.nan_to_num(np.nanmedian(np.where(known, values, np.nan), axis=axis)))


def _scale_bar(scale: float) -> str:
    microvolts = float(f"{scale * 1e6:.1g}")
    height = microvolts * 1e-6 / scale * ROW
    bar = f'<line class="bar" x1="848" y1="30" x2="848" y2="{30 + height:.1f}"/>'
    return bar + text(848.0, 24.0, f"{microvolts:g} µV", css="tick end")
