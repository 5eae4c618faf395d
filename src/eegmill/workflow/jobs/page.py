"""BIDS derivative to page: whoever has a derivative and its raw files can draw its pages again."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from ...derivative.components import read_components, read_mixing
from ...derivative.read import read_cleaned
from ...files.atomic import write_text
from ...files.scratch import load, save
from ...lock import LockedRecording
from ...reading.recording import read_recording
from ...records import RecordingRecord
from ...report.page import Figures, draw, recording_page, samples_left
from ...report.signals import Before, before_of, in_single_precision, taken_from
from ...version import __version__
from ..layout import Layout

if TYPE_CHECKING:
    import mne

LARGE_BYTES = 1 << 27
"""Of the raw signal in single precision: a larger one waits on disk while the clean one is read in double precision."""


def write_page(layout: Layout, entry: LockedRecording) -> Path:
    """Write the page of a recording from its derivative."""
    record = RecordingRecord.model_validate_json(layout.qc(entry.recording).read_bytes())
    figures = _figures(layout, entry, record) if record.status == "ok" else Figures()
    target = layout.report(entry.recording)
    write_text(target, recording_page(record, figures, version=__version__))
    return target


def _figures(layout: Layout, entry: LockedRecording, record: RecordingRecord) -> Figures:
    raw = read_recording(layout.raw, entry).raw
    before = before_of(raw, samples_left(record, raw.n_times, float(raw.info["sfreq"])))
    del raw  # never in memory beside the clean recording
    if before.samples.nbytes <= LARGE_BYTES:
        after = read_cleaned(layout.derivative, entry.recording).raw
    else:
        with tempfile.TemporaryDirectory() as aside:
            save(before, Path(aside) / "before")
            del before
            after = _cleaned_in_single_precision(layout, entry.recording)
            before = load(Path(aside) / "before", Before)
    folder = layout.qc(entry.recording).parent
    components = read_components(folder, entry.recording)
    return draw(before, after, record, components=components, mixing=read_mixing(folder, entry.recording))


def _cleaned_in_single_precision(layout: Layout, recording: str) -> mne.io.BaseRaw:
    raw = read_cleaned(layout.derivative, recording).raw
    raw._data = in_single_precision(taken_from(raw))
    return raw
