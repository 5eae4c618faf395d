"""``search``, ``show`` and ``init`` from the command line."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from eegmill.cli.app import app
from eegmill.errors import ConfigurationError, UnknownDataset


def output(*arguments: str) -> str:
    result = CliRunner().invoke(app, arguments, catch_exceptions=False)
    assert result.exit_code == 0
    return result.stdout


def test_a_search_prints_a_table_and_how_many_there_are() -> None:
    result = CliRunner().invoke(app, ["search", "sample", "arithmetic"])
    head, row = result.stdout.splitlines()
    assert head.split() == ["dataset", "title", "modality", "subjects", "hours", "channels", "Hz", "size", "licence"]
    assert row.startswith("eegmill-sample")
    assert result.stderr == "1 of 752 datasets\n"


def test_json_and_csv_hold_the_same_datasets() -> None:
    asked = ("search", "--modality", "eeg", "--min-subjects", "200", "--max-size", "50GB")
    from_json = [row["dataset_id"] for row in json.loads(output(*asked, "--json"))]
    from_csv = [row["dataset_id"] for row in csv.DictReader(io.StringIO(output(*asked, "--csv")))]
    assert from_json == from_csv != []


def test_nothing_found_is_an_empty_csv_with_its_head() -> None:
    assert output("search", "no such words", "--csv").count("\n") == 1


def test_a_size_that_is_none_is_told_in_words() -> None:
    with pytest.raises(ConfigurationError, match=r"--max-size: '3x' is no size"):
        CliRunner().invoke(app, ["search", "--max-size", "3x"], catch_exceptions=False)


def test_a_dataset_is_shown_with_what_to_type_next() -> None:
    text = output("show", "ds003805")
    assert "Multisensory Gamma Entrainment" in text
    assert text.rstrip().endswith("to clean it: eegmill init ds003805")


def test_a_shown_dataset_can_be_had_as_json() -> None:
    assert json.loads(output("show", "ds003805", "--json"))["dataset_id"] == "ds003805"


def test_a_configuration_begins_with_the_estimate(tmp_path: Path) -> None:
    target = tmp_path / "ds.yaml"
    output("init", "ds003805", "--output", str(target))
    assert target.read_text(encoding="utf-8").startswith("# estimated bytes to fetch: 9.2 MB")


def test_a_dataset_that_is_not_known_gets_no_configuration(tmp_path: Path) -> None:
    target = tmp_path / "mine.yaml"
    with pytest.raises(UnknownDataset, match="is not in the shipped catalogue; did you mean"):
        CliRunner().invoke(app, ["init", "ds00380", "--output", str(target)], catch_exceptions=False)
    assert not target.exists()


def test_what_cannot_be_a_dataset_is_refused_in_words(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="'a/b' does not exist"):
        CliRunner().invoke(app, ["init", "a/b", "--output", str(tmp_path / "x.yaml")], catch_exceptions=False)


def test_a_public_dataset_is_looked_up_where_its_recordings_are_listed(tmp_path: Path) -> None:
    public, sample = tmp_path / "public.yaml", tmp_path / "sample.yaml"
    output("init", "ds003805", "--output", str(public))
    output("init", "eegmill-sample", "--output", str(sample))
    assert 'url: "https://data.eegdash.org"' in public.read_text(encoding="utf-8")
    assert 'url: "embedded"' in sample.read_text(encoding="utf-8")


def test_a_folder_of_a_near_name_is_told_where_an_id_is_unknown(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "my_bids").mkdir()
    monkeypatch.chdir(tmp_path)
    with pytest.raises(UnknownDataset, match=r"A folder of a near name is here: '\./my_bids'"):
        CliRunner().invoke(app, ["init", "my_bid"], catch_exceptions=False)
    with pytest.raises(ConfigurationError, match=r"did you mean '\./my_bids'"):
        CliRunner().invoke(app, ["init", "./my_bid"], catch_exceptions=False)
