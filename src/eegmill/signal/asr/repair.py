"""ASR at work: bursts are found window by window and rebuilt from the components that stayed within bounds.

The recording is read in chunks with a carried state and changed in place; every product and decomposition has the shape
of one update, so that the result does not depend on the chunk size, to the bit.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from ...machine import leave_memory
from ..types import Floats, Ints, Samples
from .calibration import MICROVOLTS, AsrModel

if TYPE_CHECKING:
    from numpy.typing import NDArray

CHUNK_BYTES = 2**24


@dataclass(frozen=True)
class Grid:
    """Lengths in samples: the covariance window, the way from one update to the next, and the look-ahead."""

    n_window: int
    n_step: int
    n_ahead: int

    @classmethod
    def of(cls, window_s: float, sfreq_hz: float) -> Grid:
        """Updates come twice per window; the window is centred on the samples that it decides about."""
        half = int(np.floor(window_s / 2 * sfreq_hz + 0.5))
        return cls(int(np.floor(window_s * sfreq_hz + 0.5)), max(int(sfreq_hz * window_s / 2), 1), half)

    def updates(self, n_samples: int, n_parts: int = 1) -> Ints:
        """Last samples of the update intervals in a stream of ``n_samples``; the grid restarts in each part.

        Shape (n_updates,).
        """
        edges = [n_samples * k // n_parts for k in range(n_parts + 1)]
        ends = [np.append(np.arange(a + self.n_step, b, self.n_step), b) - 1 for a, b in pairwise(edges)]
        return np.unique(np.concatenate([np.zeros(1, dtype=np.int64), *ends]))


def eegprep_parts(n_channels: int, n_samples: int, grid: Grid, maxmem_mb: int) -> int:
    """Return the number of chunks that EEGPrep derives from its MaxMem; its update grid restarts in each."""
    square, n_all = n_channels**2, n_samples + grid.n_ahead
    needed = 64 * square * n_all + 8 * square * n_all / grid.n_step + 16 * n_channels * n_all + 40 * n_all
    return max(1, int(np.ceil(needed / (maxmem_mb * 2**20 - 24 * square * grid.n_ahead))))


@dataclass
class Repairs:
    """What was done: sample ranges that were rebuilt, and those kept because the guard tripped."""

    repaired: list[tuple[int, int]] = field(default_factory=list)
    guarded: list[tuple[int, int]] = field(default_factory=list)


@dataclass(frozen=True)
class Rules:
    """How far a repair may go.

    ``max_removed_fraction`` is the largest part of the components that one update may remove (one always stays);
    ``max_peak_gain`` bounds the peak of a rebuilt stretch, over all channels, in units of its peak before. ``full_at``
    is the size, in units of the threshold, from which on a component is removed as a whole.
    """

    max_removed_fraction: float
    max_peak_gain: float
    full_at: float = 1.0


def repair_span(
    data: Floats,
    rows: Sequence[int],
    span: tuple[int, int],
    *,
    model: AsrModel,
    grid: Grid,
    rules: Rules,
    chunk_updates: int | None = None,
    n_parts: int = 1,
    write: bool = True,
    beside: NDArray[np.float32] | None = None,
) -> Repairs:
    """Repair one continuous stretch in place.

    Parameters
    ----------
    data : array, shape (n_channels, n_times)
        In volts; only ``rows`` are read and written.
    span : pair of int
        First sample, and the one after the last; at least ``grid.n_ahead + 1`` samples.
    chunk_updates : int
        Updates that are held in memory at once; None for as many as fit into 16 MiB. Has no influence on the result.
    n_parts : int
        Parts in which the update grid restarts (EEGPrep derives their number from MaxMem).
    write : bool
        False to find the bursts and change nothing; the guard has nothing to do then.
    beside : array, shape (n_channels, n_times)
        Another part of the same signal, in volts, that is rebuilt by the same matrices.
    """
    stream = _Shaped(data, list(rows), span, model, grid)
    output = _Output(data, list(rows), span[0] - grid.n_ahead, span[0], rules.max_peak_gain, write, beside)
    updates = grid.updates(stream.n_samples, n_parts)
    chunk_updates = chunk_updates or max(CHUNK_BYTES // (8 * len(rows) * (grid.n_window + len(rows))), 1)
    for first in range(0, updates.size, chunk_updates):
        ends = updates[first : first + chunk_updates]
        matrices = _reconstructions(stream.covariances(ends), model, rules)
        for end, matrix in zip(ends, matrices, strict=True):
            output.advance(int(end) + 1, matrix)
        leave_memory(beside)
    return output.repairs


@dataclass
class _Shaped:
    """The shaped signal of a span in µV, continued past its end by odd reflection."""

    data: Floats
    rows: list[int]
    span: tuple[int, int]
    model: AsrModel
    grid: Grid

    def __post_init__(self) -> None:
        start, stop = self.span
        last = self.data[self.rows, stop - 1][:, None]
        mirrored = self.data[self.rows, stop - 1 - self.grid.n_ahead : stop - 1][:, ::-1]
        self.tail = 2 * last - mirrored
        self.n_samples = stop - start + self.grid.n_ahead
        self.state = self.model.state
        self.recent = np.zeros((len(self.rows), self.grid.n_window))
        self.read = 0

    def covariances(self, ends: Ints) -> Floats:
        """Covariances (n_updates, n_channels, n_channels) in µV² over the windows that end with samples ``ends``."""
        from scipy.signal import sosfilt

        shaped, self.state = sosfilt(self.model.sections, self._next(int(ends[-1]) + 1), axis=1, zi=self.state)
        # The window before the first new sample lies in front: (n_channels, n_window + n_new).
        buffer = np.concatenate([self.recent, shaped], axis=1)
        stops = ends - self.read + 1 + self.grid.n_window
        windows = np.stack([buffer[:, stop - self.grid.n_window : stop] for stop in stops])
        self.recent, self.read = buffer[:, -self.grid.n_window :], int(ends[-1]) + 1
        return np.asarray(windows @ windows.transpose(0, 2, 1)) / self.grid.n_window

    def _next(self, until: int) -> Floats:
        n_span = self.span[1] - self.span[0]
        first, last = min(self.read, n_span), min(until, n_span)
        inside = self.data[self.rows, self.span[0] + first : self.span[0] + last]
        beyond = self.tail[:, max(self.read - n_span, 0) : max(until - n_span, 0)]
        return np.concatenate([inside, beyond], axis=1) * MICROVOLTS


def _reconstructions(covariances: Floats, model: AsrModel, rules: Rules) -> Iterator[Floats | None]:
    """For each covariance the matrix that rebuilds the channels, or None where everything is within bounds.

    ``covariances`` (n_updates, n_channels, n_channels) in µV²; each matrix (n_channels, n_channels).
    """
    U = model.components
    silent = np.eye(len(U)) - U @ U.T if U.shape[1] < len(U) else None
    for covariance in U.T @ covariances @ U:
        matrix = None if _within(covariance, model) else _reconstruction(covariance, model, rules)
        if matrix is not None:
            matrix = U @ matrix @ U.T
            # Directions without signal in the clean data cannot be rebuilt from it: they pass unchanged.
            matrix = matrix if silent is None else matrix + silent
        yield matrix


def _within(covariance: Floats, model: AsrModel) -> bool:
    """Whether no direction at all has more variance than its threshold: one Cholesky factor instead of eigenvectors.

    ``covariance`` (rank, rank), in µV².
    """
    from scipy.linalg.lapack import dpotrf

    return bool(dpotrf(np.diag(model.thresholds_uv**2) - covariance, lower=1, clean=0)[1] == 0)


def _reconstruction(covariance: Floats, model: AsrModel, rules: Rules) -> Floats | None:
    """The matrix in the model's components that rebuilds them; None if all are kept.

    ``covariance`` (rank, rank) in µV²; the result (rank, rank): the mean over all thresholds from the model's to
    ``full_at`` times it, between which it only changes where a component is passed.
    """
    rank = len(covariance)
    variances, V = np.linalg.eigh(covariance)
    limits = np.sum((model.thresholds_uv[:, None] * V) ** 2, axis=0)
    limits[: rank - min(int(rules.max_removed_fraction * rank + 0.5), rank - 1)] = np.inf
    if (variances < limits).all():
        return None
    if rules.full_at == 1:
        return _rebuilt(V, variances < limits, model)
    sizes = np.sqrt(np.maximum(variances / limits, 0))
    edges = np.unique(np.clip([1.0, rules.full_at, *sizes], 1.0, rules.full_at))
    parts = [(high - low) * _rebuilt(V, sizes <= low, model) for low, high in pairwise(edges)]
    return np.asarray(sum(parts) / (rules.full_at - 1))


def _rebuilt(V: Floats, keep: NDArray[np.bool_], model: AsrModel) -> Floats:
    """M (diag(keep) Vᵀ M)⁺ Vᵀ of Mullen et al. (2015) in the model's components, shape (rank, rank)."""
    kept = V[:, keep].T
    # Not numpy's 1e-15: that lets singular values of pure rounding through, whose inverses blow the signal up.
    inverse = np.linalg.pinv(kept * model.scales_uv, rcond=len(V) * np.finfo(float).eps)
    return np.asarray(model.scales_uv[:, None] * inverse @ kept)


@dataclass
class _Output:
    """The recording while it is rebuilt: ``advance`` goes one update interval on."""

    data: Floats
    rows: list[int]
    position: int
    first: int
    max_peak_gain: float
    write: bool
    beside: NDArray[np.float32] | None = None
    previous: Floats | None = None
    repairs: Repairs = field(default_factory=Repairs)

    def __post_init__(self) -> None:
        self.shift = self.position

    def advance(self, stream_stop: int, matrix: Floats | None) -> None:
        """Blend from the previous matrix to ``matrix`` over the samples up to ``stream_stop`` of the shaped stream."""
        start, stop = self.position, self.shift + stream_stop
        self.position = stop
        if stop > self.first and (matrix is not None or self.previous is not None):
            matrix = self._rebuild(start, stop, matrix)
        self.previous = matrix

    def _rebuild(self, start: int, stop: int, matrix: Floats | None) -> Floats | None:
        at = max(start, self.first)
        if not self.write:
            self.repairs.repaired.append((at, stop))
            return matrix
        share = (1 - np.cos(np.pi * np.arange(at - start + 1, stop - start + 1) / (stop - start))) / 2
        before = self.data[self.rows, at:stop]
        after = self._blend(before, matrix, share)
        if np.abs(after).max() > self.max_peak_gain * np.abs(before).max():
            self.repairs.guarded.append((at, stop))
            return None
        self.repairs.repaired.append((at, stop))
        self.data[self.rows, at:stop] = after
        if self.beside is not None:
            self.beside[self.rows, at:stop] = self._blend(self.beside[self.rows, at:stop], matrix, share)
        return matrix

    def _blend(self, signal: Samples, matrix: Floats | None, share: Floats) -> Floats:
        """From the previous matrix to this one: ``signal`` (n_channels, n_times), ``share`` (n_times,) of this one."""
        return np.asarray(share * _times(matrix, signal) + (1 - share) * _times(self.previous, signal))


def _times(matrix: Floats | None, signal: Samples) -> Samples:
    return signal if matrix is None else np.asarray(matrix @ signal)
