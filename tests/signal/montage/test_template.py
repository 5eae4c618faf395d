from __future__ import annotations

import mne
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from eegmill.signal.channels import positions_m
from eegmill.signal.montage.template import TEN_FIVE, apply_template, choose_template, fill_from_template, similarity
from signals_signal import noise

SITES = ["Fp1", "Fp2", "F3", "F4", "C3", "C4", "P3", "P4", "O1", "O2"]


@pytest.mark.parametrize("cap", ["biosemi128", "biosemi160", "biosemi256", "GSN-HydroCel-32"])
@pytest.mark.parametrize("dropped", [0, 6])
def test_a_numbered_cap_is_recognised(cap, dropped):
    names = mne.channels.make_standard_montage(cap).ch_names
    template = choose_template(names[dropped:])
    assert (template.name, len(template.positions)) == (cap, len(names) - dropped)


def test_a_cap_with_its_reference_is_not_taken_for_the_one_without():
    assert choose_template([f"E{i}" for i in range(1, 129)]).name == "GSN-HydroCel-128"
    assert choose_template([*(f"E{i}" for i in range(1, 129)), "Cz"]).name == "GSN-HydroCel-129"


def test_the_ten_twenty_system_is_found_under_its_old_names():
    template = choose_template(["Fp1", "T3", "T5"])
    today = choose_template(["Fp1", "T7", "P7"])
    assert template.name == TEN_FIVE
    np.testing.assert_array_equal(template.positions["T3"], today.positions["T7"])
    np.testing.assert_array_equal(template.positions["T5"], today.positions["P7"])


def test_two_channels_never_get_one_place():
    assert set(choose_template(["Cz", "C3-A1", "C3-A2", "T3", "T7"]).positions) == {"Cz", "T7"}


@pytest.mark.parametrize("names", [["EEG 001", "EEG 002"], [], [f"{x}{i}" for x in "ABCDEFGH" for i in range(1, 17)]])
def test_names_of_no_known_cap_get_no_template(names):
    assert choose_template(names) is None


def test_positions_and_landmarks_are_set():
    raw = noise(names=[*SITES, "nowhere"])
    apply_template(raw, choose_template(SITES))
    expected = noise(names=SITES).set_montage(TEN_FIVE)
    np.testing.assert_allclose(positions_m(raw, list(range(10))), positions_m(expected, list(range(10))))
    assert positions_m(raw, [10]) is None


@given(st.integers(0, 2**32 - 1), st.floats(0.1, 10))
@settings(max_examples=30, deadline=None)
def test_the_similarity_that_moved_points_is_found_again(seed, scale):
    rng = np.random.default_rng(seed)
    points = rng.standard_normal((8, 3))
    rotation = np.linalg.qr(rng.standard_normal((3, 3)))[0]
    rotation *= np.sign(np.linalg.det(rotation))
    shift = rng.standard_normal(3)
    matrix, found = similarity(points, scale * points @ rotation.T + shift)
    np.testing.assert_allclose(matrix, scale * rotation, atol=1e-8 * scale)
    np.testing.assert_allclose(found, shift, atol=1e-8 * scale)


def test_a_missing_electrode_is_placed_on_the_recordings_own_head():
    raw = noise(names=SITES).set_montage(TEN_FIVE)
    turn = np.array([[0.0, -1.2, 0.0], [1.2, 0.0, 0.0], [0.0, 0.0, 1.2]])
    for channel in raw.info["chs"]:
        channel["loc"][:3] = turn @ channel["loc"][:3]
    wanted = raw.info["chs"][9]["loc"][:3].copy()
    raw.info["chs"][9]["loc"][:3] = np.nan
    template = fill_from_template(raw, ["O2"], SITES[:9])
    assert set(template.positions) == {"O2"}
    np.testing.assert_allclose(raw.info["chs"][9]["loc"][:3], wanted, atol=1e-9)


def test_with_few_shared_electrodes_nothing_is_placed():
    raw = noise(names=SITES).set_montage(TEN_FIVE)
    raw.info["chs"][9]["loc"][:3] = np.nan
    assert fill_from_template(raw, ["O2"], SITES[:5]) is None
