"""Features of the recordings of a dataset in one table."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import mne
import numpy as np
import pytest

from eegmill import features
from eegmill.errors import ConfigurationError, DerivativeError, RecordingError


@dataclass
class One:
    """A recording as `eegmill.Dataset` has it, as far as it is asked for."""

    name: str
    ch_names: tuple[str, ...] = ("Cz", "Pz")
    description: Mapping[str, Any] = field(default_factory=lambda: {"subject": "01", "age": 21})
    n_seconds: int = 4

    def cleaned(self) -> mne.io.BaseRaw:
        if not self.ch_names:
            msg = "it is not cleaned"
            raise DerivativeError(msg)
        x = 1e-5 * np.random.default_rng(0).standard_normal((len(self.ch_names), 100 * self.n_seconds))
        return mne.io.RawArray(x, mne.create_info(list(self.ch_names), 100.0, "eeg"), verbose="error")

    def epochs(self) -> mne.BaseEpochs:
        return mne.make_fixed_length_epochs(self.cleaned(), 1.0, preload=True, verbose="error")


def test_all_recordings_stand_in_one_table_with_what_is_known_of_them():
    found = features.extract([One("a"), One("b", description={"subject": "02", "age": 60})], "signal_std")
    long, wide = found.to_long(), found.to_wide()
    assert list(long) == ["recording", "subject", "age", "onset_s", "channel", "feature", "value", "unit"]
    assert list(wide) == ["recording", "subject", "age", "onset_s", "signal_std_Cz", "signal_std_Pz"]
    assert wide[["recording", "age", "onset_s"]].to_numpy().tolist() == [
        ["a", 21, 0],
        ["a", 21, 2],
        ["b", 60, 0],
        ["b", 60, 2],
    ]
    assert len(long) == 8


def test_values_are_those_of_each_recording_alone():
    recording = One("a")
    wide = features.extract([recording], ["signal_std", "spectral_entropy"]).to_wide()
    alone = features.extract(recording.cleaned(), ["signal_std", "spectral_entropy"]).to_numpy()
    np.testing.assert_array_equal(wide.iloc[:, 4:].to_numpy(), alone)


def test_a_channel_that_one_recording_does_not_have_is_nan_there():
    wide = features.extract([One("a"), One("b", ch_names=("Pz", "Oz"))], "signal_std", window_s=4.0).to_wide()
    assert wide.isna().sum().to_dict() | {"recording": 0} == {
        **dict.fromkeys(wide, 0),
        "signal_std_Cz": 1,
        "signal_std_Oz": 1,
    }


def test_one_that_fails_stops_no_other_and_is_named():
    found = features.extract([One("a", ch_names=()), One("b"), One("short", n_seconds=1)], "signal_std")
    assert [one.name for one in found.recordings] == ["b"]
    assert set(found.failed) == {"a", "short"}
    assert "a has no features: it is not cleaned" in found.notes


def test_epochs_are_taken_where_they_are_wanted():
    assert len(features.extract([One("a")], "signal_std", epochs=True).to_wide()) == 4


def test_a_field_that_rows_have_themselves_is_not_written_twice():
    found = features.extract([One("a", description={"unit": "ward 3", "site": "x"})], "signal_std")
    assert list(found.to_long()).count("unit") == 1
    assert set(found.to_long()["unit"]) == {"V"}


@pytest.mark.parametrize(
    ("given", "error", "message"),
    [
        ([], RecordingError, "None of the 0 recordings has features: it is empty"),
        ([One("a", ch_names=())], RecordingError, "None of the 1 recordings has features: it is not cleaned"),
        ([np.zeros((2, 500))], ConfigurationError, "not of a list of ndarray"),
    ],
)
def test_what_has_no_features_is_refused_with_the_reason(given, error, message):
    with pytest.raises(error, match=message):
        features.extract(given, "signal_std")


def test_a_parameter_that_is_wrong_is_no_failure_of_a_recording():
    with pytest.raises(ConfigurationError, match="less than a sample apart"):
        features.extract([One("a")], "signal_std", step_s=0.001)
