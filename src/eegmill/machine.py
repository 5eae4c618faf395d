"""One thread a job."""

from __future__ import annotations

import os

LIMITS = (
    "BLIS_NUM_THREADS",
    "MKL_NUM_THREADS",
    "NUMEXPR_NUM_THREADS",
    "OMP_NUM_THREADS",
    "OPENBLAS_NUM_THREADS",
    "VECLIB_MAXIMUM_THREADS",
)


def one_thread() -> None:
    """Pin BLAS and OpenMP to one thread for this process and its children, hashing to one order, drawing to no screen.

    Results of an ICA differ in the last bits with the number of threads; two threads buy little, and recordings run
    side by side anyway. Must come before numpy is imported: the libraries look once.
    """
    os.environ.update(dict.fromkeys(LIMITS, "1"))
    os.environ.update(PYTHONHASHSEED="0", MPLBACKEND="agg")
