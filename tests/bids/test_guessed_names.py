"""Names guessed from the usual ways to call files of recordings."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eegmill.bids.guessed_names import GuessedName, guess_name, guess_names
from eegmill.files.tables import is_missing


@pytest.mark.parametrize(
    ("path", "subject", "session", "task", "run"),
    [
        ("S01_rest.edf", "01", "", "rest", ""),
        ("sub01/ses2/rest_run1.vhdr", "01", "2", "rest", "1"),
        ("P3_oddball.set", "3", "", "oddball", ""),
        ("Subject00_1.edf", "00", "", "unknown", "1"),
        ("S001/S001R04.edf", "001", "", "unknown", "04"),
        ("eyes_open/07.edf", "07", "", "eyesopen", ""),
        ("subj3-visit2-oddball-block4.bdf", "3", "2", "oddball", "4"),
        ("VP12_ec.vhdr", "12", "", "ec", ""),
        ("Patients/PD_12_rest.set", "PD12", "", "rest", ""),
        ("Control/HC01.edf", "HC01", "", "Control", ""),
        ("2019-03-04_mueller_rest.edf", "mueller", "", "rest", ""),
        ("sub_01_session_pre_rest.edf", "01", "pre", "rest", ""),
        ("sub-01/ses-02/eeg/sub-01_ses-02_task-rest_run-3_eeg.set", "01", "02", "rest", "3"),
    ],
)
def test_a_usual_name_is_understood(path: str, subject: str, session: str, task: str, run: str) -> None:
    assert guess_name(path) == GuessedName(subject, session, task, run)


def test_the_groups_of_a_study_keep_their_subjects_apart() -> None:
    names = guess_names(["HC_01_rest.edf", "PD_01_rest.edf"])
    assert {name.subject for name in names.values()} == {"HC01", "PD01"}


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("nan.edf", GuessedName("subnan")),
        ("NA_rest.edf", GuessedName("subNA", task="rest")),
        ("null/none.edf", GuessedName("subnull")),
        ("S1_ses-none_task-null.edf", GuessedName("1")),
        ("007_rest.edf", GuessedName("007", task="rest")),
        ("true.edf", GuessedName("true")),
    ],
)
def test_no_label_is_one_that_a_table_reads_as_no_value(path: str, name: GuessedName) -> None:
    assert guess_name(path) == name


def test_recordings_that_would_have_one_name_are_numbered_as_runs() -> None:
    names = guess_names(["a/S01_rest.edf", "b/S01_rest.edf"])
    assert [name.run for name in names.values()] == ["1", "2"]


@given(st.lists(st.text("aS0 1_-./ürestnulo", min_size=1, max_size=12).map(lambda stem: f"{stem}.edf"), unique=True))
def test_whatever_files_are_called_the_guess_is_a_bids_name_of_its_own(paths: list[str]) -> None:
    names = guess_names(paths)
    for name in names.values():
        assert re.fullmatch("[A-Za-z0-9]+", name.subject)
        assert re.fullmatch("[A-Za-z0-9]+", name.task)
        assert re.fullmatch("[A-Za-z0-9]*", name.session + name.run)
        assert not is_missing(name.subject)
        assert not is_missing(name.task)
    assert len(set(names.values())) == len(paths)
