from __future__ import annotations

import mne
import numpy as np
import pytest

from eegmill.recording import Recording
from eegmill.steps.annotate import (
    Amplitude,
    Annotate,
    Break,
    Muscle,
    beyond,
    flat_samples,
    gaps_s,
    muscle_z,
)
from signals_ica import annotate, recording


def run(raw, **parameters):
    return Annotate(**{"muscle": None, **parameters}).apply(Recording(raw), seed=1)[1]


def with_burst(sfreq=500.0):
    raw = recording(8, sfreq=sfreq, seconds=30.0)
    rng = np.random.default_rng(1)
    raw._data[:, 5000:5500] += 1e-4 * rng.standard_normal((8, 500))
    return raw


def test_a_muscle_burst_is_marked_where_it_is():
    decisions = run(with_burst(), muscle=Muscle())
    assert [segment.description for segment in decisions.segments] == ["BAD_muscle"]
    assert decisions.segments[0].onset_s == pytest.approx(10.0, abs=0.2)
    assert decisions.muscle_s == pytest.approx(1.0, abs=0.3)


def test_the_muscle_score_follows_that_of_mne():
    raw = with_burst()
    _, theirs = mne.preprocessing.annotate_muscle_zscore(raw, ch_type="eeg", verbose="error")
    ours = muscle_z(raw, list(range(8)), (110.0, 140.0))
    inside = slice(500, -500)
    np.testing.assert_allclose(ours[inside], theirs[inside], atol=0.02)


def test_a_recording_without_the_muscle_band_says_so():
    decisions = run(recording(4, sfreq=128.0), muscle=Muscle())
    assert decisions.segments == ()
    assert decisions.notes == ("muscle: 140 Hz is above what the recording holds (64 Hz)",)


def test_breaks_lie_between_events():
    raw = recording(4, seconds=120.0)
    for onset in (10.0, 12.0, 60.0, 62.0):
        annotate(raw, onset, 0.5, "go")
    breaks = run(raw, breaks=Break(min_s=15.0))
    spans = [(segment.onset_s, segment.onset_s + segment.duration_s) for segment in breaks.segments]
    np.testing.assert_allclose(spans, [(17.5, 55.0), (67.5, 120.0)])


def test_breaks_are_those_of_mne():
    events = [20.0, 22.0, 60.0, 61.0, 62.0]
    raw = recording(4, seconds=120.0)
    for onset in events:
        annotate(raw, onset, 1.0, "go")
    theirs = mne.preprocessing.annotate_break(raw, verbose="error")
    ours = gaps_s([(t, t + 1.0) for t in events], 120.0, Break())
    np.testing.assert_allclose([start for start, _ in ours], theirs.onset)
    np.testing.assert_allclose([stop - start for start, stop in ours], theirs.duration, atol=0.011)


def test_without_events_no_break_can_be_found():
    assert run(recording(4), breaks=Break()).notes == ("break: the recording has no events",)


def test_a_peak_is_marked_with_its_surroundings():
    raw = recording(4)
    raw._data[1, 1000:1010] += 1e-3
    segment = run(raw, amplitude=Amplitude(peak_uv=300, padding_s=0.5)).segments[0]
    assert (segment.description, segment.onset_s, segment.duration_s) == ("BAD_peak", 9.5, pytest.approx(1.1))


def test_samples_without_a_value_count_as_peaks():
    assert beyond(np.array([0.0, np.nan, 1.0, 9.0, np.inf]), 5.0).tolist() == [False, True, False, True, True]
    assert beyond(np.full(3, np.nan), 5.0).all()


def test_a_flat_stretch_is_marked():
    raw = recording(4)
    raw._data[2, 500:1200] = 1e-6
    decisions = run(raw, amplitude=Amplitude(peak_uv=None, flat_uv=0.0, flat_s=5.0))
    assert [(s.description, s.onset_s, s.duration_s) for s in decisions.segments] == [("BAD_flat", 5.0, 7.0)]


def test_bad_channels_do_not_count():
    raw = recording(4)
    raw._data[1, 1000:1010] += 1e-3
    raw.info["bads"] = [raw.ch_names[1]]
    assert run(raw, amplitude=Amplitude(peak_uv=300)).peak_s == 0


def test_the_seconds_left_count_every_bad_annotation():
    raw = recording(4)
    annotate(raw, 0.0, 5.0, "BAD_manual")
    assert run(raw).good_s == 15.0


def test_a_run_shorter_than_asked_is_not_flat():
    x = np.array([1.0, 2.0, 2.0, 2.0, 3.0, 3.0])
    assert flat_samples(x, 0.0, 3).tolist() == [False, True, True, True, False, False]
