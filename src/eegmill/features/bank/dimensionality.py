"""Fractal dimensions of the curve of a signal. One value a channel."""

from __future__ import annotations

import numpy as np

from ...signal.types import Floats
from ..contract import Windows
from .signal import sign_changes


def dimensionality_higuchi_fractal_dim(windows: Windows, *, k_max: int = 10) -> Floats:
    """Higuchi's fractal dimension: 1 for a line, 2 for white noise; NaN for a flat signal, and below 2 k_max samples.

    It does not depend on the unit of the signal. (EEGDash 0.9.1 takes lengths below 1e-7 for 1e-7, which is near
    those of EEG in volts.)

    Formula: slope of ln L(k) over ln(1/k), k = 1 … k_max; L(k) = mean over the k starts of
    (N − 1)/(n k²) Σ |x(i) − x(i − k)|, with n steps

    Source: Higuchi 1988
    """
    x = windows.data
    n_times = x.shape[-1]
    if n_times < 2 * k_max:
        return np.full(x.shape[:-1], np.nan)
    lengths = np.stack([_mean_length(x, k) for k in range(1, k_max + 1)], axis=-1)
    log_k = -np.log(np.arange(1, k_max + 1))
    centred = log_k - log_k.mean()
    with np.errstate(divide="ignore", invalid="ignore"):
        slope = (centred * np.log(lengths)).sum(axis=-1) / (centred**2).sum()
    return np.where(np.isfinite(slope), slope, np.nan)


def _mean_length(x: Floats, k: int) -> Floats:
    """Mean normalised length of the ``k`` curves of every k-th sample."""
    n_times = x.shape[-1]
    steps = np.abs(x[..., k:] - x[..., :-k])
    padded = np.concatenate([steps, np.zeros((*x.shape[:-1], -steps.shape[-1] % k))], axis=-1)
    summed = padded.reshape(*x.shape[:-1], -1, k).sum(axis=-2)
    n_steps = (n_times - 1 - np.arange(k)) // k
    mean: Floats = (summed * (n_times - 1) / (n_steps * k**2)).mean(axis=-1)
    return mean


def dimensionality_petrosian_fractal_dim(windows: Windows) -> Floats:
    """Petrosian's fractal dimension, by the changes of direction; NaN for a flat signal.

    (EEGDash 0.9.1 has n / N_δ where the formula has n / (n + 0.4 N_δ).)

    Formula: log n / (log n + log(n / (n + 0.4 N_δ))), with N_δ changes of sign of Δx

    Source: Petrosian 1995; Esteller et al. 2001
    """
    x = windows.data
    n_times = x.shape[-1]
    turns = sign_changes(np.diff(x, axis=-1))
    value = np.log(n_times) / (np.log(n_times) + np.log(n_times / (n_times + 0.4 * turns)))
    return np.where(np.ptp(x, axis=-1) == 0, np.nan, value)


def dimensionality_katz_fractal_dim(windows: Windows) -> Floats:
    """Katz's fractal dimension, with distances along the signal's axis alone; NaN for a flat signal.

    Formula: ln n / (ln n + ln(d / L)), L = Σ |Δx|, n = number of steps, d = max |x − x₀|

    Source: Katz 1988; Esteller et al. 2001
    """
    x = windows.data
    length = np.abs(np.diff(x, axis=-1)).sum(axis=-1)
    reach = np.abs(x[..., 1:] - x[..., :1]).max(axis=-1)
    log_n = np.log(x.shape[-1] - 1)
    with np.errstate(divide="ignore", invalid="ignore"):
        value = log_n / (log_n + np.log(reach / length))
    return np.where(np.isfinite(value), value, np.nan)
