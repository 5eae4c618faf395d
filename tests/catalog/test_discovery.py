"""Finding datasets, offline and through an API."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import eegmill
from eegmill.catalog import discovery
from eegmill.catalog.client.api import Client
from eegmill.catalog.discovery import chosen, dataset_document, search
from eegmill.catalog.documents.rows import row_of
from eegmill.catalog.documents.search import Search
from eegmill.errors import ConfigurationError, UnknownDataset

DOCUMENTS: tuple[dict[str, Any], ...] = (
    {
        "dataset_id": "ds1",
        "name": "Sleep of the old",
        "recording_modality": ["eeg"],
        "source": "openneuro",
        "license": "CC0",
        "demographics": {"subjects_count": 20, "ages": [61, 70], "sex_distribution": {"F": 12, "M": 8}},
        "tags": {"pathology": ["Parkinson's"], "type": ["Sleep"], "modality": ["Auditory"]},
        "total_duration_s": 36_000.0,
        "size_bytes": 5_000_000_000,
        "nchans_counts": [{"val": 64, "count": 20}],
        "sfreq_counts": [{"val": 500.0, "count": 20}],
        "authors": ["Ada Ånd"],
        "canonical_name": ["SLEEP_A"],
    },
    {"dataset_id": "ds2", "name": "Faces", "recording_modality": ["meg"], "source": "nemar"},
)
ROWS = tuple(row_of(document) for document in DOCUMENTS)


def found(**criteria: Any) -> list[str]:
    return [row.dataset_id for row in chosen(ROWS, Search(**criteria))]


@pytest.mark.parametrize(
    "criteria",
    [
        {"cohort": "parkinson"},
        {"sex": "female"},
        {"min_age": 65},
        {"max_age": 61},
        {"min_hours": 10, "max_hours": 10},
        {"min_size_bytes": 1e9, "max_size_bytes": 6e9},
        {"min_channels": 64, "min_sfreq_hz": 500, "min_subjects": 20},
        {"task": "auditory"},
        {"text": "ånd sleep"},
        {"text": "sleep_a"},
        {"licence": "cc0"},
    ],
)
def test_a_dataset_is_found_by_what_it_has(criteria: dict[str, Any]) -> None:
    assert found(**criteria) == ["ds1"]


@pytest.mark.parametrize("criteria", [{"min_age": 71}, {"max_age": 60}, {"max_hours": 9}, {"max_subjects": 19}])
def test_a_dataset_outside_the_bounds_is_not_found(criteria: dict[str, Any]) -> None:
    assert found(**criteria) == []


def test_datasets_of_which_too_little_is_known_are_counted_not_dropped_in_silence() -> None:
    result = chosen(ROWS, Search(min_hours=1))
    assert ([row.dataset_id for row in result], result.unknown) == (["ds1"], 1)
    assert str(result) == "1 of 2 datasets; 1 more may fit: the catalogue does not say"


def test_what_fails_for_what_is_known_is_not_called_unknown() -> None:
    assert chosen(ROWS, Search(min_hours=1, modality="eeg")).unknown == 0


@pytest.mark.parametrize(
    ("criteria", "words"),
    [
        ({"modality": "egg"}, r"the modality 'egg'; did you mean 'meg' or 'eeg'\?"),
        ({"cohort": "parkinsn"}, 'did you mean "Parkinson\'s"'),
        ({"source": "opennuro"}, "did you mean 'openneuro'"),
        ({"licence": "GPL"}, "known are: CC0"),
    ],
)
def test_a_label_that_no_dataset_has_names_the_nearest(criteria: dict[str, Any], words: str) -> None:
    with pytest.raises(ConfigurationError, match=words):
        chosen(ROWS, Search(**criteria))


def test_a_mistyped_criterion_names_the_nearest() -> None:
    with pytest.raises(ConfigurationError, match=r"cannot be searched by 'min_chanels'; did you mean 'min_channels'"):
        search(min_chanels=3)


def test_the_shipped_catalogue_is_searched_as_the_embedded_api_is() -> None:
    wanted = Search(modality="eeg", licence="CC0", min_subjects=100)
    with Client("embedded") as client:
        assert list(discovery.find(wanted)) == client.search(wanted)


def test_search_is_offered_at_the_top() -> None:
    assert eegmill.search("sample arithmetic")[0].dataset_id == "eegmill-sample"


def test_a_search_of_the_shipped_catalogue_loads_no_heavy_library() -> None:
    script = (
        "import sys, eegmill; eegmill.search('face')\n"
        "print([name for name in ('pydantic', 'fastapi', 'httpx2', 'numpy', 'sqlite3') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize("name", ["ds002718", "on002718", "DS002718"])
def test_a_dataset_is_shown_by_any_of_its_names(name: str) -> None:
    assert dataset_document(name)["dataset_id"] == "ds002718"


def test_a_dataset_is_shown_by_its_canonical_name() -> None:
    assert dataset_document("HBN_r1_bdf")["dataset_id"] == "EEG2025r1"


def test_an_unknown_dataset_names_the_nearest() -> None:
    with pytest.raises(UnknownDataset, match=r"'ds00271' is not in the shipped catalogue; did you mean 'ds0027"):
        dataset_document("ds00271")


@given(st.text(max_size=20), st.none() | st.floats(allow_nan=False), st.none() | st.floats(allow_nan=False))
def test_a_row_is_found_at_most_where_no_criterion_fails(text: str, low: float | None, high: float | None) -> None:
    both = Search(text=text, min_hours=low, max_hours=high)
    parts = [Search(text=text), Search(min_hours=low), Search(max_hours=high)]
    for row in ROWS:
        if both.verdict(row):
            assert all(part.verdict(row) for part in parts)
        if any(part.verdict(row) is False for part in parts):
            assert both.verdict(row) is False


def test_rows_can_be_written_as_json() -> None:
    from dataclasses import asdict

    assert json.loads(json.dumps(asdict(ROWS[0])))["hours"] == 10.0
