"""The catalogue that ships with the package, answered in process."""

from __future__ import annotations

import asyncio

import pytest

from eegmill.catalog.client.api import Client
from eegmill.catalog.documents.search import Search
from eegmill.errors import FilterError, UnknownDataset


@pytest.fixture(scope="module")
def client() -> Client:
    return Client("embedded")


def test_the_sample_is_there(client: Client) -> None:
    assert client.dataset("eegmill-sample")["name"] == "eegmill sample"
    assert "eegmill-sample" in client.dataset_names()


def test_records_are_found_by_a_filter(client: Client) -> None:
    found = client.find({"dataset": "eegmill-sample", "task": "arithmetic", "nchans": {"$gte": 19}})
    assert [record["subject"] for record in found] == ["02", "03", "04"]


def test_counting_and_existence_agree_with_finding(client: Client) -> None:
    query = {"dataset": "eegmill-sample"}
    assert client.count(query) == len(client.find(query)) == 4
    assert client.exists(query)
    assert not client.exists({"task": "no such task"})


def test_a_search_by_words_and_rate_finds_the_sample(client: Client) -> None:
    found = client.search(Search(text="sample arithmetic", min_sfreq_hz=500))
    assert [row.dataset_id for row in found] == ["eegmill-sample"]


def test_the_datasets_of_eegdash_can_be_searched_without_a_network(client: Client) -> None:
    found = {row.dataset_id for row in client.search(Search(modality="eeg", licence="CC0", min_subjects=100))}
    assert len(found) > 10
    assert client.dataset("ds002718")["name"] == "Face processing EEG dataset for EEGLAB"


def test_the_filter_language_is_that_of_the_server(client: Client) -> None:
    with pytest.raises(FilterError, match=r"\$where"):
        client.find({"$where": "true"})


def test_a_misspelt_dataset_gets_a_hint(client: Client) -> None:
    with pytest.raises(UnknownDataset, match="did you mean 'eegmill-sample'"):
        client.dataset("eegmil-sampel")


def test_it_works_inside_a_running_event_loop(client: Client) -> None:
    async def notebook_cell() -> int:
        return client.count({"dataset": "eegmill-sample"})

    assert asyncio.run(notebook_cell()) == 4


def test_nobody_may_write_to_it(client: Client) -> None:
    with pytest.raises(Exception, match="started without an admin token"):
        client.insert([{"dataset": "x"}])
