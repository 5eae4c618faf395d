"""What of a component is taken out: eye events and the band of muscles."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from eegmill.signal.ica.artefact_course import events_sd, eye_course, muscle_course

SFREQ_HZ = 100.0
N_TIMES = 3000
WHOLE = [(0, N_TIMES)]


def calm(seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).standard_normal(N_TIMES)


def blinking(at: int, *, size: float = 40.0) -> np.ndarray:
    source = calm()
    source[at : at + 40] += size * np.hanning(40)
    return source


def test_a_blink_goes_and_what_lies_between_blinks_stays():
    source = blinking(1500)
    course, weight = eye_course(source, WHOLE, SFREQ_HZ)
    np.testing.assert_array_equal(weight[1505:1535], 1.0)
    assert np.abs((source - course)[1500:1540]).max() < 5.0
    between = np.r_[0:1400, 1640:N_TIMES]
    assert (course[between] ** 2).sum() < 0.15 * (source[between] ** 2).sum()
    np.testing.assert_array_equal(course[weight == 0], 0.0)


def test_a_gaze_to_the_side_goes_from_its_first_to_its_last_sample():
    source = calm()
    source[1000:1060] += 25.0
    course, weight = eye_course(source, WHOLE, SFREQ_HZ)
    np.testing.assert_array_equal(weight[1000:1060], 1.0)
    assert np.abs((source - course)[990:1070].mean()) < 2.0


def test_a_component_without_events_keeps_everything():
    course, weight = eye_course(np.sin(np.arange(N_TIMES) / 5.0), WHOLE, SFREQ_HZ)
    assert not weight.any()
    assert not course.any()


def test_no_event_reaches_across_a_break():
    source = blinking(1480)
    course, weight = eye_course(source, [(0, 1500), (1500, N_TIMES)], SFREQ_HZ)
    assert weight[1499] == 1.0
    alone, its_weight = eye_course(source[1500:], [(0, 1500)], SFREQ_HZ)
    assert its_weight[:10].max() == pytest.approx(weight[1500:1510].max(), abs=0.2)
    assert np.abs(course[1500:] - alone).max() < 0.1 * np.abs(course).max()


def test_an_event_a_hair_larger_takes_hardly_more_along():
    shape = np.zeros(N_TIMES)
    shape[1500:1540] = np.hanning(40)
    taken = [eye_course(calm() + size * shape, WHOLE, SFREQ_HZ)[0] for size in np.arange(2.0, 12.0, 0.05)]
    steps = [np.abs(after - before)[1450:1590].max() for before, after in pairwise(taken)]
    assert np.abs(taken[-1][1500:1540]).max() > 8.0
    assert max(steps) < 0.6


def test_of_a_doubtful_component_a_small_event_goes_in_part_and_a_large_one_wholly():
    source = np.sin(np.arange(N_TIMES) / 5.0)
    source[1000:1040] += 40 * np.hanning(40)
    source[2000:2040] += 5 * np.hanning(40)
    doubtful, weight = eye_course(source, WHOLE, SFREQ_HZ, certainty=0.25)
    as_a_whole, _ = eye_course(source, WHOLE, SFREQ_HZ)
    assert weight[1005:1035].min() == 1.0
    assert 0 < weight[2000:2040].max() < 0.5
    np.testing.assert_allclose(doubtful[1000:1040], as_a_whole[1000:1040], atol=0.5)
    assert 0 < np.abs(doubtful[1950:2100]).max() < 0.5 * np.abs(as_a_whole[1950:2100]).max()


def test_what_is_barely_a_component_of_the_eyes_stays():
    assert np.abs(eye_course(blinking(1500), WHOLE, SFREQ_HZ, certainty=0.0)[0]).max() < 1e-3


@given(scale=st.floats(1e-6, 1e6), offset=st.floats(-1e3, 1e3))
def test_events_do_not_depend_on_unit_or_offset(scale: float, offset: float):
    source = blinking(1500)
    weight = eye_course(source, WHOLE, SFREQ_HZ)[1]
    np.testing.assert_allclose(eye_course(scale * (source + offset), WHOLE, SFREQ_HZ)[1], weight, atol=1e-6)


def test_a_flat_component_has_no_events():
    assert not eye_course(np.zeros(N_TIMES), WHOLE, SFREQ_HZ)[1].any()


def test_of_muscle_only_what_is_fast_goes():
    time_s = np.arange(N_TIMES) / SFREQ_HZ
    slow, fast = np.sin(2 * np.pi * 5 * time_s), np.sin(2 * np.pi * 30 * time_s)
    inside = slice(200, -200)
    np.testing.assert_allclose(muscle_course(slow + fast, WHOLE, SFREQ_HZ)[inside], fast[inside], atol=0.01)


def test_where_the_recording_does_not_reach_the_band_all_of_it_goes():
    np.testing.assert_array_equal(muscle_course(calm(), WHOLE, 20.0), calm())


def test_what_comes_again_and_again_is_large_and_what_happens_once_is_not():
    often = calm()
    for at in range(100, 2900, 300):
        often[at : at + 40] += 40.0 * np.hanning(40)
    assert events_sd(often, WHOLE, SFREQ_HZ) > 10
    assert events_sd(blinking(1500), WHOLE, SFREQ_HZ) < 10


def test_the_size_of_events_has_no_unit():
    assert events_sd(1e-6 * blinking(1500), WHOLE, SFREQ_HZ) == pytest.approx(
        events_sd(blinking(1500), WHOLE, SFREQ_HZ)
    )
