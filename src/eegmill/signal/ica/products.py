"""Products summed over samples, in double precision and in blocks of one size: so memory and bits stay the same."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float64]

BLOCK_SAMPLES = 1 << 14


def products(X: NDArray[np.floating[Any]]) -> Array:
    """``X @ X.T`` of ``X`` (n_rows x n_samples)."""
    total = np.zeros((len(X), len(X)))
    for start in range(0, X.shape[1], BLOCK_SAMPLES):
        block = X[:, start : start + BLOCK_SAMPLES].astype(np.float64)
        total += block @ block.T
    return total
