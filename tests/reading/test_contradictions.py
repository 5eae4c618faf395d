from __future__ import annotations

import mne
import numpy as np
import pytest

from eegmill.reading.contradictions import line_frequency, missing_fraction, note_contradictions


@pytest.fixture
def raw():
    return mne.io.RawArray(np.zeros((3, 3000)), mne.create_info(3, 100.0, ["eeg", "eeg", "eog"]), verbose="error")


@pytest.mark.parametrize(
    ("sidecar", "note"),
    [
        ({"SamplingFrequency": 128}, "SamplingFrequency 128 Hz, and the data file 100 Hz"),
        ({"RecordingDuration": 3000}, "RecordingDuration 3000 s, and the recording has 30 s (1 %)"),
        ({"RecordingDuration": 20}, "RecordingDuration 20 s, and the recording has 30 s"),
        ({"EEGChannelCount": 64}, "EEGChannelCount 64, and the recording has 2"),
        ({"EOGChannelCount": 0}, "EOGChannelCount 0, and the recording has 1"),
        ({"RecordingDuration": "thirty"}, "RecordingDuration 'thirty', which is no number: not used"),
    ],
)
def test_a_contradiction_is_noted_with_both_values(raw, sidecar, note):
    notes: list[str] = []
    note_contradictions(raw, sidecar, [], notes)
    assert note in notes[0]


@pytest.mark.parametrize(
    "sidecar",
    [{}, {"SamplingFrequency": 100.0, "RecordingDuration": 29.6, "EEGChannelCount": 2}, {"RecordingDuration": "n/a"}],
)
def test_what_agrees_or_says_nothing_is_not_noted(raw, sidecar):
    notes: list[str] = []
    note_contradictions(raw, sidecar, [], notes)
    assert notes == []


def test_the_rate_in_channels_tsv_is_held_against_the_file(raw):
    notes: list[str] = []
    note_contradictions(raw, {}, [{"sampling_frequency": "512"}] * 3, notes)
    assert "sampling_frequency 512 Hz, and the data file 100 Hz" in notes[0]


@pytest.mark.parametrize(
    ("given", "line_hz", "note"),
    [
        (50, 50.0, None),
        ("50", 50.0, None),
        ("50 Hz", 50.0, "'50 Hz', which is no number: taken as 50"),
        ("n/a", None, None),
        ("unknown", None, "not used"),
        (500, 500.0, "no mains frequency"),
        (-50, None, "no mains frequency"),
    ],
)
def test_the_line_frequency_is_read_and_what_is_odd_is_noted(raw, given, line_hz, note):
    notes: list[str] = []
    line_frequency(raw, {"PowerLineFrequency": given}, notes)
    assert raw.info["line_freq"] == line_hz
    assert (note in notes[0]) if note else notes == []


@pytest.mark.parametrize(
    ("said_s", "missing"), [(60, 0.5), (30, 0), (30.2, 0), (20, 0), ("60 s", 0.5), (30_000, 0), ("n/a", 0)]
)
def test_what_is_missing_of_the_duration_is_a_share_unless_it_is_in_another_unit(raw, said_s, missing):
    assert missing_fraction(raw, {"RecordingDuration": said_s}) == missing
