from __future__ import annotations

import numpy as np
import pytest

from eegmill.errors import Rejected
from eegmill.steps.asr import Asr
from signals_asr import background, burst, recording

BURSTS = ((1500, 1600), (4000, 4100))


def dirty(**signal):
    data = background(**signal)
    for start, stop in BURSTS:
        data = burst(data, start, stop)
    return data


def applied(data, step=None, **how):
    before = recording(data, **how)
    after, decisions = (step or Asr()).apply(before, seed=0)
    return after.raw.get_data(), decisions, after.raw


def test_bursts_are_repaired_and_listed():
    output, decisions, _ = applied(dirty())
    assert np.linalg.norm(output - background()) < 0.1 * np.linalg.norm(dirty() - background())
    assert [round(segment.onset_s) for segment in decisions.segments] == [15, 40]
    assert 0.03 < decisions.changed_fraction < 0.08


def test_samples_outside_of_the_segments_stay_as_they_were():
    output, decisions, _ = applied(dirty())
    inside = np.zeros(6000, dtype=bool)
    for segment in decisions.segments:
        inside[round(segment.onset_s * 100) : round((segment.onset_s + segment.duration_s) * 100)] = True
    np.testing.assert_array_equal(output[:, ~inside], dirty()[:, ~inside])


def test_reject_changes_no_sample_and_marks_the_same_stretches():
    output, decisions, raw = applied(dirty(), Asr(mode="reject"), first_samp=700)
    np.testing.assert_array_equal(output, dirty())
    repaired = applied(dirty())[1]
    assert [s.onset_s for s in decisions.segments] == [s.onset_s for s in repaired.segments]
    assert set(raw.annotations.description) == {"BAD_asr"}
    np.testing.assert_allclose(raw.annotations.onset, [s.onset_s for s in decisions.segments])


def test_the_calibration_is_recorded():
    calibration = applied(dirty())[1].calibration
    assert calibration.source == "clean windows"
    assert 50 < calibration.duration_s < 58
    assert 0 < calibration.lowest_threshold_uv <= calibration.median_threshold_uv <= calibration.highest_threshold_uv


def test_without_clean_windows_everything_is_used():
    step = Asr(calibration_tolerances=(None, -50.0))
    calibration = applied(dirty(), step)[1].calibration
    assert (calibration.source, calibration.duration_s) == ("everything", 60.0)


def test_annotated_artefacts_are_no_calibration_data():
    calibration = applied(dirty(), annotations=[(0, 10, "BAD_muscle")])[1].calibration
    assert calibration.duration_s == pytest.approx(applied(dirty())[1].calibration.duration_s - 10, abs=1)


def test_the_variance_taken_out_is_recorded_per_channel():
    output, decisions, _ = applied(dirty())
    expected = 10 * np.log10(dirty().var(axis=1) / output.var(axis=1))
    np.testing.assert_allclose([decisions.removed_db[str(i)] for i in range(8)], expected)


@pytest.mark.parametrize("seconds", [0.1, 2, 9])
def test_a_recording_too_short_to_calibrate_is_left_alone(seconds):
    data = background(seconds=seconds)
    output, decisions, _ = applied(data)
    np.testing.assert_array_equal(output, data)
    assert decisions.why_not == f"{seconds:.1f} s cannot calibrate ASR: 10 s are needed"


def test_one_channel_is_left_alone():
    assert "compares several" in applied(background(n_channels=1))[1].why_not


@pytest.mark.parametrize("value", [0.0, 1e-5])
def test_a_recording_without_signal_is_left_alone(value):
    data = np.full((4, 3000), value)
    np.testing.assert_array_equal(applied(data)[0], data)


def test_bad_channels_are_neither_used_nor_changed():
    before = recording(dirty())
    before.raw.info["bads"] = ["3"]
    before.raw._data[3] = np.nan
    after, decisions = Asr().apply(before, seed=0)
    assert np.isnan(after.raw.get_data()[3]).all()
    assert "3" not in decisions.removed_db


def test_a_good_channel_with_nan_is_refused():
    data = dirty()
    data[3, 5] = np.nan
    with pytest.raises(Rejected, match="NaN or infinity in 3"):
        applied(data)


def test_nothing_is_carried_across_a_discontinuity():
    data = background()
    data[:, 3000:3100] = burst(data, 3000, 3100)[:, 3000:3100]
    _, decisions, _ = applied(data, annotations=[(30.0, 0, "boundary")])
    assert decisions.segments[0].onset_s == 30.0


def test_spans_shorter_than_a_window_are_left_alone_and_counted():
    data = burst(background(), 3000, 3020)
    output, decisions, _ = applied(data, annotations=[(30.0, 0, "boundary"), (30.2, 0, "boundary")])
    assert decisions.too_short_s == pytest.approx(0.2)
    np.testing.assert_array_equal(output[:, 3000:3020], data[:, 3000:3020])


def test_a_tripped_guard_is_marked_as_bad():
    output, decisions, raw = applied(dirty() * 1.0, Asr(max_peak_gain=1.0, cutoff=1.5))
    assert len(decisions.guarded) == sum(raw.annotations.description == "BAD_asr")
    for segment in decisions.guarded:
        start, stop = round(segment.onset_s * 100), round((segment.onset_s + segment.duration_s) * 100)
        np.testing.assert_array_equal(output[:, start:stop], dirty()[:, start:stop])


def test_matching_a_memory_limit_changes_the_result():
    limits = [applied(dirty(), Asr(match_maxmem_mb=limit, cutoff=5))[0] for limit in (1, 8192)]
    assert not np.array_equal(*limits)


@pytest.mark.parametrize("sfreq", [64.0, 100.0, 1000.0])
def test_any_sampling_rate_goes_through(sfreq):
    data = background(seconds=15, sfreq=sfreq)
    start = round(7 * sfreq)
    output, _, _ = applied(burst(data, start, start + round(sfreq)), sfreq=sfreq)
    assert np.linalg.norm(output - data) < np.linalg.norm(burst(data, start, start + round(sfreq)) - data)


def test_by_the_median_the_burst_is_repaired_and_the_methods_text_says_so():
    step = Asr(usual="median")
    _, decisions = step.apply(recording(burst(background(), 3000, 3100)), seed=0)
    (segment,) = decisions.segments
    assert segment.onset_s <= 30.0 <= segment.onset_s + segment.duration_s
    assert "20 standard deviations (by median and median absolute deviation)" in step.sentence(decisions).text
