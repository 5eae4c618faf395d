from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eegmill.bids.companions import base_name, companion, orphans, pointers_of, rivals

RAW = "sub-01/eeg/sub-01_run-2_eeg.vhdr"


def used(pointer, *there, raw=RAW):
    folder = raw.rpartition("/")[0]
    found = companion(raw, pointer, {raw, *(f"{folder}/{name}" for name in there)}.__contains__)
    return found.path and found.path.removeprefix(f"{folder}/")


def test_comments_of_a_header_name_no_files():
    assert pointers_of("; DataFile=x.eeg\n").data is None


def test_pointers_keep_their_blanks_and_lose_the_line_end():
    assert pointers_of("[Common Infos]\r\nDataFile = old 01.eeg \r\n").data == "old 01.eeg"


@pytest.mark.parametrize("pointer", ["old.eeg", "C:\\data\\old 01.eeg", "/home/me/old.eeg", "$b.eeg", "..\\x\\old.eeg"])
def test_the_data_of_the_recordings_own_name_are_used_whatever_the_header_says(pointer):
    assert used(pointer, "sub-01_run-2_eeg.eeg", "old.eeg") == "sub-01_run-2_eeg.eeg"


def test_capitals_of_the_extension_do_not_matter():
    assert used("old.eeg", "sub-01_run-2_eeg.EEG") == "sub-01_run-2_eeg.EEG"


def test_data_of_an_old_name_are_used_where_there_are_none_of_the_new():
    assert used("C:\\data\\old 01.eeg", "old 01.eeg") == "old 01.eeg"


@pytest.mark.parametrize(
    ("pointer", "there"),
    [
        ("sub-01_run-1_eeg.eeg", ("sub-01_run-1_eeg.eeg",)),
        ("sub-02_run-2_eeg.eeg", ("sub-02_run-2_eeg.eeg",)),
        ("other.eeg", ("other.eeg", "other.vhdr")),
    ],
)
def test_the_data_of_another_recording_are_never_used(pointer, there):
    assert used(pointer, *there) is None


def test_a_run_written_in_other_digits_is_the_same_recording():
    assert used("sub-01_run-02_eeg.eeg", "sub-01_run-02_eeg.eeg") == "sub-01_run-02_eeg.eeg"


@given(st.text(max_size=40), st.sets(st.text(min_size=1, max_size=10), max_size=5))
def test_what_is_used_is_there_and_is_not_another_headers(pointer, there):
    path = used(pointer, *there)
    assert path is None or path in there


@given(st.text(alphabet="abc/\\:$. b", max_size=30))
def test_a_base_name_never_leads_to_another_folder(pointer):
    assert "/" not in base_name(pointer, RAW)
    assert "\\" not in base_name(pointer, RAW)


@pytest.mark.parametrize(
    ("beside", "found"),
    [
        (["a/x_eeg.set", "a/old.fdt"], ["a/old.fdt"]),
        (["a/x_eeg.set", "a/x_eeg.FDT", "a/old.fdt"], []),
        (["a/x_eeg.set", "a/y_eeg.set", "a/y_eeg.fdt"], []),
    ],
)
def test_a_set_file_without_data_of_its_name_may_mean_any_that_belong_to_no_other(beside, found):
    assert orphans("a/x_eeg.set", beside) == found


@pytest.mark.parametrize(
    ("beside", "found"),
    [
        (["a/x_eeg.set", "a/y_eeg.set", "a/old.fdt"], ["a/y_eeg.set"]),
        (["a/x_eeg.set", "a/y_eeg.set", "a/y_eeg.fdt", "a/old.fdt"], []),
        (["a/x_eeg.set", "a/x_eeg.fdt", "a/y_eeg.set", "a/old.fdt"], []),
        (["a/x_eeg.set", "a/y_eeg.set"], []),
    ],
)
def test_set_files_that_may_name_the_same_samples_are_rivals(beside, found):
    assert rivals("a/x_eeg.set", beside) == found
