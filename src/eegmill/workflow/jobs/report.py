"""Clean recording to a page."""

from __future__ import annotations

from ...chain import Chain
from ...files.atomic import write_text
from ...files.scratch import load
from ...reading.recording import read_recording
from ...records import RecordingRecord
from ...report.page import Figures, draw, recording_page, samples_left
from ...report.signals import before_of
from ...version import __version__
from ..plan import Plan


def run(plan: Plan, dataset: str, recording: str) -> None:
    """Write the page of a recording."""
    layout = plan.layout(dataset)
    entry = plan.recording(dataset, recording)
    record = RecordingRecord.model_validate_json(layout.qc(recording).read_bytes())
    figures = Figures()
    if record.status == "ok":
        raw = read_recording(layout.raw, entry).raw
        before = before_of(raw, samples_left(record, raw.n_times, float(raw.info["sfreq"])))
        del raw  # never in memory beside the clean recording
        figures = draw(before, load(layout.cleaned(recording), Chain).recording, record)
    write_text(layout.report(recording), recording_page(record, figures, version=__version__))
