from __future__ import annotations

import mne
import numpy as np
import pybv
import pytest

from eegmill.derivative.brainvision import markers, write_brainvision
from eegmill.errors import DerivativeError
from eegmill.recording import Band
from tiny_bids import make_raw


@pytest.mark.parametrize("sfreq", [100.0, 333.33, 99.99])
def test_the_signal_comes_back_within_float32_and_complete(tmp_path, sfreq):
    raw = mne.io.RawArray(make_raw(0, 5.07).get_data(), mne.create_info(8, sfreq, "eeg"), verbose="error")
    write_brainvision(raw, tmp_path, "a")
    again = mne.io.read_raw_brainvision(tmp_path / "a.vhdr", preload=True, verbose="error")
    assert again.n_times == raw.n_times
    assert again.info["sfreq"] == pytest.approx(sfreq, rel=1e-9)
    np.testing.assert_allclose(again.get_data(), raw.get_data(), rtol=1e-7)


def test_two_writings_give_the_same_bytes(tmp_path):
    for folder in ("one", "two"):
        write_brainvision(make_raw(0, 2.0), tmp_path / folder, "a")
    for name in ("a.eeg", "a.vhdr", "a.vmrk"):
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "two" / name).read_bytes()


def test_the_files_are_those_of_pybv(tmp_path):
    info = mne.create_info(["Cz", "Pz", "STI"], 123.4, ["eeg", "eog", "stim"])
    raw = mne.io.RawArray(np.random.default_rng(0).normal(scale=1e-5, size=(3, 40_000)), info, verbose="error")
    raw.set_annotations(mne.Annotations([0.5, 9.0], [0.0, 0.1], ["a,b", "BAD_x"]))
    write_brainvision(raw, tmp_path / "ours", "a")
    units = ["µV", "µV", "n/a"]
    with pytest.warns(UserWarning, match="non-voltage"):
        pybv.write_brainvision(
            data=raw.get_data(),
            sfreq=123.4,
            ch_names=raw.ch_names,
            fname_base="a",
            unit=units,
            folder_out=str(tmp_path / "theirs"),
            events=markers(raw),
            resolution=1.0,
            fmt="binary_float32",
        )
    for name in ("a.eeg", "a.vhdr", "a.vmrk"):
        assert (tmp_path / "ours" / name).read_bytes() == (tmp_path / "theirs" / name).read_bytes()


@pytest.mark.parametrize("value", [np.nan, np.inf, 1e33])
def test_a_signal_that_is_not_finite_is_refused_by_channel(tmp_path, value):
    raw = make_raw(0, 1.0)
    raw._data[3, 50] = value
    with pytest.raises(DerivativeError, match="not finite in channel 'C4'"):
        write_brainvision(raw, tmp_path, "a")
    assert not list(tmp_path.iterdir())


def test_channels_that_are_no_voltages_keep_their_numbers(tmp_path):
    info = mne.create_info(["Cz", "STI"], 100, ["eeg", "stim"])
    raw = mne.io.RawArray([[1e-5] * 10, [3.0] * 10], info, verbose="error")
    write_brainvision(raw, tmp_path, "a")
    stored = np.fromfile(tmp_path / "a.eeg", "<f4").reshape(10, 2)
    np.testing.assert_allclose(stored[0], [10.0, 3.0], rtol=1e-6)


def test_a_marker_in_the_last_half_of_the_last_sample_is_written():
    raw = make_raw(0, 1.0)
    raw.set_annotations(mne.Annotations([0.998], [0.0], ["a"]))
    assert [(marker["onset"], marker["duration"]) for marker in markers(raw)] == [(99, 1)]


def test_a_marker_keeps_the_blanks_inside_its_name(tmp_path):
    raw = make_raw(0, 2.0)
    raw.annotations.append(0.5, 0.0, "S  1")
    write_brainvision(raw, tmp_path, "a")
    again = mne.io.read_raw_brainvision(tmp_path / "a.vhdr", verbose="error")
    assert [str(name) for name in again.annotations.description] == ["Comment/S  1"]


def test_a_marker_is_clipped_to_the_recording():
    raw = make_raw(0, 1.0)
    raw.set_annotations(mne.Annotations([0.5, 0.9], [0.0, 0.1], ["a,b", "BAD_x"]))
    raw.annotations.duration[1] = 5.0
    found = [(marker["onset"], marker["duration"], marker["description"]) for marker in markers(raw)]
    assert found == [(50, 1, r"a\1b"), (90, 10, "BAD_x")]


def filtered(tmp_path, bands, names=("EEG Fp1", "Cz", "Status, 2")):
    raw = mne.io.RawArray(
        np.zeros((3, 200)), mne.create_info(list(names), 100.0, ["eeg", "eeg", "stim"]), verbose="error"
    )
    path = write_brainvision(raw, tmp_path, "a", bands=bands)[1]
    return mne.io.read_raw_brainvision(path, verbose="error")


def test_mne_reads_the_band_of_all_channels_from_the_header(tmp_path):
    names = ("EEG Fp1", "Cz", "Status, 2")
    again = filtered(tmp_path, dict.fromkeys(names, Band(highpass_hz=0.25, lowpass_hz=40.5)))
    assert (again.info["highpass"], again.info["lowpass"]) == (0.25, 40.5)
    assert again.ch_names == list(names)


def test_of_several_bands_mne_takes_the_weakest(tmp_path):
    again = filtered(
        tmp_path, {"EEG Fp1": Band(highpass_hz=1, lowpass_hz=40), "Cz": Band(highpass_hz=0.5, lowpass_hz=30)}
    )
    assert (again.info["highpass"], again.info["lowpass"]) == (0.0, 50.0)
