"""A whole recording in few bytes: the lowest and the highest value of each channel in steps of equal length."""

from __future__ import annotations

import base64
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..signal.types import Samples
from .signals import Shown

MAX_VALUES = 300_000
"""Of a page: a third of a megabyte as text. Whoever looks closer sees single waves."""
MEDIAN_SAMPLES = 20_000
LINEAR_TO_V = 5e-6
"""Codes are about linear up to here and logarithmic above: an artefact of 5 mV leaves the EEG below it fine steps."""
MAX_CODE = 63
"""Seven bits: an eighth would make pages larger by a seventh, and steps finer than a pixel."""
GAP = -128
"""Code of a step in which there is no finite sample."""


@dataclass(frozen=True)
class Preview:
    """The extremes of all channels, as a page carries them."""

    packed: str
    """Base64 of a zlib stream of signed bytes (n_channels, 2, n_steps): each channel's lowest and highest values."""
    tops_v: tuple[float, ...]
    """The value of each channel whose code is `MAX_CODE`, in volts."""

    def as_json(self) -> Mapping[str, object]:
        """What the script of the page reads."""
        return {"packed": self.packed, "tops_v": [float(f"{top:.4g}") for top in self.tops_v]}


def steps_of(n_times: int, n_channels: int, n_signals: int) -> int:
    """How many steps a page has room for; never more than there are samples.

    Examples
    --------
    >>> steps_of(300_000, 64, 2), steps_of(1000, 64, 2)
    (1171, 1000)
    """
    return max(min(n_times, MAX_VALUES // max(2 * n_channels * n_signals, 1)), 1)


def preview_of(signal: Shown, n_steps: int) -> Preview:
    """Lowest and highest value of each channel, about its median, in ``n_steps`` equal steps."""
    extremes = extremes_of(signal, n_steps)
    tops_v = tuple(_top_v(channel) for channel in extremes)
    codes = np.stack([encode(channel, top_v) for channel, top_v in zip(extremes, tops_v, strict=True)])
    return Preview(base64.b64encode(zlib.compress(codes.tobytes(), 6)).decode(), tops_v)


def extremes_of(signal: Shown, n_steps: int) -> NDArray[np.float32]:
    """Lowest and highest value in each step, shape (n_channels, 2, n_steps), in volts about the channel's median."""
    starts = np.minimum(np.arange(n_steps) * signal.n_samples // n_steps, signal.n_samples - 1)
    found = np.empty((len(signal.rows), 2, n_steps), np.float32)
    for place, row in enumerate(signal.rows):
        samples = signal.data[row]
        found[place, 0] = np.minimum.reduceat(samples, starts)
        found[place, 1] = np.maximum.reduceat(samples, starts)
        found[place] -= _median(samples)
    return found


def encode(values_v: NDArray[np.float32], top_v: float) -> NDArray[np.int8]:
    """Values as signed bytes: the inverse hyperbolic sine, so that steps grow with the value."""
    share = np.arcsinh(values_v / LINEAR_TO_V) / np.arcsinh(top_v / LINEAR_TO_V)
    finite = np.isfinite(share)
    codes = np.rint(np.clip(np.where(finite, share, 0.0), -1.0, 1.0) * MAX_CODE)
    return np.where(finite, codes, GAP).astype(np.int8)


def decode(codes: NDArray[np.int8], top_v: float) -> NDArray[np.float64]:
    """The values of signed bytes, in volts; NaN where there is none. The script of the page does the same."""
    values = LINEAR_TO_V * np.sinh(codes.astype(np.float64) / MAX_CODE * np.arcsinh(top_v / LINEAR_TO_V))
    return np.where(codes == GAP, np.nan, values)


def _median(samples: Samples) -> float:
    few = samples[:: max(len(samples) // MEDIAN_SAMPLES, 1)]
    finite = few[np.isfinite(few)]
    return float(np.median(finite)) if len(finite) else 0.0


def _top_v(extremes: NDArray[np.float32]) -> float:
    finite = np.abs(extremes[np.isfinite(extremes)])
    return max(float(finite.max(initial=0.0)), LINEAR_TO_V)


def names_apart(names: Sequence[str]) -> tuple[tuple[str, ...], tuple[int, ...]]:
    """Each name once, in the order of appearance, and the place of each item's name among them.

    Examples
    --------
    >>> names_apart(["b", "a", "b"])
    (('b', 'a'), (0, 1, 0))
    """
    once = tuple(dict.fromkeys(names))
    places = {name: place for place, name in enumerate(once)}
    return once, tuple(places[name] for name in names)
