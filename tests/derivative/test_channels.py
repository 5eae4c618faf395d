from __future__ import annotations

from dataclasses import replace

import pytest

from eegmill.derivative.channels import COLUMNS, DESCRIPTIONS, channel_rows
from eegmill.recording import Recording
from tiny_bids import NAMES, make_raw


@pytest.fixture
def rows():
    recording = Recording(raw=make_raw(0, 1.0)).mark_bad({"C3": "noisy", "Pz": "marked bad in channels.tsv: loose"})
    recording.raw.info["bads"] = ["Pz"]
    recording = replace(recording, interpolated=("C3",), reference="average", source_bads=("Pz", "O1"))
    return {row["name"]: row for row in channel_rows(recording)}


def test_rows_follow_the_order_of_the_data(rows):
    assert tuple(rows) == NAMES


def test_an_interpolated_channel_is_good_and_says_why(rows):
    assert rows["C3"]["status"] == "good"
    assert rows["C3"]["status_description"] == "interpolated from neighbours: noisy"
    assert rows["C3"]["action"] == "interpolated"
    assert rows["C3"]["source_status"] == "good"


def test_a_channel_left_bad_says_why(rows):
    assert (rows["Pz"]["status"], rows["Pz"]["action"], rows["Pz"]["source_status"]) == ("bad", "excluded", "bad")
    assert rows["Pz"]["status_description"] == "marked bad in channels.tsv: loose"


def test_a_channel_that_a_person_called_good_is_still_bad_in_the_source(rows):
    assert (rows["O1"]["status"], rows["O1"]["source_status"], rows["O1"]["action"]) == ("good", "bad", "kept")


def test_a_good_channel_has_no_reasons(rows):
    assert (rows["Cz"]["status"], rows["Cz"]["bad_reasons"], rows["Cz"]["action"]) == ("good", None, "kept")


def test_every_column_is_in_its_row_and_ours_are_described(rows):
    assert set(COLUMNS) == set(rows["Cz"])
    assert set(COLUMNS) - {"name", "type", "units"} <= DESCRIPTIONS.keys()
