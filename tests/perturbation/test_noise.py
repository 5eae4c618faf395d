"""The noise that a recording is perturbed by."""

from __future__ import annotations

import numpy as np
import pytest

from eegmill.perturbation.noise import recorded, typical_sd, white_noise

DATA = np.random.default_rng(0).standard_normal((4, 1280))


def test_a_drift_and_a_loud_channel_do_not_change_what_is_typical() -> None:
    loud = DATA.copy() + np.linspace(0, 5, DATA.shape[1])
    loud[0] *= 100
    assert typical_sd(loud) == pytest.approx(1.0, rel=0.2)


def test_noise_is_a_hundredth_of_what_is_typical_and_hangs_on_its_seed_alone() -> None:
    first, again, other = (np.stack(list(white_noise(DATA, seed=seed))) for seed in (1, 1, 2))
    assert first.std() == pytest.approx(0.01, rel=0.1)
    np.testing.assert_array_equal(first, again)
    assert abs(np.corrcoef(first.ravel(), other.ravel())[0, 1]) < 0.1


def test_a_channel_of_nan_does_not_spoil_the_others() -> None:
    data = DATA.copy()
    data[1] = np.nan
    assert all(np.isfinite(noise).all() for noise in white_noise(data, seed=1))


def test_where_all_channels_stand_still_nothing_was_recorded() -> None:
    data = DATA.copy()
    data[:, 1000:] = data[:, 1000:1001]
    assert recorded(data).sum() == 1000
