"""Samples that are not there: NaN and infinity."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ..errors import Rejected
from .timeline import annotate_segments, segments_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    import mne

    from ..recording import Segment

GAP = "BAD_ACQ_SKIP"


def missing_samples(raw: mne.io.BaseRaw, picks: list[int]) -> dict[str, int]:
    """How many samples are NaN or infinite, by name, of the channels ``picks`` that have such."""
    counts = {raw.ch_names[pick]: int((~np.isfinite(raw._data[pick])).sum()) for pick in picks}
    return {name: count for name, count in counts.items() if count}


def require_finite(raw: mne.io.BaseRaw, picks: list[int]) -> None:
    """Raise ``Rejected`` if one of the channels ``picks`` holds NaN or infinity."""
    broken = missing_samples(raw, picks)
    if broken:
        msg = f"NaN or infinity in {', '.join(broken)}: run 'import' and 'bad_channels' first, or mark them bad"
        raise Rejected(msg)


def annotate_gaps(raw: mne.io.BaseRaw, names: Sequence[str]) -> tuple[Segment, ...]:
    """Find the stretches that are missing in all of the named channels, annotate them, and set them to 0.

    A gap is a discontinuity at both of its ends, so that no filter reaches across it.
    """
    missing = np.ones(raw.n_times, dtype=bool)
    for name in names:
        missing &= ~np.isfinite(raw._data[raw.ch_names.index(name)])
        if not missing.any():
            return ()
    for row in raw._data:
        row[missing & ~np.isfinite(row)] = 0.0
    gaps = segments_of(missing, float(raw.info["sfreq"]), GAP)
    annotate_segments(raw, gaps)
    return gaps


def zero_missing(raw: mne.io.BaseRaw) -> dict[str, int]:
    """Set NaN and infinity to 0, in place; how many there were in each channel that had some."""
    counts = {}
    for name, row in zip(raw.ch_names, raw._data, strict=True):
        missing = ~np.isfinite(row)
        if missing.any():
            counts[name] = int(missing.sum())
            row[missing] = 0.0
    return counts
