"""Every feature against EEGDash 0.9.1's own function, on a real recording; and where ours differs on purpose."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from eegdash_bank import about, eegdash_bank, missing
from eegmill.features.bank.spatial import CommonSpatialPattern
from eegmill.features.contract import Windows
from eegmill.features.tree import Batch, choose, names

N_CHANNELS = 6
SFREQ_HZ = 128.0
BAND = {"alpha": (8, 12)}
DIFFERENT = {
    "complexity_hurst_exp": "it takes the limit of the correction from 341 samples on",
    "complexity_sample_entropy": "it counts one short template too many",
    "complexity_multiscale_entropy": "it fails",
    "dimensionality_petrosian_fractal_dim": "it lacks 0.4 of the formula",
    "connectivity_max_cross_correlation": "it leaves out the largest lag",
    "connectivity_directed_phase_lag_index": "ours has both directions",
}


@pytest.fixture(scope="module")
def bank():
    if reason := missing():
        pytest.skip(reason)
    with eegdash_bank() as modules:
        yield modules


@pytest.fixture(scope="module")
def windows(shared_data):
    import mne

    raw = mne.io.read_raw_eeglab(shared_data / "eeglab-sample" / "eeglab_data.set", preload=True, verbose="error")
    x = raw.get_data()[2 : 2 + N_CHANNELS, : 12 * 1280].reshape(N_CHANNELS, 12, 1280).transpose(1, 0, 2)
    return Windows(np.ascontiguousarray(x), SFREQ_HZ)


def theirs(bank, name, windows):
    """The feature behind its preprocessors, with EEGDash's defaults, as a mapping by part."""
    x, metadata = windows.data, about(N_CHANNELS, SFREQ_HZ)
    given = (x,)
    family = name.partition("_")[0]
    function = getattr(getattr(bank, family), name)
    if name in SPECTRAL_STARTS:
        given = bank.spectral.spectral_preprocessor(x, _metadata=metadata)
        if SPECTRAL_STARTS[name] != "power":
            given = getattr(bank.spectral, f"spectral_{SPECTRAL_STARTS[name]}_preprocessor")(*given)
    elif name in ("complexity_approx_entropy", "complexity_sample_entropy"):
        given = bank.complexity.complexity_entropy_preprocessor(x)
    elif "coherence" in name:
        given = bank.connectivity.connectivity_coherency_preprocessor(x, _metadata=metadata)[:2]
    elif "lag_index" in name or "locking" in name:
        filtered = bank.signal.signal_bandpass_filter_preprocessor(x, _metadata=metadata, f_min=8, f_max=12)
        given = bank.connectivity.connectivity_phase_diff_preprocessor(filtered, _metadata=metadata)[:1]
        return in_our_order({"alpha": function(*given)}, metadata)
    if name in NEED_METADATA:
        found = function(*given, _metadata=metadata)
        found = found[0] if isinstance(found, tuple) else found
    else:
        found = function(*given)
    return in_our_order(found if isinstance(found, dict) else {"": found}, metadata)


def in_our_order(found, metadata):
    """Values of pairs in the order of our pairs: EEGDash has that of a set."""
    if "ch_pair_iterator" not in metadata:
        return found
    pairs = list(zip(*metadata["ch_pair_iterator"].get_pair_iterators(), strict=True))
    order = [pairs.index(pair) for pair in zip(*np.triu_indices(N_CHANNELS, 1), strict=True)]
    return {part: values[:, order] for part, values in found.items()}


SPECTRAL_STARTS = {
    "spectral_root_total_power": "power",
    "spectral_moment": "normalized",
    "spectral_hjorth_activity": "power",
    "spectral_hjorth_mobility": "normalized",
    "spectral_hjorth_complexity": "normalized",
    "spectral_entropy": "normalized",
    "spectral_peak_frequency": "power",
    "spectral_edge": "normalized",
    "spectral_slope": "db",
    "spectral_bands_power": "power",
    "connectivity_spectral_correlation": "power",
}
NEED_METADATA = {
    "signal_decorrelation_time",
    "connectivity_temporal_correlation",
    "connectivity_spectral_correlation",
    "connectivity_max_cross_correlation",
}


def ours(name, windows):
    parameters = {"bands": BAND} if "lag_index" in name or "locking" in name else {}
    (choice,) = choose({name: parameters})
    return {key.removeprefix(choice.label).removeprefix("_"): v for key, v in Batch(windows).values(choice).items()}


MORE = {
    "spectral_gamma_power",
    "spectral_individual_alpha",
    "aperiodic_fit",
    "asymmetry_bands_power",
    "complexity_permutation_entropy",
}
"""Features that EEGDash does not have."""


def test_all_features_of_the_bank_are_here(bank):
    of_theirs = {
        name
        for family in ("signal", "spectral", "complexity", "dimensionality", "connectivity")
        for name in getattr(bank, family).__all__
        if not name.endswith("_preprocessor")
    }
    assert set(names()) - of_theirs == MORE
    assert of_theirs <= set(names())


@pytest.mark.parametrize("name", [name for name in names() if name not in {*DIFFERENT, *MORE}])
def test_a_feature_equals_eegdash(bank, windows, name):
    expected, found = theirs(bank, name, windows), ours(name, windows)
    assert list(found) == list(expected)
    for part, values in expected.items():
        np.testing.assert_allclose(found[part], values, rtol=1e-9, atol=1e-30)


def test_the_hurst_exponent_equals_eegdash_where_its_correction_is_exact(bank, windows):
    short = replace(windows, data=np.ascontiguousarray(windows.data[..., :600]))
    expected = theirs(bank, "complexity_hurst_exp", short)[""]
    np.testing.assert_allclose(ours("complexity_hurst_exp", short)[""], expected, rtol=1e-9)


def test_the_multiscale_entropy_of_eegdash_fails(bank, windows):
    with pytest.raises(ValueError, match="could not broadcast"):
        theirs(bank, "complexity_multiscale_entropy", windows)


def test_sample_entropy_differs_by_the_last_template_alone(bank, windows):
    short, long = bank.complexity.complexity_entropy_preprocessor(windows.data)
    pairs = (short - 1).sum(axis=-1) / 2 - (short[..., -1] - 1)
    expected = -np.log((long - 1).sum(axis=-1) / 2 / pairs)
    np.testing.assert_allclose(ours("complexity_sample_entropy", windows)[""], expected, rtol=1e-9)


def test_the_petrosian_dimension_has_the_same_changes_of_direction(bank, windows):
    log_n = np.log(windows.data.shape[-1])
    turns = np.exp(2 * log_n - log_n / theirs(bank, "dimensionality_petrosian_fractal_dim", windows)[""])
    expected = log_n / (log_n + np.log(1280 / (1280 + 0.4 * turns)))
    np.testing.assert_allclose(ours("dimensionality_petrosian_fractal_dim", windows)[""], expected, rtol=1e-9)


def test_the_cross_correlation_is_larger_only_by_the_lag_that_eegdash_leaves_out(bank, windows):
    found = ours("connectivity_max_cross_correlation", windows)[""]
    expected = theirs(bank, "connectivity_max_cross_correlation", windows)[""]
    z = (windows.data - windows.data.mean(-1, keepdims=True)) / windows.data.std(-1, keepdims=True)
    first, second = np.triu_indices(N_CHANNELS, 1)
    left_out = np.abs((z[:, first, :-64] * z[:, second, 64:]).sum(-1)) / (1280 - 64)
    np.testing.assert_allclose(found, np.maximum(expected, left_out), rtol=1e-9)


def test_the_directed_lag_index_begins_with_the_pairs_of_eegdash(bank, windows):
    found = ours("connectivity_directed_phase_lag_index", windows)["alpha"]
    expected = theirs(bank, "connectivity_directed_phase_lag_index", windows)["alpha"]
    np.testing.assert_allclose(found[:, : expected.shape[1]], expected, rtol=1e-9)


def test_transforms_equal_eegdash(bank, windows):
    from eegmill.features.bank import signal

    metadata = about(N_CHANNELS, SFREQ_HZ)
    filtered = bank.signal.signal_bandpass_filter_preprocessor(windows.data, _metadata=metadata, f_min=4, f_max=8)
    np.testing.assert_allclose(signal.bandpass_filter(windows, f_min=4, f_max=8).data, filtered, rtol=0, atol=1e-15)
    envelope = bank.signal.signal_envelope_preprocessor(windows.data)
    np.testing.assert_allclose(signal.envelope(windows).data, envelope, rtol=1e-9)


def test_spatial_patterns_equal_eegdash(bank, windows):
    labels = np.arange(len(windows.data)) % 2
    reference = bank.csp.CommonSpatialPattern()
    reference.clear()
    for part in (slice(0, 6), slice(6, 12)):
        reference.partial_fit(windows.data[part], labels[part])
    reference.fit()
    expected = reference(windows.data)
    found = CommonSpatialPattern().fit(windows, labels)(windows)
    assert list(found) == list(expected)
    for part, values in expected.items():
        np.testing.assert_allclose(found[part], values, rtol=1e-9)
