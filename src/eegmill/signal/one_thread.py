"""Linear algebra on one thread, so that bits do not depend on the number of cores."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def one_thread() -> Iterator[None]:
    """Hold BLAS and OpenMP at one thread.

    With more threads a matrix product sums in another order, and whatever iterates on it, as Picard does, ends in other
    bits.
    """
    from threadpoolctl import threadpool_limits

    with threadpool_limits(limits=1):
        yield
