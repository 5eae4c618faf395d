from __future__ import annotations

import mne
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from eegmill.reading.channels import (
    apply_channels,
    doubt_units,
    match_names,
    simple,
    units_for_reader,
)


def make(names):
    return mne.io.RawArray(np.zeros((len(names), 10)), mne.create_info(list(names), 100, "eeg"), verbose="error")


def row(name, kind="EEG", **others):
    return {"name": name, "type": kind, "units": "µV", **others}


@pytest.mark.parametrize("spelling", ["Fc5.", "EEG FC5", "fc5", "FC5-REF", " FC5 ", "EEG Fc5.."])
def test_spellings_of_one_channel_are_one(spelling):
    assert simple(spelling) == "fc5"


def test_a_name_of_a_type_alone_stays():
    assert simple("EEG") == "eeg"


def test_names_are_matched_by_spelling():
    assert match_names(["EEG Fp1", "EEG Cz"], ["Cz", "Fp1", "X"]) == {"Cz": "EEG Cz", "Fp1": "EEG Fp1"}


def test_names_that_nothing_matches_go_by_their_place():
    assert match_names(["A1", "A2"], ["Fp1", "Cz"]) == {"Fp1": "A1", "Cz": "A2"}


def test_two_spellings_in_the_data_are_not_given_to_one_name():
    matched = match_names(["Cz", "cz"], ["Cz", "CZ"])
    assert matched == {"Cz": "Cz", "CZ": "cz"}


def test_the_table_names_the_channels():
    raw = make(["EEG Fp1", "EEG T3"])
    apply_channels(raw, [row("Fp1"), row("T3")], [])
    assert raw.ch_names == ["Fp1", "T3"]


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        ("HEOG", "eog"),
        ("eeg", "eeg"),
        ("TRIG", "stim"),
        ("ACCEL", "misc"),
        ("n/a", "eeg"),
        ("REF", "eeg"),
        ("TEMP", "temperature"),
        ("PUPIL", "misc"),
        ("EYEGAZE", "misc"),
        ("GSR", "gsr"),
        ("RESP", "resp"),
    ],
)
def test_the_table_gives_the_types(kind, expected):
    raw = make(["X1", "Cz"])
    apply_channels(raw, [row("X1", kind), row("Cz")], [])
    assert raw.get_channel_types() == [expected, "eeg"]


@pytest.mark.parametrize(("name", "expected"), [("F3", "eeg"), ("F3-F7", "eeg"), ("BIP1", "misc"), ("arm", "misc")])
def test_a_type_for_bipolar_channels_is_eeg_where_the_name_is_an_electrodes_and_noted(name, expected):
    raw, notes = make(["Fz", name]), []
    apply_channels(raw, [row("Fz"), row(name, "BIP")], notes)
    assert raw.get_channel_types() == ["eeg", expected]
    assert notes == [f"channels.tsv has a type that is none of BIDS: BIP, taken as {expected}: {name}"]


def test_a_table_that_calls_everything_misc_gives_no_types():
    raw = make(["Fp1", "Cz"])
    notes: list[str] = []
    apply_channels(raw, [row("Fp1", "MISC"), row("Cz", "MISC")], notes)
    assert raw.get_channel_types() == ["eeg", "eeg"]
    assert "calls all 2 channels MISC" in notes[0]


def test_a_bad_channel_is_told_with_its_reason():
    raw = make(["A", "B", "C"])
    rows = [row("A", status="bad", status_description="loose"), row("B", status="BAD"), row("C", status="good")]
    assert apply_channels(raw, rows, []) == {
        "A": "marked bad in channels.tsv: loose",
        "B": "marked bad in channels.tsv",
    }


def test_a_channel_that_only_the_table_has_is_noted():
    notes: list[str] = []
    assert apply_channels(make(["A"]), [row("A"), row("Ghost", status="bad")], notes) == {}
    assert "Ghost" in notes[0]


def test_a_table_without_names_changes_nothing():
    raw = make(["A"])
    assert apply_channels(raw, [{"type": "EOG"}], []) == {}
    assert raw.get_channel_types() == ["eeg"]


def test_units_are_told_to_the_reader_where_the_header_has_none():
    rows = [row("A"), {"name": "B", "units": "mV"}, {"name": "C", "units": "microV"}]
    assert units_for_reader(rows, {"A": "n/a", "B": "", "C": "µV"}) == {"A": "uV", "B": "mV"}


def test_of_a_name_that_table_and_file_have_twice_the_second_is_bad_where_the_second_row_says_so():
    raw, notes = make(["A", "Cz-0", "Cz-1"]), []
    assert list(apply_channels(raw, [row("A"), row("Cz"), row("Cz", status="bad")], notes)) == ["Cz-1"]
    assert "2 channels 'Cz': paired in their order" in notes[0]


def test_of_a_name_that_only_the_file_has_twice_both_are_as_the_row_says():
    assert list(apply_channels(make(["A", "Cz-0", "Cz-1"]), [row("A"), row("Cz", status="bad")], [])) == [
        "Cz-0",
        "Cz-1",
    ]


def test_of_a_name_that_only_the_table_has_twice_the_row_that_says_bad_counts():
    notes: list[str] = []
    assert list(apply_channels(make(["A", "Cz"]), [row("A"), row("Cz"), row("Cz", status="bad")], notes)) == ["Cz"]
    assert "2 rows 'Cz', and the file one: the one that says bad counts" in notes[0]


def test_of_several_spellings_of_one_name_that_at_the_same_position_counts():
    assert match_names(["C3-A2", "C3-A1"], ["X", "C3"]) == {"C3": "C3-A1", "X": "C3-A2"}


@given(
    st.lists(st.sampled_from(["Cz", "cz", "EEG Cz", "C3-A1", "C3-A2", "C3", "X", "Y"]), unique=True, max_size=6),
    st.lists(st.sampled_from(["Cz", "CZ", "C3", "C3-A1", "X", "Z"]), unique=True, max_size=6),
)
def test_no_channel_is_given_to_two_names(data_names, table_names):
    matched = match_names(data_names, table_names)
    assert len(set(matched.values())) == len(matched)
    assert set(matched.values()) <= set(data_names)
    assert all(matched[name] == name for name in table_names if name in data_names)


def test_types_in_any_case_and_with_blanks_are_known():
    raw = make(["A", "B"])
    apply_channels(raw, [row("A", " veog "), row("B", "eeg")], [])
    assert raw.get_channel_types() == ["eog", "eeg"]


def test_a_unit_that_the_table_contradicts_is_withdrawn():
    raw = mne.io.RawArray(np.zeros((3, 10)), mne.create_info(["Fz", "Cz", "Pz"], 100, "eeg"), verbose="error")
    raw._orig_units = {"Fz": "µV", "Cz": "µV"}
    doubt_units(raw, [{"name": "Fz", "units": "uV"}, {"name": "Cz", "units": "mV"}, {"name": "Pz", "units": "V"}])
    assert raw._orig_units == {
        "Fz": "µV",
        "Cz": "µV, but mV in channels.tsv",
        "Pz": "uV, but V in channels.tsv",
    }


def test_a_status_that_is_neither_good_nor_bad_is_noted_and_not_used():
    notes: list[str] = []
    assert apply_channels(make(["Fz", "Cz"]), [row("Fz", status="noisy"), row("Cz", status="good")], notes) == {}
    assert notes == ["channels.tsv has the status 'noisy', which is neither good nor bad: not used for Fz"]
