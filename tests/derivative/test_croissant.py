"""The description for machines that learn: as MLCommons' own reader sees it."""

from __future__ import annotations

import itertools
import json

import pytest

from eegmill.derivative.croissant import write_croissant
from eegmill.provenance.digests import sha256_file
from indexed import epoched_dataset, index


def content(derivative):
    return json.loads((derivative / "croissant.json").read_bytes())


def test_every_file_of_samples_has_its_checksum(indexed):
    objects = {item["contentUrl"]: item for item in content(indexed)["distribution"]}
    assert len(objects) == 4
    for name, item in objects.items():
        assert item["sha256"] == sha256_file(indexed / name)
        assert item["contentSize"] == f"{(indexed / name).stat().st_size} B"


def test_licence_authors_and_citation_stand_at_the_root(indexed):
    told = content(indexed)
    assert (told["license"], told["creator"][0]["name"]) == ("CC0", "A. Author")
    assert "A. Author: tiny." in told["citeAs"]


def test_two_times_give_the_same_bytes(indexed):
    once = (indexed / "croissant.json").read_bytes()
    write_croissant(indexed, folder=indexed)
    assert (indexed / "croissant.json").read_bytes() == once


@pytest.mark.parametrize("epochs", [False, True])
def test_mlcommons_reads_it_without_an_error_and_finds_the_records(indexed, tmp_path, epochs):
    croissant = pytest.importorskip("mlcroissant", reason="mlcroissant is not installed")
    derivative = index(epoched_dataset(tmp_path / "epochs", repaired=True)) if epochs else indexed
    dataset = croissant.Dataset(jsonld=str(derivative / "croissant.json"))
    issues = dataset.metadata.ctx.issues
    assert issues.errors == set()
    windows = list(itertools.islice(dataset.records("windows"), 3))
    assert windows[0]["windows/file"].startswith(b"sub-01/eeg/")
    assert windows[1]["windows/n_bytes"] == (51 if epochs else 50) * 8 * 4
    if not epochs:
        people = list(dataset.records("participants"))
        assert [one["participants/participant_id"] for one in people] == [b"sub-01", b"sub-02"]
