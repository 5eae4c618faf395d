from __future__ import annotations

import pytest

from eegmill.bids.paths import recording_of
from eegmill.errors import DerivativeError
from eegmill.provenance.manifest import check_manifest
from eegmill.provenance.prune import prune, stale_recordings


@pytest.fixture
def smaller(world):
    return world.lock.model_copy(update={"recordings": world.lock.recordings[:1]})


def test_recordings_that_are_gone_are_told_with_their_files(world, smaller):
    stale = stale_recordings(world.derivative, smaller)
    assert list(stale) == ["sub-02_task-odd"]
    assert any(path.name.endswith("_eeg.eeg") for path in stale["sub-02_task-odd"])


def test_nothing_is_stale_under_the_lock_it_was_made_with(world):
    assert stale_recordings(world.derivative, world.lock) == {}


def test_pruning_removes_them_and_seals_the_rest(world, smaller):
    (world.derivative / "sub-02" / "sub-02_task-odd_report.html").write_text("old")
    (world.derivative / "sub-02" / "eeg" / "sub-02_electrodes.tsv").write_text("old")
    removed = prune(world.derivative, smaller)
    assert "sub-02/sub-02_task-odd_report.html" in removed
    assert not (world.derivative / "sub-02").exists()
    assert (world.derivative / "sub-01").is_dir()
    assert check_manifest(world.derivative).intact


def test_pruning_what_has_nothing_stale_changes_nothing(world):
    before = (world.derivative / "manifest-sha256.txt").read_bytes()
    assert prune(world.derivative, world.lock) == ()
    assert (world.derivative / "manifest-sha256.txt").read_bytes() == before


def test_a_foreign_folder_is_not_pruned(world, smaller, tmp_path):
    (tmp_path / "sub-02").mkdir()
    with pytest.raises(DerivativeError):
        prune(tmp_path, smaller)


@pytest.mark.parametrize(
    ("name", "recording"),
    [
        ("sub-01_ses-a_task-x_desc-preproc_eeg.eeg", "sub-01_ses-a_task-x"),
        ("sub-01_task-x_report.html", "sub-01_task-x"),
        ("sub-01_space-CapTrak_electrodes.tsv", ""),
    ],
)
def test_a_file_names_its_recording(name, recording):
    assert recording_of(name) == recording
