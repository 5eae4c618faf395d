"""What sidecars and headers say that channels were recorded against."""

from __future__ import annotations

import mne
import numpy as np
import pytest

from eegmill.reading.references import derived_by_word, named_references, own_references


def make(names):
    return mne.io.RawArray(np.zeros((len(names), 10)), mne.create_info(list(names), 100, "eeg"), verbose="error")


def rows_of(references, kind="EEG"):
    return [{"name": name, "type": kind, "reference": reference} for name, reference in references.items()]


@pytest.mark.parametrize(
    ("types", "sidecar", "expected"),
    [
        ({"Cz": "REF"}, {}, ("Cz",)),
        ({}, {"EEGReference": "single electrode placed on Cz"}, ("Cz",)),
        ({}, {"EEGReference": "vertex (Cz)"}, ("Cz",)),
        ({}, {"EEGReference": "Cz and Pz"}, ("Cz", "Pz")),
        ({}, {"EEGReference": "average of all electrodes"}, ()),
        ({"Cz": "ref"}, {"EEGReference": "linked mastoids"}, ("Cz",)),
        ({}, {"EEGReference": "CZ"}, ("Cz",)),
        ({}, {"EEGReference": "nose"}, ()),
        ({}, {}, ()),
    ],
)
def test_sidecars_name_the_reference_of_the_recording(types, sidecar, expected):
    rows = [{"name": name, "type": types.get(name, "EEG")} for name in ("Fz", "Cz", "Pz")]
    assert named_references(["Fz", "Cz", "Pz"], rows, sidecar) == expected


def test_channels_with_another_reference_than_most_are_named_with_it():
    references = {"Fz": "Cz", "Pz": "CZ ", "Oz": "cz", "F3": "F7"}
    found = own_references(make(references), rows_of(references), {}, {})
    assert found == {"F3": "channels.tsv names the reference F7, and cz for most"}


def test_where_no_reference_is_that_of_most_no_channel_shares_one():
    references = {"F3": "M2", "C3": "M2", "F4": "M1", "C4": "M1"}
    assert own_references(make(references), rows_of(references), {}, {}).keys() == references.keys()


@pytest.mark.parametrize(
    "references",
    [
        {"Fz": "Cz", "Pz": "cz"},
        {"Fz": "M1, M2", "Pz": "M2+M1", "Oz": "M1 and M2"},
        {"Fz": "n/a", "Pz": ""},
        {"Fz": "Cz", "Cz": "n/a"},
    ],
)
def test_one_reference_in_several_spellings_is_one(references):
    assert own_references(make(references), rows_of(references), {}, {}) == {}


def test_references_of_channels_that_are_no_eeg_say_nothing():
    references = {"Fz": "Cz", "Pz": "Cz", "EOG1": "EOG2"}
    raw = make(references).set_channel_types({"EOG1": "eog"}, verbose="error")
    assert own_references(raw, rows_of(references), {}, {}) == {}


def test_a_header_counts_where_the_table_says_nothing():
    raw = make(["Fz", "Pz", "Oz"])
    header = {"Fz": "Cz", "Pz": "Cz", "Oz": "O1"}
    assert own_references(raw, [], {}, header) == {"Oz": "the header names the reference O1, and cz for most"}
    table = rows_of({"Fz": "Cz", "Pz": "Cz", "Oz": "Cz"})
    assert own_references(raw, table, {}, header) == {}


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("bipolar", "bipolar"),
        ("Bipolar (longitudinal) montage", "Bipolar"),
        ("double banana", "double banana"),
        ("longitudinal", "longitudinal"),
        ("surface Laplacian", "Laplac"),
        ("CSD", "CSD"),
        ("FCz; EOG bipolar", ""),
        ("FCz. EOG and EMG were recorded bipolarly", ""),
        ("unipolar, placed on Fz", ""),
        ("non-bipolar", ""),
        ("linked mastoids", ""),
        ("CMS/DRL", ""),
        ("Between Cz & CPz", ""),
        ("", ""),
    ],
)
def test_a_sentence_says_whether_the_eeg_is_derived(text, word):
    assert derived_by_word(text) == word


def test_a_word_for_derivations_is_about_all_eeg():
    found = own_references(make(["Fz", "Pz"]), [], {"EEGReference": "bipolar"}, {})
    assert found == dict.fromkeys(["Fz", "Pz"], "EEGReference says 'bipolar'")


def test_a_type_for_bipolar_channels_is_a_reference_of_their_own():
    rows = [{"name": "Fz", "type": "EEG"}, {"name": "F3", "type": "BIP"}]
    assert own_references(make(["Fz", "F3"]), rows, {}, {}) == {"F3": "channels.tsv has the type BIP"}
