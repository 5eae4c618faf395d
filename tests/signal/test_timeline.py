from __future__ import annotations

import datetime
from itertools import pairwise

import mne
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from eegmill.chain import nothing_left
from eegmill.config.overrides import lay_over
from eegmill.metrics import metrics_of
from eegmill.recording import Recording, from_first_sample
from eegmill.records import Override
from eegmill.signal.timeline import (
    annotate_segments,
    bad_channel_samples,
    clear_bad,
    close_gaps,
    continuous_spans,
    good_samples,
    good_seconds,
    mask_of,
    runs,
    sample_of,
    segments_of,
    total_s,
    widen,
    without_channel_annotations,
)
from signals_ica import recording

MARKS = st.lists(
    st.tuples(st.floats(-2, 22), st.floats(0, 5), st.sampled_from(["BAD_x", "bad", "go", "BAD_ACQ_SKIP"])), max_size=6
)


def marked(marks, **kwargs):
    """20 s at 100 Hz with (onset, duration, description) annotations, also such as reach beyond the recording."""
    raw = recording(2)
    onsets, durations, names = zip(*marks, strict=True) if marks else ([], [], [])
    raw._annotations = mne.Annotations(onsets, durations, names, **kwargs)
    return raw


@given(st.floats(0, 1), st.floats(1, 5000), st.integers(1, 10**7))
def test_an_onset_within_the_recording_has_a_sample_within_it(part, sfreq_hz, n_samples):
    sample = sample_of(part * n_samples / sfreq_hz, sfreq_hz, n_samples)
    assert 0 <= sample < n_samples


@given(st.integers(0, 10**7), st.floats(1, 5000))
def test_the_time_of_a_sample_means_that_sample(sample, sfreq_hz):
    assert sample_of(sample / sfreq_hz, sfreq_hz, 10**7 + 1) == sample


@pytest.mark.parametrize(
    ("onset_s", "duration_s", "n_bad"),
    [(0.004, 0.012, 2), (-0.5, 1.0, 50), (19.5, 1.0, 50), (5.0, 0.004, 0), (5.0, 0.0, 0), (25.0, 1.0, 0)],
)
def test_both_edges_of_a_bad_stretch_are_the_nearest_samples(onset_s, duration_s, n_bad):
    raw = marked([(onset_s, duration_s, "BAD_x")])
    assert int((~good_samples(raw)).sum()) == n_bad


@settings(deadline=None)
@given(MARKS)
def test_good_and_bad_seconds_are_the_whole_recording_wherever_they_are_counted(marks):
    raw = marked(marks)
    good_s = good_seconds(raw)
    assert good_s == pytest.approx(metrics_of(Recording(raw), n_removed=0)["good_s"])
    assert good_s + total_s(segments_of(~good_samples(raw), 100.0, "BAD_x")) == pytest.approx(20.0)
    assert (nothing_left(Recording(raw)) == "") == (good_s > 0)


@settings(deadline=None)
@given(MARKS)
def test_the_good_samples_are_those_that_mne_keeps(marks):
    raw = recording(2)
    inside = [mark for mark in marks if mark[0] >= 0]
    raw.set_annotations(mne.Annotations(*zip(*inside, strict=True)) if inside else None, verbose="error")
    if good_samples(raw).any():
        kept = raw.get_data(reject_by_annotation="omit", verbose="error")
        np.testing.assert_array_equal(kept, raw.get_data()[:, good_samples(raw)])


@settings(deadline=None)
@given(MARKS, st.integers(0, 1900), st.integers(1, 100))
def test_a_segment_called_good_has_no_bad_sample_and_nothing_else_changes(marks, first, length):
    raw = marked([mark for mark in marks if mark[0] >= 0 and mark[2] != "BAD_ACQ_SKIP"])
    before = good_samples(raw)
    word = Override(kind="segment", onset_s=first / 100, duration_s=length / 100, decision="good")
    lay_over(Recording(raw), [word])
    expected = before | mask_of([(first, first + length)], 2000)
    np.testing.assert_array_equal(good_samples(raw), expected)


def test_a_break_is_no_judgement_and_stays():
    raw = marked([(5.0, 2.0, "BAD_ACQ_SKIP"), (4.0, 4.0, "BAD_x")])
    clear_bad(raw, 4.5, 7.5)
    assert [(m["onset"], m["duration"], m["description"]) for m in raw.annotations] == [
        (4.0, 0.5, "BAD_x"),
        (5.0, 2.0, "BAD_ACQ_SKIP"),
        (7.5, 0.5, "BAD_x"),
    ]


@pytest.mark.parametrize("name", ["BAD_ACQ_SKIP", "EDGE boundary", "BAD boundary"])
def test_a_break_over_samples_is_one_at_both_of_its_ends(name):
    assert continuous_spans(marked([(5.0, 2.0, name)])) == [(0, 500), (500, 700), (700, 2000)]


@pytest.mark.parametrize("name", ["boundary", "New Segment/"])
def test_the_duration_of_a_break_without_samples_is_none_of_this_recording(name):
    assert continuous_spans(marked([(5.0, 2.0, name)])) == [(0, 500), (500, 2000)]


@given(MARKS)
@settings(deadline=None)
def test_the_spans_cover_the_recording(marks):
    spans = continuous_spans(marked(marks))
    assert spans[0][0] == 0
    assert spans[-1][1] == 2000
    assert all(stop == start for (_, stop), (start, _) in pairwise(spans))


def test_a_bad_annotation_of_one_channel_marks_no_time_bad_for_the_others():
    raw = marked([(1.0, 2.0, "BAD_x")], ch_names=[["Fp2"]])
    assert good_samples(raw).all()
    (mask,) = [bad_channel_samples(raw)["Fp2"]]
    assert runs(mask).tolist() == [[100, 300]]


def test_a_bad_annotation_that_names_all_eeg_channels_marks_time():
    raw = marked([(1.0, 2.0, "BAD_x")], ch_names=[["Fp1", "Fp2"]])
    assert good_seconds(raw) == 18.0
    assert bad_channel_samples(raw) == {}


def test_annotations_of_single_channels_are_hidden_for_a_while():
    raw = marked([(1.0, 2.0, "BAD_x"), (5.0, 0.0, "go")], ch_names=[["Fp2"], []])
    before = raw.annotations.copy()
    with without_channel_annotations(raw):
        assert list(raw.annotations.description) == ["go"]
    assert raw.annotations == before


@given(st.lists(st.booleans(), max_size=50))
def test_runs_and_masks_are_one_thing(mask):
    mask = np.array(mask, dtype=bool)
    found = runs(mask)
    np.testing.assert_array_equal(mask_of([tuple(run) for run in found], mask.size), mask)
    assert (found[:-1, 1] < found[1:, 0]).all()


@given(st.lists(st.booleans(), max_size=50))
def test_segments_cover_exactly_the_mask(mask):
    segments = segments_of(np.array(mask, dtype=bool), 10.0, "BAD_x")
    covered = np.zeros(len(mask), dtype=bool)
    for segment in segments:
        covered[round(segment.onset_s * 10) : round((segment.onset_s + segment.duration_s) * 10)] = True
    np.testing.assert_array_equal(covered, mask)
    assert total_s(segments) == pytest.approx(sum(mask) / 10)


@pytest.mark.parametrize("dated", [False, True])
@pytest.mark.parametrize("cropped", [False, True])
def test_annotated_segments_mask_the_same_samples_wherever_the_recording_starts(dated, cropped):
    raw = recording(2)
    if dated:
        raw.set_meas_date(datetime.datetime(2020, 1, 1, tzinfo=datetime.UTC))
    if cropped:
        raw = from_first_sample(raw.crop(5.0, None))
    mask = np.zeros(raw.n_times, dtype=bool)
    mask[100:250] = True
    annotate_segments(raw, segments_of(mask, 100.0, "BAD_x"))
    np.testing.assert_array_equal(good_samples(raw), ~mask)
    kept = raw.get_data(reject_by_annotation="omit", verbose="error")
    np.testing.assert_array_equal(kept, raw.get_data()[:, ~mask])


@pytest.mark.parametrize(("mask", "closed"), [("1011", "1111"), ("0001", "0001"), ("1000", "1000"), ("0000", "0000")])
def test_short_gaps_between_bad_samples_are_closed(mask, closed):
    found = close_gaps(np.array([c == "1" for c in mask]), 2)
    assert "".join(str(int(bit)) for bit in found) == closed


def test_widening_grows_a_run_on_both_sides():
    assert widen(np.array([0, 0, 1, 0, 0, 0], dtype=bool), 1).tolist() == [False, True, True, True, False, False]


@pytest.mark.parametrize(("mask", "closed"), [("0101", "0111"), ("1010", "1110"), ("0000", "0000")])
def test_a_gap_at_an_end_stays_open_where_asked(mask, closed):
    found = close_gaps(np.array([c == "1" for c in mask]), 2, at_ends=False)
    assert "".join(str(int(bit)) for bit in found) == closed
