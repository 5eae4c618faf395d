from __future__ import annotations

import mne
import numpy as np
import pytest
from scipy.io import loadmat

from eegmill.derivative.eeglab import write_epochs_set, write_raw_set
from eegmill.derivative.epochs import end_to_end
from eegmill.errors import DerivativeError
from tiny_bids import make_raw


def epochs_of(tmin=-0.2, tmax=0.3, samples=(50, 150, 250)):
    events = [[sample, 0, 1 + i % 2] for i, sample in enumerate(samples)]
    return mne.Epochs(
        make_raw(0, 4.0), events, {"go": 1, "stop": 2}, tmin, tmax, baseline=None, preload=True, verbose="error"
    )


def test_epochs_come_back_with_samples_kinds_and_time_zero(tmp_path):
    epochs = epochs_of()
    again = mne.io.read_epochs_eeglab(write_epochs_set(epochs, tmp_path / "a.set")[0], verbose="error")
    np.testing.assert_allclose(again.get_data(), epochs.get_data(), rtol=1e-6)
    np.testing.assert_allclose(again.times, epochs.times)
    assert list(again.events[:, 0]) == [20 + 51 * i for i in range(3)]
    assert [list(again.event_id)[code - 1] for code in again.events[:, 2]] == ["go", "stop", "go"]


def test_the_samples_are_float32_in_the_order_that_eeglab_reads(tmp_path):
    epochs = epochs_of()
    _, fdt = write_epochs_set(epochs, tmp_path / "a.set")
    samples = np.fromfile(fdt, "<f4").reshape(len(epochs), len(epochs.times), len(epochs.ch_names))
    np.testing.assert_allclose(samples[1, 3], epochs.get_data()[1, :, 3] * 1e6, rtol=1e-6)


def test_a_channel_without_a_position_has_none_and_is_not_at_zero(tmp_path):
    raw = make_raw(0, 1.0)
    raw.set_montage("colin27_1005", verbose="error")
    raw.info["chs"][0]["loc"][:3] = np.nan
    path, _ = write_raw_set(raw, tmp_path / "a.set")
    places = loadmat(path, simplify_cells=True)["EEG"]["chanlocs"]
    assert places[0]["X"].size == 0
    x, y, z = raw.info["chs"][2]["loc"][:3] * 1e3  # C3, left of the middle
    assert (places[2]["X"], places[2]["Y"], places[2]["Z"]) == pytest.approx((y, -x, z))
    assert places[2]["theta"] < 0


def test_a_recording_without_events_is_written(tmp_path):
    path, _ = write_raw_set(make_raw(0, 1.0), tmp_path / "a.set")
    assert len(mne.io.read_raw_eeglab(path, verbose="error").annotations) == 0


def test_no_time_of_writing_is_in_the_file(tmp_path):
    path, _ = write_epochs_set(epochs_of(), tmp_path / "a.set")
    assert path.read_bytes()[:116].rstrip() == b"MATLAB 5.0 MAT-file, written by eegmill"


def test_samples_that_are_not_finite_are_refused(tmp_path):
    raw = make_raw(0, 1.0)
    raw._data[2, 5] = np.nan
    with pytest.raises(DerivativeError, match="not finite in channel 'C3'"):
        write_raw_set(raw, tmp_path / "a.set")


@pytest.mark.parametrize(("tmin", "tmax", "place"), [(-0.2, 0.3, 20), (0.1, 0.3, 0), (-0.3, -0.1, 20)])
def test_the_event_of_an_epoch_lies_at_time_zero_or_at_the_nearer_end(tmin, tmax, place):
    raw = end_to_end(epochs_of(tmin, tmax))
    length = raw.n_times // 3
    assert [round(onset * 100) for onset in raw.annotations.onset] == [i * length + place for i in range(3)]
