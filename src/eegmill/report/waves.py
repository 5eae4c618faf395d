"""Single waves of a whole recording in few bytes, for a page that is zoomed into.

Channels are turned into uncorrelated components (a Karhunen–Loève transform), each of these into the coefficients of a
lapped transform of one second, of which those up to 40 Hz are kept, rounded to one quantum and compressed. The
transforms are orthonormal: how much rounding takes is known, and is told.

References
----------
Princen JP, Bradley AB. Analysis/synthesis filter bank design based on time domain aliasing cancellation. IEEE Trans
Acoust Speech Signal Process 1986; 34:1153–1161. doi:10.1109/TASSP.1986.1164954
"""

from __future__ import annotations

import base64
import zlib
from collections.abc import Mapping
from dataclasses import asdict, dataclass

import numpy as np
from numpy.typing import NDArray

from .signals import Shown

Single = NDArray[np.float32]
Rounded = NDArray[np.int16]
BLOCK_S = 1.0
HIGHEST_HZ = 40.0
MAX_BYTES = 250_000
"""Of the compressed waves of a signal; as text they are a third longer."""
QUANTA_V = tuple(2e-6 * 2 ** (step / 4) for step in range(25))
"""From 2 to 128 µV: the finest is invisible, the coarsest leaves large waves alone."""
STRETCH_BLOCKS = 30
"""Where a recording is too long, its waves are kept in stretches of this length."""
COVARIANCE_SAMPLES = 20_000
CHUNK_BLOCKS, FEW_BLOCKS = 64, 16
MAX_CHUNK_BYTES = 1 << 24
"""With more than this in a chunk, chunks are of few blocks."""
TURNED = 16
"""Components that are in memory at once, beside the channels of a chunk."""
PROBED = 4
"""One of so many components is compressed to find out how long all will be."""
MIXING_TOP = 32_767


@dataclass(frozen=True)
class Waves:
    """The waves of one signal."""

    packed: str
    """Base64 of a zlib stream of 16-bit numbers without sign, first all low bytes, then all high bytes: quantised
    coefficients (n_components, n_coefficients, n_frames), of which 2 n − 1 and 2 n stand for n and −n."""
    mixing: str
    """Base64 of signed 16-bit numbers, little-endian (n_channels, n_components): channels of components."""
    mixing_scale: float
    n_components: int
    n_coefficients: int
    quantum_v: float
    error_v: float
    """Root mean square of what rounding took, up to 40 Hz."""
    block_samples: int
    block_s: float
    n_blocks: int
    stretches: tuple[tuple[int, int], ...]
    """First block and number of blocks of each stretch that is kept, in order."""

    @property
    def share(self) -> float:
        """Part of the recording that is kept."""
        return sum(length for _, length in self.stretches) / self.n_blocks

    def as_json(self) -> Mapping[str, object]:
        """What the script of the page reads."""
        return {**asdict(self), "share": self.share}


@dataclass(frozen=True)
class _Components:
    """A signal as coefficients of uncorrelated components."""

    coefficients: Single
    """Shape (n_components, n_coefficients, n_frames), largest component first."""
    mixing: Single
    """Shape (n_channels, n_components)."""


def waves_of(signal: Shown, *, max_bytes: int = MAX_BYTES) -> Waves:
    """Encode a signal, with as fine a quantum as the bytes allow.

    One that even the coarsest quantum leaves too long is kept in stretches spread evenly over it.
    """
    length = max(round(BLOCK_S * signal.rate_hz), 4)
    n_kept = min(length, int(np.ceil(2 * length * HIGHEST_HZ / signal.rate_hz)))
    n_blocks = -(-signal.n_samples // length)
    found = _components(signal, length, n_kept)
    quantum_v, size = _finest(found.coefficients, max_bytes)
    stretches = _stretches(n_blocks, max_bytes / size)
    frames = np.concatenate([np.arange(first, first + count + 1) for first, count in stretches])
    is_whole = stretches == ((0, n_blocks),)
    coefficients = found.coefficients if is_whole else found.coefficients[:, :, frames]
    rounded = _rounded(coefficients, quantum_v)
    used = max(int(np.flatnonzero(rounded.any(axis=(1, 2))).max(initial=0)) + 1, 1)
    mixing, mixing_scale = _codes(found.mixing[:, :used])
    return Waves(
        packed=base64.b64encode(_compressed(rounded[:used], level=6)).decode(),
        mixing=base64.b64encode(mixing).decode(),
        mixing_scale=mixing_scale,
        n_components=used,
        n_coefficients=n_kept,
        quantum_v=quantum_v,
        error_v=_error_v(coefficients, rounded, quantum_v, n_samples=len(frames) * length),
        block_samples=length,
        block_s=length / signal.rate_hz,
        n_blocks=n_blocks,
        stretches=stretches,
    )


def basis(length: int, n_coefficients: int) -> Single:
    """The lapped transform of Princen and Bradley with a sine window: shape (2 · length, n_coefficients)."""
    times = np.arange(2 * length)[:, None]
    window = np.sin(np.pi / (2 * length) * (times + 0.5))
    waves = np.cos(np.pi / length * (times + 0.5 + length / 2) * (np.arange(n_coefficients) + 0.5))
    return np.asarray(np.sqrt(2.0 / length) * window * waves, np.float32)


def _components(signal: Shown, length: int, n_kept: int) -> _Components:
    scale, medians, turn = _turn(signal)
    n_blocks, n_channels = -(-signal.n_samples // length), len(signal.rows)
    transform = basis(length, n_kept)
    coefficients = np.empty((n_channels, n_kept, n_blocks + 1), np.float32)
    chunk = CHUNK_BLOCKS if 4 * n_channels * length * CHUNK_BLOCKS <= MAX_CHUNK_BYTES else FEW_BLOCKS
    for first in range(0, n_blocks + 1, chunk):
        stop = min(first + chunk, n_blocks + 1)
        samples = _padded(signal, medians, (first - 1) * length, stop * length)
        samples /= scale[:, None]
        for few in range(0, n_channels, TURNED):
            turned = turn[:, few : few + TURNED].T @ samples
            frames = np.lib.stride_tricks.sliding_window_view(turned, 2 * length, axis=1)[:, ::length]
            for component, its_frames in enumerate(frames, start=few):
                coefficients[component, :, first:stop] = (its_frames @ transform).T
    return _Components(coefficients, np.asarray(scale[:, None] * turn, np.float32))


def _turn(signal: Shown) -> tuple[Single, Single, Single]:
    """Scale and median of each channel, and the eigenvectors of their covariance, largest first.

    Channels that are far larger than the others are made as large as these: the eye needs no µV of an artefact of mV.
    """
    every = max(signal.n_samples // COVARIANCE_SAMPLES, 1)
    few = np.nan_to_num(signal.piece(0, signal.n_samples, every), copy=False, posinf=0.0, neginf=0.0)
    medians = np.array([[np.median(row)] for row in few])  # row by row: numpy copies what it orders
    few -= medians
    sizes = np.array([np.percentile(np.abs(row), 75) for row in few])
    typical = float(np.median(sizes)) or 1.0
    scale = np.maximum(sizes / typical / 2, 1.0)
    few /= scale[:, None]
    _, vectors = np.linalg.eigh(few @ few.T)
    return np.asarray(scale, np.float32), np.asarray(medians, np.float32), np.asarray(vectors[:, ::-1], np.float32)


def _padded(signal: Shown, medians: Single, start: int, stop: int) -> Single:
    """Samples about the medians; 0 beyond the recording, and where they are not finite."""
    first, last = max(start, 0), max(min(stop, signal.n_samples), 0)
    padded = np.zeros((len(signal.rows), stop - start), np.float32)
    for place, row in enumerate(signal.rows):
        piece = padded[place, first - start : last - start]
        piece[:] = signal.data[row, first:last]
        piece -= medians[place]
        np.nan_to_num(piece, copy=False, posinf=0.0, neginf=0.0)
    return padded


def _finest(coefficients: Single, max_bytes: float) -> tuple[float, float]:
    """The finest quantum with which all fits, or the coarsest; and about how many bytes that takes."""
    low, high = 0, len(QUANTA_V) - 1
    sizes: dict[int, float] = {}
    while low < high:
        middle = (low + high) // 2
        sizes[middle] = _size(coefficients, QUANTA_V[middle])
        low, high = (low, middle) if sizes[middle] <= max_bytes else (middle + 1, high)
    return QUANTA_V[low], sizes[low] if low in sizes else _size(coefficients, QUANTA_V[low])


def _size(coefficients: Single, quantum_v: float) -> float:
    probe = coefficients[min(1, len(coefficients) - 1) :: PROBED]
    return 1.0 + PROBED * len(_compressed(_rounded(probe, quantum_v), level=1))


def _stretches(n_blocks: int, share: float) -> tuple[tuple[int, int], ...]:
    """All blocks, or stretches of them, spread evenly."""
    if share >= 1.0 or n_blocks <= STRETCH_BLOCKS:
        return ((0, n_blocks),)
    count = max(int(share * n_blocks / STRETCH_BLOCKS), 1)
    starts = np.linspace(0, n_blocks - STRETCH_BLOCKS, count).astype(int) if count > 1 else np.zeros(1, int)
    return tuple((start, STRETCH_BLOCKS) for start in np.unique(starts).tolist())


def _codes(mixing: Single) -> tuple[bytes, float]:
    """A matrix as 16-bit numbers, and what they are multiplied by."""
    scale = max(float(np.abs(mixing).max()), 1e-12) / MIXING_TOP
    return np.rint(mixing / scale).astype("<i2").tobytes(), scale


def _error_v(coefficients: Single, rounded: Rounded, quantum_v: float, *, n_samples: int) -> float:
    """Root mean square over channels and samples, as the transforms keep lengths."""
    lost = np.multiply(rounded, np.float32(quantum_v))
    np.subtract(coefficients, lost, out=lost)
    lost = lost.ravel()
    return float(np.sqrt(np.dot(lost, lost) / (len(coefficients) * n_samples)))


def _compressed(rounded: Rounded, *, level: int) -> bytes:
    halves = np.empty((2, rounded.size), np.uint8)
    length = rounded[0].size
    for place, component in enumerate(rounded):
        amounts = component.ravel().astype(np.int32)
        codes = np.where(amounts > 0, 2 * amounts - 1, -2 * amounts)
        span = slice(place * length, (place + 1) * length)
        halves[0, span], halves[1, span] = codes & 255, codes >> 8
    return zlib.compress(halves.data, level)


def _rounded(coefficients: Single, quantum_v: float) -> Rounded:
    rounded = np.empty(coefficients.shape, np.int16)
    for place, component in enumerate(coefficients):
        rounded[place] = np.clip(np.rint(component / np.float32(quantum_v)), -MIXING_TOP, MIXING_TOP)
    return rounded
