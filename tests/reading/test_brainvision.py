from __future__ import annotations

import numpy as np
import pytest

from eegmill.derivative.brainvision import write_brainvision
from eegmill.errors import RecordingError
from eegmill.reading.brainvision import references_of
from eegmill.reading.raw_files import open_file, open_raw
from tiny_bids import make_raw


def make(folder, stem="sub-1_run-2_eeg", seed=0):
    raw = make_raw(seed, 2.0)
    raw.annotations.append(0.5, 0.25, "S  1")
    write_brainvision(raw, folder, stem)
    return folder / f"{stem}.vhdr"


def rewritten(path, *pairs, encoding="utf-8"):
    text = path.read_text(encoding="utf-8")
    for old, new in pairs:
        assert old in text
        text = text.replace(old, new)
    path.write_bytes(text.encode(encoding))
    return path


def same(raw, seed=0):
    np.testing.assert_allclose(raw.get_data(), make_raw(seed, 2.0).get_data(), rtol=1e-6)


def names(raw):
    return [str(name) for name in raw.annotations.description]


@pytest.mark.parametrize("old", ["old", "C:\\data\\old 01", "/home/me/old", "..\\raw\\old"])
def test_a_renamed_recording_is_read_with_its_markers_and_noted(tmp_path, old):
    path = rewritten(make(tmp_path), ("sub-1_run-2_eeg.eeg", f"{old}.eeg"), ("sub-1_run-2_eeg.vmrk", f"{old}.vmrk"))
    notes: list[str] = []
    raw = open_raw(path, notes)
    same(raw)
    assert names(raw) == ["Comment/S  1"]
    assert f"says DataFile={old}.eeg: 'sub-1_run-2_eeg.eeg' beside it was read" in notes[0]


def test_a_header_of_another_run_is_given_its_own_samples_and_markers(tmp_path):
    make(tmp_path, "sub-1_run-1_eeg", seed=1)
    path = rewritten(make(tmp_path), ("sub-1_run-2_eeg.", "sub-1_run-1_eeg."))
    notes: list[str] = []
    same(open_raw(path, notes), seed=0)
    assert len(notes) == 2


def test_the_samples_of_another_run_are_refused_where_its_own_are_missing(tmp_path):
    make(tmp_path, "sub-1_run-1_eeg", seed=1)
    path = rewritten(make(tmp_path), ("sub-1_run-2_eeg.eeg", "sub-1_run-1_eeg.eeg"))
    path.with_suffix(".eeg").unlink()
    with pytest.raises(
        RecordingError, match=r"the samples of another recording, and its own 'sub-1_run-2_eeg\.eeg' is missing"
    ):
        open_raw(path, [])


def test_a_marker_file_that_is_nowhere_costs_the_markers_and_is_noted(tmp_path):
    path = make(tmp_path)
    path.with_suffix(".vmrk").unlink()
    notes: list[str] = []
    same(open_raw(path, notes))
    assert "which is not there: read without its markers" in notes[0]


def test_a_marker_file_that_the_header_does_not_name_is_read(tmp_path):
    path = rewritten(make(tmp_path), ("MarkerFile=sub-1_run-2_eeg.vmrk\n", ""))
    notes: list[str] = []
    assert names(open_raw(path, notes)) == ["Comment/S  1"]
    assert "names no MarkerFile: 'sub-1_run-2_eeg.vmrk' beside it was read" in notes[0]


@pytest.mark.parametrize(
    ("encoding", "codepage"), [("latin-1", ""), ("cp1252", "Codepage=ANSI"), ("latin-1", "Codepage=UTF-8")]
)
def test_text_in_another_encoding_costs_nothing(tmp_path, encoding, codepage):
    path = make(tmp_path)
    rewritten(path.with_suffix(".vmrk"), ("Codepage=UTF-8", codepage), ("S  1", "geöffnet"), encoding=encoding)
    rewritten(path, ("Codepage=UTF-8", codepage), encoding=encoding)
    notes: list[str] = []
    raw = open_raw(path, notes)
    same(raw)
    assert names(raw) == ["Comment/geöffnet"]
    assert bool(notes) == (codepage != "Codepage=ANSI")


def test_a_date_that_is_none_costs_nothing_and_is_noted(tmp_path):
    path = make(tmp_path)
    with path.with_suffix(".vmrk").open("a") as stream:
        stream.write("Mk9=New Segment,,1,1,0,20131399250000000000\n")
    notes: list[str] = []
    same(open_raw(path, notes))
    assert "'20131399250000000000', which is no time" in notes[0]


def test_markers_behind_the_end_are_noted_with_their_times(tmp_path):
    path = make(tmp_path)
    with path.with_suffix(".vmrk").open("a") as stream:
        stream.write("Mk9=Comment,late,1001,1,0\n")
    notes: list[str] = []
    assert names(open_raw(path, notes)) == ["Comment/S  1"]
    assert "'Comment/late' at 10 s" in notes[0]


def test_a_file_that_holds_less_than_its_header_promises_is_noted_with_the_share(tmp_path):
    path = rewritten(make(tmp_path), ("DataFormat=", "DataPoints=400\nDataFormat="))
    notes: list[str] = []
    assert open_raw(path, notes).n_times == 200
    assert "holds 200 of the 400 samples" in notes[0]
    assert "50 %" in notes[0]


def test_a_sound_recording_has_no_notes_and_its_files_stay_as_they_are(tmp_path):
    path = make(tmp_path)
    before = {file.name: file.read_bytes() for file in tmp_path.iterdir()}
    notes: list[str] = []
    open_raw(path, notes)
    assert notes == []
    assert {file.name: file.read_bytes() for file in tmp_path.iterdir()} == before


@pytest.mark.parametrize(("kept", "missing"), [(1.0, 0.0), (0.5, 0.5)])
def test_the_share_of_the_samples_that_a_file_lacks_is_known(tmp_path, kept, missing):
    path = make(tmp_path)
    n_times = make_raw(0, 2.0).n_times
    path = rewritten(path, ("DataOrientation", f"DataPoints={n_times}\nDataOrientation"))
    data = path.with_suffix(".eeg")
    content = data.read_bytes()
    data.write_bytes(content[: int(kept * len(content))])
    notes: list[str] = []
    assert open_file(path, notes).missing_fraction == missing
    assert any("is cut short" in note for note in notes) == (missing > 0)


def test_a_header_names_the_reference_of_each_channel(tmp_path):
    path = make(tmp_path)
    names = make_raw(0, 2.0).ch_names
    assert references_of(path) == [""] * len(names)
    rewritten(path, (f"Ch1={names[0]},,", f"Ch1={names[0]},Cz,"), (f"Ch2={names[1]},,", f"Ch2={names[1]},a\\1b,"))
    assert references_of(path)[:3] == ["Cz", "a,b", ""]
