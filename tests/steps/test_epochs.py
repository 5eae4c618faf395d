from __future__ import annotations

import numpy as np
import pytest
from pydantic import ValidationError

from eegmill.errors import ConfigurationError, Rejected
from eegmill.recording import Recording
from eegmill.steps.epochs import Epochs, matches
from signals_ica import annotate, recording


def run(raw, **parameters):
    return Epochs(**parameters).apply(Recording(raw), seed=1)


def with_events():
    raw = recording(4)
    for onset, name in [(2.0, "go"), (5.0, "stop/left"), (8.0, "go"), (19.8, "go")]:
        annotate(raw, onset, 0.1, name)
    return raw


def test_epochs_hold_the_samples_around_their_events():
    raw = with_events()
    cut, _ = run(raw, events=("stop/left",), tmin=-0.2, tmax=0.8)
    np.testing.assert_array_equal(cut.epochs.get_data()[0], raw.get_data()[:, 480:581])


def test_each_event_is_counted_and_each_loss_has_a_reason():
    raw = with_events()
    annotate(raw, 8.1, 0.1, "BAD_burst")
    _, decisions = run(raw, events=("go", "stop/left"))
    assert [(count.event, count.found, count.kept) for count in decisions.counts] == [("go", 3, 1), ("stop/left", 1, 1)]
    assert [(drop.onset_s, drop.reason) for drop in decisions.dropped] == [
        (8.0, "BAD_burst"),
        (19.8, "beyond the recording"),
    ]


def test_a_bad_annotation_can_be_disregarded():
    raw = with_events()
    annotate(raw, 8.1, 0.1, "BAD_burst")
    assert run(raw, events=("go",), reject_by_annotation=False)[1].kept == 2


def test_a_part_of_a_name_is_enough():
    assert matches("stop/left", "left")
    assert not matches("stop/left", "le")


def test_an_event_that_does_not_occur_is_an_error_that_lists_those_that_do():
    with pytest.raises(ConfigurationError, match=r"pause does not occur.*It has: go, stop/left"):
        run(with_events(), events=("go", "pause"))


def test_absent_events_can_be_let_pass():
    assert run(with_events(), events=("go", "pause"), absent_events="ignore")[1].absent == ("pause",)


@pytest.mark.parametrize(("raw", "words"), [(with_events(), "It has: go"), (recording(4), "no events at all")])
def test_a_recording_without_any_of_the_events_is_rejected(raw, words):
    with pytest.raises(Rejected, match=words):
        run(raw, events=("pause",))


def test_the_baseline_is_subtracted():
    cut, _ = run(with_events(), events=("go",), baseline=(None, 0))
    before = cut.epochs.get_data()[:, :, cut.epochs.times <= 0]
    np.testing.assert_allclose(before.mean(axis=-1), 0, atol=1e-18)


def test_pieces_of_equal_length_cover_the_recording():
    raw = recording(4)
    cut, decisions = run(raw, length_s=2.0)
    assert decisions.kept == 10
    np.testing.assert_array_equal(np.hstack(list(cut.epochs.get_data())), raw.get_data())


def test_pieces_can_overlap():
    assert run(recording(4), length_s=2.0, overlap_s=1.0)[1].kept == 19


@pytest.mark.parametrize(("events", "kept"), [(None, 9), (("go",), 1)])
def test_no_epoch_reaches_across_a_discontinuity(events, kept):
    raw = recording(4)
    annotate(raw, 2.0, 0.1, "go")
    annotate(raw, 9.5, 0.1, "go")
    annotate(raw, 9.7, 0.0, "boundary")
    assert run(raw, events=events, length_s=2.0)[1].kept == kept


def test_event_columns_become_metadata():
    raw = with_events()
    cut, _ = run(raw, events=("go",))
    rows = cut.epochs.metadata
    rows = rows if isinstance(rows, list) else rows.to_dict("records")
    assert [row["trial_type"] for row in rows] == ["go", "go"]
    assert [row["onset"] for row in rows] == pytest.approx([2.0, 8.0])


def test_of_two_events_at_one_sample_the_first_by_name_is_kept():
    raw = recording(4)
    annotate(raw, 3.0, 0.1, "go")
    annotate(raw, 3.0, 0.1, "alarm")
    _, decisions = run(raw, events=("go", "alarm"))
    assert [(drop.event, drop.reason) for drop in decisions.dropped] == [("go", "at the sample of another event")]


def test_all_epochs_lost_rejects_with_the_reasons():
    raw = with_events()
    annotate(raw, 0.0, 20.0, "BAD_all")
    with pytest.raises(Rejected, match=r"No epoch is left of 3: 3 BAD_all|2 BAD_all, 1 beyond"):
        run(raw, events=("go",))


def test_a_recording_shorter_than_a_piece_is_rejected():
    with pytest.raises(Rejected, match="no continuous stretch of 30 s"):
        run(recording(4), length_s=30.0)


@pytest.mark.parametrize(
    "wrong",
    [
        {"tmin": 1.0, "tmax": 0.5},
        {"length_s": 1.0, "overlap_s": 1.0},
        {"events": ("go",), "baseline": (-3.0, 0.0)},
        {"events": ("go",), "baseline": (0.5, 0.0)},
        {"events": ("go",), "baseline": (None, 0.0), "tmin": 0.0},
        {"length_s": 2.0, "baseline": (None, 0.0)},
    ],
)
def test_times_out_of_order_are_refused(wrong):
    with pytest.raises(ValidationError):
        Epochs(**wrong)


def test_cutting_prints_nothing_and_warns_of_nothing(capsys, recwarn):
    run(with_events(), events=("go",))
    assert capsys.readouterr() == ("", "")
    assert not recwarn.list
