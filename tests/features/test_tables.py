"""Long tables with units and parameters in their schema."""

from __future__ import annotations

import numpy as np

from eegmill import features
from eegmill.features.tables import described, description, long_table, schema
from eegmill.features.tree import choose

X = np.random.default_rng(12).standard_normal((3, 2, 200))


def table(*wanted):
    return features.extract(X, list(wanted), sfreq_hz=100.0, ch_names=["Cz", "Pz"])


def test_the_schema_tells_units_parameters_and_formulas():
    metadata = description(choose([{"signal_quantile": {"q": 0.9}}]), recipe_sha256="abc")
    told = described(schema(metadata))
    assert told["schema_version"] == "1.0"
    assert told["recipe_sha256"] == "abc"
    assert told["features"]["signal_quantile(q=0.9)"]["parameters"] == {"q": 0.9}
    assert told["features"]["signal_quantile(q=0.9)"]["unit"] == "V"


def test_rows_are_those_of_the_long_table_of_a_family():
    made = table("signal_mean", "connectivity_temporal_correlation", {"envelope": {"features": ["signal_mean"]}})
    rows = long_table("sub-01_task-rest", made, "signal", description(made.choices)).to_pandas()
    expected = made.to_long()
    expected = expected[expected.feature.str.endswith("signal_mean")]
    assert rows.feature.unique().tolist() == ["signal_mean", "envelope.signal_mean"]
    assert rows.value.tolist() == expected.value.tolist()
    assert rows.channel.tolist() == expected.channel.tolist()
    assert rows.onset_s.tolist() == expected.onset_s.tolist()
    assert set(rows.recording) == {"sub-01_task-rest"}


def test_what_is_not_defined_is_null():
    made = features.extract(np.zeros((1, 2, 200)), "signal_skewness", sfreq_hz=100.0)
    assert long_table("r", made, "signal", {}).column("value").null_count == 2


def test_a_family_that_was_not_computed_is_empty():
    assert long_table("r", table("signal_mean"), "spectral", {}).num_rows == 0
