"""The page of all datasets, and the status that is kept as long as nothing changes."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from eegmill.files.atomic import write_json
from eegmill.lock import Lock, LockedRecording
from eegmill.workflow import known_status as module
from eegmill.workflow.known_status import known_status
from eegmill.workflow.layout import Layout
from eegmill.workflow.overview import write_overview
from eegmill.workflow.receipts import Receipt, write_receipt

RECIPE = "minimal"
LONG_AGO_NS = 1_600_000_000_000_000_000


@pytest.fixture
def output(tmp_path: Path) -> Path:
    """One dataset of two recordings, of which one is clean; nothing was changed of late."""
    layout = Layout(tmp_path, "ds1", RECIPE)
    entries = tuple(
        LockedRecording(recording=name, folder=name, datatype="eeg", raw=f"{name}_eeg.edf", entities={}, files=())
        for name in ("sub-01", "sub-02")
    )
    lock = Lock(dataset="ds1", api="x", database="x", filter={}, resolved_at="", recordings=entries)
    write_json(layout.lock, lock.model_dump(mode="json"))
    clean(tmp_path, "sub-01")
    for path in (layout.lock, layout.work / "clean"):
        os.utime(path, ns=(LONG_AGO_NS, LONG_AGO_NS))
    return tmp_path


def clean(output: Path, name: str) -> None:
    write_receipt(
        Layout(output, "ds1", RECIPE),
        Receipt(stage="clean", dataset="ds1", name=name, recipe=RECIPE, digest="0" * 16),
    )


def test_a_dataset_that_has_not_changed_is_not_looked_at_again(output: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = known_status(output)
    monkeypatch.setattr(module, "dataset_status", lambda *_: pytest.fail("looked at"))
    assert known_status(output) == first
    assert first[0].counts == {"ok": 1, "pending": 1}


def test_a_dataset_that_has_changed_is_looked_at_again(output: Path) -> None:
    known_status(output)
    clean(output, "sub-02")
    assert known_status(output)[0].counts == {"ok": 2}


def test_what_changes_just_now_is_not_taken_for_known(output: Path) -> None:
    clean(output, "sub-02")
    known_status(output)
    assert not (output / "work" / "ds1" / module.NAME).exists()


def test_the_page_leads_to_the_page_of_each_dataset_wherever_it_is_moved(output: Path) -> None:
    page = Layout(output, "ds1", RECIPE).derivative / "index.html"
    page.parent.mkdir(parents=True)
    page.touch()
    write_overview(output)
    text = (output / "index.html").read_text(encoding="utf-8")
    assert 'href="ds1/derivatives/eegmill-minimal/index.html"' in text
    assert str(output) not in text


def test_a_page_that_cannot_be_written_stops_nothing(tmp_path: Path) -> None:
    write_overview(tmp_path / "nowhere")
    assert not (tmp_path / "nowhere").exists()
