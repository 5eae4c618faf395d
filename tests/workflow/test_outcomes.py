"""Outcomes: old failures and old records pass for nothing new."""

from __future__ import annotations

from pathlib import Path

import pytest

from eegmill.chain import recipe_digest
from eegmill.files.atomic import write_json
from eegmill.records import RecordingRecord
from eegmill.workflow.outcomes import outcome
from eegmill.workflow.plan import Plan
from eegmill.workflow.supervision import Failure

NAME = "sub-01_task-rest"


def plan(folder: Path, recipe: str = "minimal", seed: int = 1) -> Plan:
    return Plan.from_values({"output": str(folder), "datasets": ["ds1"], "recipe": recipe, "seed": seed})


def finish(made: Plan) -> None:
    digest = recipe_digest(made.recipe)
    record = RecordingRecord(
        recording=NAME, status="ok", recipe=made.recipe.name, recipe_digest=digest, seed=made.configuration.seed
    )
    write_json(made.layout("ds1").qc(NAME), record.model_dump(mode="json"))


def test_a_record_of_this_configuration_counts(tmp_path: Path) -> None:
    finish(plan(tmp_path))
    assert outcome(plan(tmp_path), "ds1", NAME).status == "ok"


def test_a_record_of_another_configuration_does_not_count(tmp_path: Path) -> None:
    finish(plan(tmp_path, seed=1))
    result = outcome(plan(tmp_path, seed=2), "ds1", NAME)
    assert (result.status, result.metrics["stage"]) == ("failed", "not run")


@pytest.mark.parametrize("stage", ["fetch", "decompose", "clean", "report"])
def test_a_failure_counts_more_than_a_record(tmp_path: Path, stage: str) -> None:
    made = plan(tmp_path)
    finish(made)
    failure = Failure(stage=stage, reason="cut off")
    write_json(made.layout("ds1").failure(stage, NAME), failure.model_dump(mode="json"))
    assert outcome(made, "ds1", NAME).metrics["stage"] == stage


@pytest.mark.parametrize(("stage", "recording"), [("resolve", None), ("fetch", NAME)])
def test_a_failure_of_what_recipes_share_ends_under_any_of_them(
    tmp_path: Path, stage: str, recording: str | None
) -> None:
    places = {plan(tmp_path, recipe).layout("ds1").failure(stage, recording) for recipe in ("minimal", "prep")}
    assert len(places) == 1
