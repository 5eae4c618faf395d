from __future__ import annotations

import pytest

from catalogued import Catalogue, put, record
from eegmill.config.models import Select
from eegmill.errors import ConfigurationError
from eegmill.inputs.resolve.dataset import resolve_dataset


@pytest.mark.parametrize(
    ("select", "said"),
    [
        (Select(subject=("09",)), "select.subject: 09; there are: 01, 02"),
        (Select(task=("sleep",)), "select.task: sleep; there are: rest"),
        (Select(modality="meg"), "select.modality: meg; there are: eeg"),
    ],
)
def test_a_selection_that_matches_nothing_says_what_there_is(select, said):
    records = [record(f"sub-{n}/eeg/sub-{n}_task-rest_eeg.edf", subject=n, task="rest") for n in ("01", "02")]
    with pytest.raises(ConfigurationError, match=said):
        resolve_dataset(Catalogue(*records), "ds000001", select=select)


@pytest.mark.parametrize(
    "layout", [{"subject": "01"}, {"entities": {"subject": "01"}}, {"subject": "01", "recording_modality": "eeg"}]
)
def test_entities_and_modality_are_found_in_every_layout(s3, layout):
    put(s3, "sub-01/eeg/sub-01_eeg.edf")
    records = [record("sub-01/eeg/sub-01_eeg.edf", **layout), record("sub-02/eeg/sub-02_eeg.edf", subject="02")]
    lock = resolve_dataset(Catalogue(*records), "ds000001", select=Select(subject=("01",)))
    assert [entry.raw for entry in lock.recordings] == ["sub-01/eeg/sub-01_eeg.edf"]


def test_records_are_sorted_and_none_comes_twice(s3):
    records = [record(f"sub-{n}/eeg/sub-{n}_eeg.edf") for n in ("02", "01", "02")]
    lock = resolve_dataset(Catalogue(*records), "ds000001", select=Select())
    assert [entry.recording for entry in lock.recordings] == ["sub-01", "sub-02"]


def test_a_users_filter_goes_to_the_api(s3):
    catalogue = Catalogue(record("sub-01/eeg/sub-01_eeg.edf"))
    resolve_dataset(catalogue, "ds000001", select=Select(query={"nchans": {"$gte": 32}}))
    assert catalogue.asked == [{"dataset": "ds000001", "$and": [{"nchans": {"$gte": 32}}]}]
