from __future__ import annotations

import mne
import numpy as np
import pytest

from eegmill.derivative.events import event_columns, event_descriptions, event_rows
from eegmill.recording import from_first_sample
from tiny_bids import make_raw


@pytest.fixture
def raw():
    raw = make_raw(0, 4.0)
    raw.set_annotations(
        mne.Annotations(
            [2.0, 0.5],
            [0.7, 0.0],
            ["BAD_muscle", "go"],
            ch_names=[("C3", "C4"), ()],
            extras=[{}, {"value": "1", "description_": "left"}],
        )
    )
    return raw


def test_rows_come_by_onset_with_all_that_is_known(raw):
    first, second = event_rows(raw)
    assert (first["onset"], first["trial_type"], first["sample"], first["channel"]) == (0.5, "go", 50, None)
    assert (first["value"], first["description"]) == ("1", "left")
    assert (second["trial_type"], second["duration"], second["channel"]) == ("BAD_muscle", 0.7, "C3,C4")


def test_onsets_count_from_the_first_sample_of_a_cropped_recording(raw):
    assert event_rows(from_first_sample(raw.copy().crop(0.4)))[0]["onset"] == pytest.approx(0.1)


def test_an_event_in_the_last_half_of_the_last_sample_is_at_that_sample():
    raw = make_raw(0, 4.0)
    raw.set_annotations(mne.Annotations([3.998], [0.0], ["go"]))
    assert [(row["onset"], row["sample"]) for row in event_rows(raw)] == [(3.998, 399)]


def test_columns_of_the_source_come_last(raw):
    columns = event_columns(event_rows(raw))
    assert columns == ["onset", "duration", "trial_type", "sample", "channel", "description", "value"]


def test_a_recording_without_events_has_the_columns_that_bids_wants():
    assert event_columns([]) == ["onset", "duration", "trial_type", "sample"]


def test_a_column_of_the_source_is_described_in_its_words():
    told = event_descriptions(["onset", "value", "rt"], {"value": {"Description": "Port code"}})
    assert told["value"] == {"Description": "Port code"}
    assert "rt" in told["rt"]["Description"]


def test_events_without_extras_are_written(raw):
    raw.set_annotations(mne.Annotations(np.array([1.0]), [0.0], ["a"]))
    assert event_rows(raw)[0]["sample"] == 100
