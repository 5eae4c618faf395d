"""The power spectrum before and after cleaning."""

from __future__ import annotations

import numpy as np

from ..signal.spectra import mean_power
from ..signal.types import Floats
from .signals import Shown
from .svg import Axes, frame, line, picture, text

SEGMENT_S = 2.0
HIGHEST_HZ = 100.0
WIDTH, HEIGHT = 860.0, 300.0


def power_density(signal: Shown) -> tuple[Floats, Floats]:
    """Welch's estimate (`mean_power`) with Hann windows of 2 s, half overlapping.

    Parameters
    ----------
    signal
        In volts.

    Returns
    -------
    frequencies
        Hz, up to 100 Hz or the Nyquist frequency.
    density
        Shape (n_channels, n_freqs), in dB relative to 1 µV²/Hz.
    """
    rate_hz = signal.rate_hz
    length = min(max(round(SEGMENT_S * rate_hz), 8), signal.n_samples)
    starts = np.arange(0, signal.n_samples - length + 1, max(length // 2, 1))
    power = 1e12 * np.stack([mean_power(signal.data[row], starts, length) for row in signal.rows])
    density: Floats = 2.0 * power / (rate_hz * (np.hanning(length) ** 2).sum())
    frequencies: Floats = np.fft.rfftfreq(length, 1.0 / rate_hz).astype(np.float64)
    keep = (frequencies > 0) & (frequencies <= HIGHEST_HZ)
    return frequencies[keep], 10.0 * np.log10(np.maximum(density[:, keep], 1e-6))


def spectrum_figure(before: Shown | None, after: Shown) -> str:
    """Both spectra side by side, or the clean one alone: each channel a thin line, the median a thick one."""
    spectra = {title: power_density(shown) for title, shown in (("before", before), ("after", after)) if shown}
    every = np.concatenate([density.ravel() for _, density in spectra.values()])
    low = max(10.0 * np.floor(np.percentile(every, 1) / 10.0), -40.0)
    high = max(10.0 * np.ceil(every.max() / 10.0), low + 10.0)
    last = max(float(frequencies[-1]) for frequencies, _ in spectra.values())
    content = "".join(
        _panel(
            title, frequencies, density, axes=Axes(50.0 + 420.0 * place, 40.0, 370.0, 200.0, (0.0, last), (low, high))
        )
        for place, (title, (frequencies, density)) in enumerate(spectra.items())
    )
    label = f"Power spectra of all EEG channels {' and '.join(spectra)} cleaning"
    return picture(WIDTH, HEIGHT, content, label=label)


def _panel(title: str, frequencies: Floats, density: Floats, *, axes: Axes) -> str:
    ticks = [tick for tick in (0, 10, 20, 30, 40, 50, 60, 80, 100) if tick <= axes.x[1]]
    levels = np.arange(axes.y[0], axes.y[1] + 1, 10 if axes.y[1] - axes.y[0] <= 60 else 20).tolist()
    parts = [frame(axes, x_ticks=ticks, y_ticks=levels, x_label="frequency (Hz)", y_label="dB re 1 µV²/Hz")]
    parts += [line(axes, frequencies, row, css="thin") for row in density]
    parts.append(line(axes, frequencies, np.median(density, axis=0), css=f"thick {title}"))
    parts.append(text(axes.left + axes.width, axes.top - 8, title, css="title end"))
    return "".join(parts)
