from __future__ import annotations

import numpy as np
import pytest
from scipy.io import savemat

from eegmill.bids.companions import named_in_header, require_companions
from eegmill.errors import SourceError
from pinned import lock_of, locked

SET = "sub-01/eeg/sub-01_eeg.set"
VHDR = "sub-01/eeg/sub-01_eeg.vhdr"


def entry(raw):
    return lock_of(locked(raw, "https://example.org/a"), raw=raw).recordings[0]


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "sub-01" / "eeg").mkdir(parents=True)
    return tmp_path


@pytest.mark.parametrize("layout", ["one structure", "fields"])
@pytest.mark.parametrize("outside", [True, False])
def test_a_set_file_needs_its_fdt_only_if_the_data_lie_outside(folder, layout, outside):
    fields = {"nbchan": 1, "data": "old.fdt" if outside else np.zeros((1, 4))}
    savemat(folder / SET, {"EEG": fields} if layout == "one structure" else fields)
    if outside:
        with pytest.raises(SourceError, match=r"needs 'sub-01/eeg/sub-01_eeg\.fdt'"):
            require_companions(entry(SET), folder)
    else:
        require_companions(entry(SET), folder)


@pytest.mark.parametrize("outside", [True, False])
def test_a_set_file_of_matlab_7_3_is_looked_into_as_well(folder, outside):
    h5py = pytest.importorskip("h5py")
    with h5py.File(folder / SET, "w", userblock_size=512) as file:
        file["EEG/data"] = np.zeros(4, np.uint16 if outside else np.float32)
        file["EEG/data"].attrs["MATLAB_class"] = np.bytes_("char" if outside else "single")
    if outside:
        with pytest.raises(SourceError, match="the recording is not complete"):
            require_companions(entry(SET), folder)
    else:
        require_companions(entry(SET), folder)


def test_a_set_file_that_cannot_be_read_is_left_to_the_reader(folder):
    (folder / SET).write_bytes(b"no MATLAB file")
    require_companions(entry(SET), folder)


@pytest.mark.parametrize("names", [("sub-01_eeg.eeg", "sub-01_eeg.vmrk"), ("old.eeg", "old.vmrk")])
def test_a_header_is_content_with_the_named_or_the_renamed_files(folder, names):
    (folder / VHDR).write_text("[Common Infos]\r\nDataFile=old.eeg\r\nMarkerFile=old.vmrk\r\n")
    for name in names:
        (folder / "sub-01" / "eeg" / name).touch()
    require_companions(entry(VHDR), folder)


def test_a_header_whose_marker_file_is_nowhere_names_it(folder):
    (folder / VHDR).write_text("DataFile=$b.eeg\nMarkerFile=$b.vmrk\n")
    (folder / "sub-01" / "eeg" / "sub-01_eeg.eeg").touch()
    with pytest.raises(SourceError, match=r"needs 'sub-01/eeg/sub-01_eeg\.vmrk'"):
        require_companions(entry(VHDR), folder)


def test_comments_of_a_header_name_no_files():
    assert named_in_header("; DataFile=x.eeg\n", VHDR) == ()
