from __future__ import annotations

import numpy as np
import pytest

from eegmill.errors import Rejected
from eegmill.signal.missing import annotate_gaps, require_finite, zero_missing
from eegmill.signal.timeline import continuous_spans
from signals_asr import recording
from signals_signal import noise


def test_a_gap_of_all_channels_is_a_discontinuity_at_both_ends():
    raw = noise(3)
    raw._data[:, 500:700] = np.nan
    gaps = annotate_gaps(raw, raw.ch_names)
    assert [(gap.onset_s, gap.duration_s, gap.description) for gap in gaps] == [(5.0, 2.0, "BAD_ACQ_SKIP")]
    assert continuous_spans(raw) == [(0, 500), (500, 700), (700, 2000)]
    assert not raw.get_data()[:, 500:700].any()


def test_a_gap_at_the_end_has_no_second_end():
    raw = noise(2)
    raw._data[:, 1900:] = np.nan
    annotate_gaps(raw, raw.ch_names)
    assert list(raw.annotations.description) == ["BAD_ACQ_SKIP"]


def test_samples_missing_in_some_channels_are_no_gap():
    raw = noise(3)
    raw._data[:2, 500:700] = np.nan
    assert annotate_gaps(raw, raw.ch_names) == ()
    assert len(raw.annotations) == 0


@pytest.mark.parametrize("missing", [np.nan, np.inf, -np.inf])
def test_what_is_missing_becomes_zero_and_is_counted(missing):
    raw = noise(3)
    raw._data[1, [3, 10]] = missing
    assert zero_missing(raw) == {"Fp2": 2}
    assert np.isfinite(raw.get_data()).all()


@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_a_channel_with_a_missing_sample_is_named(value):
    data = np.zeros((3, 10))
    data[1, 4] = value
    with pytest.raises(Rejected, match="infinity in 1: run"):
        require_finite(recording(data).raw, [0, 1])


def test_other_channels_do_not_matter():
    data = np.zeros((3, 10))
    data[2] = np.nan
    require_finite(recording(data).raw, [0, 1])
