"""Entropies and exponents, against the definitions written out and against known processes."""

from __future__ import annotations

import numpy as np
import pytest

from eegmill.features.bank import complexity, dimensionality
from eegmill.features.contract import Windows

NOISE = np.random.default_rng(3).standard_normal((2, 2, 200))
LONG_NOISE = np.random.default_rng(4).standard_normal((1, 8, 8192))
LINE = np.linspace(0, 1, 400).reshape(1, 1, -1)


def windows(x):
    return Windows(np.asarray(x, dtype=float), 100.0)


def similar(x, m, n_templates, r):
    """Whether each two templates are within the tolerance, by the definition."""
    templates = np.array([x[i : i + m] for i in range(n_templates)])
    return np.abs(templates[:, None] - templates[None]).max(axis=-1) <= r


def by_definition(x, m, r):
    """Sample entropy and approximate entropy."""
    n = len(x)
    b, a = (similar(x, length, n - m, r).sum() - (n - m) for length in (m, m + 1))
    phi = [np.log(similar(x, length, n - length + 1, r).mean(axis=1)).mean() for length in (m, m + 1)]
    return -np.log(a / b), phi[0] - phi[1]


@pytest.mark.parametrize("m", [1, 2, 3])
def test_entropies_are_those_of_the_definition(m):
    matches = complexity.template_matches(windows(NOISE), m=m, r=0.3)
    sample, approx = complexity.complexity_sample_entropy(matches), complexity.complexity_approx_entropy(matches)
    for index in np.ndindex(2, 2):
        expected = by_definition(NOISE[index], m, 0.3 * NOISE[index].std())
        assert (sample[index], approx[index]) == pytest.approx(expected)


def test_many_lags_do_not_overflow_the_counts():
    x = np.tile([0.0, 1.0], 400).reshape(1, 1, -1)
    matches = complexity.template_matches(windows(x))
    assert matches.short.max() == 400
    assert complexity.complexity_sample_entropy(matches)[0, 0] == pytest.approx(0, abs=0.01)


def test_sample_entropy_of_noise_is_that_of_normal_differences():
    """Two normal numbers are within 0.2 standard deviations with a probability of erf(0.1)."""
    from math import erf, log

    found = complexity.complexity_sample_entropy(complexity.template_matches(windows(LONG_NOISE[:, :1, :3000])))
    assert found[0, 0] == pytest.approx(-log(erf(0.1)), rel=0.02)


def test_multiscale_entropy_is_the_mean_over_averaged_signals():
    x = NOISE[:1, :1]
    expected = [
        by_definition(x[0, 0, : 200 // s * s].reshape(-1, s).mean(axis=1), 2, 0.5 * x.std())[0] for s in (1, 2, 3)
    ]
    found = complexity.complexity_multiscale_entropy(complexity.template_matches(windows(x), r=0.5), l_max=3)
    assert found[0, 0] == pytest.approx(np.mean(expected))


def test_multiscale_entropy_falls_with_the_scale_for_white_noise():
    """The averages of white noise vary less, so more of them are within the tolerance (Costa et al. 2002)."""
    matches = complexity.template_matches(windows(LONG_NOISE[:, :1, :3000]))
    few, many = (complexity.complexity_multiscale_entropy(matches, l_max=scales)[0, 0] for scales in (1, 8))
    assert many < few


def test_svd_entropy_of_a_sine_is_that_of_two_directions():
    x = np.sin(2 * np.pi * np.arange(1000) / 20).reshape(1, 1, -1)
    assert complexity.complexity_svd_entropy(windows(x))[0, 0] == pytest.approx(np.log(2), abs=0.01)


def test_the_delay_of_the_embedding_is_between_samples():
    x = NOISE[:1, :1]
    embedded = np.array([x[0, 0, i : i + 9 : 4] for i in range(192)])
    s = np.linalg.svd(embedded, compute_uv=False)
    p = s / s.sum()
    found = complexity.complexity_svd_entropy(windows(x), m=3, tau=4)
    assert found[0, 0] == pytest.approx(-(p * np.log(p)).sum())


def test_the_example_of_lempel_and_ziv_has_six_components():
    """0·001·10·100·1000·101, from the paper of Kaspar and Schuster."""
    bits = np.array([[[int(bit) for bit in "0001101001000101"]]])
    found = complexity.complexity_lempel_ziv(windows(bits), threshold=0.5, normalize=False)
    assert found[0, 0] == 6


def test_a_constant_has_two_components_and_noise_a_complexity_of_one():
    constant = complexity.complexity_lempel_ziv(windows(np.zeros((1, 1, 100))), normalize=False)
    assert constant[0, 0] == 2
    assert complexity.complexity_lempel_ziv(windows(LONG_NOISE)).mean() == pytest.approx(1, abs=0.06)


def test_exponents_of_noise_and_of_its_sum():
    noise, walk = windows(LONG_NOISE), windows(np.cumsum(LONG_NOISE, axis=-1))
    assert complexity.complexity_hurst_exp(noise).mean() == pytest.approx(0.5, abs=0.04)
    assert complexity.complexity_detrended_fluctuation_analysis(noise).mean() == pytest.approx(0.5, abs=0.06)
    assert complexity.complexity_detrended_fluctuation_analysis(walk).mean() == pytest.approx(1.5, abs=0.06)


def test_fluctuations_are_those_of_fitted_lines():
    x = NOISE[0, 0, :64]
    profile = np.cumsum(x - x.mean())
    logs = []
    for n in (4, 8, 16):
        around = [part - np.polyval(np.polyfit(np.arange(n), part, 1), np.arange(n)) for part in profile.reshape(-1, n)]
        logs.append(np.log(np.sqrt(np.mean(np.square(around)))))
    expected = np.polyfit(np.log([4, 8, 16]), logs, 1)[0]
    found = complexity.complexity_detrended_fluctuation_analysis(windows(x.reshape(1, 1, -1)))
    assert found[0, 0] == pytest.approx(expected)


def test_the_expected_range_is_that_of_simulated_noise():
    x = np.random.default_rng(5).standard_normal((20000, 16))
    centred = x - x.mean(axis=1, keepdims=True)
    simulated = (np.ptp(np.cumsum(centred, axis=1), axis=1) / x.std(axis=1)).mean()
    assert complexity.expected_range(16) == pytest.approx(simulated, rel=0.01)


def test_the_curve_of_weierstrass_has_its_dimension():
    time = np.linspace(0, 1, 20000)
    for dimension in (1.2, 1.5, 1.7):
        curve = sum(2.0 ** (-(2 - dimension) * k) * np.cos(2 * np.pi * 2.0**k * time) for k in range(1, 13))
        found = dimensionality.dimensionality_higuchi_fractal_dim(windows(curve.reshape(1, 1, -1)), k_max=30)
        assert found[0, 0] == pytest.approx(dimension, abs=0.1)


def test_noise_fills_the_plane_and_a_line_does_not():
    higuchi = dimensionality.dimensionality_higuchi_fractal_dim
    assert higuchi(windows(LONG_NOISE)).mean() == pytest.approx(2, abs=0.02)
    assert higuchi(windows(LINE))[0, 0] == pytest.approx(1)
    assert dimensionality.dimensionality_katz_fractal_dim(windows(LINE))[0, 0] == pytest.approx(1)
    assert dimensionality.dimensionality_petrosian_fractal_dim(windows(LINE))[0, 0] == 1


def test_the_petrosian_dimension_counts_turns():
    zigzag = np.tile([0.0, 1.0], 50).reshape(1, 1, -1)
    expected = np.log(100) / (np.log(100) + np.log(100 / (100 + 0.4 * 98)))
    assert dimensionality.dimensionality_petrosian_fractal_dim(windows(zigzag))[0, 0] == pytest.approx(expected)


def test_the_katz_dimension_of_a_curve_by_hand():
    curve = np.array([[[0.0, 3.0, 0.0, 4.0]]])
    expected = np.log(3) / (np.log(3) + np.log(4 / 10))
    assert dimensionality.dimensionality_katz_fractal_dim(windows(curve))[0, 0] == pytest.approx(expected)
