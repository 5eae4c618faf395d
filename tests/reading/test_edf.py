from __future__ import annotations

import os

import mne
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from edf_files import SFREQ, make_edf
from eegmill.errors import RecordingError
from eegmill.reading.edf import MendedFile, read_header
from eegmill.reading.raw_files import open_raw


def counted(raw):
    """The first channel in microvolts: it counts its own samples."""
    return np.round(raw.get_data()[0] * 1e6)


@pytest.mark.parametrize(
    "start",
    [
        b"01.02.2024.00.00",
        b"31.02.8510.11.12",
        b"01.01.2009:01:17",
        b"                ",
        b"aa.bb.cc\xff\xff\xff\xff\xff\xff\xff\xff",
    ],
)
def test_a_wrong_clock_does_not_cost_the_samples_and_is_noted(tmp_path, start):
    notes: list[str] = []
    raw = open_raw(make_edf(tmp_path / "a.edf", start=start), notes)
    np.testing.assert_array_equal(counted(raw), np.arange(6 * SFREQ))
    assert "which is none: not used" in notes[0]


def test_a_sound_header_is_not_noted(tmp_path):
    notes: list[str] = []
    assert open_raw(make_edf(tmp_path / "a.edf"), notes).n_times == 6 * SFREQ
    assert notes == []


def test_bytes_behind_the_promised_records_are_not_read(tmp_path):
    notes: list[str] = []
    raw = open_raw(make_edf(tmp_path / "a.edf", declared=4), notes)
    np.testing.assert_array_equal(counted(raw), np.arange(4 * SFREQ))
    assert "400 bytes lie behind the 4 records" in notes[0]


def test_an_unknown_number_of_records_is_taken_from_the_size(tmp_path):
    notes: list[str] = []
    assert open_raw(make_edf(tmp_path / "a.edf", declared=-1), notes).n_times == 6 * SFREQ
    assert "does not say how many records there are; the file holds 6" in notes[0]


def test_a_file_without_a_whole_record_is_refused_with_its_sizes(tmp_path):
    path = make_edf(tmp_path / "a.edf")
    path.write_bytes(path.read_bytes()[:800])
    with pytest.raises(
        RecordingError, match="holds no whole record: 800 bytes, of which the header takes 768 and a record 200"
    ):
        open_raw(path, [])


def test_a_file_that_was_never_written_is_refused_before_it_is_loaded(tmp_path):
    path = make_edf(tmp_path / "a.edf", declared=5_000_000)
    os.truncate(path, 5_000_000 * 200)
    with pytest.raises(RecordingError, match=r"1000000000 bytes long, of which only .* were ever written"):
        open_raw(path, [])


def test_annotations_alone_are_no_recording(tmp_path):
    path = make_edf(tmp_path / "a.edf", {}, tals={0: [b"+0\x15300\x14Sleep stage W\x14\0"]})
    with pytest.raises(RecordingError, match=r"holds no samples: it is an EDF\+ file of annotations alone"):
        open_raw(path, [])


def test_channels_that_were_brought_to_the_rate_of_the_fastest_are_noted(tmp_path):
    notes: list[str] = []
    assert open_raw(make_edf(tmp_path / "a.edf", {"EEG": 50, "ECG": 200, "SpO2": 1}), notes).info["sfreq"] == 200
    assert notes == [
        "channels stored at 1 Hz were brought to 200 Hz: SpO2",
        "channels stored at 50 Hz were brought to 200 Hz: EEG",
    ]


def test_a_suffix_in_capitals_is_read(tmp_path):
    assert open_raw(make_edf(tmp_path / "a.EDF"), []).n_times == 6 * SFREQ


@settings(max_examples=50, deadline=None)
@given(st.lists(st.tuples(st.integers(-5, 900), st.integers(-1, 300)), max_size=8))
def test_a_mended_file_reads_as_the_header_and_the_rest_end_to_end(tmp_path_factory, steps):
    path = tmp_path_factory.mktemp("edf") / "a"
    path.write_bytes(bytes(range(256)) * 3)
    header = b"h" * 100
    whole = (header + path.read_bytes()[100:])[:600]
    file = MendedFile(path, header, 600)
    for offset, count in steps:
        at = max(offset, 0)
        file.seek(at)
        expected = whole[at:] if count < 0 else whole[at : at + count]
        assert file.read(count) == expected
        assert file.tell() == at + len(expected)
    file.close()


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 767), st.binary(min_size=1, max_size=16))
def test_any_damage_to_a_header_is_read_or_refused_in_one_sentence(tmp_path_factory, at, damage):
    path = make_edf(tmp_path_factory.mktemp("edf") / "a.edf")
    content = bytearray(path.read_bytes())
    content[at : at + len(damage)] = damage[: 768 - at]
    path.write_bytes(bytes(content))
    said = ""
    try:
        assert open_raw(path, []).n_times > 0
    except RecordingError as error:
        said = str(error)
    assert not said or ("'a.edf'" in said and "developers" not in said)


def test_what_makes_no_sense_is_no_header(tmp_path):
    (tmp_path / "a.edf").write_bytes(b"not an EDF file at all")
    assert read_header(tmp_path / "a.edf") is None


def test_a_mended_file_gives_the_same_bits_as_the_sound_one(tmp_path):
    sound = open_raw(make_edf(tmp_path / "a.edf"), [])
    mended = open_raw(make_edf(tmp_path / "b.edf", start=b"01.02.2024.00.00"), [])
    np.testing.assert_array_equal(sound.get_data(), mended.get_data())
    assert isinstance(mended, mne.io.BaseRaw)


def test_a_file_is_read_as_what_its_first_bytes_say_and_its_name_is_noted(tmp_path):
    notes: list[str] = []
    raw = open_raw(make_edf(tmp_path / "a.bdf"), notes)
    np.testing.assert_array_equal(counted(raw), np.arange(6 * SFREQ))
    assert notes == ["'a.bdf' is an EDF file, as its first bytes say: read as one"]


def test_nul_bytes_of_a_header_become_no_part_of_names_and_units(tmp_path):
    path = make_edf(tmp_path / "a.edf")
    content = path.read_bytes()
    path.write_bytes(content[: 256 * 3].replace(b" ", b"\0") + content[256 * 3 :])
    notes: list[str] = []
    raw = open_raw(path, notes)
    assert raw.ch_names == ["Fz", "Cz"]
    assert raw._orig_units == {"Fz": "µV", "Cz": "µV"}
    np.testing.assert_array_equal(counted(raw), np.arange(6 * SFREQ))
    assert any("NUL bytes" in note for note in notes)
