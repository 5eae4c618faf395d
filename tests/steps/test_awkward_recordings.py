"""Every step of the signal on recordings as they come: it answers with finite samples, or with a reason."""

from __future__ import annotations

import warnings

import numpy as np
import pytest
from signals_signal import apply, cut, noise, with_line

from eegmill.errors import Rejected
from eegmill.steps.clean_drifts import CleanDrifts
from eegmill.steps.flatline import Flatline
from eegmill.steps.highpass import Highpass
from eegmill.steps.import_ import Import
from eegmill.steps.line_noise import LineNoise
from eegmill.steps.lowpass import Lowpass
from eegmill.steps.resample import Resample

STEPS = {
    "import": Import(least_duration_s=0),
    "resample": Resample(sfreq_hz=90),
    "highpass": Highpass(cutoff_hz=0.5),
    "lowpass": Lowpass(cutoff_hz=40),
    "clean_drifts": CleanDrifts(),
    "notch": LineNoise(frequency_hz=20),
    "spectrum_fit": LineNoise(method="spectrum_fit", frequency_hz=20),
    "zapline": LineNoise(method="zapline", frequency_hz=20),
    "flatline": Flatline(),
}
REJECTED = {
    ("import", "all zero"): "6 are constant",
    ("import", "one sample"): "4 are constant",
    ("flatline", "all zero"): "All 6 good EEG channels are flat",
}


def awkward(kind):
    """A recording of this kind."""
    if kind == "one channel":
        return with_line(noise(1), 20.0)
    if kind == "271 channels":
        return with_line(noise(271, seconds=3), 20.0)
    if kind == "5 kHz":
        return with_line(noise(4, sfreq=5000.0, seconds=1), 20.0)
    if kind == "two seconds":
        return with_line(noise(4, seconds=2), 20.0)
    if kind == "one sample":
        return with_line(noise(4, seconds=0.01), 20.0)
    if kind == "cut to pieces":
        return cut(with_line(noise(4), 20.0), 0.0, 0.01, 0.5, 0.52, 7.0, 19.99, 20.0)
    raw = with_line(noise(6), 20.0)
    spoil = {
        "all zero": lambda x: x * 0,
        "a zero channel": lambda x: np.r_[x[:1] * 0, x[1:]],
        "a zero stretch": lambda x: np.where(np.arange(x.shape[1]) < 800, 0, x),
        "saturated": lambda x: np.clip(x, -2e-6, 2e-6),
        "offset of 40 mV": lambda x: x + 0.04,
        "rank of one": lambda x: np.repeat(x[:1], 6, axis=0),
        "huge": lambda x: x * 1e9,
        "tiny": lambda x: x * 1e-12,
    }
    raw._data[:] = spoil[kind](raw._data)
    return raw


@pytest.mark.parametrize("name", STEPS)
@pytest.mark.parametrize(
    "kind",
    [
        "one channel",
        "271 channels",
        "5 kHz",
        "two seconds",
        "one sample",
        "cut to pieces",
        "all zero",
        "a zero channel",
        "a zero stretch",
        "saturated",
        "offset of 40 mV",
        "rank of one",
        "huge",
        "tiny",
    ],
)
def test_a_step_answers_with_finite_samples_or_a_reason(name, kind):
    raw = awkward(kind)
    with warnings.catch_warnings():
        warnings.simplefilter("error", RuntimeWarning)
        if (name, kind) in REJECTED:
            with pytest.raises(Rejected, match=REJECTED[name, kind]):
                apply(STEPS[name], raw)
            return
        recording, decisions = apply(STEPS[name], raw)
    assert np.isfinite(recording.raw.get_data()).all()
    assert decisions.model_dump_json()


@pytest.mark.parametrize(
    "name", ["highpass", "lowpass", "clean_drifts", "notch", "spectrum_fit", "zapline", "resample"]
)
def test_nan_stays_where_it_is_without_harm_to_other_channels(name):
    raw = with_line(noise(6), 20.0)
    raw._data[1, 300] = np.nan
    done = apply(STEPS[name], raw)[0].raw.get_data()
    assert np.isfinite(np.delete(done, 1, axis=0)).all()


@pytest.mark.parametrize("name", STEPS)
def test_the_same_input_gives_the_same_bits(name):
    first, second = (apply(STEPS[name], with_line(noise(6), 20.0))[0].raw.get_data() for _ in range(2))
    np.testing.assert_array_equal(first, second)
