from __future__ import annotations

import mne
import numpy as np
import pytest

from eegmill.chain import Chain, Recipe, run_steps
from eegmill.config.recipes import load_recipe
from eegmill.recording import Band, Recording
from eegmill.signal.filters.channel_bands import known_bands

KINDS = {"Cz": "eeg", "Pz": "eeg", "HEOG": "eog", "Status": "stim", "Aux": "misc"}


def raw_of(sfreq=200.0):
    data = np.random.default_rng(0).normal(scale=1e-5, size=(len(KINDS), 4000))
    return mne.io.RawArray(data, mne.create_info(list(KINDS), sfreq, list(KINDS.values())), verbose="error")


def bands_after(*steps, bands=None, raw=None):
    recipe: Recipe = load_recipe(list(steps))
    chain = run_steps(Chain(Recording(raw or raw_of(), bands=bands or {})), recipe.steps, seed=1)
    assert chain.rejected is None
    return chain.recording.bands


def test_a_filter_narrows_the_channels_that_it_works_on_and_no_other():
    bands = bands_after({"highpass": {"cutoff_hz": 1.0}}, {"lowpass": {"cutoff_hz": 40.0}})
    assert {bands[name] for name in ("Cz", "Pz", "HEOG")} == {Band(highpass_hz=1.0, lowpass_hz=40.0)}
    assert {bands[name] for name in ("Status", "Aux")} == {Band()}


def test_a_new_rate_narrows_all_channels_but_triggers():
    bands = bands_after({"resample": {"sfreq_hz": 100.0}})
    assert bands["Cz"] == bands["Aux"]
    assert 0 < bands["Cz"].lowpass_hz < 50
    assert bands["Status"] == Band()


def test_a_channel_that_a_filter_skipped_keeps_its_band():
    raw = raw_of()
    raw._data[1, 7] = np.nan
    bands = bands_after({"highpass": {"cutoff_hz": 1.0}}, raw=raw)
    assert (bands["Cz"], bands["Pz"]) == (Band(highpass_hz=1.0), Band())


def test_filters_of_the_source_stay_where_ours_are_weaker():
    source = {"Cz": Band(highpass_hz=2.0, lowpass_hz=30.0)}
    bands = bands_after({"highpass": {"cutoff_hz": 1.0}}, {"lowpass": {"cutoff_hz": 40.0}}, bands=source)
    assert bands["Cz"] == Band(highpass_hz=2.0, lowpass_hz=30.0)
    assert bands["Pz"] == Band(highpass_hz=1.0, lowpass_hz=40.0)


def test_a_renamed_channel_takes_its_band_along():
    raw = raw_of()
    raw.rename_channels({"Cz": "CZ"})
    bands = bands_after({"import": {}}, bands={"CZ": Band(lowpass_hz=30.0)}, raw=raw)
    assert bands["Cz"] == Band(lowpass_hz=30.0)


def test_the_nyquist_frequency_is_no_filter():
    assert known_bands(raw_of(), {})["Cz"] == Band()


@pytest.mark.parametrize("key", ["highpass", "lowpass"])
def test_a_filter_in_the_header_is_that_of_all_channels_without_a_better_word(key):
    raw = raw_of()
    with raw.info._unlock():
        raw.info[key] = 12.0
    bands = known_bands(raw, {"Cz": Band(**{f"{key}_hz": 10.0})})
    assert (bands["Cz"], bands["Pz"]) == (Band(**{f"{key}_hz": 10.0}), Band(**{f"{key}_hz": 12.0}))
