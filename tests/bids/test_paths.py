from __future__ import annotations

import subprocess
from pathlib import Path, PurePosixPath

import pytest

import eegmill
from eegmill.bids.paths import DerivativePaths, own_files, paths_of_record, recording_of

PATHS = DerivativePaths("sub-01_ses-02_task-x_run-1")


def test_every_file_of_a_recording_lies_in_its_folder_or_beside_it():
    folder = PurePosixPath("sub-01/ses-02/eeg")
    names = ("record", "signal", "signal_data", "epochs", "epochs_data", "epochs_table", "components", "electrodes")
    assert {getattr(PATHS, name).parent for name in names} == {folder}
    assert PATHS.coordsystem == folder / "sub-01_ses-02_space-CapTrak_coordsystem.json"
    assert PATHS.page == PurePosixPath("sub-01/ses-02/sub-01_ses-02_task-x_run-1_report.html")


def test_the_paths_of_a_record_are_those_of_its_recording():
    assert paths_of_record(Path("/x") / PATHS.record) == PATHS


@pytest.mark.parametrize(
    ("name", "recording"),
    [
        ("sub-01_ses-a_task-x_desc-preproc_eeg.eeg", "sub-01_ses-a_task-x"),
        ("sub-01_task-x_report.html", "sub-01_task-x"),
        ("sub-01_task-x_space-CapTrak_electrodes.tsv", "sub-01_task-x"),
        ("sub-01_space-CapTrak_electrodes.tsv", ""),
        ("sub-01_space-CapTrak_coordsystem.json", ""),
    ],
)
def test_a_file_names_its_recording(name, recording):
    assert recording_of(name) == recording


def test_files_of_a_recording_whose_name_goes_on_are_not_its_own(tmp_path):
    for name in ("sub-01_task-x_desc-preproc_qc.json", "sub-01_task-xy_desc-preproc_qc.json"):
        (tmp_path / name).touch()
    (tmp_path / "sub-01_task-x_run-2_desc-preproc_qc.json").touch()
    assert [path.name for path in own_files(tmp_path, "sub-01_task-x")] == ["sub-01_task-x_desc-preproc_qc.json"]


def test_no_other_module_spells_these_names():
    source = Path(eegmill.__file__).parent
    found = subprocess.run(["grep", "-rlE", "_desc-(preproc|epochs|ica)_", str(source)], capture_output=True, text=True)
    spelled = {Path(line).relative_to(source).as_posix() for line in found.stdout.splitlines() if line.endswith(".py")}
    # What a reader types, and an example in a docstring.
    assert spelled == {"bids/paths.py", "derivative/readme.py", "provenance/dehydrated.py"}


def test_what_the_positions_of_a_loose_file_refer_to_has_its_name():
    assert DerivativePaths("Subject00_1").coordsystem.name == "Subject00_1_space-CapTrak_coordsystem.json"
