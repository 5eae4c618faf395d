from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eegmill.bids.ignore import ignored_by


@pytest.mark.parametrize(
    ("pattern", "path", "ignored"),
    [
        ("sub-02/", "sub-02/eeg/a.edf", True),
        ("sub-02", "sub-02/eeg/a.edf", True),
        ("sub-02/", "sub-022/eeg/a.edf", False),
        ("*_run-3_*", "sub-01/eeg/sub-01_run-3_eeg.edf", True),
        ("/sub-01/eeg/*.edf", "sub-01/eeg/a.edf", True),
        ("sub-01/*.edf", "sub-01/eeg/a.edf", False),
        ("**/*_old.edf", "sub-01/eeg/x_old.edf", True),
        ("sub-0[12]/", "sub-02/eeg/a.edf", True),
        ("sub-0[!12]/", "sub-02/eeg/a.edf", False),
        ("# sub-02/", "sub-02/eeg/a.edf", False),
        ("", "sub-02/eeg/a.edf", False),
        ("*.edf\n!keep.edf", "sub-01/eeg/keep.edf", False),
    ],
)
def test_patterns_mean_what_they_mean_in_gitignore(pattern, path, ignored):
    assert ignored_by(pattern)(path) is ignored


@given(st.text(max_size=40))
def test_no_pattern_is_an_error(text):
    assert ignored_by(text)("sub-01/eeg/a.edf") in (True, False)
