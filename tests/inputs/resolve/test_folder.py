"""A BIDS folder on this machine, resolved without any API."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from eegmill.config.models import Api, Select
from eegmill.errors import UnknownDataset
from eegmill.inputs.resolve.any_source import lock_of
from eegmill.inputs.resolve.folder import difference_in_words
from eegmill.inputs.resolve.listing import listing_digest
from eegmill.lock import Lock
from tiny_bids import make_raw_dataset


def resolved(root: Path, **select: object) -> Lock:
    return lock_of("tiny", root, api=Api(), select=Select.model_validate(select), made=root.parent / "made")


def test_its_recordings_are_pinned_where_they_lie(tmp_path: Path) -> None:
    make_raw_dataset(tmp_path / "raw")
    lock = resolved(tmp_path / "raw")
    assert [entry.recording for entry in lock.recordings] == ["sub-01_task-odd", "sub-02_task-odd"]
    assert all(file.url.startswith((tmp_path / "raw").as_uri()) for file in lock.recordings[0].files)


def test_a_selection_and_a_query_choose(tmp_path: Path) -> None:
    make_raw_dataset(tmp_path / "raw")
    assert len(resolved(tmp_path / "raw", subject=("02",)).recordings) == 1
    assert len(resolved(tmp_path / "raw", query={"entities.subject": {"$in": ["01"]}}).recordings) == 1


def test_two_locks_of_a_folder_differ_in_nothing_but_their_time(tmp_path: Path) -> None:
    make_raw_dataset(tmp_path / "raw")
    one, other = (resolved(tmp_path / "raw").model_copy(update={"resolved_at": ""}) for _ in range(2))
    assert one == other


def test_an_id_that_no_catalogue_knows_and_a_folder_of_that_name_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "bids3").mkdir()
    monkeypatch.chdir(tmp_path)
    with pytest.raises(UnknownDataset, match=r"as a dataset it is '\./bids3'"):
        lock_of("bids3", None, api=Api(), select=Select(), made=tmp_path)


def test_derivatives_in_it_are_no_raw_data(tmp_path: Path) -> None:
    root = tmp_path / "raw"
    make_raw_dataset(root)
    before = listing_digest(root)
    make_raw_dataset(root / "derivatives" / "other", subjects=("09",))
    (root / "run.log").write_text("a log of the run itself")
    assert listing_digest(root) == before
    assert len(resolved(root).recordings) == 2


def test_recordings_that_come_and_go_are_told(tmp_path: Path) -> None:
    root = tmp_path / "raw"
    make_raw_dataset(root)
    lock, before = resolved(root), listing_digest(root)
    (root / "sub-01/eeg/sub-01_task-odd_eeg.vhdr").rename(root / "sub-01/eeg/sub-01_task-new_eeg.vhdr")
    assert listing_digest(root) != before
    assert difference_in_words(root, lock, Select()) == "1 new, 1 gone"


def test_a_file_that_was_changed_in_place_is_seen(tmp_path: Path) -> None:
    root = tmp_path / "raw"
    make_raw_dataset(root)
    before = listing_digest(root)
    os.utime(root / "sub-01/eeg/sub-01_task-odd_eeg.eeg", (1, 1))
    assert listing_digest(root) != before
