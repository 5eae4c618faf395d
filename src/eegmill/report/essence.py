"""What a page of a recording holds for the page of its dataset: spectrum and averages in few numbers.

It stands at the beginning of the page, so that whoever has a thousand pages reads a few kilobytes of each.
"""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
from pydantic import ValidationError

from ..models import Frozen
from ..signal.types import Floats

HEAD_BYTES = 1 << 17
ELEMENT = re.compile(rb'<script type="application/json" id="essence">(.*?)</script>', re.DOTALL)
SPECTRUM_HZ = tuple(float(hz) for hz in np.arange(1.0, 45.5, 0.5))
TIMES = 101
"""Points of an average."""


class Average(Frozen):
    """The mean of one condition at one channel."""

    event: str
    channel: str
    n_epochs: int
    values_uv: tuple[float, ...]
    """At `TIMES` equal steps."""


class Essence(Frozen):
    """Of one recording."""

    before_db: tuple[float, ...] = ()
    """Median over channels of the power density at `SPECTRUM_HZ`, as recorded; empty where that is not known."""
    after_db: tuple[float, ...] = ()
    """The same of the clean signal."""
    span_s: tuple[float, float] | None = None
    """First and last time of the averages, from the event."""
    averages: tuple[Average, ...] = ()


EMPTY = Essence()


def median_spectrum_db(frequencies: Floats, density_db: Floats) -> tuple[float, ...]:
    """The median over channels of spectra (n_channels, n_freqs), at `SPECTRUM_HZ`; none where the band ends below.

    Channels without a spectrum, NaN, do not count.
    """
    known = density_db[np.isfinite(density_db).all(axis=1)]
    if len(frequencies) < 2 or frequencies[-1] < SPECTRUM_HZ[-1] or not len(known):
        return ()
    found = np.interp(SPECTRUM_HZ, frequencies, np.median(known, axis=0))
    return tuple(round(float(value), 2) for value in found)


def sampled(times_s: Floats, values: Floats) -> tuple[float, ...]:
    """A curve at `TIMES` equal steps over its length."""
    found = np.interp(np.linspace(times_s[0], times_s[-1], TIMES), times_s, values)
    return tuple(round(float(value), 3) for value in found)


def read_essence(page: Path) -> Essence:
    """The essence that a page holds; an empty one where there is none that this eegmill understands."""
    try:
        with page.open("rb") as file:
            found = ELEMENT.search(file.read(HEAD_BYTES))
        return Essence.model_validate_json(found[1]) if found else EMPTY
    except (OSError, ValidationError):
        return EMPTY
