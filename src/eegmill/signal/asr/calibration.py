"""What ASR learns from clean data: the usual covariance, and how large each of its components may become."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from ..filters.yule_walker import RecursiveFilter, yule_walker
from ..robust import Usual, fit_amplitudes, geometric_median
from ..types import Floats, Ints, Mask
from ..windows import overlapping_starts

MICROVOLTS = 1e6
SHAPING_HZ = (0.0, 2.0, 3.0, 13.0, 16.0, 40.0)
SHAPING_GAINS = (3.0, 0.75, 0.33, 0.33, 1.0, 1.0)
SHAPING_TOP_HZ = 80.0
SHAPING_TOP_GAIN = 3.0
SHAPING_ORDER = 8
MIN_BLOCK_SAMPLES = 10
BLOCKS_BYTES = 2**26
"""Bound on all block covariances together: it and the shape of the data alone fix the block size."""
RMS_WINDOW_S = 0.5
RMS_OVERLAP = 0.66
MIN_VARIANCE = 1e-12
"""Relative to the largest: a component with less is rounding (in float32 files too), not signal."""
PIECE_SAMPLES = 8192


@dataclass(frozen=True)
class AsrModel:
    """A calibrated ASR: the principal components of clean data, largest last. Amplitudes are in µV, after shaping.

    ``components`` (n_channels, rank) holds one component a column, ``scales_uv`` and ``thresholds_uv`` (rank) its usual
    amplitude and the one from which on it is a burst; ``state`` is the filter's state at the end of the clean data.
    Directions without any signal (an average reference and each interpolated channel make one) are no components.
    """

    components: Floats
    scales_uv: Floats
    thresholds_uv: Floats
    shaping: RecursiveFilter
    sections: Floats
    state: Floats

    @property
    def mixing_matrix(self) -> Floats:
        """M of the papers, the square root of the clean covariance: shape (n_channels, n_channels)."""
        return (self.components * self.scales_uv) @ self.components.T


def shaping_filter(sfreq_hz: float) -> RecursiveFilter:
    """Return the filter that makes ASR less sensitive to alpha and more to drifts and muscle.

    Points at or above the last one (80 Hz, or 1 Hz below half the sampling rate) are dropped.
    """
    nyquist_hz = sfreq_hz / 2
    top_hz = min(SHAPING_TOP_HZ, nyquist_hz - 1)
    kept = [(hz, gain) for hz, gain in zip(SHAPING_HZ, SHAPING_GAINS, strict=True) if hz < top_hz]
    points = [*kept, (top_hz, SHAPING_TOP_GAIN), (nyquist_hz, SHAPING_TOP_GAIN)]
    frequencies, gains = np.array(points).T
    return yule_walker(SHAPING_ORDER, frequencies / nyquist_hz, gains)


def block_samples(n_channels: int, n_samples: int) -> int:
    """Samples per block covariance: 10, or as many as keep all blocks within 64 MiB."""
    return max(MIN_BLOCK_SAMPLES, -(-8 * n_channels**2 * n_samples // BLOCKS_BYTES))


def eegprep_block_samples(n_channels: int, n_samples: int, maxmem_mb: int) -> int:
    """Return the block size that EEGPrep derives from its MaxMem."""
    return max(MIN_BLOCK_SAMPLES, -(-48 * n_channels**2 * n_samples // (maxmem_mb * 2**21)))


def calibrate(
    data: Floats,
    rows: Sequence[int],
    *,
    clean: Mask,
    sfreq_hz: float,
    cutoff: float,
    n_block: int | None = None,
    usual: Usual = fit_amplitudes,
) -> AsrModel:
    """Learn from the clean samples of a recording, which are read in pieces.

    Parameters
    ----------
    data : array, shape (n_channels, n_times)
        In volts; only ``rows`` are read.
    clean : array of bool, shape (n_times,)
        The samples to learn from; joined without gaps.
    cutoff : float
        Thresholds lie this many standard deviations above the mean RMS of each component.
    n_block : int | None
        Samples per block covariance; None for `block_samples`.
    usual : callable
        Tells mean and standard deviation of a component's usual RMS.

    References
    ----------
    Mullen T et al. (2015). Real-time neuroimaging and cognitive monitoring using wearable dry EEG. IEEE Transactions on
    Biomedical Engineering 62(11), 2553-2567.
    Kothe C, Jung T-P (2014). Artifact removal techniques with signal reconstruction. US patent application
    20160113587.
    """
    shaping = shaping_filter(sfreq_hz)
    source = _CleanSamples(data, list(rows), np.flatnonzero(clean), shaping.sections())
    n_block = n_block or block_samples(len(rows), source.positions.size)
    variances, vectors = np.linalg.eigh(_typical_covariance(source, n_block))
    real = variances > MIN_VARIANCE * variances[-1]
    rms, state = _component_rms(source, vectors[:, real], sfreq_hz)
    fits = np.array([usual(component) for component in rms]).reshape(-1, 2)
    return AsrModel(
        components=vectors[:, real],
        scales_uv=np.sqrt(variances[real]),
        thresholds_uv=fits[:, 0] + cutoff * fits[:, 1],
        shaping=shaping,
        sections=source.sections,
        state=state,
    )


@dataclass(frozen=True)
class _CleanSamples:
    data: Floats
    rows: list[int]
    positions: Ints
    sections: Floats

    def filtered(self, n_piece: int) -> Iterator[tuple[Floats, Floats]]:
        """Pieces of the shaped signal in µV, (n_channels, n_piece or less), with the filter's state after each."""
        from scipy.signal import sosfilt

        state = np.zeros((len(self.sections), len(self.rows), 2))
        rows = np.array(self.rows)[:, None]
        for first in range(0, self.positions.size, n_piece):
            piece = self.data[rows, self.positions[first : first + n_piece]] * MICROVOLTS
            shaped, state = sosfilt(self.sections, piece, axis=1, zi=state)
            yield shaped, state


def _typical_covariance(source: _CleanSamples, n_block: int) -> Floats:
    """Geometric median of the block covariances in µV², shape (n_channels, n_channels)."""
    n = len(source.rows)
    upper = np.triu_indices(n)
    # An off-diagonal element stands for two: so the distance of the triangles is the distance of the matrices.
    weight = np.where(upper[0] == upper[1], 1.0, np.sqrt(2.0))
    blocks = np.empty((-(-source.positions.size // n_block), weight.size))
    at = 0
    for piece, _ in source.filtered(n_block * max(PIECE_SAMPLES // n_block, 1)):
        # Only the last piece of all has a block that is not full: its last sample fills it up.
        short = -piece.shape[1] % n_block
        whole = np.concatenate([piece, np.repeat(piece[:, -1:], short, axis=1)], axis=1)
        # (n_channels, n_blocks * n_block) to (n_blocks, n_channels, n_block): one product a block.
        stack = np.ascontiguousarray(whole.reshape(n, -1, n_block).transpose(1, 0, 2))
        blocks[at : at + len(stack)] = (stack @ stack.transpose(0, 2, 1))[:, upper[0], upper[1]] * (weight / n_block)
        at += len(stack)
    covariance = np.empty((n, n))
    covariance[upper] = geometric_median(blocks) / weight
    covariance.T[upper] = covariance[upper]
    return covariance


def _component_rms(source: _CleanSamples, vectors: Floats, sfreq_hz: float) -> tuple[Floats, Floats]:
    """RMS of each component in overlapping windows, shape (n_components, n_windows), and the filter's last state."""
    n_window = int(np.floor(RMS_WINDOW_S * sfreq_hz + 0.5))
    starts = overlapping_starts([(0, source.positions.size)], n_window=n_window, overlap=RMS_OVERLAP)
    rms = np.empty((vectors.shape[1], starts.size))
    squares = np.empty((vectors.shape[1], 0))
    first, done, state = 0, 0, np.empty(0)
    for piece, after in source.filtered(PIECE_SAMPLES):
        # Squares of the components (rank, n_kept) from sample ``first`` on: what no window to come reaches was dropped.
        squares = np.concatenate([squares, (vectors.T @ piece) ** 2], axis=1)
        # Windows done up to here end inside of what was read; those from ``ready`` on want samples of the next piece.
        ready = int(np.searchsorted(starts, first + squares.shape[1] - n_window, side="right"))
        for k in range(done, ready):
            offset = starts[k] - first
            rms[:, k] = np.sqrt(squares[:, offset : offset + n_window].sum(axis=1) / n_window)
        # A window that is not done starts less than its length before the end of what was read.
        drop = max(squares.shape[1] - n_window, 0)
        first, done, squares, state = first + drop, ready, squares[:, drop:], after
    return rms, state
