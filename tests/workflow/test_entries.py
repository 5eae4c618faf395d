"""Entries of a lock, one by one."""

from __future__ import annotations

from pathlib import Path

import pytest

from eegmill.errors import ConfigurationError
from eegmill.files.atomic import write_json
from eegmill.lock import Lock, LockedRecording
from eegmill.workflow import entries
from eegmill.workflow.entries import read_entry, write_index
from eegmill.workflow.layout import Layout


def locked(layout: Layout, *names: str) -> Lock:
    recordings = tuple(
        LockedRecording(recording=name, folder="sub-01", datatype="eeg", raw=f"{name}.edf", entities={}, files=())
        for name in names
    )
    lock = Lock(dataset="ds1", api="x", database="x", filter={}, resolved_at="", recordings=recordings)
    write_json(layout.lock, lock.model_dump(mode="json"))
    return lock


@pytest.fixture
def layout(tmp_path: Path) -> Layout:
    return Layout(tmp_path, "ds1", "minimal")


@pytest.mark.parametrize("indexed", [True, False])
def test_an_entry_is_that_of_the_lock(layout: Layout, indexed: bool) -> None:
    lock = locked(layout, "sub-01_task-a", "sub-01_task-b")
    if indexed:
        write_index(layout, lock)
    assert read_entry(layout, "sub-01_task-b").recordings == lock.recordings[1:]
    assert read_entry(layout, "sub-01_task-b").dataset == "ds1"


def test_the_lock_itself_is_not_read_where_it_is_indexed(layout: Layout, monkeypatch: pytest.MonkeyPatch) -> None:
    write_index(layout, locked(layout, "sub-01_task-a"))
    monkeypatch.setattr(entries, "read_lock", lambda _: pytest.fail("the lock was read"))
    assert read_entry(layout, "sub-01_task-a").recordings[0].raw == "sub-01_task-a.edf"


def test_an_index_of_a_former_lock_does_not_count(layout: Layout) -> None:
    write_index(layout, locked(layout, "sub-01_task-a"))
    locked(layout, "sub-01_task-other")
    assert read_entry(layout, "sub-01_task-other").recordings[0].recording == "sub-01_task-other"


def test_a_broken_index_does_not_count(layout: Layout) -> None:
    write_index(layout, locked(layout, "sub-01_task-a"))
    (layout.work / entries.NAME).write_bytes(b"no database")
    assert read_entry(layout, "sub-01_task-a").recordings[0].recording == "sub-01_task-a"


@pytest.mark.parametrize("indexed", [True, False])
def test_a_recording_that_is_not_locked_is_named(layout: Layout, indexed: bool) -> None:
    lock = locked(layout, "sub-01_task-a")
    if indexed:
        write_index(layout, lock)
    with pytest.raises(ConfigurationError, match="'sub-09_task-a' is not in the lock of 'ds1'"):
        read_entry(layout, "sub-09_task-a")
