from __future__ import annotations

import numpy as np
import pytest

from eegmill.signal.filters.band import band_of
from eegmill.signal.ica import sources
from eegmill.signal.ica.sources import filtered_sources
from signals_ica import annotate, recording


def summed_then_filtered(raw, weights, group_bytes, monkeypatch):
    monkeypatch.setattr(sources, "GROUP_BYTES", group_bytes)
    return np.array(list(filtered_sources(raw, list(range(6)), weights, band_of(raw, 1.0, 30.0))))


@pytest.mark.parametrize("group_bytes", [1, 40_000, 1 << 27])
def test_summing_before_filtering_is_filtering_before_summing(group_bytes, monkeypatch):
    raw = recording(6)
    weights = np.random.default_rng(0).standard_normal((4, 6))
    band = band_of(raw, 1.0, 30.0)
    expected = weights @ np.array([band.of(row) for row in raw._data])
    got = summed_then_filtered(raw, weights, group_bytes, monkeypatch)
    np.testing.assert_allclose(got, expected, atol=1e-12 * np.abs(expected).max())


@pytest.mark.parametrize(("bad_s", "left"), [(5.0, 1500), (20.0, 2000)])
def test_bad_segments_are_left_out_unless_they_cover_everything(bad_s, left, monkeypatch):
    raw = recording(6)
    annotate(raw, 0.0, bad_s, "BAD_burst")
    assert summed_then_filtered(raw, np.eye(6), 1 << 27, monkeypatch).shape == (6, left)


def test_the_recording_stays_as_it_is(monkeypatch):
    raw = recording(6)
    before = raw.get_data()
    summed_then_filtered(raw, np.eye(6), 1 << 27, monkeypatch)
    np.testing.assert_array_equal(raw.get_data(), before)
