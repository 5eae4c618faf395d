"""Dirty dataset documents as rows, and the search through them."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eegmill.catalog.documents.rows import plain_licence, row_of
from eegmill.catalog.documents.search import Search

DOCUMENT: dict[str, Any] = {
    "dataset_id": "ds002718",
    "name": "Face processing EEG dataset",
    "source": "openneuro",
    "recording_modality": "eeg, meg",
    "tasks": ["FaceRecognition"],
    "tags": {"type": ["Perception"], "pathology": ["Healthy", "Unknown"]},
    "demographics": {"subjects_count": 18},
    "nchans_counts": [{"val": 74, "count": 18}],
    "sfreq_counts": [{"val": 250.0, "count": 18}],
    "license": "CC0 1.0",
    "size_bytes": 4_613_734_400,
    "dataset_doi": "doi:10.18112/openneuro.ds002718.v1.1.0",
}


def test_a_document_is_read_into_a_row() -> None:
    row = row_of(DOCUMENT)
    assert (row.modalities, row.tasks, row.cohort) == (("eeg", "meg"), ("FaceRecognition", "Perception"), ("Healthy",))
    assert (row.channels, row.sfreqs_hz, row.records, row.subjects) == ((74,), (250.0,), 18, 18)
    assert (row.licence, row.size, row.doi) == ("CC0", "4.3 GB", "10.18112/openneuro.ds002718.v1.1.0")


@pytest.mark.parametrize(
    "wanted",
    [
        Search(),
        Search(text="face PROCESSING openneuro"),
        Search(modality="MEG"),
        Search(task="face"),
        Search(task="perception"),
        Search(cohort="healthy"),
        Search(licence="cc 0"),
        Search(min_subjects=18),
        Search(min_channels=64, max_channels=128),
        Search(max_sfreq_hz=250),
        Search(max_size_bytes=5_000_000_000),
    ],
)
def test_a_dataset_that_has_what_is_asked_for_is_found(wanted: Search) -> None:
    assert wanted.matches(row_of(DOCUMENT))


@pytest.mark.parametrize(
    "wanted",
    [
        Search(text="face sleep"),
        Search(modality="me"),
        Search(source="nemar"),
        Search(licence="CC-BY"),
        Search(min_channels=75),
        Search(min_sfreq_hz=500),
        Search(max_size_bytes=1000),
    ],
)
def test_a_dataset_that_lacks_something_is_left_out(wanted: Search) -> None:
    assert not wanted.matches(row_of(DOCUMENT))


def test_what_is_unknown_matches_no_bound() -> None:
    assert not Search(min_subjects=0).matches(row_of({"dataset_id": "ds1"}))


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("CC0-1.0", "CC0"),
        ("PD", "CC0"),
        ("CC-BY 4.0", "CC-BY-4.0"),
        ("CC BY-SA 4.0", "CC-BY-SA-4.0"),
        ("CC BY-NC 4.0", "CC-BY-NC-4.0"),
        ("CC-by-4.0", "CC-BY-4.0"),
        ("Open Data Commons Attribution License v1.0", "ODC-By-1.0"),
        ("ODbL v1.0", "ODbL-1.0"),
        ("Non-commercial research use", "Non-commercial research use"),
        ("Unknown", ""),
    ],
)
def test_spellings_of_one_licence_become_one(text: str, plain: str) -> None:
    assert plain_licence(text) == plain


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["val", "count", "type"]), inner),
    max_leaves=6,
)


@given(st.dictionaries(st.sampled_from([*DOCUMENT, "n_records", "clinical"]), JSON))
def test_no_document_is_too_dirty_for_a_row(document: dict[str, Any]) -> None:
    row_of(document)
