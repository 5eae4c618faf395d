from __future__ import annotations

from eegmill.derivative.electrodes import COLUMNS, DESCRIPTIONS, electrode_rows
from eegmill.recording import Recording
from tiny_bids import make_raw, record_of


def test_a_recording_without_positions_has_no_table():
    recording = Recording(make_raw(0, 1.0))
    assert electrode_rows(recording, record_of(recording, "x")) == []


def test_channels_without_a_position_are_named_without_one():
    raw = make_raw(0, 1.0)
    raw.set_montage("colin27_1005", verbose="error")
    raw.info["chs"][0]["loc"][:3] = float("nan")
    rows = electrode_rows(Recording(raw), record_of(Recording(raw), "x"))
    assert [rows[0][column] for column in COLUMNS] == ["Fp1", None, None, None, None]
    assert rows[1]["position_source"] == "recording"
    assert set(DESCRIPTIONS["position_source"]["Levels"]) == {"recording", "template"}


def test_a_channel_that_is_no_eeg_and_has_no_position_is_left_out():
    raw = make_raw(0, 1.0)
    raw.set_channel_types({"Fp1": "eog"})
    raw.set_montage("colin27_1005", on_missing="ignore", verbose="error")
    rows = electrode_rows(Recording(raw), record_of(Recording(raw), "x"))
    assert "Fp1" not in [row["name"] for row in rows]
