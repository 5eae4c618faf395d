from __future__ import annotations

import numpy as np
import pytest

from eegmill.signal.left_out import left_out, pairs_left_out, spline_inverse
from eegmill.signal.sphere import interpolation_matrix
from eegmill.testing.recordings import electrode_positions, scalp_eeg

PLACES = electrode_positions(14) / 0.09
DATA = scalp_eeg(14, duration_s=5.0)


def predicted(missing):
    """The channels ``missing``, predicted from all others by the spline fitted without them."""
    others = [i for i in range(14) if i not in missing]
    weights = interpolation_matrix(PLACES[others], PLACES[missing], regularization=1e-3, stiffness=2)
    return weights @ DATA[others]


@pytest.mark.parametrize("channel", [0, 5, 13])
def test_slope_and_correlation_are_those_of_a_spline_fitted_without_the_channel(channel):
    slope, correlation = left_out(DATA @ DATA.T, spline_inverse(PLACES))
    (made,) = predicted([channel])
    assert slope[channel] == pytest.approx(made @ DATA[channel] / (made @ made))
    norms = np.linalg.norm(made) * np.linalg.norm(DATA[channel])
    assert correlation[channel] == pytest.approx(made @ DATA[channel] / norms)


def test_correlations_of_pairs_are_those_of_splines_fitted_without_both():
    found = pairs_left_out(DATA @ DATA.T, spline_inverse(PLACES)).correlations
    first, second = np.triu_indices(14, 1)
    for index in (0, 40, 90):
        pair = [int(first[index]), int(second[index])]
        made = predicted(pair)
        norms = np.linalg.norm(made, axis=1)[:, None] * np.linalg.norm(DATA[pair], axis=1)
        np.testing.assert_allclose(found[index], made @ DATA[pair].T / norms, rtol=1e-6)


def test_contrasts_of_pairs_are_those_of_splines_fitted_without_both():
    found = pairs_left_out(DATA @ DATA.T, spline_inverse(PLACES)).contrasts
    first, second = np.triu_indices(14, 1)
    for index in (0, 40, 90):
        pair = [int(first[index]), int(second[index])]
        signals, made = (x / np.linalg.norm(x, axis=1, keepdims=True) for x in (DATA[pair], predicted(pair)))
        one, other = signals[0] - signals[1], made[0] - made[1]
        assert found[index] == pytest.approx(one @ other / np.linalg.norm(one) / np.linalg.norm(other))
