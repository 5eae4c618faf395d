"""How much of a component lies around the eyes."""

from __future__ import annotations

import mne
import numpy as np
import pytest

from eegmill.signal.ica.forehead import forehead_power

NAMES = [
    "Fp1",
    "Fp2",
    "F7",
    "F3",
    "Fz",
    "F4",
    "F8",
    "T7",
    "C3",
    "Cz",
    "C4",
    "T8",
    "P7",
    "P3",
    "Pz",
    "P4",
    "P8",
    "O1",
    "O2",
]


def positions() -> np.ndarray:
    places = mne.channels.make_standard_montage("colin27_1020").get_positions()["ch_pos"]
    return np.array([places[name] for name in NAMES])


def topography(**weights: float) -> np.ndarray:
    return np.array([[weights.get(name, 0.0)] for name in NAMES])


@pytest.mark.parametrize("weights", [{"Fp1": 1.0, "Fp2": 1.0}, {"F7": 1.0, "F8": -1.0}, {"Fp1": 1.0, "F7": 0.6}])
def test_blinks_and_saccades_lie_on_the_forehead(weights: dict[str, float]) -> None:
    assert forehead_power(topography(**weights), positions())[0] > 0.75


@pytest.mark.parametrize("weights", [{"Fz": 1.0, "Cz": 0.5}, {"O1": 1.0, "O2": 1.0}, {"T7": 1.0}, {"F3": 1.0}])
def test_other_components_do_not(weights: dict[str, float]) -> None:
    assert forehead_power(topography(**weights), positions())[0] < 0.1


def test_electrodes_without_a_position_count_as_elsewhere() -> None:
    places = positions()
    places[:2] = np.nan
    assert forehead_power(topography(Fp1=1.0, Fp2=1.0), places)[0] < 0.1


def test_nothing_known_is_nothing_on_the_forehead() -> None:
    assert forehead_power(topography(Fp1=1.0), np.full((19, 3), np.nan))[0] == 0.0


def test_a_flat_component_has_no_share() -> None:
    assert forehead_power(np.ones((19, 1)), positions())[0] == 0.0


def test_a_bad_electrode_of_the_forehead_hardly_changes_what_lies_there() -> None:
    falling = {"Fp1": 1.0, "Fp2": 0.95, "F7": 0.5, "F8": 0.5, "F3": 0.3, "F4": 0.3}
    kept = np.arange(1, 19)
    whole = forehead_power(topography(**falling), positions())[0]
    assert forehead_power(topography(**falling)[kept], positions()[kept])[0] == pytest.approx(whole, abs=0.03)
