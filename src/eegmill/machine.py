"""What belongs to the machine, not to the science: threads, a shared cache, whether there is a network."""

from __future__ import annotations

import mmap
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from .errors import ConfigurationError

CACHE = "EEGMILL_CACHE"
OFFLINE = "EEGMILL_OFFLINE"
FETCH_ON_NODES = "EEGMILL_FETCH_ON_NODES"
ONLY = "EEGMILL_ONLY"
YES, NO = frozenset({"1", "true", "yes", "on"}), frozenset({"", "0", "false", "no", "off"})

LIMITS = (
    "BLIS_NUM_THREADS",
    "MKL_NUM_THREADS",
    "NUMEXPR_NUM_THREADS",
    "OMP_NUM_THREADS",
    "OPENBLAS_NUM_THREADS",
    "VECLIB_MAXIMUM_THREADS",
)

MALLOC = {"MALLOC_MMAP_THRESHOLD_": str(8 << 20), "MALLOC_TRIM_THRESHOLD_": str(32 << 20)}
"""glibc gives arrays of more than 8 MiB back to the system as they are freed. By itself it would raise that to 32 MiB,
and keep the gaps."""


def fix_environment() -> None:
    """Pin BLAS and OpenMP to one thread for this process and its children, hashing to one order, drawing to no screen.

    Results of an ICA differ in the last bits with the number of threads; two threads buy little, and recordings run
    side by side anyway. Must come before numpy is imported: the libraries look once. Arrow, which pandas loads, is kept
    from starting a thread, since jobs fork.
    """
    os.environ.update(dict.fromkeys(LIMITS, "1"))
    os.environ.update(MALLOC)
    os.environ.update(PYTHONHASHSEED="0", MPLBACKEND="agg", JE_ARROW_MALLOC_CONF="background_thread:false")


@dataclass(frozen=True)
class Sharing:
    """How raw files come to this machine."""

    cache: Path | None = None
    """A folder of fetched files that runs share."""
    offline: bool = False

    @classmethod
    def from_environment(cls) -> Sharing:
        """Read ``EEGMILL_CACHE`` (a folder) and ``EEGMILL_OFFLINE`` (1: use no network).

        Raises
        ------
        ConfigurationError
            If ``EEGMILL_OFFLINE`` is neither yes nor no.
        """
        cache = os.environ.get(CACHE)
        return cls(Path(cache) if cache else None, _is_yes(OFFLINE))


def fetches_on_nodes() -> bool:
    """Whether compute nodes bring raw files: ``EEGMILL_FETCH_ON_NODES=1``; by default the host that submits does.

    Raises
    ------
    ConfigurationError
        If the variable is neither yes nor no.
    """
    return _is_yes(FETCH_ON_NODES)


def only_these() -> frozenset[str] | None:
    """The recordings that a run is to clean, one a line in ``EEGMILL_ONLY``; None: all that are selected.

    So :class:`eegmill.Dataset` cleans the recordings that it is asked for; nothing of a result depends on it.
    """
    listed = os.environ.get(ONLY)
    return frozenset(listed.splitlines()) if listed else None


def _is_yes(variable: str) -> bool:
    value = os.environ.get(variable, "").lower()
    if value not in YES | NO:
        msg = f"The environment variable {variable} is '{value}'; it is 1 or 0."
        raise ConfigurationError(msg)
    return value in YES


def leave_memory(samples: object) -> None:
    """Let the system take the memory of an array that lies in a mapped file: what is read of it next comes from there.

    Does nothing to any other array.
    """
    base = samples
    while not isinstance(base, mmap.mmap):
        base = base.obj if isinstance(base, memoryview) else getattr(base, "base", None)
        if base is None:
            return
    base.madvise(mmap.MADV_DONTNEED)


@contextmanager
def single_threaded() -> Iterator[None]:
    """Hold BLAS and OpenMP at one thread in a process whose environment is not ours.

    With more threads a matrix product sums in another order, and whatever iterates on it, as Picard does, ends in other
    bits. Only libraries that are loaded can be held: scipy's linear algebra, which has a BLAS of its own, is loaded
    here.
    """
    import scipy.linalg  # noqa: F401 - loaded, so that it is held as well
    from threadpoolctl import threadpool_limits

    with threadpool_limits(limits=1):
        yield
