from __future__ import annotations

import mne
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.signal import butter, sosfiltfilt

from eegmill.reading.raw_files import open_raw
from eegmill.signal.channel_types import counts, deviation, kind_by_name, kind_by_signal, other_kinds
from eegmill.signal.montage.template import ten_five_names


@pytest.mark.parametrize(
    ("kind", "names"),
    [
        ("eog", ["EOG", "VEOG", "HEOG1", "EOG left", "REOG", "LOC", "ROC", "E1-M2", "LEYE"]),
        ("ecg", ["ECG", "EKG1", "ECG ECG2", "Heart"]),
        ("emg", ["EMG", "EMG chin", "Chin1", "LLEG"]),
        ("stim", ["Status", "STI 014", "STI014", "TRIGGER", "Trig", "DIN1", "Marker", "Event"]),
        ("resp", ["Resp", "Thor", "Airflow"]),
        ("gsr", ["GSR", "EDA1"]),
        ("temperature", ["Temp", "Temperature"]),
        ("bio", ["SaO2", "SpO2 X1", "Plet", "Pulse"]),
        ("misc", ["ACC_X", "AccX", "GyroZ", "x_dir", "EXG3", "Erg1", "DC01", "AUX2", "BIP7", "A2-A1", "M1-M2", "$A1"]),
        (
            "misc",
            ["COUNTER", "INTERPOLATED", "CQ_AF3", "RAW_CQ", "MOT.AccX", "TIME_STAMP_s", "EQ.OVERALL", "POW.AF3.Theta"],
        ),
        (
            "stim",
            ["MARKER_HARDWARE", "MarkerIndex", "SYNC", "TRG", "TRIGGERS", "Patient Event", "Digital Channel 0 (D11)"],
        ),
        ("misc", ["Package Num", "Sample Index", "Accel Channel 0", "Timestamp", "Timestamp (Formatted)", "Other.1"]),
        ("misc", ["HSI_TP9", "Alpha_AF7", "HeadBandOn", "Right AUX", "Accelerometer_X", "Battery Level", "dX", "RSSI"]),
        ("misc", ["Validation Indicator", "Counter 2power24", "GFP", "BURSTS", "LIGHT", "POSITION", "Body"]),
        ("eog", ["VEO", "HEO", "VEOL", "E2-M1", "EOG(L)", "EOG Left Horiz"]),
        ("emg", ["Chin1-Chin2", "Lchin", "LAT", "RAT", "L Leg", "Right Leg", "RLEG+", "PLMl", "EMG submental"]),
        ("resp", ["NEW AIR", "CFlow", "CPAP", "PTAF", "Cannula", "Thermistor", "THOR RES", "ABDO RES", "Nasal Press"]),
        ("bio", ["OX stat", "H.R.", "HR", "EtCO2", "PR", "DHR", "Pleth", "IBI", "OXY_IR_AC"]),
        ("temperature", ["BODY TEMP", "Temp rectal"]),
        ("eog", ["LO1", "LO2", "IO1", "IO2", "SO1"]),
        ("bio", ["X1", "X2", "X11"]),
        ("eog", ["Left Eye", "right_eye", "blink", "EYE1"]),
        ("resp", ["Tho", "Ribcage", "Atmung", "Pressure Snore"]),
        ("emg", ["Biceps", "FDI", "APB"]),
        ("misc", ["Photodiode", "Timer", "AuxIn", "ADC1", "Gaze_X", "PupilSize", "Pitch", "GX", "Fp1 Imp", "Bat1"]),
        ("stim", ["Button", "TTL", "Chan TRIG"]),
        (None, ["EXG Channel 0", "EEG L", "Sp1", "T1", "T2", "CB2", "Channel 1", "1", "L1", "PO9", "F3-M2", "Dz"]),
        (None, ["Fp1", "Cz", "T3", "E1", "A1", "A12", "D32", "Fp1-F7", "EEG 001", "CB1", "Iz", "M1", ""]),
    ],
)
def test_a_name_tells_the_type(kind, names):
    assert {name: kind_by_name(name) for name in names} == dict.fromkeys(names, kind)


def test_eyes_of_polysomnography_are_no_electrodes_of_a_numbered_cap():
    assert other_kinds(["F3-M2", "E1", "E2"], set()) == {"E1": "eog", "E2": "eog"}
    assert other_kinds([f"E{i}" for i in range(1, 33)], set()) == {}


@pytest.mark.parametrize("montage", ["biosemi64", "easycap-M1", "GSN-HydroCel-128", "mgh70", "artinis-octamon"])
def test_no_electrode_of_a_cap_is_taken_for_something_else(montage):
    names = mne.channels.make_standard_montage(montage).ch_names
    assert other_kinds(names, set()) == {}


@pytest.mark.parametrize("modulo", [10, 100, 129, 256, 10**9])
def test_a_counter_is_known_by_its_steps(modulo):
    assert kind_by_signal(1e-6 * (np.arange(5000.0) % modulo), None) == "misc"


def test_a_counter_is_known_behind_the_steps_of_a_file():
    x = 1e-6 * (np.arange(5000.0) % 256)
    assert counts(np.round(x / 9.2e-9) * 9.2e-9)


def sawtooth(period=256):
    return 1e-6 * (np.arange(7500.0) % period)


@pytest.mark.parametrize("noise_uv", [0.5, 2, 5])
@pytest.mark.parametrize("sign", [1, -1])
def test_a_noisy_counter_is_known_by_its_changes_over_a_lag(noise_uv, sign):
    noise = np.random.default_rng(0).normal(scale=1e-6 * noise_uv, size=7500)
    assert kind_by_signal(sign * sawtooth() + noise, None, 250.0) == "misc"


@pytest.mark.parametrize("lowpass_hz", [10, 40])
def test_a_smoothed_counter_is_known(lowpass_hz):
    smooth = sosfiltfilt(butter(4, lowpass_hz, fs=250, output="sos"), sawtooth())
    assert kind_by_signal(smooth, None, 250.0) == "misc"


@pytest.mark.parametrize(
    "x",
    [
        1e-4 * ((3 * np.arange(7500) / 250) % 1),
        1e-4 * np.abs((np.arange(7500) / 250) % 1 - 0.5),
        1e-6 * np.arange(7500) / 5 + np.random.default_rng(1).normal(scale=2e-6, size=7500),
        1e-6 * np.random.default_rng(2).integers(0, 5, 7500),
    ],
    ids=["sawtooth", "triangle", "noisy clock", "codes"],
)
def test_signals_of_machines_are_no_eeg(x):
    assert kind_by_signal(x, None, 250.0) == "misc"


@pytest.mark.parametrize("frequency_hz", [0.3, 10.0, 50.0])
def test_a_sine_is_not_called_a_machine(frequency_hz):
    assert kind_by_signal(1e-5 * np.sin(2 * np.pi * frequency_hz * np.arange(7500) / 250), None, 250.0) is None


def test_no_channel_of_a_sound_recording_counts(shared_data):
    raw = open_raw(shared_data / "eeglab-sample" / "eeglab_data.set", [])
    assert not any(counts(row, 128.0) for row in raw.get_data())


def test_eeg_of_a_coarse_converter_does_not_count(shared_data):
    x = open_raw(shared_data / "eegmat" / "Subject00_1.edf", [])._data[0]
    for step_uv in (1, 5, 20):
        assert not counts(1e-6 * step_uv * np.round(x / (1e-6 * step_uv)), 500.0)


def test_a_clock_is_known_by_its_direction():
    x = np.arange(5000.0) / 250
    assert counts(np.round(x / 0.009) * 0.009)


@given(st.integers(0, 2**32 - 1), st.floats(0, 3))
@settings(max_examples=50, deadline=None)
def test_noise_of_any_colour_counts_nothing(seed, exponent):
    rng = np.random.default_rng(seed)
    spectrum = np.fft.rfft(rng.standard_normal(2000))
    spectrum[1:] /= np.arange(1, spectrum.size) ** (exponent / 2)
    x = np.fft.irfft(spectrum)
    assert not counts(np.round(x / (x.std() / 50)) * x.std() / 50)


def test_no_electrode_of_the_ten_five_system_is_taken_for_something_else():
    assert {name: kind for name in ten_five_names() if (kind := kind_by_name(name))} == {}


def test_a_trigger_is_known_by_its_levels():
    x = np.zeros(10_000)
    x[1000:1050], x[5000:5050] = 1e-6, 4e-6
    assert kind_by_signal(x, None) == "stim"


def test_an_amplitude_far_from_eeg_is_miscellaneous():
    x = np.random.default_rng(0).standard_normal(1000)
    assert kind_by_signal(x * 1e-2, 1e-5) == "misc"
    assert kind_by_signal(x * 1e-4, 1e-5) is None


@pytest.mark.parametrize("x", [np.zeros(100), np.full(100, np.nan), np.full(100, 3.0), np.zeros(1)])
def test_a_constant_tells_nothing(x):
    assert kind_by_signal(x, 1e-5) is None


def test_the_deviation_forgets_offset_and_nan():
    assert deviation(np.array([np.nan, 101.0, 99.0, 100.0, 103.0])) == 1.0
    assert deviation(np.array([np.nan])) == 0.0


def test_a_channel_with_a_position_only_becomes_eye_heart_or_muscle():
    assert other_kinds(["EXG1", "VEOG"], {"EXG1", "VEOG"}) == {"VEOG": "eog"}
    assert other_kinds(["EXG1", "VEOG"], set()) == {"EXG1": "misc", "VEOG": "eog"}


def test_x_y_and_z_together_are_axes_and_alone_nothing():
    assert other_kinds(["Fz", "X", "Y", "Z"], {"Fz"}) == dict.fromkeys("XYZ", "misc")
    assert "Z" not in other_kinds(["Fz", "Z"], {"Fz"})


@pytest.mark.parametrize(
    ("name", "kind"), [("C-FLOW", "resp"), ("LOC-ROC", "eog"), ("VNS", "misc"), ("-", "misc"), ("PULS+", "bio")]
)
def test_names_of_further_devices_tell_the_type(name, kind):
    assert kind_by_name(name) == kind
