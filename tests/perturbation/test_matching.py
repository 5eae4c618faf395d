"""Components found again in another decomposition."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from eegmill.perturbation.matching import matched
from eegmill.signal.ica.alike import correlations

RNG = np.random.default_rng(3)
MIXING = RNG.standard_normal((6, 6))
ORDER = [4, 2, 0, 5, 1, 3]


def ica(mixing: np.ndarray, channels: str) -> Any:
    """A decomposition into sources at unit variance, as far as it is asked."""
    left, lengths, right = np.linalg.svd(mixing, full_matrices=False)
    return SimpleNamespace(
        ch_names=list(channels),
        n_components_=mixing.shape[1],
        pca_components_=left.T,
        pca_explained_variance_=lengths**2,
        mixing_matrix_=np.diag(lengths) @ right,
        unmixing_matrix_=np.linalg.inv(np.diag(lengths) @ right),
        pre_whitener_=np.ones((len(channels), 1)),
    )


def test_another_order_other_signs_and_scales_change_nothing() -> None:
    other = ica(MIXING[:, ORDER] * [1, -1, 2, -0.5, 3, 1], "abcdef")
    found = matched(ica(MIXING, "abcdef"), other)
    assert {second: first for second, (first, _) in found.items()} == dict(enumerate(ORDER))
    assert [alike for _, alike in found.values()] == pytest.approx([1.0] * 6)


@pytest.mark.parametrize("turned", [False, True])
def test_one_channel_less_does_not_hide_what_the_others_hold(turned: bool) -> None:
    mixing = MIXING.copy()
    mixing[:5, 5] = 0.0  # a component that channel f alone has
    whole, less = ica(mixing, "abcdef"), ica(mixing[:5, [3, 1, 0, 2, 4]], "abcde")
    found = matched(less, whole) if turned else matched(whole, less)
    pairs = {(first, second) for second, (first, _) in found.items()}
    expected = {(3, 0), (1, 1), (0, 2), (2, 3), (4, 4)}
    assert pairs == ({(b, a) for a, b in expected} if turned else expected)
    assert min(alike for _, alike in found.values()) == pytest.approx(1.0)


def test_the_correlation_is_that_of_the_time_courses() -> None:
    sources = RNG.standard_normal((6, 200_000))
    other = MIXING + 0.3 * RNG.standard_normal((6, 6))
    seen = np.linalg.inv(other) @ MIXING @ sources
    expected = np.abs(np.corrcoef(sources, seen)[:6, 6:])
    np.testing.assert_allclose(correlations(MIXING, other), expected, atol=0.01)


def test_with_a_channel_less_it_is_still_that_of_the_time_courses() -> None:
    sources = RNG.standard_normal((6, 200_000))
    less = RNG.standard_normal((5, 5))
    seen = np.linalg.inv(less) @ MIXING[:5] @ sources
    expected = np.abs(np.corrcoef(sources, seen)[:6, 6:])
    np.testing.assert_allclose(correlations(MIXING[:5], less), expected, atol=0.01)
    np.testing.assert_allclose(correlations(less, MIXING[:5]), expected.T, atol=0.01)
