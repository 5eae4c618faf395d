"""Axes of electrode positions, told by the names of electrodes or of a cap's numbers."""

from __future__ import annotations

import mne
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from eegmill.signal.montage.axes import agreement, all_axes, axes_by_name, few_by_name
from eegmill.signal.montage.template import COMPARED_CAPS, cap_positions

HEAD_M = 0.006
"""How far electrodes of a real head lie from a template, in standard deviations."""


def places_of(montage, seed=0):
    known = mne.channels.make_standard_montage(montage).get_positions()["ch_pos"]
    rng = np.random.default_rng(seed)
    return {name: place + rng.normal(scale=HEAD_M, size=3) for name, place in known.items()}


def turned(places, axes):
    return {name: axes @ place for name, place in places.items()}


@pytest.mark.parametrize("cap", [cap for cap in COMPARED_CAPS if not cap.startswith("biosemi6")])
@given(index=st.integers(1, 47), seed=st.integers(0, 9))
@settings(max_examples=10, deadline=None)
def test_any_order_of_the_axes_of_a_numbered_cap_is_found(cap, index, seed):
    axes = all_axes()[index]
    fit = axes_by_name(turned(places_of(cap, seed), axes))
    assert fit.is_sure
    np.testing.assert_array_equal(fit.axes, axes.T)


@pytest.mark.parametrize("montage", [*COMPARED_CAPS, "colin27_1005", "easycap-M1", "spherical_1010"])
def test_axes_as_they_should_be_agree_with_the_names(montage):
    fit = axes_by_name(places_of(montage))
    assert fit.as_given > 0.95
    assert not fit.is_other


@pytest.mark.parametrize(("cap", "n"), [("biosemi16", 16), ("biosemi32", 32), ("biosemi64", 64)])
def test_sockets_of_a_10_20_cap_of_biosemi_are_known(cap, n):
    names = [f"{'AB'[index // 32]}{index % 32 + 1}" for index in range(n)]
    known = mne.channels.make_standard_montage(cap).get_positions()["ch_pos"]
    by_socket = cap_positions(names)[cap]
    np.testing.assert_array_equal(list(by_socket.values()), list(known.values()))
    fit = axes_by_name(turned(by_socket, all_axes()[9]))
    np.testing.assert_array_equal(fit.axes, all_axes()[9].T)


def test_numbers_of_a_cap_may_be_written_with_zeros():
    names = [f"e{number:03d}" for number in range(1, 129)]
    assert len(cap_positions(names)["GSN-HydroCel-128"]) == 128


def test_a_cap_that_nobody_knows_is_not_judged():
    places = dict(zip([f"Q{number}" for number in range(32)], places_of("biosemi32").values(), strict=True))
    assert axes_by_name(places) is None
    assert few_by_name(places) is None


def test_other_positions_under_the_numbers_of_a_cap_are_neither_turned_nor_believed():
    places = places_of("GSN-HydroCel-128")
    mixed = dict(zip(np.random.default_rng(1).permutation(list(places)), places.values(), strict=True))
    fit = axes_by_name(mixed)
    assert not fit.is_sure
    assert not fit.by_names


@pytest.mark.parametrize("names", [["Cz"], ["TP9", "AF7", "AF8", "TP10"], ["F3", "C3", "P3"], ["Fpz", "Cz", "Oz"]])
@pytest.mark.parametrize("height_m", [0.0, 0.04])
def test_a_few_electrodes_where_they_belong_do_not_contradict_their_names(names, height_m):
    places = places_of("colin27_1005")
    assert not few_by_name({name: places[name] + [0, 0, height_m] for name in names}).contradicts


@pytest.mark.parametrize("names", [["Cz"], ["TP9", "AF7", "AF8", "TP10"], ["F3", "C3", "P3"], ["Fpz", "Cz", "Oz"]])
def test_a_few_electrodes_with_front_to_the_right_contradict_their_names(names):
    front_up_right = np.array([[0, 1, 0], [0, 0, 1], [1, 0, 0]])
    places = turned(places_of("colin27_1005"), front_up_right)
    assert few_by_name({name: places[name] for name in names}).contradicts


def test_a_few_mirrored_electrodes_contradict_their_names():
    places = turned(places_of("colin27_1005"), np.diag([-1, 1, 1]))
    assert few_by_name({name: places[name] for name in ("TP9", "AF7", "AF8", "TP10")}).contradicts


def test_agreement_forgets_place_and_size():
    points = np.array(list(places_of("biosemi32").values()))
    assert agreement(3 * points + 1, points) == pytest.approx(1)
    assert agreement(-points, points) == pytest.approx(-1)


def test_there_are_48_orders_of_the_axes_and_all_differ():
    assert len({matrix.tobytes() for matrix in all_axes()}) == 48
    assert np.array_equal(all_axes()[0], np.eye(3))
