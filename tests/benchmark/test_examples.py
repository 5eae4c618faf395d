"""The ready examples: all are right, the small one runs on the sample, and the documentation names every key."""

from __future__ import annotations

from pathlib import Path

import pytest

from eegmill.benchmark import run
from eegmill.benchmark.configuration import Benchmark, Cohort, Features, Selected, Target
from eegmill.benchmark.models import MODELS
from eegmill.benchmark.running import read_benchmark
from eegmill.benchmark.splits import Split

ROOT = Path(__file__).parents[2]
EXAMPLES = sorted((ROOT / "config" / "benchmarks").glob("*.yaml"))


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_an_example_is_right(path):
    assert read_benchmark(path).name == path.stem


@pytest.mark.workflow
def test_targets_and_reactions_of_the_sample_are_told_apart(finished, monkeypatch):
    monkeypatch.chdir(finished[0])
    report = run(ROOT / "config" / "benchmarks" / "sample.yaml")
    values = {row.model: row for row in report.summary if row.counts}
    assert values["dummy"].value == 0.5
    assert values["ridge"].value > 0.65
    assert values["ridge"].p_value <= 0.05


def test_every_key_and_model_is_documented():
    text = (ROOT / "docs" / "benchmark.md").read_text(encoding="utf-8")
    keys = [name for model in (Benchmark, Cohort, Selected, Target, Features, Split) for name in model.model_fields]
    parameters = [name for model in MODELS.values() for name in model.model_fields]
    assert [name for name in (*keys, *MODELS, *parameters) if name not in text] == []


@pytest.mark.parametrize("model", MODELS.values(), ids=lambda model: model.name)
def test_documented_defaults_of_models_are_the_real_ones(model):
    text = (ROOT / "docs" / "benchmark.md").read_text(encoding="utf-8")
    row = next(line for line in text.splitlines() if line.startswith(f"| `{model.name}` |"))
    for name, field in model.model_fields.items():
        default = field.default if isinstance(field.default, str) else f"{field.default:g}"
        assert f"`{name}={default}`" in row, name
