from __future__ import annotations

import numpy as np
import pytest
from scipy.io import savemat

from eegmill.reading.companions import absent_companion


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "sub-01" / "eeg").mkdir(parents=True)
    return tmp_path / "sub-01" / "eeg"


@pytest.mark.parametrize("layout", ["one structure", "fields"])
@pytest.mark.parametrize("outside", [True, False])
def test_a_set_file_needs_its_fdt_only_if_the_data_lie_outside(folder, layout, outside):
    fields = {"nbchan": 1, "data": "old.fdt" if outside else np.zeros((1, 4))}
    savemat(folder / "sub-01_eeg.set", {"EEG": fields} if layout == "one structure" else fields)
    assert absent_companion(folder / "sub-01_eeg.set") == ("old.fdt" if outside else None)


@pytest.mark.parametrize("outside", [True, False])
def test_a_set_file_of_matlab_7_3_is_looked_into_as_well(folder, outside):
    h5py = pytest.importorskip("h5py")
    with h5py.File(folder / "sub-01_eeg.set", "w", userblock_size=512) as file:
        file["EEG/data"] = np.frombuffer(b"o.fdt", np.uint8).astype(np.uint16) if outside else np.zeros(4, np.float32)
        file["EEG/data"].attrs["MATLAB_class"] = np.bytes_("char" if outside else "single")
    assert absent_companion(folder / "sub-01_eeg.set") == ("o.fdt" if outside else None)


def test_a_set_file_that_cannot_be_read_is_left_to_the_reader(folder):
    (folder / "sub-01_eeg.set").write_bytes(b"no MATLAB file")
    assert absent_companion(folder / "sub-01_eeg.set") is None


@pytest.mark.parametrize("name", ["sub-01_eeg.eeg", "sub-01_eeg.EEG", "old.eeg"])
def test_a_header_is_content_with_the_named_or_the_renamed_file(folder, name):
    (folder / "sub-01_eeg.vhdr").write_text("[Common Infos]\r\nDataFile=C:\\data\\old.eeg\r\nMarkerFile=old.vmrk\r\n")
    (folder / name).touch()
    assert absent_companion(folder / "sub-01_eeg.vhdr") is None


def test_a_header_whose_data_are_nowhere_names_them(folder):
    (folder / "sub-01_eeg.vhdr").write_text("DataFile=$b.eeg\nMarkerFile=$b.vmrk\n")
    assert absent_companion(folder / "sub-01_eeg.vhdr") == "sub-01_eeg.eeg"


def test_the_data_of_another_recording_are_not_enough(folder):
    (folder / "sub-01_run-2_eeg.vhdr").write_text("DataFile=sub-01_run-1_eeg.eeg\n")
    (folder / "sub-01_run-1_eeg.eeg").touch()
    assert absent_companion(folder / "sub-01_run-2_eeg.vhdr") == "sub-01_run-2_eeg.eeg"
