"""The stretches of a recording between its discontinuities."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import mne

BREAKS = frozenset({"boundary", "EDGE boundary", "BAD boundary", "BAD_ACQ_SKIP", "New Segment/"})


def continuous_spans(raw: mne.io.BaseRaw) -> list[tuple[int, int]]:
    """Sample ranges (start, stop) without a discontinuity inside; together they cover the recording.

    A discontinuity is an annotation named as in ``BREAKS`` (EEGLAB writes ``boundary`` where data were cut, BrainVision
    ``New Segment/`` where a recording starts and where it goes on after a pause, MNE ``EDGE boundary`` where recordings
    were joined). No filter and no window may reach across one.
    """
    n_samples = raw.n_times
    cuts = {0, n_samples}
    for annotation in raw.annotations:
        if str(annotation["description"]) in BREAKS:
            cut = round((float(annotation["onset"]) - raw.first_time) * float(raw.info["sfreq"]))
            cuts.add(min(max(cut, 0), n_samples))
    edges = sorted(cuts)
    return [(start, stop) for start, stop in pairwise(edges) if stop > start]
