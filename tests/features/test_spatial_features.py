"""Common spatial patterns."""

from __future__ import annotations

import numpy as np
import pytest

from eegmill.errors import ConfigurationError
from eegmill.features import CommonSpatialPattern, Windows, extract

LABELS = np.arange(40) % 2


def two_classes():
    """Two sources behind a mixture; in each class another one is strong."""
    rng = np.random.default_rng(7)
    sources = rng.standard_normal((40, 3, 200))
    sources[LABELS == 0, 0] *= 5
    sources[LABELS == 1, 1] *= 5
    mixing = rng.standard_normal((3, 3))
    return Windows(mixing @ sources, 100.0), mixing


def test_filters_find_the_sources_that_differ():
    windows, _ = two_classes()
    csp = CommonSpatialPattern(n_select=2).fit(windows, LABELS)
    for values in csp(windows).values():
        first, second = np.log(values[LABELS == 0]), np.log(values[LABELS == 1])
        assert min(abs(first.min() - second.max()), abs(first.max() - second.min())) > 1
    assert sorted(csp.eigenvalues[:2]) == pytest.approx([1 / 26, 25 / 26], abs=0.01)


def test_parts_teach_what_the_whole_does():
    windows, _ = two_classes()
    whole = CommonSpatialPattern().fit(windows, LABELS)(windows)
    csp = CommonSpatialPattern()
    for part in (slice(0, 13), slice(13, 40)):
        csp.partial_fit(Windows(windows.data[part], 100.0), LABELS[part])
    for name, values in csp(windows).items():
        np.testing.assert_allclose(values, whole[name], rtol=1e-9)


def test_untrained_and_three_classes_are_refused():
    windows, _ = two_classes()
    with pytest.raises(ConfigurationError, match="fit them first"):
        CommonSpatialPattern()(windows)
    with pytest.raises(ConfigurationError, match="two classes apart, not 3"):
        CommonSpatialPattern().fit(windows, np.arange(40) % 3)
    with pytest.raises(ConfigurationError, match="has to be fitted before"):
        extract(windows.data, "CommonSpatialPattern", sfreq_hz=100.0)


def test_a_trained_one_is_extracted_with_others():
    windows, _ = two_classes()
    csp = CommonSpatialPattern(n_select=2).fit(windows, LABELS)
    table = extract(windows.data, [csp, "signal_mean"], sfreq_hz=100.0)
    assert table.column_names()[:2] == ["CommonSpatialPattern_0", "CommonSpatialPattern_1"]
    np.testing.assert_array_equal(table.to_numpy()[:, 1], csp(windows)["1"])
