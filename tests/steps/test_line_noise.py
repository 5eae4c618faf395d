from __future__ import annotations

import numpy as np
import pytest

from eegmill.steps.line_noise import LineNoise
from signals_signal import apply, cut, noise, with_line

METHODS = ("notch", "spectrum_fit", "zapline")


def mains(n_channels=12, *, line_hz=50.0, sfreq=250.0, seconds=30, amplitude_uv=20.0):
    return with_line(noise(n_channels, sfreq=sfreq, seconds=seconds), line_hz, amplitude_uv)


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("line_hz", [50.0, 60.0])
def test_the_line_goes_and_the_decibels_are_recorded(method, line_hz):
    decisions = apply(LineNoise(method=method), mains(line_hz=line_hz))[1]
    first = decisions.harmonics[0]
    assert (decisions.frequency_hz, decisions.source, decisions.method) == (line_hz, "spectrum", method)
    assert first.before_db > 15
    assert first.after_db < 3
    assert first.removed
    assert first.removed_db == pytest.approx(first.before_db - first.after_db)


@pytest.mark.parametrize("method", METHODS)
def test_the_signal_stays_but_for_the_ends(method):
    raw = noise(12, sfreq=250.0, seconds=30)
    raw.filter(None, 40, verbose="error")
    signal = raw.get_data()
    apply(LineNoise(method=method), with_line(raw, 50.0))
    error = (raw.get_data() - signal)[:, 1000:-1000]
    assert np.sqrt((error**2).mean()) < 0.15 * signal.std()


@pytest.mark.parametrize("method", METHODS)
def test_only_the_harmonics_that_stand_out_are_removed(method):
    raw = with_line(mains(sfreq=500.0), 150.0)
    decisions = apply(LineNoise(method=method), raw)[1]
    assert [(h.frequency_hz, h.removed) for h in decisions.harmonics] == [
        (50.0, True),
        (100.0, False),
        (150.0, True),
        (200.0, False),
    ]


def test_all_harmonics_are_removed_where_asked():
    decisions = apply(LineNoise(min_prominence_db=None), mains(sfreq=500.0))[1]
    assert [h.removed for h in decisions.harmonics] == [True] * 4


@pytest.mark.parametrize("method", METHODS)
def test_without_a_line_nothing_is_done_and_said_so(method):
    raw = noise(12, sfreq=250.0, seconds=30)
    before = raw.get_data()
    decisions = apply(LineNoise(method=method), raw)[1]
    assert (decisions.applied, decisions.notes) == (False, ("no line stands out in the spectrum",))
    assert [(h.frequency_hz, h.removed, abs(h.before_db) < 3) for h in decisions.harmonics] == [
        (50.0, False, True),
        (60.0, False, True),
    ]
    np.testing.assert_array_equal(raw.get_data(), before)


@pytest.mark.parametrize(
    ("stated", "parameter", "expected"),
    [(50.0, None, (50.0, "recording")), (60.0, None, (50.0, "spectrum")), (60.0, 50.0, (50.0, "parameter"))],
)
def test_the_parameter_wins_over_the_recording_and_the_spectrum_over_a_wrong_recording(stated, parameter, expected):
    raw = mains()
    raw.info["line_freq"] = stated
    decisions = apply(LineNoise(frequency_hz=parameter), raw)[1]
    assert (decisions.frequency_hz, decisions.source) == expected


def test_a_frequency_given_but_not_there_is_left_alone():
    decisions = apply(LineNoise(frequency_hz=60.0), mains(line_hz=50.0))[1]
    assert not decisions.applied
    assert decisions.notes == ("no multiple of 60 Hz stands out",)


@pytest.mark.parametrize(
    ("frequency_hz", "reason"), [(None, "no line stands out"), (50.0, "no multiple of 50 Hz lies below the Nyquist")]
)
def test_a_rate_too_low_for_the_mains_changes_nothing(frequency_hz, reason):
    decisions = apply(LineNoise(frequency_hz=frequency_hz), noise(4, sfreq=100.0))[1]
    assert not decisions.applied
    assert reason in decisions.notes[0]


@pytest.mark.parametrize("method", METHODS)
def test_two_seconds_are_handled_or_left_with_the_reason(method):
    raw = mains(seconds=2)
    decisions = apply(LineNoise(method=method), raw)[1]
    assert np.isfinite(raw.get_data()).all()
    assert decisions.applied or decisions.why_not or decisions.notes


@pytest.mark.parametrize("method", METHODS)
def test_each_span_is_cleaned_by_itself(method):
    raw = cut(mains(seconds=40), 20.0, 20.1)
    raw._data[:, 5025:] *= -1
    decisions = apply(LineNoise(method=method), raw)[1]
    assert decisions.harmonics[0].after_db < 3
    assert decisions.short_spans == 1


def test_zapline_needs_four_channels_and_says_what_it_did_instead():
    decisions = apply(LineNoise(method="zapline"), mains(3))[1]
    assert decisions.method == "notch"
    assert "zapline needs 4 good EEG channels and there are 3: notch instead" in decisions.notes[0]


def test_zapline_records_components_and_rank():
    decisions = apply(LineNoise(method="zapline"), mains())[1]
    assert (decisions.components, decisions.rank_removed) == ((1,), 0)


@pytest.mark.parametrize("method", METHODS)
def test_channels_that_are_constant_or_saturated_are_no_trouble(method):
    raw = mains()
    raw._data[0] = 0.0
    raw._data[1] = 1e-3
    raw._data[2] = np.clip(raw._data[2], -5e-6, 5e-6)
    apply(LineNoise(method=method), raw)
    assert np.isfinite(raw.get_data()).all()
    assert np.ptp(raw.get_data()[0]) < 1e-12
