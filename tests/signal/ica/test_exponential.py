from __future__ import annotations

import numpy as np
import pytest
from scipy.linalg import expm

from eegmill.signal.ica.exponential import exponential


@pytest.mark.parametrize("size", [0.0, 1e-9, 0.1, 1.0, 30.0])
def test_the_exponential_is_that_of_scipy(size):
    E = np.random.default_rng(0).standard_normal((12, 12))
    E *= size / np.linalg.norm(E)
    expected = expm(E)
    np.testing.assert_allclose(exponential(E), expected, rtol=1e-10, atol=1e-12 * np.abs(expected).max())


def test_turning_all_pairs_of_sources_at_once_stretches_none():
    # Each pair by 0.1 rad: 1 plus the step would make the sources of 60 up to 3.9 times larger.
    upper = np.triu(np.full((60, 60), 0.1), 1)
    turn = upper - upper.T
    assert np.linalg.norm(np.eye(60) + turn, 2) > 3.5
    np.testing.assert_allclose(exponential(turn) @ exponential(turn).T, np.eye(60), atol=1e-12)
