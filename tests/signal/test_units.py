from __future__ import annotations

import pytest

from eegmill.signal.units import doubtful_units, unit_factors
from signals_signal import noise


def with_units(**units):
    raw = noise(8)
    raw._orig_units = dict.fromkeys(raw.ch_names, "µV") | units
    return raw


@pytest.mark.parametrize("unit", ["n/a", "", "ADU", "counts"])
def test_a_unit_that_is_no_voltage_is_doubtful(unit):
    raw = with_units(Fp2=unit)
    assert doubtful_units(raw, raw.ch_names) == {"Fp2": unit}


@pytest.mark.parametrize("unit", ["µV", "uV", "mV", "V", "nV", "UV"])
def test_a_unit_of_voltage_is_believed(unit):
    raw = with_units(Fp2=unit)
    assert doubtful_units(raw, raw.ch_names) == {}


def test_formats_without_units_are_believed():
    raw = noise(8)
    raw._orig_units = {}
    assert doubtful_units(raw, raw.ch_names) == {}


@pytest.mark.parametrize("factor", [1e6, 1e3, 1e-3, 1e-6])
def test_a_channel_of_doubtful_unit_comes_to_the_amplitude_of_the_others(factor):
    raw = with_units(Fp2="n/a")
    raw._data[1] *= factor
    assert unit_factors(raw, raw.ch_names, ["Fp2"]) == {"Fp2": pytest.approx(1 / factor)}


@pytest.mark.parametrize("factor", [1.0, 2.0, 30.0, 1 / 30])
def test_what_no_unit_explains_is_left_alone(factor):
    raw = with_units(Fp2="n/a")
    raw._data[1] *= factor
    assert unit_factors(raw, raw.ch_names, ["Fp2"]) == {}


@pytest.mark.parametrize("factor", [1e6, 1e3, 1.0])
def test_a_whole_file_without_units_comes_to_the_amplitude_of_eeg(factor):
    raw = noise(8)
    raw._data *= factor
    found = unit_factors(raw, raw.ch_names, raw.ch_names)
    assert found == ({} if factor == 1 else dict.fromkeys(raw.ch_names, pytest.approx(1 / factor)))
