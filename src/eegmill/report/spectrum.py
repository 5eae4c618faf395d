"""The power spectrum before and after cleaning."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape

import numpy as np

from ..signal.spectra import mean_power
from ..signal.types import Floats, Ints, Samples
from .signals import Shown
from .svg import Axes, frame, line, picture, text

SEGMENT_S = 2.0
HIGHEST_HZ = 100.0
MAX_WINDOWS = 300
"""Spread over the recording: for the eye, more say the same."""
WIDTH, HEIGHT = 860.0, 300.0
Spectra = Mapping[str, tuple[Floats, Floats]]
"""Frequencies in Hz and density in dB (n_channels, n_freqs), by title."""


def power_density(signal: Shown) -> tuple[Floats, Floats]:
    """Welch's estimate (`mean_power`) with Hann windows of 2 s, half overlapping, of long recordings a part of them.

    Windows in which a channel lacks samples are left out of its estimate.

    Parameters
    ----------
    signal
        In volts.

    Returns
    -------
    frequencies
        Hz, up to 100 Hz or the Nyquist frequency.
    density
        Shape (n_channels, n_freqs), in dB relative to 1 µV²/Hz; NaN for a channel without a whole window.
    """
    rate_hz = signal.rate_hz
    length = min(max(round(SEGMENT_S * rate_hz), 8), signal.n_samples)
    starts = np.arange(0, signal.n_samples - length + 1, max(length // 2, 1))
    starts = starts[np.linspace(0, len(starts) - 1, min(len(starts), MAX_WINDOWS)).astype(int)]
    power = 1e12 * np.stack([_power(signal.data[row], starts, length) for row in signal.rows])
    density: Floats = 2.0 * power / (rate_hz * (np.hanning(length) ** 2).sum())
    frequencies: Floats = np.fft.rfftfreq(length, 1.0 / rate_hz).astype(np.float64)
    keep = (frequencies > 0) & (frequencies <= HIGHEST_HZ)
    return frequencies[keep], 10.0 * np.log10(np.maximum(density[:, keep], 1e-6))


def _power(samples: Samples, starts: Ints, length: int) -> Floats:
    """The mean power (n_freqs,) of a channel (n_times,) in windows without a missing sample."""
    missing = np.concatenate(([0], np.cumsum(~np.isfinite(samples))))
    whole = starts[missing[starts + length] == missing[starts]]
    return mean_power(samples, whole, length) if len(whole) else np.full(length // 2 + 1, np.nan)


def spectra_of(before: Shown | None, after: Shown, *, alone: str = "after") -> Spectra:
    """Both spectra, by their titles, or one.

    Parameters
    ----------
    alone
        What ``after`` is called where there is no ``before``.
    """
    both = (("before", before), ("after" if before else alone, after))
    return {title: power_density(shown) for title, shown in both if shown}


def spectrum_figure(spectra: Spectra, *, names: Sequence[str] = (), line_hz: float | None = None) -> str:
    """Both spectra side by side, or one: each channel a thin line, the median a thick one; none where samples lack.

    Parameters
    ----------
    names
        Of the channels; those without a name are numbered.
    line_hz
        Frequency of the power line, which is marked.
    """
    n_channels = max(len(density) for _, density in spectra.values())
    every = np.concatenate([density.ravel() for _, density in spectra.values()])
    every = every[np.isfinite(every)] if np.isfinite(every).any() else np.zeros(1)
    low = 10.0 * np.floor(every.min() / 10.0)
    high = max(10.0 * np.ceil(every.max() / 10.0), low + 10.0)
    last = max(float(frequencies[-1]) for frequencies, _ in spectra.values())
    named = [*names, *(str(number) for number in range(len(names) + 1, n_channels + 1))]
    content = "".join(
        _panel(
            title,
            frequencies,
            density,
            axes=Axes(50.0 + 420.0 * place, 40.0, 370.0, 200.0, (0.0, last), (low, high)),
            names=named,
            line_hz=line_hz,
        )
        for place, (title, (frequencies, density)) in enumerate(spectra.items())
    )
    label = f"Power spectra of all EEG channels, {' and '.join(spectra)}"
    return picture(WIDTH, HEIGHT, content, label=label)


def _panel(
    title: str, frequencies: Floats, density: Floats, *, axes: Axes, names: Sequence[str], line_hz: float | None
) -> str:
    ticks = [tick for tick in (0, 10, 20, 30, 40, 50, 60, 80, 100) if tick <= axes.x[1]]
    levels = np.arange(axes.y[0], axes.y[1] + 1, 10 if axes.y[1] - axes.y[0] <= 60 else 20).tolist()
    parts = [frame(axes, x_ticks=ticks, y_ticks=levels, x_label="frequency (Hz)", y_label="dB re 1 µV²/Hz")]
    if line_hz and line_hz <= axes.x[1]:
        parts.append(_power_line(axes, line_hz))
    parts += [
        f'<g class="channel"><title>{escape(name)}</title>{line(axes, frequencies, row, css="thin")}</g>'
        for name, row in zip(names, density, strict=True)
        if np.isfinite(row).all()
    ]
    drawn = density[np.isfinite(density).all(axis=1)]
    if len(drawn):
        css = f"thick {title if title == 'before' else 'after'}"
        parts.append(line(axes, frequencies, np.median(drawn, axis=0), css=css))
    parts.append(text(axes.left + axes.width, axes.top - 8, title, css="title end"))
    return "".join(parts)


def _power_line(axes: Axes, line_hz: float) -> str:
    at = float(axes.across(np.array([line_hz]))[0])
    bottom = axes.top + axes.height
    mark = f'<line class="power-line" x1="{at:.1f}" y1="{axes.top:g}" x2="{at:.1f}" y2="{bottom:g}"/>'
    return mark + text(round(at + 4, 1), axes.top + 12, f"line {line_hz:g} Hz", css="tick")
