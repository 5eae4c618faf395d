"""The exponential of a matrix: a step of relative size that turns sources without stretching them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from ..types import Floats

LARGEST_NORM, TERMS = 0.25, 10
"""Of the matrix whose series is summed: what is left out is 6e-15 of it."""


def exponential(E: Floats) -> Floats:
    """``I + E + E @ E / 2 + ...`` (n, n) of ``E`` (n, n), by scaling and squaring (Moler & Van Loan, SIAM Rev. 2003).

    Products alone, so that its bits are the same for any number of threads.
    """
    norm = float(np.sqrt(np.sum(E**2)))
    halvings = max(int(np.ceil(np.log2(max(norm, LARGEST_NORM) / LARGEST_NORM))), 0)
    term = total = np.eye(len(E))
    for order in range(1, TERMS + 1):
        term = term @ E / (2.0**halvings * order)
        total = total + term
    for _ in range(halvings):
        total = total @ total
    return np.asarray(total)
