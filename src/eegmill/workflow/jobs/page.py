"""BIDS derivative to page: whoever has a derivative can draw its pages again."""

from __future__ import annotations

from pathlib import Path

from ...derivative.components import read_components, read_mixing
from ...derivative.read import read_cleaned
from ...files.atomic import write_text
from ...lock import LockedRecording
from ...reading.recording import read_recording
from ...records import RecordingRecord
from ...report.page import Figures, draw, recording_page, samples_left
from ...report.signals import Before, before_of
from ...version import __version__
from ..layout import Layout


def write_page(layout: Layout, recording: str, entry: LockedRecording | None) -> Path:
    """Write the page of a recording from its derivative, and its raw files for comparison.

    Parameters
    ----------
    entry
        What the lock has of it; None where the raw files are not there: the page then shows the clean signal alone.
    """
    record = RecordingRecord.model_validate_json(layout.qc(recording).read_bytes())
    figures = _figures(layout, record, entry) if record.status == "ok" else Figures()
    target = layout.report(recording)
    write_text(target, recording_page(record, figures, version=__version__))
    return target


def _figures(layout: Layout, record: RecordingRecord, entry: LockedRecording | None) -> Figures:
    before = _before(layout, record, entry) if entry else None
    after = read_cleaned(layout.derivative, record.recording)
    folder = layout.qc(record.recording).parent
    components = read_components(folder, record.recording)
    return draw(before, after.raw, record, components=components, mixing=read_mixing(folder, record.recording))


def _before(layout: Layout, record: RecordingRecord, entry: LockedRecording) -> Before:
    """What the page shows of the raw signal, which is never in memory beside the clean one."""
    raw = read_recording(layout.raw, entry).raw
    return before_of(raw, samples_left(record, raw.n_times, float(raw.info["sfreq"])))
