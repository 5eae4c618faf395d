"""Heads from above."""

from __future__ import annotations

import mne
import numpy as np

from eegmill.report.scalp import project, scalp_map, sensor_figure, topography_figure


def cap() -> dict[str, np.ndarray]:
    places = mne.channels.make_standard_montage("colin27_1020").get_positions()["ch_pos"]
    return {name: np.asarray(places[name]) for name in ("Fpz", "Cz", "Oz", "T7", "T8", "F3", "F4", "P3", "P4", "Pz")}


def test_the_nose_points_up_and_left_is_left() -> None:
    places = cap()
    flat = dict(zip(places, project(np.array(list(places.values()))), strict=True))
    assert flat["Fpz"][1] > 0.7
    assert flat["Oz"][1] < -0.7
    assert flat["T7"][0] < -0.7
    assert np.hypot(*flat["Cz"]) < 0.2


def test_a_map_goes_through_its_values() -> None:
    points = np.array([[-0.5, 0.0], [0.5, 0.0], [0.0, 0.5], [0.0, -0.5], [0.0, 0.0]])
    values = np.array([-1.0, 1.0, 0.0, 0.0, 0.0])
    grid = scalp_map(points, values)
    axis = np.linspace(-1.1, 1.1, len(grid))
    column = int(np.argmin(abs(axis - 0.5)))
    assert abs(grid[len(grid) // 2, column] - 1.0) < 0.1


def test_bad_sensors_are_marked_by_name() -> None:
    figure = sensor_figure(cap(), {"T7": "flat"}, ["T7"])
    assert figure.count('class="sensor bad"') == 1
    assert "bad: T7; interpolated: T7" in figure


def test_a_topography_is_the_same_every_time() -> None:
    places = np.array(list(cap().values()))
    values = np.linspace(-1, 1, len(places))
    assert topography_figure(places, values, label="0") == topography_figure(places, values, label="0")
