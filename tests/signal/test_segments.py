from __future__ import annotations

import datetime

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from eegmill.signal.good_samples import good_samples
from eegmill.signal.segments import annotate_segments, segments_of, total_s
from signals_ica import recording


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
        raw.crop(5.0, None)
    mask = np.zeros(raw.n_times, dtype=bool)
    mask[100:250] = True
    annotate_segments(raw, segments_of(mask, 100.0, "BAD_x"))
    np.testing.assert_array_equal(good_samples(raw), ~mask)
    kept = raw.get_data(reject_by_annotation="omit", verbose="error")
    np.testing.assert_array_equal(kept, raw.get_data()[:, ~mask])
