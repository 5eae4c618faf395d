"""Samples that are not there: NaN and infinity."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from .segments import annotate_segments, segments_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    import mne

    from ..recording import Segment

GAP = "BAD_ACQ_SKIP"
END_OF_GAP = "BAD boundary"


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
    sfreq = float(raw.info["sfreq"])
    gaps = segments_of(missing, sfreq, GAP)
    ends = tuple(
        gap.model_copy(update={"onset_s": gap.onset_s + gap.duration_s, "duration_s": 0.0, "description": END_OF_GAP})
        for gap in gaps
        if gap.onset_s + gap.duration_s < raw.n_times / sfreq
    )
    annotate_segments(raw, gaps + ends)
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
