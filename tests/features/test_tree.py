"""Which features are meant by names, and what is computed once."""

from __future__ import annotations

import json
from collections import Counter
from importlib.metadata import EntryPoint
from types import SimpleNamespace

import numpy as np
import pytest
import yaml

from eegmill.errors import ConfigurationError
from eegmill.features import CommonSpatialPattern, Feature, Windows, families, names, to_values
from eegmill.features.bank import signal
from eegmill.features.contract import Preprocessor
from eegmill.features.tree import Batch, Choice, choose, extensions, known

WINDOWS = Windows(np.random.default_rng(9).standard_normal((2, 3, 400)), 100.0)


def labels(wanted):
    return [choice.label for choice in choose(wanted)]


def test_there_are_the_families_of_the_bank():
    counts = Counter(known()[name].family for name in names())
    assert counts == {
        "signal": 14,
        "spectral": 12,
        "complexity": 8,
        "dimensionality": 3,
        "connectivity": 11,
        "aperiodic": 1,
        "asymmetry": 1,
    }
    assert families() == tuple(counts)
    assert len(names("spectral")) == 12


def test_a_family_means_its_features_and_each_is_chosen_once():
    assert labels(["dimensionality", "signal_mean", "signal_mean"]) == [*names("dimensionality"), "signal_mean"]


def test_parameters_that_differ_from_defaults_are_in_the_label():
    assert labels([{"signal_quantile": {"q": 0.5}}, {"signal_quantile": {"q": 0.9}}]) == [
        "signal_quantile",
        "signal_quantile(q=0.9)",
    ]


def test_parameters_of_preprocessors_are_taken():
    (choice,) = choose({"spectral_edge": {"edge": 0.5, "f_max": 20}})
    found = Batch(WINDOWS).values(choice)["spectral_edge(edge=0.5, f_max=20)"]
    assert 8 < found.mean() < 13


def test_a_parameter_of_a_family_goes_to_those_that_have_it():
    found = labels({"complexity": {"m": 3}})
    assert "complexity_sample_entropy(m=3)" in found
    assert "complexity_lempel_ziv" in found


@pytest.mark.parametrize(
    ("wanted", "message"),
    [
        ("spectral_egde", "Unknown feature: 'spectral_egde'. Is it spectral_edge"),
        ({"spectral_edge": {"egde": 0.5}}, "Unknown parameter of 'spectral_edge': 'egde'. Is it edge"),
        ({"envelope": {"width": 1, "features": ["signal_mean"]}}, "Unknown parameter of 'envelope': 'width'"),
    ],
)
def test_what_is_unknown_is_told_with_what_is_near(wanted, message):
    with pytest.raises(ConfigurationError, match=message):
        choose(wanted)


def test_features_are_computed_behind_transforms():
    wanted = {"bandpass_filter": {"f_min": 8, "f_max": 12, "features": [{"envelope": {"features": ["signal_mean"]}}]}}
    (choice,) = choose(wanted)
    assert choice.label == "bandpass_filter(f_max=12, f_min=8).envelope.signal_mean"
    expected = signal.envelope(signal.bandpass_filter(WINDOWS, f_min=8, f_max=12)).data.mean(axis=-1)
    np.testing.assert_array_equal(Batch(WINDOWS).values(choice)[choice.label], expected)


def test_a_preprocessor_runs_once_for_all_that_need_it():
    runs = []

    def doubled(windows, *, times=2):
        runs.append(times)
        return times * windows.data

    def first(values):
        return values[..., 0]

    def last(values):
        return values[..., -1]

    node = Preprocessor(doubled)
    batch = Batch(WINDOWS)
    for function in (first, last):
        batch.values(Choice(Feature(function, "channel", "V", node)))
    batch.values(Choice(Feature(first, "channel", "V", node), {"times": 3}))
    assert runs == [2, 3]


def test_another_package_brings_features(monkeypatch):
    def other_size(windows):
        """Size."""
        return np.abs(windows.data).max(axis=-1)

    class Point(EntryPoint):
        def load(self):
            return [Feature(other_size, "channel", "V")]

    point = Point("other", "other:FEATURES", "eegmill.features")._for(SimpleNamespace(name="other", version="1.2"))
    monkeypatch.setattr("importlib.metadata.entry_points", lambda group: [point])
    known.cache_clear()
    try:
        assert names()[-1] == "other_size"
        assert families()[-1] == "other"
        assert extensions() == ("other 1.2",)
        monkeypatch.setattr(Point, "load", lambda self: [known.__wrapped__, None])
        known.cache_clear()
        with pytest.raises(ConfigurationError, match="'other' of 'eegmill\\.features' brings no new feature"):
            names()
    finally:
        known.cache_clear()


WANTED = [
    "spectral_entropy",
    {"signal_quantile": {"q": 0.9}},
    {"bandpass_filter": {"f_min": 8, "f_max": 12, "features": [{"envelope": {"features": ["signal_mean"]}}]}},
]


@pytest.mark.parametrize("written", [lambda value: value, json.dumps, yaml.safe_dump], ids=["dict", "JSON", "YAML"])
def test_a_tree_is_read_back_as_it_was_written(written):
    text = written(to_values(WANTED))
    assert choose(yaml.safe_load(text) if isinstance(text, str) else text) == choose(WANTED)


def test_a_fitted_feature_is_read_back_with_what_it_learned():
    rng = np.random.default_rng(0)
    windows, labels = Windows(rng.standard_normal((12, 3, 200)), 100.0), np.arange(12) % 2
    windows.data[labels == 1, 0] *= 3
    fitted = CommonSpatialPattern(n_select=2).fit(windows, labels)
    (again,) = choose(json.loads(json.dumps(to_values(fitted))))
    before, after = fitted(windows), again.feature(windows)
    assert list(after) == ["0", "1"]
    for part, values in before.items():
        np.testing.assert_array_equal(after[part], values)
