"""The filters that a recording had before it came here, by channel: from ``channels.tsv``, else from ``_eeg.json``."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from ..files.tables import Row, number
from ..recording import Band

HIGHPASS = re.compile(r"high[\s_-]?pass|low[\s_-]?cut", re.IGNORECASE)
LOWPASS = re.compile(r"low[\s_-]?pass|high[\s_-]?cut|anti[\s_-]?alias", re.IGNORECASE)
OURS = "eegmill "
"""Filters of a cleaned recording: its table says which channels they touched."""
CUTOFF = re.compile(r"cut|freq|hz|half.?amplitude", re.IGNORECASE)


def source_bands(names: Sequence[str], rows: Sequence[Row], sidecar: Mapping[str, Any]) -> dict[str, Band]:
    """Bands of the channels that the sidecars speak about; a cutoff in the table wins over that of all channels.

    Examples
    --------
    >>> sidecar = {"SoftwareFilters": {"low-pass": {"cutoff (Hz)": 45}}}
    >>> source_bands(["Cz"], [{"name": "Cz", "low_cutoff": "0.1"}], sidecar)
    {'Cz': Band(highpass_hz=0.1, lowpass_hz=45.0)}
    """
    of_all = _of_all(sidecar)
    by_name = {row.get("name", ""): row for row in rows}
    found = {}
    for name in names:
        row = by_name.get(name, {})
        low, high = (_positive(row.get(column)) for column in ("low_cutoff", "high_cutoff"))
        band = Band(highpass_hz=low or of_all.highpass_hz, lowpass_hz=high or of_all.lowpass_hz)
        if band != Band():
            found[name] = band
    return found


def _of_all(sidecar: Mapping[str, Any]) -> Band:
    band = Band()
    for key in ("HardwareFilters", "SoftwareFilters"):
        filters = sidecar.get(key)
        for name, settings in filters.items() if isinstance(filters, Mapping) else ():
            if name.startswith(OURS):
                continue
            cutoffs_hz = list(_cutoffs(settings))
            if len(cutoffs_hz) == 1 and HIGHPASS.search(name):
                band = band.narrowed(highpass_hz=cutoffs_hz[0])
            elif len(cutoffs_hz) == 1 and LOWPASS.search(name):
                band = band.narrowed(lowpass_hz=cutoffs_hz[0])
    return band


def _cutoffs(settings: object) -> Iterator[float]:
    """Frequencies among the settings of one filter: BIDS leaves their names free. None is taken where several are."""
    if isinstance(settings, Mapping):
        for key, value in settings.items():
            hz = _positive(value)
            if hz and CUTOFF.search(str(key)):
                yield hz


def _positive(value: object) -> float | None:
    hz = number(str(value)) if isinstance(value, str | int | float) and not isinstance(value, bool) else None
    return hz if hz and hz > 0 else None
