"""From recordings, epochs and arrays to tables."""

from __future__ import annotations

import mne
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from eegmill import features
from eegmill.errors import ConfigurationError, RecordingError
from eegmill.features import windowing

SFREQ_HZ = 100.0
DATA = 1e-5 * np.random.default_rng(10).standard_normal((4, 2000))


def raw(*marks, bads=(), data=DATA):
    info = mne.create_info(["Fz", "Cz", "Pz", "EOG"], SFREQ_HZ, ["eeg", "eeg", "eeg", "eog"])
    made = mne.io.RawArray(data, info, verbose="error")
    made.info["bads"] = list(bads)
    for onset_s, duration_s, name, *channels in marks:
        made.annotations.append(onset_s, duration_s, name, [channels] if channels else None)
    return made


def test_windows_lie_side_by_side_and_eeg_alone_is_used():
    table = features.extract(raw(), "signal_mean")
    assert table.ch_names == ("Fz", "Cz", "Pz")
    np.testing.assert_array_equal(table.onsets_s, np.arange(0, 20, 2))
    np.testing.assert_allclose(table.to_numpy()[1], DATA[:3, 200:400].mean(axis=1))
    assert table.notes == ()


def test_windows_overlap_by_the_step():
    table = features.extract(raw(), "signal_mean", window_s=4, step_s=0.5)
    assert (table.onsets_s[1], table.onsets_s[-1], table.duration_s) == (0.5, 16, 4)


def test_bad_windows_are_left_out_and_counted():
    table = features.extract(raw((3.9, 0.2, "BAD_blink"), (8.0, 0.0, "stimulus")), "signal_mean")
    assert 2.0 not in table.onsets_s
    assert 4.0 not in table.onsets_s
    assert 8.0 in table.onsets_s
    assert table.left_out == {"bad": 2}
    assert table.notes == ("2 windows were left out: bad.",)


def test_no_window_reaches_across_a_break():
    inside = features.extract(raw((5.0, 0.0, "boundary")), "signal_mean")
    assert inside.left_out == {"break": 1}
    at_the_border = features.extract(raw((4.0, 0.0, "boundary")), "signal_mean")
    assert at_the_border.left_out == {}


@settings(max_examples=20, deadline=None)
@given(st.lists(st.tuples(st.floats(0, 19), st.floats(0.02, 3)), max_size=4))
def test_every_window_is_used_or_counted(spans):
    marked = raw(*((onset_s, duration_s, "bad") for onset_s, duration_s in spans))
    try:
        table = features.extract(marked, "signal_mean")
    except RecordingError:
        return
    assert len(table.onsets_s) + sum(table.left_out.values()) == 10


def test_a_bad_channel_is_left_out_and_told():
    table = features.extract(raw(bads=["Cz", "EOG"]), "connectivity_temporal_correlation")
    assert table.sites("pair") == ("Fz<>Pz",)
    assert table.notes == ("Bad channels were left out: Cz.",)


def test_a_channel_that_is_bad_for_a_while_is_nan_there():
    found = features.extract(raw((2.5, 1.0, "BAD_channel", "Cz")), ["signal_std"]).to_wide()
    assert found["signal_std_Cz"].isna().tolist() == [False, True, *[False] * 8]
    assert not found["signal_std_Fz"].isna().any()


def test_a_whole_recording_is_one_window_without_what_is_bad():
    table = features.extract(raw((3.0, 1.0, "BAD_blink")), "signal_mean", window_s=None)
    expected = np.delete(DATA[:3], range(300, 400), axis=1).mean(axis=1)
    np.testing.assert_allclose(table.to_numpy(), [expected])
    assert table.notes == ("1 s that are bad were cut out.",)


def test_seconds_count_from_the_first_sample_of_a_cropped_recording():
    cropped = raw((10.0, 1.0, "BAD_blink")).crop(4.0, None)
    table = features.extract(cropped, "signal_mean")
    assert 6.0 not in table.onsets_s
    assert table.left_out == {"bad": 1}


def test_epochs_are_windows():
    events = np.array([[300, 0, 1], [900, 0, 1]])
    epochs = mne.Epochs(raw(), events, tmin=-0.5, tmax=1, baseline=None, preload=True, verbose="error")
    table = features.extract(epochs, "signal_mean")
    np.testing.assert_array_equal(table.onsets_s, [2.5, 8.5])
    np.testing.assert_allclose(table.to_numpy()[0], DATA[:3, 250:401].mean(axis=1))


def test_the_passband_of_the_recording_bounds_the_spectrum():
    filtered = raw().filter(2, 25, verbose="error")
    table = features.extract(filtered, "spectral_bands_power", window_s=4)
    assert table.notes == (
        "Not defined for these windows or this passband: spectral_bands_power_delta, spectral_bands_power_beta.",
    )


def test_batches_change_nothing(monkeypatch):
    whole = features.extract(raw(), ["signal", "connectivity"])
    monkeypatch.setattr(windowing, "BATCH_VALUES", 1)
    np.testing.assert_allclose(features.extract(raw(), ["signal", "connectivity"]).to_numpy(), whole.to_numpy())


def test_long_and_wide_hold_the_same_values():
    table = features.extract(raw(), ["signal_mean", "connectivity_directed_phase_lag_index"])
    long, wide = table.to_long(), table.to_wide()
    assert len(long) == wide.size
    row = long[(long.onset_s == 4) & (long.channel == "Pz->Cz") & long.feature.str.endswith("_alpha")]
    assert row.value.item() == wide.loc[4, "connectivity_directed_phase_lag_index_alpha_Pz->Cz"]
    assert set(long.unit) == {"V", "1"}


@pytest.mark.parametrize(
    ("given", "error", "message"),
    [
        ({"source": DATA}, ConfigurationError, "needs 'sfreq_hz'"),
        ({"source": DATA[0], "sfreq_hz": 100.0}, ConfigurationError, r"the shape .* \(is \(2000,\)\)"),
        ({"source": DATA, "sfreq_hz": 100.0, "ch_names": ["Cz"]}, ConfigurationError, "4 channels and 1 names"),
        ({"source": DATA, "sfreq_hz": 100.0, "window_s": 0.1}, ConfigurationError, "10 samples; features need 16"),
        ({"source": DATA, "sfreq_hz": 100.0, "step_s": 0.001}, ConfigurationError, "less than a sample apart"),
        ({"source": raw((0, 20, "bad"))}, RecordingError, "no window that is good as a whole .*10 windows left out"),
        ({"source": raw((0.1, 20, "bad")), "window_s": None}, RecordingError, "has 10 good samples"),
        ({"source": raw(bads=["Fz", "Cz", "Pz"])}, RecordingError, "no good EEG channel"),
    ],
)
def test_what_cannot_be_computed_is_refused_with_the_reason(given, error, message):
    with pytest.raises(error, match=message):
        features.extract(features="signal_mean", **given)


def test_a_pipeline_of_scikit_learn_takes_the_transformer():
    from sklearn.base import clone
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline

    rng = np.random.default_rng(11)
    labels = np.arange(40) % 2
    x = rng.standard_normal((40, 2, 200)) * (1 + labels)[:, None, None]
    pipeline = make_pipeline(
        features.transformer(["signal_std", "spectral_entropy"], sfreq_hz=100.0), LogisticRegression()
    )
    assert clone(pipeline).fit(x[:20], labels[:20]).score(x[20:], labels[20:]) > 0.9
