"""In how many channels an effect is significant: what Delorme (2023, Sci Rep 13:2372, doi:10.1038/s41598-023-27528-0) rates cleaning by.

Fifty trials of each condition are drawn many times; the mean of 100 ms at the height of P3 is compared channel by channel (Welch's t);
the share of channels with p below 0.05 is averaged over the draws. Better data give more channels from as many trials.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from validation.cleanbench.trials import Trials

DRAWN, DRAWS, LIMIT = 50, 20, 0.05
WINDOW_S = (0.35, 0.45)
SEED = 2023


def significant_share(trials: Trials, targets: NDArray[np.bool_]) -> float:
    """The share of significant channels, mean over the draws."""
    from scipy.stats import ttest_ind

    values, of = trials.data[:, :, trials.within(WINDOW_S)].mean(axis=2), targets[trials.kept]
    rng = np.random.default_rng(SEED)
    count = min(DRAWN, int(of.sum()), int((~of).sum()))
    shares = []
    for _ in range(DRAWS):
        one, other = (rng.choice(np.flatnonzero(mask), count, replace=False) for mask in (of, ~of))
        p_values = ttest_ind(values[one], values[other], equal_var=False).pvalue
        shares.append(np.mean(np.nan_to_num(p_values, nan=1.0) < LIMIT))
    return float(np.mean(shares))
