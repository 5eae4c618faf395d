"""How well the other channels predict each channel: random sample consensus over spherical splines.

The criterion is that of Bigdely-Shamlo et al. 2015 (PREP, doi 10.3389/fninf.2015.00016) and of EEGPrep's
``clean_channels``: many small random subsets of the channels each predict every channel; the median prediction is
robust against bad predictors; a channel that does not resemble it in most windows is bad.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from ..sphere import directions, spline_kernel, spline_weights
from ..windows import window_edges
from .correlations import WindowCorrelations

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ..types import Floats, Mask
    from .noise import LowPassed


MIN_PREDICTORS = 3
"""A subset of fewer channels says nothing about the rest of the head."""
FIRST_LOOK = 0.05
"""A look at few samples is believed where it is further than this from the limit; it was wrong by 0.009 at most."""
FIRST_LOOK_POWER = 0.01
"""And where they have the power of all samples, but for this share: an edge that a window cuts has not."""


def round_half_up(x: float) -> int:
    """Nearest integer, halves away from zero (for x ≥ 0)."""
    return math.floor(x + 0.5)


def draw_subset(generator: np.random.RandomState, n_channels: int, size: int) -> list[int]:
    """Draw ``size`` of ``n_channels`` channels without replacement, by a partial Fisher-Yates shuffle.

    Like EEGLAB and EEGPrep (the j-th choice is element round((n_left - 1)·u) of those left), so that a seed gives
    their subsets.
    """
    order = list(range(n_channels))
    for j, u in enumerate(generator.random_sample(size)):
        choice = j + round_half_up((n_channels - j - 1) * u)
        order[j], order[choice] = order[choice], order[j]
    return order[:size]


def subset_weights(positions: Floats, *, n_subsets: int, fraction: float, seed: int) -> Floats:
    """Weights with which random subsets of the channels predict every channel.

    Parameters
    ----------
    positions : array, shape (n_channels, 3)
        Electrode positions, any unit.
    n_subsets : int
        How many subsets are drawn.
    fraction : float
        Size of a subset as a share of the channels.
    seed : int
        Of a Mersenne Twister.

    Returns
    -------
    array, shape (n_channels, n_channels, n_subsets)
        Indices: predicted channel, predicting channel, subset; zero for channels outside the subset.
    """
    places = directions(positions)
    kernel = spline_kernel(places @ places.T)
    size = round_half_up(fraction * len(places))
    generator = np.random.RandomState(seed)
    weights = np.zeros((len(places), len(places), n_subsets))
    for k in range(n_subsets):
        chosen = draw_subset(generator, len(places), size)
        weights[:, chosen, k] = spline_weights(kernel[np.ix_(chosen, chosen)], kernel[:, chosen])
    return weights


def predict(data: Floats, weights: Floats, wanted: Mask | None = None) -> Floats:
    """Median prediction of every channel: the ``round(n/2)``-th smallest of the n subsets' predictions.

    In single precision, which takes half the time and changes a correlation by less than 1e-6.

    Parameters
    ----------
    data : array, shape (n_channels, n_times)
    weights : array, shape (n_channels, n_channels, n_subsets)
    wanted : array of bool, shape (n_channels,), optional
        The channels to predict; the others are predicted as zeros.

    Returns
    -------
    array, shape (n_channels, n_times)
    """
    rank = max(round_half_up(weights.shape[2] / 2) - 1, 0)
    samples = np.ascontiguousarray(data.T, dtype=np.float32)
    guesses = np.empty((len(samples), weights.shape[2]), dtype=np.float32)
    median = np.zeros_like(data)
    # The product with many zeros is cheaper than the small ones: it leaves the guesses as numpy sorts them fastest. And
    # for so few numbers a whole sort is faster than a partition.
    for c in range(len(data)) if wanted is None else np.flatnonzero(wanted):
        np.matmul(samples, weights[c].astype(np.float32), out=guesses)
        guesses.sort(axis=1)
        median[c] = guesses[:, rank]
    return median


def resemblance(signal: Floats, prediction: Floats) -> Floats:
    """Uncentred correlation (cosine) per channel; 0 if one of the two is silent, NaN if both are.

    ``signal`` and ``prediction`` (n_channels, n_times) in one unit; the result (n_channels,).
    """
    product = np.einsum("ct,ct->c", signal, prediction)
    powers = np.einsum("ct,ct->c", signal, signal), np.einsum("ct,ct->c", prediction, prediction)
    silent = np.sqrt(max(float(powers[0].max()), np.finfo(float).tiny)) * 1e-12
    norms = np.sqrt(powers[0]), np.sqrt(powers[1])
    quiet = norms[0] <= silent, norms[1] <= silent
    result: Floats = product / np.maximum(norms[0] * norms[1], np.finfo(float).tiny)
    result[quiet[0] | quiet[1]] = 0.0
    result[quiet[0] & quiet[1]] = np.nan
    return result


def predictability(
    channels: Sequence[Floats | LowPassed],
    spans: Sequence[tuple[int, int]],
    window: int,
    weights: Floats,
    *,
    near: float | None = None,
    factor: int = 1,
) -> WindowCorrelations:
    """Correlation of each channel with its median prediction, window by window.

    Beyond the data, memory holds the weights, one window, and a piece of each channel that is filtered as it is read.

    Parameters
    ----------
    channels : sequence of arrays, each of shape (n_times,)
        Any unit.
    spans : sequence of (start, stop)
        Continuous stretches of samples.
    window : int
        Samples in a window.
    weights : array, shape (n_channels, n_channels, n_subsets)
        Those of ``subset_weights``.
    near, factor : float, int
        A first look takes every ``factor``-th sample, which must not alias; all samples are looked at where that might
        tell another side of the limit ``near`` than they do.
    """
    edges = tuple(window_edges(spans, window))
    correlation = np.empty((len(edges), len(channels)))
    for w, (start, stop) in enumerate(edges):
        part = np.stack([channel[start:stop] for channel in channels])
        correlation[w] = _correlations(part, weights, near if factor > 1 else None, factor)
    return WindowCorrelations(edges=edges, correlation=correlation)


def _correlations(part: Floats, weights: Floats, near: float | None, factor: int) -> Floats:
    """Those of one window (n_channels, n_times), shape (n_channels,)."""
    if near is None:
        return resemblance(part, predict(part, weights))
    few = np.ascontiguousarray(part[:, ::factor])
    found = resemblance(few, predict(few, weights))
    sure = (np.abs(found - near) > FIRST_LOOK) & (np.abs(_power(few) / _power(part) - 1) < FIRST_LOOK_POWER)
    unsure = ~sure  # where something is not a number, too
    if unsure.any():
        found[unsure] = resemblance(part, predict(part, weights, unsure))[unsure]
    return found


def _power(x: Floats) -> Floats:
    """Mean square of each channel (n_channels, n_times), shape (n_channels,); not 0."""
    return np.asarray(np.maximum(np.einsum("ct,ct->c", x, x) / x.shape[1], np.finfo(float).tiny))
