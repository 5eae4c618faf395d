"""BIDS derivative to page: whoever has a derivative can draw its pages again."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from ...derivative.components import read_components, read_mixing
from ...derivative.read import read_cleaned, read_epochs
from ...files.atomic import write_text
from ...files.scratch import load, save
from ...lock import LockedRecording
from ...provenance.methods import recording_paragraph
from ...reading.recording import read_recording
from ...records import RecordingRecord
from ...report.averages import EpochsShown, channels_shown, epochs_shown
from ...report.figures import Figures, draw, draw_recorded, samples_left
from ...report.page import recording_page
from ...report.signals import Before, before_of, in_single_precision, taken_from
from ...version import __version__
from ..layout import Layout

if TYPE_CHECKING:
    import mne

LARGE_BYTES = 1 << 27
"""Of the raw signal in single precision: a larger one waits on disk while the clean one is read in double precision."""


def write_page(layout: Layout, recording: str, entry: LockedRecording | None) -> Path:
    """Write the page of a recording from its derivative, and its raw files for comparison.

    Parameters
    ----------
    entry
        What the lock has of it; None where the raw files are not there: the page then shows the clean signal alone.
    """
    record = RecordingRecord.model_validate_json(layout.qc(recording).read_bytes())
    figures = _figures(layout, record, entry)
    target = layout.report(recording)
    methods = recording_paragraph(record) if record.status == "ok" else ""
    page = recording_page(record, figures, version=__version__, dataset=layout.dataset, methods=methods)
    write_text(target, page)
    return target


def _figures(layout: Layout, record: RecordingRecord, entry: LockedRecording | None) -> Figures:
    if record.status != "ok":
        return _of_rejected(layout, record, entry)
    before, after = _signals(layout, record, entry)
    folder = layout.qc(record.recording).parent
    components = read_components(folder, record.recording)
    return draw(
        before,
        after,
        record,
        components=components,
        mixing=read_mixing(folder, record.recording),
        dataset=layout.dataset,
        epochs=_epochs(layout, record, after),
    )


def _of_rejected(layout: Layout, record: RecordingRecord, entry: LockedRecording | None) -> Figures:
    """Its signal as it was recorded, in single precision, if its raw files are there and can be read."""
    if entry is None:
        return Figures()
    raw = read_recording(layout.raw, entry).raw
    raw._data = in_single_precision(taken_from(raw))
    return draw_recorded(raw, record)


def _epochs(layout: Layout, record: RecordingRecord, after: mne.io.BaseRaw) -> EpochsShown | None:
    """The epochs of a few channels; None where the recording has none."""
    if not record.metrics.get("n_epochs"):
        return None
    names = [name for name, kind in zip(after.ch_names, after.get_channel_types(), strict=True) if kind == "eeg"]
    picks = channels_shown([name for name in names if name not in after.info["bads"]] or names)
    return epochs_shown(record, read_epochs(layout.derivative, record.recording, raw=after, picks=picks))


def _signals(
    layout: Layout, record: RecordingRecord, entry: LockedRecording | None
) -> tuple[Before | None, mne.io.BaseRaw]:
    """What the page shows of the raw signal, if that is there, and the clean one; never both in double precision."""
    if entry is None:
        return None, read_cleaned(layout.derivative, record.recording).raw
    before = _before(layout, record, entry)
    if before.samples.nbytes <= LARGE_BYTES:
        return before, read_cleaned(layout.derivative, record.recording).raw
    with tempfile.TemporaryDirectory() as aside:
        save(before, Path(aside) / "before")
        del before
        after = _cleaned_in_single_precision(layout, record.recording)
        return load(Path(aside) / "before", Before), after


def _before(layout: Layout, record: RecordingRecord, entry: LockedRecording) -> Before:
    raw = read_recording(layout.raw, entry).raw
    return before_of(raw, samples_left(record, raw.n_times, float(raw.info["sfreq"])))


def _cleaned_in_single_precision(layout: Layout, recording: str) -> mne.io.BaseRaw:
    raw = read_cleaned(layout.derivative, recording).raw
    raw._data = in_single_precision(taken_from(raw))
    return raw
