"""From a mask over samples to segments, and from segments to annotations of a recording."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ..recording import Segment

if TYPE_CHECKING:
    import mne
    from numpy.typing import NDArray


def segments_of(mask: NDArray[np.bool_], sfreq: float, description: str) -> tuple[Segment, ...]:
    """Runs of True in a mask over samples, as segments in seconds from the first sample."""
    edges = np.flatnonzero(np.diff(np.concatenate([[False], mask, [False]]).astype(np.int8)))
    return tuple(
        Segment(onset_s=float(start / sfreq), duration_s=float((stop - start) / sfreq), description=description)
        for start, stop in zip(edges[::2], edges[1::2], strict=True)
    )


def annotate_segments(raw: mne.io.BaseRaw, segments: tuple[Segment, ...]) -> None:
    """Add segments to the annotations of ``raw``, whatever its measurement date and first sample are."""
    annotations = raw.annotations
    for segment in segments:
        # Onsets in raw.annotations count from the measurement date, or from sample 0: both lie first_time earlier.
        annotations.append(segment.onset_s + raw.first_time, segment.duration_s, segment.description)


def total_s(segments: tuple[Segment, ...]) -> float:
    """Summed duration, in seconds."""
    return float(sum(segment.duration_s for segment in segments))
