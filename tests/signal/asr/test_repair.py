from __future__ import annotations

from dataclasses import replace
from functools import cache
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from eegmill.signal.asr.calibration import calibrate
from eegmill.signal.asr.repair import Grid, Rules, eegprep_parts, repair_span
from signals_asr import background, burst

GRID = Grid.of(0.5, 100.0)
RULES = Rules(max_removed_fraction=0.66, max_peak_gain=2.0)


@cache
def model(n_dependent=0):
    data = clean(n_dependent)
    return calibrate(data, range(8), clean=np.ones(6000, dtype=bool), sfreq_hz=100.0, cutoff=20.0)


def clean(n_dependent=0):
    data = background()
    data[:n_dependent] = data[n_dependent : 2 * n_dependent]
    return data


def repaired(data, span=None, rules=RULES, n_dependent=0, **how):
    output = data.copy()
    span = span or (0, data.shape[1])
    return output, repair_span(output, range(8), span, model=model(n_dependent), grid=GRID, rules=rules, **how)


def test_a_burst_is_taken_out():
    data = clean()
    hit = burst(data, 3000, 3100)
    output, _ = repaired(hit)
    assert np.linalg.norm(output - data) < 0.15 * np.linalg.norm(hit - data)


def test_nothing_else_changes():
    data = burst(clean(), 3000, 3100)
    changed = np.flatnonzero(np.any(repaired(data)[0][:, :5900] != data[:, :5900], axis=0))
    assert 2900 <= changed[0] < 3010
    assert 3090 <= changed[-1] < 3200


@settings(deadline=None, max_examples=25)
@given(
    chunk=st.integers(1, 300),
    place=st.integers(0, 5900),
    length=st.integers(1, 400),
    amplitude_uv=st.floats(50, 5000),
)
def test_the_chunk_size_changes_no_bit(chunk, place, length, amplitude_uv):
    data = burst(clean(), place, min(place + length, 6000), amplitude_uv=amplitude_uv)
    np.testing.assert_array_equal(repaired(data, chunk_updates=chunk)[0], repaired(data)[0])


@settings(deadline=None)
@given(start=st.integers(0, 3000), length=st.integers(51, 3000))
def test_nothing_outside_of_the_span_is_read_or_written(start, length):
    data = burst(clean(), start + length // 2, start + length)
    alone = np.full_like(data, np.nan)
    alone[:, start : start + length] = data[:, start : start + length]
    inside = repaired(alone, (start, start + length))[0][:, start : start + length]
    output = repaired(data, (start, start + length))[0]
    np.testing.assert_array_equal(output[:, start : start + length], inside)
    np.testing.assert_array_equal(output[:, :start], data[:, :start])


@pytest.mark.parametrize("amplitude_uv", [1e2, 1e4, 1e6, 1e9])
@pytest.mark.parametrize("n_dependent", [0, 1, 3])
def test_no_burst_blows_the_signal_up(amplitude_uv, n_dependent):
    data = burst(clean(n_dependent), 3000, 3100, amplitude_uv=amplitude_uv)
    data[:n_dependent] = data[n_dependent : 2 * n_dependent]
    output, _ = repaired(data, n_dependent=n_dependent)
    assert np.abs(output).max() <= np.abs(data).max()


def test_rank_deficient_data_stay_rank_deficient():
    data = burst(clean(2), 3000, 3100)
    data[:2] = data[2:4]
    output, repairs = repaired(data, n_dependent=2)
    assert repairs.repaired
    np.testing.assert_allclose(output[:2], output[2:4], rtol=0, atol=1e-15)


def test_a_repair_above_the_guard_keeps_the_samples():
    data = burst(clean(), 3000, 3100)
    output, repairs = repaired(data, rules=Rules(max_removed_fraction=0.66, max_peak_gain=0.0))
    np.testing.assert_array_equal(output, data)
    assert repairs.guarded
    assert not repairs.repaired


def test_the_peak_of_each_stretch_keeps_to_the_guard():
    data = burst(clean(), 3000, 3100)
    output, repairs = repaired(data, rules=Rules(max_removed_fraction=0.66, max_peak_gain=0.2))
    assert repairs.guarded
    for start, stop in repairs.guarded:
        np.testing.assert_array_equal(output[:, start:stop], data[:, start:stop])
    for start, stop in repairs.repaired:
        assert np.abs(output[:, start:stop]).max() <= 0.2 * np.abs(data[:, start:stop]).max()


def test_the_first_samples_are_repaired_too():
    data = clean()
    hit = burst(data, 0, 60)
    assert np.linalg.norm(repaired(hit)[0] - data) < 0.3 * np.linalg.norm(hit - data)


def test_nothing_may_be_removed_with_no_dimensions():
    data = burst(clean(), 3000, 3100)
    np.testing.assert_array_equal(repaired(data, rules=Rules(max_removed_fraction=0.0, max_peak_gain=2.0))[0], data)


def test_looking_finds_the_same_stretches_and_writes_nothing():
    data = burst(clean(), 3000, 3100)
    output, found = repaired(data, write=False)
    np.testing.assert_array_equal(output, data)
    assert found.repaired == repaired(data)[1].repaired


def test_updates_come_twice_per_window_and_at_both_ends():
    assert Grid.of(0.5, 128.0) == Grid(n_window=64, n_step=32, n_ahead=32)
    assert Grid.of(0.5, 128.0).updates(100).tolist() == [0, 31, 63, 95, 99]


def test_the_grid_restarts_in_each_part():
    assert Grid.of(0.5, 128.0).updates(100, n_parts=2).tolist() == [0, 31, 49, 81, 99]


@pytest.mark.parametrize(("maxmem_mb", "expected"), [(64, 27), (8192, 1)])
def test_the_parts_of_eegprep_depend_on_its_memory_limit(maxmem_mb, expected):
    assert eegprep_parts(30, 30504, Grid.of(0.5, 128.0), maxmem_mb) == expected


def largest_jump(rules: Rules) -> float:
    """Of the repaired signal as a burst grows by small steps past the limit, relative to the largest burst."""
    sizes = np.geomspace(100, 1000, 40)
    done = [repaired(burst(clean(), 3000, 3100, amplitude_uv=size), (2500, 3500), rules)[0] for size in sizes]
    return max(float(np.linalg.norm(b - a)) for a, b in pairwise(done)) / float(np.linalg.norm(done[-1]))


def test_where_a_component_goes_by_its_size_no_stretch_changes_at_once():
    assert largest_jump(replace(RULES, full_at=2.0)) < 0.5 * largest_jump(RULES)


def test_a_large_burst_goes_as_a_whole_either_way():
    data = burst(clean(), 3000, 3100, amplitude_uv=5000.0)
    by_size = repaired(data, rules=replace(RULES, full_at=1.5))[0]
    np.testing.assert_allclose(by_size[:, 3020:3080], repaired(data)[0][:, 3020:3080], atol=2e-6)
