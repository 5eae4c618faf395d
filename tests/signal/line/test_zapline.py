from __future__ import annotations

import numpy as np
import pytest

from eegmill.signal.line.zapline import (
    find_line_components,
    numerical_rank,
    remove_line_components,
    residual_chunks,
    smoothing_kernel,
)
from signals_signal import noise, with_line


def clean(raw, harmonics=(50.0,), *, rows=None, min_db=6.0, most=3):
    rows = rows or list(range(len(raw.ch_names)))
    sfreq = raw.info["sfreq"]
    found = find_line_components(raw._data, rows, sfreq, 50.0, harmonics, min_db=min_db, most=most)
    remove_line_components(raw._data, rows, sfreq, 50.0, found)
    return found


@pytest.mark.parametrize("sfreq", [128.0, 250.0, 500.0, 512.0, 2048.0])
@pytest.mark.parametrize("line_hz", [50.0, 60.0])
def test_the_kernel_stops_the_line_and_its_harmonics_exactly(sfreq, line_hz):
    kernel = smoothing_kernel(line_hz, sfreq)
    place = np.arange(kernel.size) - kernel.size // 2
    harmonics = np.arange(line_hz, sfreq / 2, line_hz)
    gains = np.cos(2 * np.pi * np.outer(harmonics, place) / sfreq) @ kernel
    np.testing.assert_allclose(gains, 0, atol=1e-12)
    assert kernel.sum() == pytest.approx(1)
    np.testing.assert_allclose(kernel, kernel[::-1], atol=1e-15)


def test_pieces_changed_in_place_do_not_change_the_next():
    rng = np.random.default_rng(0)
    x, kernel = rng.standard_normal((3, 40_000)), smoothing_kernel(50.0, 512.0)
    expected = np.concatenate([rest for _, _, rest in residual_chunks(x, [0, 2], kernel)], axis=1)
    for start, stop, rest in residual_chunks(x, [0, 2], kernel):
        np.testing.assert_array_equal(rest, expected[:, start:stop])
        x[:, start:stop] = 99.0


def test_one_source_is_one_component_and_the_rest_stays():
    raw = noise(12, sfreq=250.0, seconds=30)
    signal = raw.get_data()
    assert clean(with_line(raw, 50.0, 30.0)).count == 1
    assert np.sqrt(((raw.get_data() - signal) ** 2).mean()) < 0.3 * signal.std()


def test_without_a_line_nothing_is_removed():
    raw = noise(12, sfreq=250.0, seconds=30)
    before = raw.get_data()
    assert clean(raw).count == 0
    np.testing.assert_array_equal(raw.get_data(), before)


def test_no_more_components_go_than_allowed():
    raw = noise(12, sfreq=250.0, seconds=30)
    t = raw.times
    for row in range(4):
        raw._data[row] += 1e-4 * np.sin(2 * np.pi * (50 + 0.1 * row) * t + row)
    assert clean(raw, most=2).count == 2


def test_other_channels_are_not_touched():
    raw = with_line(noise(12, sfreq=250.0), 50.0)
    before = raw.get_data()
    clean(raw, rows=list(range(8)))
    np.testing.assert_array_equal(raw.get_data()[8:], before[8:])


def test_the_rank_of_the_data_is_kept():
    raw = with_line(noise(12, sfreq=250.0, seconds=30), 50.0)
    rows = list(range(12))
    assert numerical_rank(raw._data, rows) == 12
    clean(raw)
    assert numerical_rank(raw._data, rows) == 12


def test_rank_deficient_data_are_no_trouble():
    raw = with_line(noise(12, sfreq=250.0, seconds=30), 50.0, 30.0)
    raw._data -= raw._data.mean(axis=0)
    raw._data[3] = raw._data[4]
    assert clean(raw).count == 1
    assert np.isfinite(raw.get_data()).all()
    assert numerical_rank(raw._data, list(range(12))) == 11
