from __future__ import annotations

import pytest

from eegmill.bids.inheritance import Tree, applies, needed, role_of

RAW = "sub-01/ses-2/eeg/sub-01_ses-2_task-rest_run-1_eeg.set"


@pytest.mark.parametrize(
    "path",
    [
        "task-rest_eeg.json",
        "events.json",
        "sub-01/sub-01_sessions.tsv",
        "sub-01/ses-2/sub-01_ses-2_scans.tsv",
        "sub-01/ses-2/sub-01_ses-2_task-rest_events.json",
        "sub-01/ses-2/eeg/sub-01_ses-2_task-rest_run-1_channels.tsv",
        "sub-01/ses-2/eeg/sub-01_ses-2_space-CapTrak_electrodes.tsv",
        "sub-01/ses-2/eeg/sub-01_ses-2_space-CapTrak_coordsystem.json",
    ],
)
def test_a_sidecar_in_or_above_the_folder_speaks_about_the_recording(path):
    assert applies(path, RAW)


@pytest.mark.parametrize(
    "path",
    [
        "task-sleep_eeg.json",
        "sub-01/ses-2/eeg/sub-01_ses-2_task-rest_run-2_channels.tsv",
        "sub-01/ses-2/eeg/sub-01_ses-2_task-rest_run-1_acq-x_channels.tsv",
        "sub-01/ses-1/sub-01_ses-1_scans.tsv",
        "sub-01/ses-2/meg/sub-01_ses-2_task-rest_run-1_channels.tsv",
        "sub-01/ses-2/eeg/sub-01_ses-2_task-rest_run-1_space-x_events.tsv",
        "sub-01/ses-2/eeg/sub-01_ses-2_task-rest_run-1_photo.jpg",
    ],
)
def test_a_file_of_another_recording_or_kind_does_not(path):
    assert not applies(path, RAW)


@pytest.mark.parametrize(
    ("raw", "companions"),
    [
        ("a/x_eeg.set", ["a/x_eeg.fdt"]),
        ("a/x_eeg.vhdr", ["a/x_eeg.dat", "a/x_eeg.eeg", "a/x_eeg.vmrk"]),
        ("a/x_split-01_eeg.fif", ["a/x_split-02_eeg.fif", "a/x_split-03_eeg.fif"]),
        ("a/x_eeg.edf", []),
    ],
)
def test_companions_come_with_the_raw_file(raw, companions):
    assert needed(raw, [raw, *companions, "a/y_eeg.fdt", "a/y_split-02_eeg.fif"]) == sorted([raw, *companions])


@pytest.mark.parametrize(
    ("path", "role"),
    [
        (RAW, "raw"),
        (RAW.replace(".set", ".fdt"), "companion"),
        ("participants.tsv", "dataset"),
        ("LICENSE", "dataset"),
        ("task-rest_eeg.json", "sidecar"),
    ],
)
def test_every_file_has_its_role(path, role):
    assert role_of(path, RAW) == role


def test_a_tree_finds_what_a_walk_over_everything_finds():
    paths = [RAW, "README", "task-rest_eeg.json", "sub-01/sub-01_sessions.tsv", "sub-02/eeg/sub-02_eeg.set"]
    assert Tree(paths).needed(RAW) == needed(RAW, paths) == sorted(paths[:4])
