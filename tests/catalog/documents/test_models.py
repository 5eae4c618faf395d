"""Documents fit the schema of EEGDash, keep what it does not know, and say what is wrong."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eegmill.catalog.documents.models import Montage, Record
from eegmill.catalog.documents.strict_json import dumps
from eegmill.catalog.faults import DocumentError
from eegmill.catalog.ingest.dumps import to_document
from eegmill.testing.documents import dataset, record

EXAMPLE: dict[str, Any] = {
    "dataset": "ds002893",
    "bids_relpath": "sub-001/eeg/sub-001_task-X_run-01_eeg.set",
    "recording_modality": ["eeg"],
    "entities": {"subject": "001", "session": None, "task": "X", "run": "01", "acquisition": None},
    "entities_mne": {"subject": "001", "run": "01"},
    "storage": {
        "backend": "s3",
        "base": "s3://openneuro.org/ds002893",
        "raw_key": "sub-001",
        "sidecar_inline": {"a": "b"},
    },
    "sampling_frequency": 250.0,
    "ntimes": None,
    "_has_missing_files": False,
    "_metadata_provenance": {"ntimes": "sidecar_arithmetic"},
    "something_new": {"deep": [1, 2]},
}


def test_a_published_record_is_kept_with_its_entities_at_the_top() -> None:
    flat = {"subject": "001", "session": None, "task": "X", "run": "01", "acquisition": None}
    assert Record.from_value(EXAMPLE).fields() == {**EXAMPLE, **flat}


def test_a_flat_entity_wins_over_a_nested_one() -> None:
    assert Record.from_value({**EXAMPLE, "run": "02"}).run == "02"


def test_an_id_from_elsewhere_is_dropped() -> None:
    assert "_id" not in Record.from_value({**EXAMPLE, "_id": "theirs"}).fields()


def test_a_name_without_its_underscore_is_another_field() -> None:
    document = Record.from_value({**EXAMPLE, "has_missing_files": "x"}).fields()
    assert (document["_has_missing_files"], document["has_missing_files"]) == (False, "x")


def test_old_spellings_are_lists_and_labels() -> None:
    old = Record.from_value({**EXAMPLE, "recording_modality": "eeg", "run": 1})
    assert (old.recording_modality, old.run) == (["eeg"], "1")
    assert dataset(datatypes="meg", canonical_name="A").datatypes == ["meg"]


@pytest.mark.parametrize("missing", ["dataset", "bids_relpath", "storage", "recording_modality"])
def test_a_record_without_a_required_field_is_refused_by_its_name(missing: str) -> None:
    document = {name: value for name, value in EXAMPLE.items() if name != missing}
    with pytest.raises(DocumentError, match=f"record does not fit the schema: '{missing}'"):
        Record.from_value(document)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        *[("nchans", "32"), ("nchans", -1), ("nchans", 1.5), ("nchans", True), ("sampling_frequency", "250")],
        *[("dataset", ""), ("dataset", None), ("storage", {"backend": "s3"}), ("ch_names", [1]), ("run", 1.5)],
    ],
)
def test_a_field_of_the_wrong_type_is_refused_by_its_name(field: str, value: object) -> None:
    with pytest.raises(DocumentError, match=f"'{field}"):
        record(1, **{field: value})


def test_a_key_with_a_nul_is_refused_as_sqlite_would_read_it_up_to_there() -> None:
    with pytest.raises(DocumentError, match=r"'hash': 'a\\x00b' holds the character NUL\."):
        Montage.from_value({"hash": "a\0b"})


@pytest.mark.parametrize("text", ['{"dataset": NaN}', "[1]", "1", '{"dataset": "\\ud800"}', "{"])
def test_text_that_is_no_document_is_refused(text: str) -> None:
    with pytest.raises(DocumentError):
        to_document(text)


@given(st.text(st.characters(exclude_categories=["Cs"])), st.floats(allow_nan=False, allow_infinity=False))
def test_the_stored_text_means_what_was_given(words: str, number: float) -> None:
    kept = record(1, note=words, value=number)
    assert json.loads(kept.json_text()) == kept.fields()
    # SQLite looks for a text as Python writes it, before it parses a document.
    assert dumps(words) in kept.json_text()
