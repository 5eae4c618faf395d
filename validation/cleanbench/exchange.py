"""What the bench asks a pipeline, and what it answers: files, so that a pipeline may live in another Python.

This module and ``trials.py`` need numpy alone.
"""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

Samples = NDArray[np.float64]
CONDITIONS = ("standard", "target")
EPOCH_S = (-0.2, 0.8)


@dataclass(frozen=True)
class Question:
    """A recording to clean."""

    data: Samples
    """In V, shape (n_channels, n_times)."""
    sfreq_hz: float
    names: tuple[str, ...]
    positions: Samples
    """Of the electrodes in m, in the head's frame, shape (n_channels, 3)."""
    line_hz: float
    onsets: NDArray[np.int64]
    """Samples of the stimuli, shape (n_trials,); empty where there are none."""
    targets: NDArray[np.bool_]
    """Which of them are targets, shape (n_trials,)."""
    through: Samples = field(default_factory=lambda: np.empty((0, 0, 0)))
    """Signals that go through the pipeline's filters and nothing else, in V, shape (n_signals, n_channels, n_times)."""
    only_channels: bool = False
    """Whether only its bad channels are asked for."""

    def save(self, path: Path) -> None:
        """Write it; signals in single precision, of which 0.3 nV are left at an offset of 5 mV."""
        _save(self, path)

    @staticmethod
    def load(path: Path) -> Question:
        """Read one."""
        return Question(**_load(path, {"names": tuple, "sfreq_hz": float, "line_hz": float, "only_channels": bool}))


@dataclass(frozen=True)
class Answer:
    """A recording cleaned; where epochs were cut, they are in ``data``."""

    data: Samples
    """In V, shape (n_channels, n_times), or of epochs from ``EPOCH_S``, shape (n_kept, n_channels, n_times)."""
    sfreq_hz: float
    names: tuple[str, ...]
    bad_channels: tuple[str, ...] = ()
    n_removed: int = 0
    """Components taken out."""
    bad_s: Samples = field(default_factory=lambda: np.empty((0, 2)))
    """Start and end of the stretches that are marked bad or were cut out, on the time axis of the question."""
    kept: NDArray[np.int64] = field(default_factory=lambda: np.empty(0, np.int64))
    """Of epochs: which trials they are."""
    through: Samples = field(default_factory=lambda: np.empty((0, 0, 0)))
    """What the filters left of the signals that the question has."""
    borderline: tuple[str, ...] = ()
    """Channels that the pipeline itself calls undecided."""
    found: tuple[str, ...] = ()
    """Names of the faults that it reports, those that are somewhere in time as ``cut@12.34``, in seconds."""
    physical: bool = True
    """Whether the samples are still in V: not where a recipe scales them."""
    cpu_s: float = 0.0
    peak_mb: float = 0.0
    error: str = ""

    def save(self, path: Path) -> None:
        """Write it."""
        _save(self, path)

    @staticmethod
    def load(path: Path) -> Answer:
        """Read one."""
        texts = dict.fromkeys(("names", "bad_channels", "borderline", "found"), tuple)
        numbers = {
            "sfreq_hz": float,
            "n_removed": int,
            "physical": bool,
            "cpu_s": float,
            "peak_mb": float,
            "error": str,
        }
        return Answer(**_load(path, {**texts, **numbers}))


def failed(error: BaseException) -> Answer:
    """The answer of a pipeline that raised an error."""
    text = " ".join(f"{type(error).__name__}: {error}".split())
    return Answer(np.empty((0, 0)), 1.0, (), error=text[:200])


def _save(item: Question | Answer, path: Path) -> None:
    arrays = {part.name: np.asarray(getattr(item, part.name)) for part in fields(item)}
    small = {name: array.astype(np.float32) if name in ("data", "through") else array for name, array in arrays.items()}
    partial = path.with_suffix(".partial.npz")
    np.savez(partial, allow_pickle=False, **small)
    partial.replace(path)


def _load(path: Path, kinds: dict[str, Any]) -> dict[str, Any]:
    with np.load(path) as stored:
        arrays = {name: stored[name] for name in stored.files}
    wide = {name: array.astype(np.float64) if array.dtype == np.float32 else array for name, array in arrays.items()}
    return {name: kinds[name](array.tolist()) if name in kinds else array for name, array in wide.items()}
