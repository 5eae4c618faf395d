"""What of a component is taken out: eye events and the band of muscles."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from eegmill.signal.ica.artefact_course import eye_course, muscle_course

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
    course, events = eye_course(source, WHOLE, SFREQ_HZ)
    assert events[1505:1535].all()
    assert events.mean() < 0.1
    assert np.abs((source - course)[1500:1540]).max() < 5.0
    np.testing.assert_array_equal(course[~events], 0.0)


def test_a_gaze_to_the_side_goes_from_its_first_to_its_last_sample():
    source = calm()
    source[1000:1060] += 25.0
    course, events = eye_course(source, WHOLE, SFREQ_HZ)
    assert events[1000:1060].all()
    assert np.abs((source - course)[990:1070].mean()) < 2.0


def test_a_component_without_events_keeps_everything():
    course, events = eye_course(np.sin(np.arange(N_TIMES) / 5.0), WHOLE, SFREQ_HZ)
    assert not events.any()
    assert not course.any()


def test_no_event_reaches_across_a_break():
    source = blinking(1480)
    _, events = eye_course(source, [(0, 1500), (1500, N_TIMES)], SFREQ_HZ)
    lines = eye_course(source, [(0, 1500), (1500, N_TIMES)], SFREQ_HZ)[0]
    assert events[1499]
    np.testing.assert_allclose((source - lines)[events & (np.arange(N_TIMES) < 1500)].std(), 0.0, atol=3.0)


def test_of_a_doubtful_component_a_small_event_stays_and_a_large_one_goes():
    source = np.sin(np.arange(N_TIMES) / 5.0)
    source[1000:1040] += 40 * np.hanning(40)
    source[2000:2040] += 5 * np.hanning(40)
    doubtful, events = eye_course(source, WHOLE, SFREQ_HZ, certainty=0.25)
    as_a_whole, _ = eye_course(source, WHOLE, SFREQ_HZ)
    assert events[1000:1040].any()
    assert events[2000:2040].any()
    np.testing.assert_array_equal(doubtful[990:1050], as_a_whole[990:1050])
    assert np.abs(doubtful[1950:2100]).max() < 0.3 * np.abs(as_a_whole[1950:2100]).max()


def test_what_is_barely_a_component_of_the_eyes_stays():
    assert np.abs(eye_course(blinking(1500), WHOLE, SFREQ_HZ, certainty=0.0)[0]).max() < 1e-6


@given(scale=st.floats(1e-6, 1e6), offset=st.floats(-1e3, 1e3))
def test_events_do_not_depend_on_unit_or_offset(scale: float, offset: float):
    source = blinking(1500)
    events = eye_course(source, WHOLE, SFREQ_HZ)[1]
    np.testing.assert_array_equal(eye_course(scale * (source + offset), WHOLE, SFREQ_HZ)[1], events)


def test_a_flat_component_has_no_events():
    assert not eye_course(np.zeros(N_TIMES), WHOLE, SFREQ_HZ)[1].any()


def test_of_muscle_only_what_is_fast_goes():
    time_s = np.arange(N_TIMES) / SFREQ_HZ
    slow, fast = np.sin(2 * np.pi * 5 * time_s), np.sin(2 * np.pi * 30 * time_s)
    inside = slice(200, -200)
    np.testing.assert_allclose(muscle_course(slow + fast, WHOLE, SFREQ_HZ)[inside], fast[inside], atol=0.01)


def test_where_the_recording_does_not_reach_the_band_all_of_it_goes():
    np.testing.assert_array_equal(muscle_course(calm(), WHOLE, 20.0), calm())
