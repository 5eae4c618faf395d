"""Listings of other archives."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from eegmill.catalog.documents.rows import row_of
from eegmill.catalog.ingest.load import load_dump
from eegmill.catalog.stores.sqlite.store import SqliteStore

if TYPE_CHECKING:
    from pathlib import Path

ZENODO = {
    "dataset_id": "10149873",
    "title": "Sleep in the city",
    "creators": [{"name": "One, A."}, {"name": "Two, B."}],
    "doi": "10.5281/zenodo.10149873",
    "description": "Nights in flats beside a road.",
    "total_size_mb": 12.5,
    "file_count": 40,
    "publication_date": "2023-11-17",
    "modalities": ["eeg"],
}
FIGSHARE = {
    "dataset_id": "Three2021",
    "title": "Grasping",
    "author_names": ["Three, C."],
    "doi": "https://doi.org/10.6084/m9.figshare.77",
    "total_size": 1000,
    "files": [{"name": "a.zip"}],
    "published_date": "2021-02-03",
    "url_public_html": "https://figshare.com/articles/77",
}
SCIDB = {
    "dataset_id": "Four2022",
    "name": "Emotions",
    "source": "scidb",
    "recording_modality": "eeg",
    "authors": ["Four, D."],
    "scidb_id": "abc",
    "identifiers": {"doi": "10.57760/sciencedb.22"},
    "description": "Films.",
    "subjects_count": 12,
}


def loaded(folder: Path, whole: Any) -> tuple[SqliteStore, Any]:
    """A store with what a dump holds, and what the load says of it."""
    dump = folder / "listing.json"
    dump.write_text(json.dumps(whole))
    store = SqliteStore(None)
    return store, load_dump(store, "eegdash", dump)


@pytest.mark.parametrize(
    ("listed", "seen"),
    [
        (ZENODO, ("zenodo", "Sleep in the city", ("One, A.", "Two, B."), "10.5281/zenodo.10149873", 13107200, 2023)),
        (FIGSHARE, ("figshare", "Grasping", ("Three, C.",), "10.6084/m9.figshare.77", 1000, 2021)),
        (SCIDB, ("scidb", "Emotions", ("Four, D.",), "10.57760/sciencedb.22", None, None)),
    ],
    ids=["zenodo", "figshare", "scidb"],
)
def test_the_words_of_an_archive_are_read(tmp_path: Path, listed: dict[str, Any], seen: tuple[Any, ...]) -> None:
    store, _ = loaded(tmp_path, [listed])
    row = row_of(json.loads(store.get_dataset("eegdash", listed["dataset_id"]) or ""))
    assert (row.source, row.title, row.authors, row.doi, row.size_bytes, row.year) == seen


def test_totals_count_what_an_archive_lists(tmp_path: Path) -> None:
    store, _ = loaded(tmp_path, [ZENODO, SCIDB])
    totals = store.summary("eegdash", limit=1).totals
    assert (totals.files, totals.subjects) == (40, 12)


def test_a_listing_of_records_is_unwrapped(tmp_path: Path) -> None:
    record = {
        "dataset": "nm000104",
        "bids_relpath": "sub-01/emg/sub-01_emg.edf",
        "storage": {"backend": "s3", "base": "s3://nemar/nm000104", "raw_key": "sub-01/emg/sub-01_emg.edf"},
        "recording_modality": ["emg"],
    }
    store, told = loaded(tmp_path, {"dataset": "nm000104", "digested_at": "2026", "records": [record]})
    assert (told.refused, told.kinds["record"]) == ([], 1)
    assert store.dataset_names("eegdash") == ["nm000104"]


def test_a_field_that_nothing_reads_is_counted_and_kept(tmp_path: Path) -> None:
    store, told = loaded(tmp_path, [{**SCIDB, "funder": "X"}, {**SCIDB, "dataset_id": "Five", "funder": "Y"}])
    assert told.unread == {"funder": 2}
    assert "1 fields stored that nothing reads" in told.in_words()
    assert json.loads(store.get_dataset("eegdash", "Five") or "")["funder"] == "Y"
