from __future__ import annotations

import numpy as np
import pytest

from eegmill.signal.channel_types import deviation, kind_by_name, kind_by_signal, other_kinds
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
        (None, ["Fp1", "Cz", "T3", "E1", "A1", "A12", "D32", "Fp1-F7", "X1", "EEG 001", "CB1", "Iz", "M1", ""]),
    ],
)
def test_a_name_tells_the_type(kind, names):
    assert {name: kind_by_name(name) for name in names} == dict.fromkeys(names, kind)


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
