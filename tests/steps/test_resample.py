from __future__ import annotations

from datetime import UTC, datetime

import mne
import numpy as np
import pytest

from eegmill.derivative.events import event_rows
from eegmill.recording import from_first_sample
from eegmill.signal.timeline import continuous_spans
from eegmill.steps.resample import Resample
from signals_signal import apply, cut, noise


def test_the_rate_and_the_length_change():
    recording, decisions = apply(Resample(sfreq_hz=64), noise(2, sfreq=128.0))
    assert (recording.raw.info["sfreq"], recording.raw.n_times) == (64.0, 1280)
    assert (decisions.sfreq_before_hz, decisions.sfreq_hz, decisions.lowpass_hz) == (128.0, 64.0, 25.6)


@pytest.mark.parametrize(
    ("sfreq_hz", "reason"), [(None, "no rate is given"), (100, "has this rate"), (250, "slower than 250 Hz")]
)
def test_nothing_is_done_and_the_reason_said(sfreq_hz, reason):
    raw = noise(1)
    recording, decisions = apply(Resample(sfreq_hz=sfreq_hz), raw)
    assert recording.raw is raw
    assert reason in (decisions.why_not or decisions.notes[0])
    assert not decisions.applied


def test_the_rate_rises_where_asked():
    assert apply(Resample(sfreq_hz=250, upsample=True), noise(1))[0].raw.n_times == 5000


@pytest.mark.parametrize("dated", [False, True])
def test_annotations_keep_their_times_after_a_crop(dated):
    raw = noise(1, sfreq=128.0)
    if dated:
        raw.set_meas_date(datetime(2020, 1, 1, tzinfo=UTC))
    raw.annotations.append([7.005 + raw.first_time, 9.0], [0.5, 0], ["a", "boundary"])
    raw = from_first_sample(raw.crop(3.0))
    before = raw.annotations.onset - raw.first_time
    after = apply(Resample(sfreq_hz=100), raw)[0].raw
    np.testing.assert_allclose(after.annotations.onset - after.first_time, before, atol=1e-9)
    np.testing.assert_allclose(after.annotations.duration, [0.5, 0])


@pytest.mark.parametrize(("n_samples", "sfreq_hz"), [(1003, 128), (1001, 100), (1009, 64), (1000, 90)])
def test_an_event_on_the_last_sample_is_kept_within_the_recording(n_samples, sfreq_hz):
    raw = noise(1, seconds=n_samples / 500, sfreq=500.0)
    raw.annotations.append([(n_samples - 1) / 500], [0.0], ["last"])
    after = apply(Resample(sfreq_hz=sfreq_hz), raw)[0].raw
    assert list(after.annotations.description) == ["last"]
    assert event_rows(after)[0]["sample"] == after.n_times - 1
    assert after.annotations.onset[0] == pytest.approx((n_samples - 1) / 500, abs=1.5 / sfreq_hz)


def test_the_date_is_that_of_the_first_sample():
    raw = noise(1).set_meas_date(datetime(2020, 1, 1, tzinfo=UTC)).crop(3.0)
    raw = from_first_sample(raw)
    after = apply(Resample(sfreq_hz=50), raw)[0].raw
    assert after.info["meas_date"] == datetime(2020, 1, 1, 0, 0, 3, tzinfo=UTC)


def test_it_agrees_with_mne_far_from_the_ends():
    raw = noise(2, seconds=60).filter(None, 10, verbose="error")
    expected = raw.copy().resample(50, verbose="error").get_data()
    ours = apply(Resample(sfreq_hz=50), raw)[0].raw.get_data()
    assert np.abs(ours - expected)[:, 1000:-1000].max() < 1e-3 * expected.std()


def test_a_step_at_a_discontinuity_does_not_ring_into_the_other_side():
    raw = cut(noise(1, sfreq=128.0), 10.0)
    raw._data[0, :1280], raw._data[0, 1280:] = 0.0, 1.0
    after = apply(Resample(sfreq_hz=100), raw)[0].raw
    np.testing.assert_allclose(after.get_data()[0, :1000], 0.0, atol=1e-12)
    np.testing.assert_allclose(after.get_data()[0, 1000:], 1.0, atol=1e-12)
    assert continuous_spans(after) == [(0, 1000), (1000, 2000)]


def test_trigger_pulses_and_bad_channels_are_kept():
    raw = noise(3, sfreq=512.0)
    raw.set_channel_types({"F3": "stim"}, on_unit_change="ignore")
    raw._data[2] = 0.0
    raw._data[2, [100, 5000]] = [3.0, 9.0]
    raw.info["bads"] = ["Fp2"]
    after = apply(Resample(sfreq_hz=100), raw)[0].raw
    assert set(after.get_data()[2]) == {0.0, 3.0, 9.0}
    assert after.info["bads"] == ["Fp2"]


def test_the_annotations_own_fields_survive():
    raw = noise(2, sfreq=128.0)
    raw.set_annotations(mne.Annotations([1.0], [0.1], ["x"], ch_names=[["Fp2"]], extras=[{"value": 5}]))
    after = apply(Resample(sfreq_hz=64), raw)[0].raw.annotations
    assert after.ch_names[0] == ("Fp2",)
    assert dict(after.extras[0]) == {"value": 5}


def test_the_fourier_method_is_that_of_mne():
    raw = noise(4, seconds=30.0, sfreq=250.0)
    theirs = raw.copy().resample(120.0, verbose="error").get_data()
    ours = apply(Resample(sfreq_hz=120.0, method="fourier"), raw)[0].raw.get_data()
    np.testing.assert_allclose(ours, theirs, rtol=0, atol=1e-12)


def test_the_fourier_method_crosses_no_discontinuity():
    raw = cut(noise(2, seconds=21.0, sfreq=250.0), 10.001)
    raw._data[:, 2500:] += 1e-3
    ours = apply(Resample(sfreq_hz=120.0, method="fourier"), raw)[0].raw
    assert ours.get_data()[:, :1190].max() < 1e-4
