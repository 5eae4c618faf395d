from __future__ import annotations

from datetime import UTC, datetime

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from eegmill.config.recipes import load_recipe
from eegmill.errors import ConfigurationError, Rejected
from eegmill.recording import from_first_sample
from eegmill.steps.flatline import Flatline, flat_runs
from eegmill.steps.resample import Resample
from signals_signal import apply, cut, noise


def flat(raw, channel, start_s, stop_s, value=0.0):
    start, stop = (round(at * raw.info["sfreq"]) for at in (start_s, stop_s))
    raw._data[channel, start:stop] = value
    return raw


@given(st.lists(st.booleans(), max_size=60), st.integers(0, 8))
def test_runs_are_those_that_a_loop_finds(values, longer_than):
    expected, start = [], 0
    for at in range(len(values) + 1):
        if at == len(values) or not values[at]:
            if at - start > longer_than:
                expected.append([start, at])
            start = at + 1
    assert flat_runs(np.array(values, dtype=bool), longer_than).tolist() == expected


def test_a_flat_channel_is_found():
    recording, decisions = apply(Flatline(), flat(noise(), 2, 3.0, 9.5, value=4.2e-5))
    assert recording.raw.info["bads"] == ["F3"]
    assert decisions.flat_channels[0].longest_s == pytest.approx(6.5, abs=0.02)
    assert recording.bad_channels[0].reasons == ("flat for 6.5 s",)


@pytest.mark.parametrize(("n_samples", "found"), [(501, False), (502, True)])
def test_five_seconds_are_allowed(n_samples, found):
    raw = noise()
    raw._data[0, 100 : 100 + n_samples] = 1e-5
    assert bool(apply(Flatline(), raw)[1].flat_channels) is found


def test_a_run_does_not_go_on_across_a_discontinuity():
    raw = cut(flat(noise(), 0, 2.0, 10.0), 6.0)
    assert apply(Flatline(), raw)[1].flat_channels == ()


def test_a_gap_of_all_channels_is_annotated_and_no_channels_fault():
    raw = noise(seconds=30)
    raw.set_meas_date(datetime(2020, 1, 1, tzinfo=UTC))
    raw = from_first_sample(raw.crop(5))
    recording, decisions = apply(Flatline(), flat(raw, slice(None), 4.0, 14.0))
    assert recording.raw.info["bads"] == []
    assert [(s.onset_s, s.description) for s in decisions.segments] == [(4.0, "BAD_flat")]
    assert recording.raw.annotations.onset[0] == pytest.approx(4.0)
    assert recording.raw.annotations.duration[0] == pytest.approx(10.0, abs=0.02)


def test_a_channel_flat_beyond_the_common_gap_is_bad():
    raw = flat(flat(noise(seconds=40), slice(None), 4.0, 10.0), 1, 20.0, 30.0)
    assert apply(Flatline(), raw)[0].raw.info["bads"] == ["Fp2"]


def test_channels_that_are_all_flat_are_rejected_with_the_number():
    raw = noise(2, seconds=30)
    flat(flat(raw, 0, 1.0, 8.0), 1, 15.0, 25.0)
    with pytest.raises(Rejected, match="All 2 good EEG channels"):
        apply(Flatline(), raw)


def test_an_all_zero_recording_is_rejected():
    with pytest.raises(Rejected, match="flat"):
        apply(Flatline(), flat(noise(), slice(None), 0.0, 20.0))


def test_channels_that_are_bad_already_are_not_looked_at():
    raw = flat(noise(), 0, 0.0, 20.0)
    raw.info["bads"] = ["Fp1"]
    assert apply(Flatline(), raw)[1].flat_channels == ()


@pytest.mark.parametrize("value", [0.0, 3.6e-5, 0.04])
def test_a_flat_channel_is_still_found_after_resampling(value):
    raw = flat(noise(sfreq=128.0, seconds=40), 0, 5.0, 20.0, value)
    resampled = apply(Resample(sfreq_hz=100), raw)[0].raw
    assert [channel.name for channel in apply(Flatline(), resampled)[1].flat_channels] == ["Fp1"]


def clipped(raw, limit_uv, *channels):
    for channel in channels:
        raw._data[channel] = np.convolve(raw._data[channel], np.ones(4) / 2, "same").clip(-1e-6 * limit_uv, None)
    return raw


def test_a_clipped_channel_is_found_with_its_rail():
    recording, decisions = apply(Flatline(), clipped(noise(seconds=60), 12.0, 2))
    assert recording.raw.info["bads"] == ["F3"]
    (channel,) = decisions.saturated_channels
    assert channel.lowest_uv == pytest.approx(-12.0)
    assert channel.highest_uv is None
    assert recording.bad_channels[0].reasons == (f"saturated for {channel.fraction:.2g} of the time (limit 0.01)",)


def test_every_channel_that_moves_has_a_score():
    _, decisions = apply(Flatline(), flat(clipped(noise(seconds=60), 12.0, 2), 0, 3.0, 30.0))
    assert list(decisions.saturated_fraction) == ["Fp2", "F3", "F4"]
    assert decisions.saturated_fraction["F3"] > 0.05 > decisions.saturated_fraction["F4"]


def test_a_channel_may_be_clipped_for_some_of_the_time():
    raw = clipped(noise(seconds=60), 12.0, 2)
    assert apply(Flatline(max_saturated_fraction=0.5), raw)[1].saturated_channels == ()


def test_clipped_channels_are_not_looked_for_if_so_asked():
    recording, decisions = apply(Flatline(max_saturated_fraction=None), clipped(noise(seconds=60), 12.0, 2))
    assert recording.raw.info["bads"] == []
    assert decisions.saturated_fraction == {}


def test_a_stretch_in_which_all_channels_are_clipped_is_annotated():
    raw = noise(seconds=60)
    for at in np.arange(1000, 1500, 50):
        raw._data[:, at : at + 30] = 1e-3
    recording, decisions = apply(Flatline(), raw)
    assert recording.raw.info["bads"] == []
    assert [(s.onset_s, s.duration_s, s.description) for s in decisions.segments] == [(10.0, 4.8, "BAD_saturated")]


def test_a_recording_with_all_channels_clipped_is_rejected():
    with pytest.raises(Rejected, match=r"All 4 good EEG channels .* saturated for more than 0.01 .*4 of them"):
        apply(Flatline(), clipped(noise(seconds=60), 12.0, 0, 1, 2, 3))


@pytest.mark.parametrize("first", ["highpass", "lowpass", "clean_drifts", "line_noise", "reference", "asr"])
def test_recipes_that_change_the_signal_first_are_told_why_not(first):
    with pytest.raises(ConfigurationError, match=f"must not follow '{first}': it moves a flat line a little"):
        load_recipe([first, "flatline"])


def test_a_recipe_may_resample_first():
    assert load_recipe(["resample", "flatline"]).steps
