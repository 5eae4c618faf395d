"""What holds for every feature of the table: shapes, permutations, scale, and signals that say nothing."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from eegmill.features.bank import FEATURES
from eegmill.features.contract import Windows
from eegmill.features.extraction import sites
from eegmill.features.tree import Batch, choose, names
from eegmill.features.windowing import MIN_TIMES

SFREQ_HZ = 100.0
NAMES = names()
NOISE = np.random.default_rng(8).standard_normal((2, 4, 400))
FLAT_IS_A_VALUE = {
    *(f"signal_{name}" for name in ("mean", "variance", "std", "root_mean_square", "peak_to_peak", "quantile")),
    *(f"signal_{name}" for name in ("line_length", "zero_crossings", "hjorth_activity")),
    "spectral_root_total_power",
    "spectral_hjorth_activity",
    "spectral_slope",
    "spectral_bands_power",
    "spectral_gamma_power",
    "complexity_svd_entropy",
    "complexity_lempel_ziv",
}
"""Features that a flat signal has: sizes are 0, a sequence of one symbol has a complexity, one direction no entropy."""
MAY_LACK = {"spectral_individual_alpha_peak"}
"""Parts that noise may not have: it need not have a peak."""
OF_NO_UNIT = {"spectral_slope", "aperiodic_fit"}
"""Features whose parts have different units."""
PROPORTIONAL = {1: {"V", "V/√Hz"}, 2: {"V²", "V²/Hz"}, 0: {"1", "Hz", "s", "nat"}}


def values(name, x, **parameters):
    (choice,) = choose({name: parameters})
    return Batch(Windows(x, SFREQ_HZ)).values(choice)


def kind_of(name):
    return next(feature.kind for feature in FEATURES if feature.name == name)


@pytest.mark.parametrize("name", NAMES)
def test_a_feature_has_one_value_a_window_and_site(name):
    expected = (2, len(sites("abcd", kind_of(name))))
    for part, found in values(name, NOISE).items():
        assert found.shape == expected
        assert np.isfinite(found).all() or part in MAY_LACK


@pytest.mark.parametrize("feature", FEATURES, ids=lambda feature: feature.name)
def test_a_feature_tells_formula_and_source(feature):
    assert feature.summary.endswith(".")
    assert feature.note("Formula")
    assert feature.note("Source")
    assert feature.family in feature.compute.__module__


@pytest.mark.parametrize("name", NAMES)
def test_windows_are_computed_alone(name):
    whole = values(name, NOISE)
    for part, found in values(name, NOISE[1:]).items():
        np.testing.assert_allclose(found[0], whole[part][1], rtol=1e-9, atol=1e-12)


@settings(max_examples=5, deadline=None)
@given(order=st.permutations(range(4)))
@pytest.mark.parametrize("name", [name for name in NAMES if kind_of(name) == "channel"])
def test_channels_are_computed_alone(name, order):
    whole = values(name, NOISE)
    for part, found in values(name, NOISE[:, order]).items():
        np.testing.assert_allclose(found, whole[part][:, order], rtol=1e-9)


@pytest.mark.parametrize("name", [name for name in NAMES if kind_of(name) != "channel"])
def test_the_order_of_channels_changes_the_sign_of_a_pair_at_most(name):
    straight, turned = values(name, NOISE[:, :2]), values(name, NOISE[:, 1::-1])
    for part, found in straight.items():
        other = turned[part]
        if kind_of(name) == "directed pair":
            np.testing.assert_allclose(found, other[:, ::-1], rtol=1e-9)
        elif name in SIGNED:
            np.testing.assert_allclose(found, -other, rtol=1e-9)
        else:
            np.testing.assert_allclose(found, other, rtol=1e-9)


SIGNED = {
    "connectivity_imaginary_coherence",
    "connectivity_lagged_coherence",
    "connectivity_corrected_imaginary_phase_locking_value",
    "asymmetry_bands_power",
}


@settings(max_examples=5, deadline=None)
@given(factor=st.floats(0.01, 100))
@pytest.mark.parametrize("name", [name for name in NAMES if name not in OF_NO_UNIT])
def test_the_unit_tells_how_a_feature_grows_with_the_signal(name, factor):
    unit = next(feature.unit for feature in FEATURES if feature.name == name)
    power = next(power for power, units in PROPORTIONAL.items() if unit in units)
    before, after = values(name, NOISE), values(name, factor * NOISE)
    for part, found in before.items():
        np.testing.assert_allclose(after[part], found * factor**power, rtol=1e-6, atol=1e-12)


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("name", NAMES)
def test_a_channel_with_a_nan_has_no_value_and_the_others_have(name):
    x = NOISE.copy()
    x[0, 1, 200] = np.nan
    concerned = np.array(["b" in site for site in sites("abcd", kind_of(name))])
    for found in values(name, x).values():
        assert np.isnan(found[0, concerned]).all()
        assert np.isfinite(found[0, ~concerned]).all()
        assert np.isfinite(found[1]).all()


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("level", [0.0, 0.1])
def test_a_flat_channel_is_told(name, level):
    x = NOISE.copy()
    x[0, 1] = level
    concerned = np.array(["b" in site for site in sites("abcd", kind_of(name))])
    for found in values(name, x).values():
        if name not in FLAT_IS_A_VALUE:
            assert np.isnan(found[0, concerned]).all()
        assert np.isfinite(found[0, ~concerned]).all()


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("name", NAMES)
def test_the_shortest_window_is_computed_or_nan(name):
    for found in values(name, NOISE[..., :MIN_TIMES]).values():
        assert found.shape[0] == 2


@pytest.mark.parametrize("name", NAMES)
def test_one_channel_has_its_features_and_no_pairs(name):
    for found in values(name, NOISE[:, :1]).values():
        assert found.shape == (2, len(sites("a", kind_of(name))))
