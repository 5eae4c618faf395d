from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eegmill.signal.montage.names import clean_name, renamed, site

STANDARD = ("Fp1", "Fp2", "Fpz", "FC5", "Fz", "Cz", "CPz", "T3", "T7", "A1", "A2")
BY_LOWER = {name.lower(): name for name in STANDARD}


@pytest.mark.parametrize(
    ("name", "clean"),
    [
        ("EEG Fp1-REF", "Fp1"),
        ("EEG FP1-LE", "Fp1"),
        ("EEG Fp1-Ref", "Fp1"),
        ("EEG Fp1", "Fp1"),
        ("EEG_Fp1", "Fp1"),
        ("Fc5.", "FC5"),
        ("Fz..", "Fz"),
        ("FPZ", "Fpz"),
        (" cz ", "Cz"),
        ("EEG T3", "T3"),
        ("POL $A1", "$A1"),
        ("EEG A2-A1", "A2-A1"),
        ("FP1-FZ", "Fp1-Fz"),
        ("ECG ECG", "ECG"),
        ("EEG 001", "EEG 001"),
        ("EEG", "EEG"),
        ("E12", "E12"),
        ("STI 014", "STI 014"),
        ("EEG Fz-CLE", "Fz"),
        ("EEG T3-LER", "T3"),
        ("FZ:A2", "Fz-A2"),
        ("Fz/A2", "Fz-A2"),
        ("EEG FP1 - FZ", "Fp1-Fz"),
        ("Fz_A2", "Fz-A2"),
        ("FP1FZ", "Fp1-Fz"),
        ("fpzcz", "Fpz-Cz"),
        ("FP1 FZ", "Fp1-Fz"),
        ("Fp1\u2192Fz", "Fp1-Fz"),
        ("A1A2", "A1-A2"),
        ("EEG Fz-AVE", "Fz"),
        ("FzX", "FzX"),
        ("x:y", "x:y"),
        ("...", "..."),
        ("Ref", "Ref"),
    ],
)
def test_what_the_recorder_added_is_taken_off(name, clean):
    assert clean_name(name, BY_LOWER) == clean


@given(st.text(min_size=1, max_size=20))
def test_no_name_becomes_empty(name):
    assert clean_name(name, BY_LOWER)


@given(st.lists(st.sampled_from(["Fp1", "EEG Fp1", "FP1", "Fp1.", "Cz", "EEG CZ-REF", "x"]), unique=True))
def test_names_stay_unique(names):
    new = renamed(names, STANDARD)
    assert len({new.get(name, name) for name in names}) == len(names)


def test_duplicates_keep_their_names():
    assert renamed(["EEG Fp1", "Fp1.", "EEG Cz"], STANDARD) == {"EEG Cz": "Cz"}


def test_only_changes_are_listed():
    assert renamed(["Fp1", "EEG Fp2"], STANDARD) == {"EEG Fp2": "Fp2"}


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("T3", "T7"),
        ("T4", "T8"),
        ("T5", "P7"),
        ("T6", "P8"),
        ("Cz", "Cz"),
        ("C3-M2", "C3"),
        ("T3-A1", "T7"),
        ("O1-A1A2", "O1"),
        ("F4-(M1+M2)/2", "F4"),
        ("Fpz-Cz", "Fpz-Cz"),
        ("E12", "E12"),
    ],
)
def test_the_site_is_the_electrode_by_its_present_name(name, expected):
    assert site(name) == expected


@pytest.mark.parametrize(
    ("name", "clean"),
    [("FP1.T3", "Fp1-T3"), ("Fp1 (A1)", "Fp1-A1"), ("CPz [a2]", "CPz-A2"), ("RAW_T7", "T7"), ("Fc5.", "FC5")],
)
def test_references_behind_a_dot_and_in_brackets_are_read(name, clean):
    assert clean_name(name, BY_LOWER) == clean
