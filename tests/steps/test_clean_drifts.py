from __future__ import annotations

import mne
import numpy as np
import pytest
from pydantic import ValidationError
from scipy.signal import lfilter

from eegmill.errors import ConfigurationError
from eegmill.signal.filters.kaiser import kaiser_highpass
from eegmill.steps.clean_drifts import CleanDrifts
from signals_signal import apply, cut, noise


def test_a_drift_goes_and_the_signal_stays():
    raw = noise(1, seconds=60)
    signal = raw.get_data()[0]
    raw._data[0] += 1e-3 * np.sin(2 * np.pi * 0.05 * raw.times) + 5e-3
    apply(CleanDrifts(), raw)
    assert np.corrcoef(raw.get_data()[0], signal)[0, 1] > 0.98
    assert np.abs(raw.get_data()[0]).max() < 1e-4


def test_it_is_the_filter_forward_and_backward():
    raw = noise(1, seconds=60)
    x = raw.get_data()[0]
    kernel = kaiser_highpass(100.0, (0.25, 0.75))
    padded = np.pad(x, kernel.size, mode="reflect", reflect_type="odd")
    expected = lfilter(kernel, 1, lfilter(kernel, 1, padded)[::-1])[::-1][kernel.size : -kernel.size]
    apply(CleanDrifts(), raw)
    np.testing.assert_allclose(raw.get_data()[0], expected, atol=1e-17)


def test_spans_shorter_than_the_kernel_are_filtered_and_counted():
    decisions = apply(CleanDrifts(), cut(noise(1), 1.0, 1.01))[1]
    assert decisions.short_spans == 2


def test_edges_out_of_order_are_refused():
    with pytest.raises(ValidationError, match="rising"):
        CleanDrifts(transition_hz=(0.75, 0.25))


def test_a_pass_band_beyond_the_nyquist_frequency_is_refused():
    with pytest.raises(ConfigurationError, match=r"1\.2 Hz"):
        apply(CleanDrifts(transition_hz=(1.0, 1.2)), noise(1, sfreq=2.0))


REFERENCE = {  # EEGPrep 0.4.0 on all 32 channels, µV
    "mean_abs": 13.21239306,
    "std": [23.847103, 15.676437, 14.976125],
    "first": [-0.00421957999, 14.5271638, 9.63202284],
    "middle": [-1.01177373, 16.3843422, 16.7341805],
}


def test_it_gives_the_numbers_of_eegprep(shared_data):
    raw = mne.io.read_raw_eeglab(shared_data / "eeglab-sample" / "eeglab_data.set", preload=True, verbose="error")
    apply(CleanDrifts(), raw)
    uv = raw.get_data() * 1e6
    middle = uv.shape[1] // 2
    assert np.abs(uv).mean() == pytest.approx(REFERENCE["mean_abs"], abs=1e-6)
    np.testing.assert_allclose(uv[[0, 1, -1]].std(axis=1), REFERENCE["std"], atol=1e-6)
    np.testing.assert_allclose(uv[0, :3], REFERENCE["first"], atol=1e-6)
    np.testing.assert_allclose(uv[-1, middle : middle + 3], REFERENCE["middle"], atol=1e-6)
