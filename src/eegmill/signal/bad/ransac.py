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

    from ..types import Floats
    from .noise import LowPassed


MIN_PREDICTORS = 3
"""A subset of fewer channels says nothing about the rest of the head."""


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


def predict(data: Floats, weights: Floats) -> Floats:
    """Median prediction of every channel: the ``round(n/2)``-th smallest of the n subsets' predictions.

    In single precision, which takes half the time and changes a correlation by less than 1e-6.

    Parameters
    ----------
    data : array, shape (n_channels, n_times)
    weights : array, shape (n_channels, n_channels, n_subsets)

    Returns
    -------
    array, shape (n_channels, n_times)
    """
    rank = max(round_half_up(weights.shape[2] / 2) - 1, 0)
    samples = np.ascontiguousarray(data.T, dtype=np.float32)
    guesses = np.empty((len(samples), weights.shape[2]), dtype=np.float32)
    median = np.empty_like(data)
    # The product with many zeros is cheaper than the small ones: it leaves the guesses as numpy sorts them fastest. And
    # for so few numbers a whole sort is faster than a partition.
    for c, weight in enumerate(weights.astype(np.float32)):
        np.matmul(samples, weight, out=guesses)
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
    channels: Sequence[Floats | LowPassed], spans: Sequence[tuple[int, int]], window: int, weights: Floats
) -> WindowCorrelations:
    """Correlation of each channel with its median prediction, window by window.

    Beyond the data, memory holds the weights, one window, and a piece of each channel that is filtered as it is read.

    Each channel (n_times,), in any unit; ``weights`` (n_channels, n_channels, n_subsets).
    """
    edges = tuple(window_edges(spans, window))
    correlation = np.empty((len(edges), len(channels)))
    for w, (start, stop) in enumerate(edges):
        part = np.stack([channel[start:stop] for channel in channels])
        correlation[w] = resemblance(part, predict(part, weights))
    return WindowCorrelations(edges=edges, correlation=correlation)
