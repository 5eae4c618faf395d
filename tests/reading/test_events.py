from __future__ import annotations

import mne
import numpy as np
import pytest

from eegmill.reading.events import apply_events, drop_start, event_name
from eegmill.signal.timeline import continuous_spans


@pytest.fixture
def raw():
    raw = mne.io.RawArray(np.zeros((2, 400)), mne.create_info(["A", "B"], 100, "eeg"), verbose="error")
    raw.set_annotations(mne.Annotations([0.5, 2.0], [0, 0], ["marker", "boundary"]))
    return raw


def row(onset, **others):
    return {"onset": onset, "duration": "0", **others}


def told(raw):
    return [(float(a["onset"]), float(a["duration"]), str(a["description"])) for a in raw.annotations]


def test_events_take_the_place_of_markers_and_keep_their_durations(raw):
    apply_events(raw, [row("1.5", duration="0,25", trial_type="go")], [])
    assert told(raw) == [(1.5, 0.25, "go"), (2.0, 0.0, "boundary")]


def test_a_break_in_both_is_there_once(raw):
    apply_events(raw, [row("2.004", value="boundary")], [])
    assert told(raw) == [(2.004, 0.0, "boundary")]


@pytest.mark.parametrize("onset", ["n/a", "nan", "", "-1", "4.0", "99"])
def test_an_onset_that_is_no_place_in_the_recording_is_left_out_and_told(raw, onset):
    notes: list[str] = []
    apply_events(raw, [row(onset, trial_type="x"), row("1", trial_type="go")], notes)
    assert (1.0, 0.0, "go") in told(raw)
    assert "x" not in [name for _, _, name in told(raw)]
    assert notes[0] == f"1 events have no onset within the 4 s of the recording and are left out: onset {onset}"


def test_without_a_usable_row_the_markers_stay(raw):
    apply_events(raw, [row("n/a", trial_type="x")], [])
    assert [name for _, _, name in told(raw)] == ["marker", "boundary"]


@pytest.mark.parametrize(
    ("columns", "name"),
    [
        ({"trial_type": "go", "value": "1"}, "go"),
        ({"trial_type": "n/a", "value": "1"}, "1"),
        ({"type": "Stimulus", "value": "S 44"}, "Stimulus"),
        ({"event_type": "show", "value": "x"}, "show"),
        ({"response_time": "3"}, "n/a"),
    ],
)
def test_an_event_is_named_by_the_best_column(columns, name):
    assert event_name(columns) == name


def test_a_row_without_a_kind_is_not_lost(raw):
    apply_events(raw, [row("1", trial_type="go"), row("1.2", trial_type="n/a")], [])
    assert [name for _, _, name in told(raw)] == ["go", "n/a", "boundary"]


def test_other_columns_travel_with_the_event(raw):
    apply_events(raw, [row("1", trial_type="go", value="3", description="left", stim_file="n/a")], [])
    assert raw.annotations[0]["extras"] == {"value": "3", "description_": "left"}


def test_a_segment_of_some_channels_stays_theirs(raw):
    apply_events(raw, [row("1", trial_type="BAD_x", channel="B,Ghost")], [])
    assert raw.annotations[0]["ch_names"] == ("B",)


def test_only_the_pauses_of_a_brainvision_recording_are_breaks(raw):
    raw.set_annotations(mne.Annotations([0.0, 1.0], [0.0, 0.0], ["New Segment/"] * 2))
    drop_start(raw)
    assert [float(onset) for onset in raw.annotations.onset] == [1.0]
    assert len(continuous_spans(raw)) == 2


def applied(raw, rows):
    notes: list[str] = []
    apply_events(raw, rows, notes)
    return [(onset, name) for onset, _, name in told(raw) if name != "boundary"], notes


@pytest.mark.parametrize(("per_second", "unit"), [(100, "samples"), (1000, "milliseconds")])
def test_a_sample_column_shows_that_onsets_are_no_seconds(raw, per_second, unit):
    seconds = (0.05, 0.12, 1.5, 3.9)
    rows = [row(f"{s * per_second:g}", sample=f"{s * 100:g}", trial_type="go") for s in seconds]
    found, notes = applied(raw, rows)
    assert found == [(pytest.approx(s), "go") for s in seconds]
    assert f"are {unit}, as its column 'sample' shows" in notes[0]


@pytest.mark.parametrize("first", [0, 1])
def test_samples_counted_from_0_or_1_agree_with_the_onsets(raw, first):
    found, notes = applied(raw, [row(str(s), sample=str(100 * s + first), trial_type="go") for s in (1, 2, 3)])
    assert [onset for onset, _ in found] == [1.0, 2.0, 3.0]
    assert not any("sample" in note for note in notes)


def test_samples_of_another_rate_are_noted_and_the_onset_counts(raw):
    found, notes = applied(raw, [row(str(s), sample=str(512 * s), trial_type="go") for s in (1, 2, 3)])
    assert [onset for onset, _ in found] == [1.0, 2.0, 3.0]
    assert "contradicts itself (onset 3, sample 1536 (15.36 s at 100 Hz))" in notes[0]


def test_a_table_of_samples_alone_is_read_and_noted(raw):
    found, notes = applied(raw, [{"sample": "150", "value": "5"}])
    assert found == [(1.5, "5")]
    assert "their time is that of the column 'sample'" in notes[0]


def test_events_of_a_recording_that_was_cut_short_stay(raw):
    found, notes = applied(raw, [row(str(n), trial_type="go") for n in range(1, 12)])
    assert [onset for onset, _ in found] == [1.0, 2.0, 3.0]
    assert "8 events have no onset within" in notes[0]


def test_whole_numbers_far_behind_the_end_are_not_taken_for_seconds(raw):
    found, notes = applied(raw, [row(str(n), trial_type="go") for n in (2, 100, 200, 300)])
    assert "go" not in [name for _, name in found]
    assert "up to 300; the recording lasts 4 s" in notes[0]


def test_a_table_that_names_its_events_by_another_column_is_read_and_noted(raw):
    found, notes = applied(raw, [row(str(n), event_code=str(3 + n % 2), HED="x") for n in (1, 2, 3)])
    assert [name for _, name in found] == ["4", "3", "4"]
    assert "named by the column 'event_code'" in notes[0]


def test_a_table_without_names_says_so(raw):
    assert "names none of its events" in applied(raw, [row("1", response_time="0.3")])[1][0]


def test_a_negative_duration_is_noted(raw):
    found, notes = applied(raw, [row("1", duration="-2", trial_type="x")])
    assert found == [(1.0, "x")]
    assert "1 events have a negative duration (-2.0): taken as 0" in notes


def test_a_bad_segment_of_a_channel_that_is_not_there_does_not_become_one_of_all(raw):
    found, notes = applied(raw, [row("1", trial_type="BAD_x", channel="Ghost"), row("2", trial_type="go")])
    assert found == [(2.0, "go")]
    assert "'BAD_x' of Ghost" in notes[0]


def test_names_keep_the_blanks_inside(raw):
    assert applied(raw, [row("1", trial_type="S  1")])[0] == [(1.0, "S  1")]
