"""Every step of the signal on recordings as they come: it answers with finite samples, or with a reason."""

from __future__ import annotations

import re
import warnings

import numpy as np
import pytest

import eegmill
from eegmill.errors import Rejected
from eegmill.steps.clean_drifts import CleanDrifts
from eegmill.steps.flatline import Flatline
from eegmill.steps.highpass import Highpass
from eegmill.steps.inspect import Inspect
from eegmill.steps.line_noise import LineNoise
from eegmill.steps.lowpass import Lowpass
from eegmill.steps.prepare import Import
from eegmill.steps.resample import Resample
from signals_ica import recording as sources_recording
from signals_signal import apply, cut, noise, with_line

STEPS = {
    "import": Import(min_duration_s=0),
    "resample": Resample(sfreq_hz=90),
    "highpass": Highpass(cutoff_hz=0.5),
    "lowpass": Lowpass(cutoff_hz=40),
    "clean_drifts": CleanDrifts(),
    "notch": LineNoise(frequency_hz=20),
    "spectrum_fit": LineNoise(method="spectrum_fit", frequency_hz=20),
    "zapline": LineNoise(method="zapline", frequency_hz=20),
    "flatline": Flatline(),
    "inspect": Inspect(),
}
REJECTED = {
    ("import", "all zero"): "6 are constant",
    ("import", "one sample"): "4 are constant",
    ("flatline", "all zero"): "All 6 good EEG channels are flat",
    ("flatline", "saturated"): "saturated for more than 0.01 of the time",
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


RECIPES = ["eegprep", "prep", "autoreject", "minimal"]


def located(n_channels=8, *, seconds=24.0):
    """Eight mixed sources at 128 Hz, in volts."""
    return sources_recording(n_channels, seconds=seconds, sfreq=128.0)


@pytest.mark.parametrize("recipe", RECIPES)
@pytest.mark.parametrize(
    ("spoil", "reason"),
    [
        (lambda raw: raw.annotations.append(0.0, 24.0, "BAD_all"), "BAD_( segments cover the whole|all)"),
        (lambda raw: raw._data.fill(np.nan), "All samples of all 8 EEG channels are NaN"),
        (lambda raw: raw._data.__setitem__(slice(None), raw._data[:1]), "alike|bridged|noisy|copy|at least 2 good"),
        (lambda raw: raw.info.__setitem__("bads", list(raw.ch_names)), "0 good EEG channels are left of 8"),
    ],
)
def test_a_recording_of_which_nothing_is_left_is_rejected_by_every_recipe(recipe, spoil, reason):
    raw = located()
    spoil(raw)
    record = eegmill.clean(raw, recipe).record
    assert record.status == "rejected"
    assert re.search(reason, record.reason)


@pytest.mark.parametrize("recipe", RECIPES)
def test_a_stretch_without_any_signal_is_no_good_time_for_any_recipe(recipe):
    raw = located()
    raw._data[:, 1000:2024] = 0.0
    metrics = eegmill.clean(raw, recipe).record.metrics
    assert metrics["good_s"] <= 24.0 - 8.0 + 0.1


def test_channels_too_quiet_for_prep_end_in_a_reason():
    raw = located()
    raw._data *= 1e-12
    record = eegmill.clean(raw, [{"import": {}}, {"bad_channels": {"method": "prep"}}]).record
    assert (record.status, "prep flat" in record.reason) == ("rejected", True)


@pytest.mark.parametrize(
    ("names", "kinds", "factor", "note"),
    [
        ({"P4": "Fp1-0", "Fp1": "Fp1-1"}, {}, 1.0, "names occur several times and are numbered: Fp1-1, Fp1-0"),
        ({}, {"P4": "mag"}, 1.0, "1 channels that are no EEG are left out: 1 mag"),
        ({}, {}, 1e6, "is the unit right?"),
    ],
)
def test_what_a_person_should_know_of_a_recording_is_a_note(names, kinds, factor, note):
    raw = located().rename_channels(names, verbose="error")
    raw.set_channel_types(kinds, on_unit_change="ignore", verbose="error")
    raw._data *= factor
    assert note in " ".join(eegmill.clean(raw, [{"import": {}}]).record.notes)


@pytest.mark.parametrize("method", ["local", "ransac", "global"])
def test_autoreject_on_five_channels_warns_of_nothing(method):
    with warnings.catch_warnings():
        warnings.simplefilter("error", RuntimeWarning)
        record = eegmill.clean(located(5), [{"epochs": {"length_s": 1.0}}, {"autoreject": {"method": method}}]).record
    assert record.status == "ok"
