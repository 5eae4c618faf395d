"""Where windows lie, and what is said of each: against MNE's own view of the same recording."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from eegmill.derivative.read import read_cleaned
from eegmill.derivative.windows import Mark, _label, _n_bad, window_rows
from eegmill.errors import ConfigurationError, DerivativeError
from eegmill.signal.timeline import continuous_spans, good_samples
from indexed import NAMES, cleaned_dataset, epoched_dataset


def annotated(*marks):
    """A change of a recording: more annotations, each with onset, duration, name and channels."""

    def change(recording):
        for onset_s, duration_s, name, channels in marks:
            recording.raw.annotations.append(onset_s, duration_s, name, [channels])
        return recording

    return change


def test_windows_lie_side_by_side(tmp_path):
    found = window_rows(cleaned_dataset(tmp_path), NAMES[0], window_s=0.5)
    assert [row["offset"] for row in found.rows] == [number * 50 * 8 * 4 for number in range(8)]
    assert {row["n_bytes"] for row in found.rows} == {50 * 8 * 4}
    assert [row["onset_s"] for row in found.rows] == [number / 2 for number in range(8)]


def test_what_is_good_is_what_mne_has_as_good(tmp_path):
    marks = [(0.1, 0.25, "BAD_a", ()), (0.2, 0.1, "BAD_b", ()), (2.0, 2.0, "bad c", ("Cz",)), (3.9, 9.0, "BAD_d", ())]
    derivative = cleaned_dataset(tmp_path, annotated(*marks))
    good = good_samples(read_cleaned(derivative, NAMES[0]).raw)
    rows = window_rows(derivative, NAMES[0], window_s=0.5).rows
    expected = [good[round(row["onset_s"] * 100) :][:50].mean() for row in rows]
    assert [row["good_fraction"] for row in rows] == pytest.approx(expected)
    assert min(expected) < 1


def test_no_window_holds_a_discontinuity(tmp_path):
    derivative = cleaned_dataset(tmp_path, annotated((1.0, 0, "boundary", ()), (2.2, 0.1, "BAD_ACQ_SKIP", ())))
    found = window_rows(derivative, NAMES[0], window_s=0.5)
    spans = continuous_spans(read_cleaned(derivative, NAMES[0]).raw)
    starts = [round(row["onset_s"] * 100) for row in found.rows]
    assert all(any(a <= start and start + 50 <= b for a, b in spans) for start in starts)
    assert (starts, found.about["left_out"]) == ([0, 50, 100, 150, 250, 300, 350], 1)


def test_events_are_told_with_their_samples(tmp_path):
    rows = window_rows(cleaned_dataset(tmp_path), NAMES[0], window_s=1.0).rows
    assert [row["events"] for row in rows] == [["standard"], ["target"], ["standard"], []]
    assert [row["event_samples"] for row in rows] == [[50], [25], [0], []]


def test_an_event_that_lasts_over_a_window_is_its_label(tmp_path):
    marks = [(0, 4.0, "task", ()), (1.0, 2.0, "eyes closed", ()), (1.0, 2.0, "BAD_x", ())]
    rows = window_rows(cleaned_dataset(tmp_path, annotated(*marks)), NAMES[0], window_s=1.0).rows
    assert [row["label"] for row in rows] == ["task", "eyes closed", "eyes closed", "task"]


@given(st.lists(st.tuples(st.integers(0, 40), st.integers(0, 40), st.sampled_from(["BAD_a", "x"])), max_size=6))
def test_bad_samples_are_counted_once(spans):
    marks = [Mark(name, start, start + length, frozenset()) for start, length, name in sorted(spans)]
    mask = np.zeros(100, bool)
    for mark in marks:
        mask[mark.start : mark.stop] |= mark.name == "BAD_a"
    assert _n_bad(marks, 10, 30) == mask[10:30].sum()


def test_the_last_of_lasting_events_labels_a_window():
    marks = [Mark("a", 0, 100, frozenset()), Mark("b", 5, 100, frozenset()), Mark("c", 8, 15, frozenset())]
    assert _label(marks, 10, 20) == "b"
    assert _label(marks, 0, 101) is None


@pytest.mark.parametrize("repaired", [False, True])
def test_epochs_lie_where_they_are_kept(tmp_path, repaired):
    derivative = epoched_dataset(tmp_path, repaired=repaired)
    found = window_rows(derivative, NAMES[0], window_s=None)
    assert [row["offset"] for row in found.rows] == [number * 8 * 4 for number in ((0, 51) if repaired else (30, 230))]
    assert [(row["n_times"], row["epoch"], row["label"]) for row in found.rows] == [(51, 0, "go"), (51, 1, "stop")]
    assert [row["onset_s"] for row in found.rows] == [0.3, 2.3]


def test_windows_shorter_than_a_sample_are_refused(tmp_path):
    with pytest.raises(ConfigurationError, match="have no sample at 100 Hz"):
        window_rows(cleaned_dataset(tmp_path), NAMES[0], window_s=0.001)


@pytest.mark.parametrize(("old", "new"), [("MULTIPLEXED", "VECTORIZED"), ("IEEE_FLOAT_32", "INT_16")])
def test_another_layout_of_samples_is_refused(tmp_path, old, new):
    derivative = cleaned_dataset(tmp_path)
    (header,) = derivative.glob("sub-01/eeg/*.vhdr")
    header.write_text(header.read_text().replace(f"={old}", f"={new}"))
    with pytest.raises(DerivativeError, match="no multiplexed float32 of 8 channels"):
        window_rows(derivative, NAMES[0], window_s=0.5)


def test_a_table_of_another_file_is_refused(tmp_path):
    derivative = epoched_dataset(tmp_path, repaired=True)
    (data,) = derivative.glob("sub-01/eeg/*.fdt")
    data.write_bytes(data.read_bytes()[:-32])
    with pytest.raises(DerivativeError, match="its tables do not belong to it"):
        window_rows(derivative, NAMES[0], window_s=None)
