"""Datasets that are a query: found once, listed beside the results."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path

import pytest

from eegmill.catalog.documents.search import Search
from eegmill.config.models import load_configuration
from eegmill.config.query import Query
from eegmill.errors import ConfigurationError
from eegmill.files.atomic import write_json
from eegmill.workflow.found_datasets import NAME, FoundDatasets, read_found, with_listed_datasets
from eegmill.workflow.plan import Plan


def asked(folder: Path, **query: object) -> dict[str, object]:
    return {"output": str(folder), "datasets": {"query": query}}


def pretend(folder: Path, *datasets: str) -> None:
    """As if the query had found other datasets when it was put first."""
    found = read_found(folder / NAME)
    assert found is not None
    write_json(folder / NAME, found.model_copy(update={"datasets": datasets}).model_dump(mode="json"))


def test_a_query_has_the_words_of_a_search() -> None:
    assert set(Query.model_fields) == {entry.name for entry in fields(Search)}


def test_a_query_becomes_the_datasets_that_the_catalogue_has(tmp_path: Path) -> None:
    plan = Plan.from_values(asked(tmp_path, text="eegmill-sample", max_size_bytes="1 GB"))
    assert plan.datasets == ("eegmill-sample",)
    assert plan.configuration.datasets == ("eegmill-sample",)


def test_a_later_run_takes_the_datasets_that_were_found_first(tmp_path: Path) -> None:
    Plan.from_values(asked(tmp_path, text="eegmill-sample"))
    pretend(tmp_path, "ds000001", "ds000002")
    assert Plan.from_values(asked(tmp_path, text="eegmill-sample")).datasets == ("ds000001", "ds000002")


@pytest.mark.parametrize(("query", "again"), [({"text": "eegmill sample"}, False), ({"text": "eegmill-sample"}, True)])
def test_another_query_or_a_wish_searches_again_and_says_what_changed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], query: dict[str, object], again: bool
) -> None:
    Plan.from_values(asked(tmp_path, text="eegmill-sample"))
    pretend(tmp_path, "ds000001")
    assert Plan.from_values(asked(tmp_path, **query), search_again=again).datasets == ("eegmill-sample",)
    words = capsys.readouterr().err
    assert "new: eegmill-sample" in words
    assert "no longer found: ds000001" in words


def test_datasets_can_be_left_out(tmp_path: Path) -> None:
    values = {"output": str(tmp_path), "datasets": {"query": {"text": "eegmill-sample"}, "exclude": ["eegmill-sample"]}}
    with pytest.raises(ConfigurationError, match="No dataset fits the query"):
        Plan.from_values(values)


def test_a_list_that_is_none_is_told(tmp_path: Path) -> None:
    (tmp_path / NAME).write_text("[]")
    with pytest.raises(ConfigurationError, match=r"datasets\.json' does not list .*delete it"):
        Plan.from_values(asked(tmp_path, text="eegmill-sample"))


def test_the_modality_is_that_of_the_selection(tmp_path: Path) -> None:
    with_listed_datasets(load_configuration(asked(tmp_path, text="eegmill-sample")))
    found = FoundDatasets.model_validate_json((tmp_path / NAME).read_bytes())
    assert found.asked.query.modality == "eeg"


def test_a_part_of_a_run_has_the_same_digests_as_the_whole(tmp_path: Path) -> None:
    whole = Plan.from_values({"output": str(tmp_path), "datasets": ["ds1", "ds2"]})
    part = whole.part(["ds2"])
    assert part.datasets == ("ds2",)
    assert part.receipt("resolve", "ds2") == whole.receipt("resolve", "ds2")
    assert part.configuration_of("ds2").datasets == ("ds2",)


def test_a_part_names_datasets_of_the_run(tmp_path: Path) -> None:
    plan = Plan.from_values({"output": str(tmp_path), "datasets": ["ds1"], "shard": ["ds2"]})
    with pytest.raises(ConfigurationError, match="'ds2', which is none of the datasets"):
        plan.datasets  # noqa: B018 - looked at for its error
