"""Positions that make no head are mended where the mistake is sure, else taken away."""

from __future__ import annotations

import mne
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from eegmill.signal.channels import positions_m
from eegmill.signal.montage.axes import all_axes
from eegmill.signal.montage.plausible import mend_positions
from signals_signal import NAMES, noise


def placed(change=lambda points: points, names=NAMES, montage="biosemi64"):
    raw = noise(names=names).set_montage(montage)
    points = change(np.array(positions_m(raw, list(range(len(names))))))
    montage = mne.channels.make_dig_montage(dict(zip(names, points, strict=True)), coord_frame="head")
    return raw.set_montage(montage, verbose="error")


def positions(raw):
    return np.array([positions_m(raw, [i])[0] for i in range(len(raw.ch_names))])


def n_located(raw):
    return sum(positions_m(raw, [i]) is not None for i in range(len(raw.ch_names)))


TRUE = positions(placed())


@given(st.integers(1, 47))
@settings(max_examples=47, deadline=None)
def test_any_other_order_of_the_axes_is_found_and_noted(index):
    axes = all_axes()[index]
    raw = placed(lambda points: points @ axes.T)
    (note,) = mend_positions(raw, NAMES)
    np.testing.assert_allclose(positions(raw), TRUE, atol=1e-6)
    assert note.startswith("axes of the electrode positions are taken as right ")


@pytest.mark.parametrize("montage", ["biosemi64", "colin27_1020", "easycap-M1", "brainproducts-RNP-BA-128"])
def test_positions_as_they_should_be_stay(montage):
    known = set(mne.channels.make_standard_montage(montage).ch_names)
    names = [name for name in NAMES if name in known]
    raw = placed(names=names, montage=montage)
    before = positions(raw)
    assert mend_positions(raw, names) == ()
    np.testing.assert_array_equal(positions(raw), before)


@pytest.mark.parametrize("cap", ["biosemi128", "GSN-HydroCel-128", "biosemi256"])
def test_a_numbered_cap_is_not_judged_by_names_that_mean_something_else(cap):
    names = mne.channels.make_standard_montage(cap).ch_names
    assert mend_positions(placed(names=names, montage=cap), names) == ()


@pytest.mark.parametrize("factor", [1000.0, 100.0, 10.0, 0.1, 0.01, 0.001])
def test_another_unit_is_mended(factor):
    raw = placed(lambda points: points * factor)
    (note,) = mend_positions(raw, NAMES)
    np.testing.assert_allclose(positions(raw), TRUE, atol=1e-6)
    assert "no head's size" in note


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda points: np.tile([1.0, 0.0, 0.0], (len(points), 1)), "on points that they share"),
        (lambda points: points * [1, 0, 0], "on a line"),
        (lambda points: points * [1, 1, 0] + [0, 0, 0.03], "on a plane"),
        (lambda points: np.roll(points, 5, axis=0), "contradict their names"),
    ],
    ids=["one point", "a line", "a plane", "shifted"],
)
def test_what_makes_no_head_is_taken_away(change, words):
    raw = placed(change)
    notes = mend_positions(raw, NAMES)
    assert n_located(raw) == 0
    assert words in notes[0]


def test_of_electrodes_on_one_point_only_these_lose_it():
    raw = placed(lambda points: np.vstack([points[:2], points[1:2], points[3:]]))
    assert "Fp2, F3" in mend_positions(raw, NAMES)[0]
    assert n_located(raw) == 14


def test_a_few_electrodes_in_a_ring_are_a_ring():
    names = ["TP9", "AF7", "AF8", "TP10"]
    raw = placed(names=names, montage="colin27_1020")
    assert mend_positions(raw, names) == ()


def test_the_midline_is_no_line():
    names = ["Fz", "Cz", "Pz", "Oz"]
    assert mend_positions(placed(names=names), names) == ()


@pytest.mark.parametrize("shift_m", [(0.3, 0, 0), (0, -0.12, 0.1), (0.01, 0.02, 1.0)])
def test_a_head_beside_the_origin_is_moved_to_it_with_one_note(shift_m):
    raw = placed(lambda points: points + shift_m)
    (note,) = mend_positions(raw, NAMES)
    assert "from the origin: they were moved to it" in note
    assert np.linalg.norm(positions(raw), axis=1) == pytest.approx(0.095, abs=0.005)
    np.testing.assert_allclose(positions(raw) - positions(raw)[0], TRUE - TRUE[0], atol=1e-6)


@pytest.mark.parametrize("names", [["X1", "X2", "X3", "X4"], [f"S{number}" for number in range(16)]])
def test_axes_that_nothing_tells_are_noted_and_kept(names):
    raw = placed(names=NAMES[-len(names) :]).rename_channels(dict(zip(NAMES[-len(names) :], names, strict=True)))
    before = positions(raw)
    (note,) = mend_positions(raw, names)
    assert f"the axes of {len(names)} electrode positions could not be checked" in note
    np.testing.assert_array_equal(positions(raw), before)


def test_axes_of_unknown_names_are_not_doubted_where_landmarks_tell_them():
    names = [f"S{number}" for number in range(16)]
    raw = placed().rename_channels(dict(zip(NAMES, names, strict=True)))
    montage = raw.get_montage()
    places = montage.get_positions()["ch_pos"]
    marks = {"nasion": [0, 0.1, 0], "lpa": [-0.08, 0, 0], "rpa": [0.08, 0, 0]}
    raw.set_montage(mne.channels.make_dig_montage(places, coord_frame="unknown", **marks))
    assert mend_positions(raw, names) == ()


def test_a_few_electrodes_that_lie_elsewhere_lose_their_positions():
    names = ["TP9", "AF7", "AF8", "TP10"]
    raw = placed(lambda points: points * [-1, 1, 1], names=names, montage="colin27_1020")
    (note,) = mend_positions(raw, names)
    assert "contradict their names" in note
    assert n_located(raw) == 0
