from __future__ import annotations

import numpy as np
import pytest

from eegmill.errors import Rejected
from eegmill.steps.windows import Windows
from signals_asr import background, burst, recording


def dirty():
    return burst(background(), 3000, 3100)


def applied(data, step=None, **how):
    after, decisions = (step or Windows()).apply(recording(data, **how), seed=0)
    return after.raw, decisions


@pytest.mark.parametrize("first_samp", [0, 500])
def test_bad_windows_are_annotated_and_the_signal_stays(first_samp):
    raw, decisions = applied(dirty(), first_samp=first_samp)
    np.testing.assert_array_equal(raw.get_data(), dirty())
    (segment,) = decisions.segments
    assert segment.onset_s <= 30.0
    assert segment.onset_s + segment.duration_s >= 31.0
    assert list(raw.annotations.description) == ["BAD_window"]
    assert raw.annotations.onset[0] == pytest.approx(segment.onset_s)


def test_cutting_takes_out_what_annotating_marks():
    raw, decisions = applied(dirty(), Windows(action="cut"))
    (segment,) = applied(dirty())[1].segments
    start, stop = round(segment.onset_s * 100), round((segment.onset_s + segment.duration_s) * 100)
    np.testing.assert_array_equal(raw.get_data(), np.delete(dirty(), slice(start, stop), axis=1))
    assert list(raw.annotations.description) == ["boundary"]
    assert decisions.segments == (segment,)


def test_seconds_and_windows_are_counted():
    decisions = applied(dirty())[1]
    assert decisions.bad_s + decisions.good_s == pytest.approx(60)
    assert 0 < decisions.n_bad_windows < decisions.n_windows == 174


def test_nothing_is_cut_from_a_clean_recording():
    raw, decisions = applied(background(), Windows(action="cut"))
    assert raw.n_times == 6000
    assert decisions.segments == ()


def test_too_little_left_rejects_with_the_numbers():
    with pytest.raises(Rejected, match=r"\d+% of 60\.0 s are bad windows .* and 99% must be good"):
        applied(dirty(), Windows(min_good_fraction=0.99))


def test_a_silent_recording_is_rejected():
    with pytest.raises(Rejected, match=r"100% of 60\.0 s"):
        applied(np.zeros((4, 6000)))


@pytest.mark.parametrize(("seconds", "n_windows"), [(0.5, 0), (1.5, 2), (7, 18)])
def test_a_recording_with_few_windows_is_not_judged(seconds, n_windows):
    data = burst(background(seconds=seconds), 10, 30)
    decisions = applied(data)[1]
    assert decisions.segments == ()
    assert decisions.notes == (f"{n_windows} windows of 1 s do not show what is usual: 20 are needed",)


def test_silence_is_found_in_a_short_recording():
    data = background(seconds=5)
    data[:, 200:350] = 0
    assert applied(data)[1].segments


def test_no_window_crosses_a_discontinuity():
    _, decisions = applied(dirty(), annotations=[(30.0, 0, "boundary")])
    assert decisions.segments[0].onset_s == 30.0


def test_bad_channels_have_no_vote():
    before = recording(background())
    before.raw._data[:3, 3000:3100] *= 100
    before.raw.info["bads"] = ["0", "1", "2"]
    assert Windows().apply(before, seed=0)[1].segments == ()


def test_by_the_median_the_same_window_is_bad_and_the_methods_text_says_so():
    step = Windows(usual="median")
    _, decisions = applied(dirty(), step)
    (segment,), (fitted,) = decisions.segments, applied(dirty())[1].segments
    assert abs(segment.onset_s - fitted.onset_s) < 1
    assert "(by median and median absolute deviation)" in step.sentence(decisions).text
