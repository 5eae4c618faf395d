"""A reference that can be seen in the signals: the mean of the channels that it was made of is nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ..types import Floats, Mask

MAX_MEAN = 0.01
"""Root mean square of the mean over channels, in that of the median channel. Of 20 recordings without
an average reference 0.12 and more; where values lie on steps of 0.1 µV, of those with one up to 0.003."""
EMPTY = (1e-4, 1e-6, 1e-8)
"""Power of a sum that may be nothing, in that of all channels if they were as the median one."""
MIN_CHANNELS = 4
MAX_OUTSIDE = 0.25
"""Share of the channels that the average may have been made without."""
LOUD = 3.0
"""Times the usual size from which on a channel is left out of an average that is made anew. One too many costs nothing:
the average of all others is a reference as well."""
SPREAD = (10.0, 90.0)


def mean_left(values: Floats) -> float:
    """How large the mean over the channels is, in the size of the channels; 1 for too few channels.

    Parameters
    ----------
    values : array, shape (n_channels, n_times)
    """
    size = float(np.sqrt(np.median(np.mean(values**2, axis=1)))) if values.size else 0.0
    if len(values) < MIN_CHANNELS or size == 0:
        return 1.0
    return float(np.sqrt(np.mean(values.mean(axis=0) ** 2))) / size


def members(values: Floats) -> Mask:
    """The channels whose mean is nearest to nothing, of all or all but a few.

    A sum that vanishes is an eigenvector of the covariance without any power. There may be others (copies, channels
    that were interpolated, what ICA took out), so that the search begins with what all these have of the sum of all
    channels, and with that itself, and lets in or leaves out one channel after another while less is left.

    Parameters
    ----------
    values : array, shape (n_channels, n_times)

    Returns
    -------
    array of bool, shape (n_channels,)
    """
    if not values.size:
        return np.ones(len(values), dtype=bool)
    covariance = values @ values.T
    powers, directions = np.linalg.eigh(covariance)
    starts = [np.ones(len(values), dtype=bool)]
    for without_power in EMPTY:
        empty = directions[:, powers <= without_power * len(values) * np.median(np.diag(covariance))]
        share = empty @ empty.sum(axis=0)
        starts.append(share > np.max(share, initial=0.0) / 2)
    found = [_improved(start, covariance) for start in starts]
    return min(found, key=lambda inside: _power(inside, covariance))


def loud(values: Floats, samples: Sequence[Floats]) -> Mask:
    """The channels that are far larger than usual, in changes or in what they move by in all.

    Parameters
    ----------
    values : array, shape (n_channels, n_times)
        Changes within a few milliseconds.
    samples : sequence of arrays, each of shape (n_samples,)
        The channels themselves.

    Returns
    -------
    array of bool, shape (n_channels,)
    """
    changes = np.median(np.abs(values), axis=1)
    spreads = np.array([np.subtract(*np.percentile(row, SPREAD[::-1])) for row in samples])
    return np.asarray((changes > LOUD * np.median(changes)) | (spreads > LOUD * np.median(spreads)))


def _improved(inside: Mask, covariance: Floats) -> Mask:
    for _ in range(len(inside)):
        turned = [inside ^ (np.arange(len(inside)) == i) for i in range(len(inside))]
        best = min(turned, key=lambda one: _power(one, covariance))
        if _power(best, covariance) >= _power(inside, covariance):
            break
        inside = best
    return inside


def _power(inside: Mask, covariance: Floats) -> float:
    """Of the sum of these channels, over their number; infinite for fewer than may be."""
    n_inside = int(inside.sum())
    if n_inside < max((1 - MAX_OUTSIDE) * len(inside), MIN_CHANNELS):
        return float("inf")
    return float(inside @ covariance @ inside) / n_inside
