from __future__ import annotations

import pytest

from eegmill.errors import SourceError
from eegmill.inputs.storage.address import mend, relative, twin

OPENNEURO = ("s3", "s3://openneuro.org/ds002718")


@pytest.mark.parametrize(
    ("backend", "base"),
    [
        ("s3", "s3://openneuro.org/ds002718"),
        ("s3", "s3://openneuro.org/ds002718/"),
        ("s3", " s3://openneuro.org/ds002718 "),
        ("s3", "openneuro.org/ds002718"),
        ("s3", "s3://openneuro.org"),
        ("s3", ""),
        ("s3", "https://s3.amazonaws.com/openneuro.org/ds002718"),
        ("https", "https://s3.us-east-2.amazonaws.com/openneuro.org/ds002718"),
        ("https", "https://openneuro.org.s3.amazonaws.com/ds002718"),
        ("nemar", "s3://nemar/on002718"),
    ],
)
@pytest.mark.parametrize("dataset", ["ds002718", "on002718"])
def test_every_spelling_of_openneuros_bucket_is_understood(backend, base, dataset):
    assert mend(backend, base, dataset) == OPENNEURO


@pytest.mark.parametrize(
    ("backend", "base", "dataset"),
    [
        ("s3", "s3://mirror/ds002718", "ds002718"),
        ("s3", "s3://nmdatasets/NeurIPS25/R1_mini_L100_bdf", "EEG2025r1mini"),
        ("nemar", "s3://nemar/nm000109", "nm000109"),
        ("https", "https://gin.g-node.org/EEGManyLabs/x/raw/master", "EEGManyLabs_x"),
        ("local", "/data/bids", "ds002718"),
        ("s3", "file:///data/bids", "my-data"),
    ],
)
def test_what_is_right_stays(backend, base, dataset):
    assert mend(backend, base, dataset) == (backend, base)


def test_a_dataset_without_any_base_is_an_error():
    with pytest.raises(SourceError, match=r"'storage\.base' is empty"):
        mend("https", "", "zenodo-1")


@pytest.mark.parametrize("key", ["sub-01/a", "/sub-01/a", "ds1/sub-01/a", "./sub-01/a"])
def test_keys_are_read_relative_to_the_dataset(key):
    assert relative(key, "ds1") == "sub-01/a"


def test_only_openneuros_datasets_have_a_twin():
    assert [twin(name) for name in ("ds000001", "on000001", "nm000001", "ds1")] == ["on000001", "ds000001", None, None]
