from __future__ import annotations

import numpy as np
import pytest

from eegmill.derivative.brainvision import write_brainvision
from eegmill.errors import RecordingError
from eegmill.reading.raw_files import open_file, open_raw
from tiny_bids import make_raw


@pytest.fixture
def brainvision(tmp_path):
    raw = make_raw(0, 2.0)
    raw.annotations.append(0.5, 0.25, "stim, loud")
    write_brainvision(raw, tmp_path, "a_eeg")
    return tmp_path / "a_eeg.vhdr"


def test_a_file_is_read_in_volts_from_its_first_sample(brainvision):
    raw = open_raw(brainvision, [])
    np.testing.assert_allclose(raw.get_data(), make_raw(0, 2.0).get_data(), rtol=1e-6)
    assert raw.get_data().dtype == np.float64
    assert raw.first_samp == 0


def test_no_file_name_and_no_date_stay_with_the_signal(brainvision):
    raw = open_raw(brainvision, [])
    assert raw.info["meas_date"] is None
    assert not any(raw.filenames)


def test_markers_keep_text_onset_and_length(brainvision):
    (marker,) = open_raw(brainvision, []).annotations
    assert (marker["description"], marker["onset"], marker["duration"]) == ("Comment/stim, loud", 0.5, 0.25)


@pytest.mark.parametrize(
    ("name", "content", "cause"),
    [
        ("a.edf", b"", "is empty"),
        ("a.edf", b"\0" * 5000, "is empty"),
        ("a.edf", b"../../.git/annex/objects/x/y/MD5E-s1--0.edf", "git-annex"),
        ("a.set", b"/annex/objects/MD5E-s1--0.set\n", "git-annex"),
        ("a.bdf", b"version https://git-lfs.github.com/spec/v1\n", "LFS"),
        ("a.edf", b"not an EDF file at all", "cannot be read"),
        ("a.set", b"MATLAB 5.0 nonsense", "cannot be read"),
        ("a.cnt", b"Version 3.0 nonsense", "cannot be read"),
        ("a.fif", b"nonsense", "cannot be read"),
        ("a.xyz", b"nonsense", "cannot be read"),
    ],
)
def test_what_is_no_recording_is_named_with_its_cause(tmp_path, name, content, cause):
    (tmp_path / name).write_bytes(content)
    with pytest.raises(RecordingError, match=rf"'{name}'.* {cause}") as caught:
        open_raw(tmp_path / name, [])
    assert str(tmp_path) not in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("name", "instead"),
    [("a.vmrk", ".vhdr"), ("a.fdt", ".set"), ("a.mat", ".set"), ("a.11D", ".EEG"), ("a_eeg.eeg", "'a_eeg.vhdr'")],
)
def test_a_file_beside_a_recording_is_refused_and_the_recording_named(brainvision, name, instead):
    path = brainvision.with_name(name)
    path.write_bytes(path.read_bytes() if path.exists() else b"anything")
    with pytest.raises(RecordingError, match=rf"'{name}' is no recording by itself: .*{instead}"):
        open_raw(path, [])


def test_a_file_shorter_than_its_header_says_is_noted_with_the_share_that_is_there(tmp_path):
    make_raw(0, 8.0).export(tmp_path / "a.edf", fmt="edf", verbose="error")
    content = (tmp_path / "a.edf").read_bytes()
    (tmp_path / "a.edf").write_bytes(content[: len(content) // 2])
    notes: list[str] = []
    opened = open_file(tmp_path / "a.edf", notes)
    assert (opened.raw.times[-1] < 5, opened.missing_fraction) == (True, 0.625)
    assert "'a.edf' is cut short: it holds 3 of the 8 records that its header promises (37.5 %, 3 of 8 s)" in notes


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(RecordingError, match=r"'a\.edf' is missing"):
        open_raw(tmp_path / "a.edf", [])


def test_a_link_to_nothing_is_named(tmp_path):
    (tmp_path / "a.edf").symlink_to(tmp_path / "annex" / "b.edf")
    with pytest.raises(RecordingError, match="link to data that are not there"):
        open_raw(tmp_path / "a.edf", [])


def test_a_missing_companion_is_named(brainvision):
    brainvision.with_suffix(".eeg").unlink()
    with pytest.raises(RecordingError, match=r"a_eeg\.vhdr.*a_eeg\.eeg"):
        open_raw(brainvision, [])


@pytest.mark.parametrize(
    ("name", "n_channels"), [("antio/test_CA_208.cnt", 88), ("test_raw_hdf5.set", 271), ("mne_test.bdf", 73)]
)
def test_a_file_of_the_zoo_is_read(shared_data, name, n_channels):
    assert len(open_raw(shared_data / "format-zoo" / name, []).ch_names) == n_channels


@pytest.mark.parametrize(
    ("name", "content", "cause"),
    [
        ("note.txt", b"hello", "'.txt' is none of the formats that are read"),
        ("a.set", b"hello world, no MATLAB here", "damaged or no SET file"),
        ("a.edf", b"\x1f\x8b\x08 packed", r"it is packed \(gzip\): unpack it"),
        ("a.edf", b"<!DOCTYPE html><html>404</html>", "it is a web page"),
    ],
)
def test_what_a_file_is_instead_of_a_recording_is_said_without_names_of_exceptions(tmp_path, name, content, cause):
    (tmp_path / name).write_bytes(content)
    with pytest.raises(RecordingError, match=cause) as caught:
        open_raw(tmp_path / name, [])
    assert "Error" not in str(caught.value)
