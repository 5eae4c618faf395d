from __future__ import annotations

import mne
import numpy as np
import pytest

from eegmill.reading.electrodes import apply_electrodes, scale_to_metres, to_ras

NAMES = ["Fp1", "Fp2", "C3", "C4", "O1", "O2", "Cz", "Pz"]


@pytest.fixture(scope="module")
def places():
    known = mne.channels.make_standard_montage("colin27_1005").get_positions()["ch_pos"]
    return {name: known[name] for name in NAMES}


def make():
    return mne.io.RawArray(np.zeros((len(NAMES), 10)), mne.create_info(NAMES, 100, "eeg"), verbose="error")


def rows(places, factor=1.0, turn=lambda place: place):
    return [
        {"name": name, **dict(zip("xyz", (repr(float(v * factor)) for v in turn(place)), strict=True))}
        for name, place in places.items()
    ]


def front_left_up(place):
    return np.array([place[1], -place[0], place[2]])


def positions(raw):
    return np.array([channel["loc"][:3] for channel in raw.info["chs"]])


@pytest.mark.parametrize(
    ("declared", "factor"), [("m", 1), ("cm", 100), ("mm", 1000), ("n/a", 1000), ("m", 1000), ("mm", 1)]
)
def test_positions_come_out_in_metres_whatever_is_declared(places, declared, factor):
    raw = make()
    apply_electrodes(raw, rows(places, factor), {"EEGCoordinateUnits": declared, "EEGCoordinateSystem": "CapTrak"}, [])
    np.testing.assert_allclose(positions(raw), np.array(list(places.values())), atol=1e-9)


def test_a_unit_sphere_becomes_a_head():
    sphere = {name: np.array([0.0, 0.0, 1.0]) for name in NAMES}
    assert scale_to_metres(sphere, "mm", []) == pytest.approx(0.095)


@pytest.mark.parametrize("system", ["CTF", "EEGLAB", "Other", "CapTrak"])
def test_axes_of_eeglab_are_turned_whatever_is_declared(places, system):
    raw = make()
    coordsystem = {"EEGCoordinateUnits": "m", "EEGCoordinateSystem": system}
    apply_electrodes(raw, rows(places, turn=front_left_up), coordsystem, [])
    np.testing.assert_allclose(positions(raw), np.array(list(places.values())), atol=1e-9)


def test_unknown_names_go_by_the_declared_system():
    place = {"E1": np.array([0.1, 0.0, 0.0])}
    np.testing.assert_allclose(to_ras(place, "CTF", [])["E1"], [0, 0.1, 0], atol=1e-12)
    np.testing.assert_allclose(to_ras(place, "CapTrak", [])["E1"], [0.1, 0, 0])


def test_landmarks_give_the_frame(places):
    raw = make()
    landmarks = {"NAS": [100, 0, 0], "LPA": [0, 80, 0], "RPA": [0, -80, 0]}
    coordsystem = {"EEGCoordinateUnits": "mm", "AnatomicalLandmarkCoordinates": landmarks}
    apply_electrodes(raw, rows(places, 1000, front_left_up), coordsystem, [])
    np.testing.assert_allclose(positions(raw), np.array(list(places.values())), atol=1e-6)


@pytest.mark.parametrize("landmarks", ["n/a", {"NAS": "n/a"}, {"NAS": [0, 0, 0], "LPA": [0, 0, 0], "RPA": [0, 0, 0]}])
def test_landmarks_that_are_none_are_not_used(places, landmarks):
    raw = make()
    apply_electrodes(raw, rows(places), {"EEGCoordinateUnits": "m", "AnatomicalLandmarkCoordinates": landmarks}, [])
    np.testing.assert_allclose(positions(raw), np.array(list(places.values())), atol=1e-9)


def test_an_electrode_without_numbers_keeps_no_position(places):
    raw = make()
    table = rows(places)
    table[0]["x"] = "n/a"
    apply_electrodes(raw, table, {"EEGCoordinateUnits": "m"}, [])
    assert np.isnan(positions(raw)[0]).all()
    assert np.isfinite(positions(raw)[1:]).all()


@pytest.mark.parametrize("signs", [(-1, -1, 1), (1, -1, 1), (-1, 1, 1), (1, 1, -1)])
def test_axes_that_point_the_other_way_are_found_and_noted(places, signs):
    raw, notes = make(), []
    coordsystem = {"EEGCoordinateUnits": "m", "EEGCoordinateSystem": "Other"}
    apply_electrodes(raw, rows(places, turn=lambda place: place * np.array(signs)), coordsystem, notes)
    np.testing.assert_allclose(positions(raw), np.array(list(places.values())), atol=1e-9)
    assert len(notes) == 1
    assert "does not have the axes of 'Other'" in notes[0]


@pytest.mark.parametrize(("unit", "factor"), [("cm", 0.1), ("m", 1e-3), ("mm", 1.0), ("n/a", 1.0)])
def test_landmarks_have_a_unit_of_their_own(places, unit, factor):
    raw = make()
    landmarks = {"NAS": [100 * factor, 0, 0], "LPA": [0, 80 * factor, 0], "RPA": [0, -80 * factor, 0]}
    coordsystem = {
        "EEGCoordinateUnits": "mm",
        "AnatomicalLandmarkCoordinates": landmarks,
        "AnatomicalLandmarkCoordinateUnits": unit,
    }
    apply_electrodes(raw, rows(places, 1000, front_left_up), coordsystem, [])
    np.testing.assert_allclose(positions(raw), np.array(list(places.values())), atol=1e-6)


def test_landmarks_of_another_system_are_not_used_and_noted(places):
    raw, notes = make(), []
    coordsystem = {
        "EEGCoordinateUnits": "m",
        "EEGCoordinateSystem": "CapTrak",
        "AnatomicalLandmarkCoordinates": {"NAS": [0.1, 0, 0], "LPA": [0, 0.08, 0], "RPA": [0, -0.08, 0]},
        "AnatomicalLandmarkCoordinateSystem": "CTF",
    }
    apply_electrodes(raw, rows(places), coordsystem, notes)
    np.testing.assert_allclose(positions(raw), np.array(list(places.values())), atol=1e-9)
    assert notes == ["landmarks are in the system 'CTF', electrodes in 'CapTrak': landmarks are not used"]


@pytest.mark.parametrize(("declared", "factor"), [("mm", 1000), ("m", 1), ("m", 1000)])
def test_a_head_beside_the_origin_has_its_size_all_the_same(places, declared, factor):
    notes: list[str] = []
    beside = {name: factor * (place + np.array([0.3, 0, 0])) for name, place in places.items()}
    assert scale_to_metres(beside, declared, notes) == 1 / factor
    assert len(notes) == (declared == "m" and factor == 1000)


def test_landmarks_beside_the_origin_give_the_frame(places):
    raw, notes = make(), []
    landmarks = {"NAS": [600, 0, 0], "LPA": [500, 80, 0], "RPA": [500, -80, 0]}
    coordsystem = {"EEGCoordinateUnits": "mm", "AnatomicalLandmarkCoordinates": landmarks}
    apply_electrodes(
        raw, rows(places, 1000, lambda place: front_left_up(place) + np.array([0.5, 0, 0])), coordsystem, notes
    )
    np.testing.assert_allclose(positions(raw), np.array(list(places.values())), atol=1e-6)
    assert notes == []


@pytest.mark.parametrize("axes", [[[-1, 0, 0], [0, 1, 0], [0, 0, 1]], [[0, 1, 0], [0, 0, 1], [1, 0, 0]]])
@pytest.mark.parametrize("cap", ["biosemi128", "GSN-HydroCel-128"])
def test_axes_of_a_numbered_cap_are_found_and_noted(cap, axes):
    known = mne.channels.make_standard_montage(cap).get_positions()["ch_pos"]
    info = mne.create_info(list(known), 100, "eeg")
    raw, notes = mne.io.RawArray(np.zeros((len(known), 10)), info, verbose="error"), []
    coordsystem = {"EEGCoordinateUnits": "m", "EEGCoordinateSystem": "Other"}
    apply_electrodes(raw, rows(known, turn=lambda place: np.array(axes) @ place), coordsystem, notes)
    np.testing.assert_allclose(positions(raw), np.array(list(known.values())), atol=1e-9)
    assert f"correlation with {cap}" in notes[0]


@pytest.mark.parametrize(
    ("table", "said"),
    [
        ([{"name": "Fz", "x": "1", "y": "2"}], "no column z"),
        ([{"name": "Fz", "theta": "1", "phi": "2"}], "no column x y z"),
        ([{"name": "E77", "x": "1", "y": "2", "z": "3"}], "no position of a channel of the recording: it names E77"),
        ([{"name": "Fz", "x": "n/a", "y": "n/a", "z": "n/a"}], "no position of a channel"),
    ],
)
def test_a_table_that_gives_no_positions_is_noted(table, said):
    notes: list[str] = []
    apply_electrodes(make(), table, {}, notes)
    assert said in notes[0]


def test_channels_that_the_table_gives_no_numbers_are_noted(places):
    table = rows(places)
    table[0] = {**table[0], "x": "n/a"}
    notes: list[str] = []
    apply_electrodes(make(), table, {"EEGCoordinateUnits": "m"}, notes)
    assert f"for the position of 1 channels: {table[0]['name']}" in notes[0]


def test_landmarks_that_are_no_three_numbers_are_noted(places):
    notes: list[str] = []
    landmarks = {"NAS": "0, 0.1, 0", "LPA": [0, 0, 0], "RPA": [0, 0, 0]}
    apply_electrodes(
        make(), rows(places), {"EEGCoordinateUnits": "m", "AnatomicalLandmarkCoordinates": landmarks}, notes
    )
    assert "no usable nasion ('0, 0.1, 0')" in notes[0]
