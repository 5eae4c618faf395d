"""Which component of one decomposition is which of another, whose numbers and signs may be others."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..signal.ica.alike import correlations, topographies

if TYPE_CHECKING:
    import mne

Matches = dict[int, tuple[int, float]]
"""Component of the second decomposition to that of the first, and the correlation of their time courses."""


def matched(before: mne.preprocessing.ICA, after: mne.preprocessing.ICA) -> Matches:
    """Pairs of components whose time courses are most alike, each component in one pair at most.

    The pairs have the largest sum of absolute correlations that there is (Kuhn HW. Naval Research Logistics Quarterly
    1955;2:83-97).
    """
    from scipy.optimize import linear_sum_assignment

    names = [name for name in before.ch_names if name in after.ch_names]
    alike = correlations(topographies(before, names), topographies(after, names))
    pairs = zip(*linear_sum_assignment(-alike), strict=True)
    return {int(second): (int(first), float(alike[first, second])) for first, second in pairs}
