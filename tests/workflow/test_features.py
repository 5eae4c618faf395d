"""Features as a stage of the workflow."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from eegmill.config.models import load_configuration
from eegmill.errors import ConfigurationError
from eegmill.provenance.manifest import check_manifest
from eegmill.workflow.layout import Layout
from eegmill.workflow.plan import Plan
from eegmill.workflow.stages import STAGES
from running import jobs, snakemake

WANTED = ["signal_mean", {"signal_quantile": {"q": 0.9}}]


def test_an_unknown_feature_is_told_before_anything_runs():
    with pytest.raises(ConfigurationError, match=r"Unknown feature: 'spectrl'\. Is it spectral"):
        Plan.from_values({"features": ["spectrl"]})


def test_a_file_of_features_lies_beside_the_configuration(tmp_path):
    (tmp_path / "wanted.yaml").write_text("- signal_mean\n- signal_quantile: {q: 0.9}\n")
    plan = Plan.from_values({"features": ["wanted.yaml", "spectral"]}, folder=tmp_path)
    assert plan.features == ("signal_mean", {"signal_quantile": {"q": 0.9}}, "spectral")


def test_features_that_are_wanted_add_a_stage():
    assert "features" not in Plan.from_values({}).stages_of_derivatives
    assert "features" in Plan.from_values({"features": WANTED}).stages_of_derivatives


def test_other_parameters_ask_for_other_tables():
    def asked(*wanted):
        return tuple(STAGES["features"].asked(Plan(load_configuration({"features": wanted})), "", ""))

    assert asked({"signal_quantile": {"q": 0.9}}) == asked({"signal_quantile": {"q": 0.9}})
    assert asked({"signal_quantile": {"q": 0.9}}) != asked({"signal_quantile": {"q": 0.8}})


def test_other_windows_ask_for_other_tables():
    def asked(**windows):
        values = {"features": ["signal"], "feature_windows": windows}
        return tuple(STAGES["features"].asked(Plan(load_configuration(values)), "", ""))

    assert asked() == asked(length_s=2.0)
    assert asked() != asked(length_s=4.0)


def test_features_of_epochs_need_epochs():
    with pytest.raises(ConfigurationError, match="the recipe 'eegmill' cuts none: add 'epochs:'"):
        Plan.from_values({"features": ["signal"], "feature_windows": {"epochs": True}})


@pytest.mark.workflow
def test_a_finished_run_gets_features_without_cleaning_again(copy: Path) -> None:
    planned = jobs(snakemake(copy, "--dry-run", features=WANTED))
    assert "clean" not in planned
    assert planned["features"] == 1
    ended = snakemake(copy, features=WANTED)
    assert ended.returncode == 0, ended.stderr[-3000:]
    derivative = Layout(copy / "results", "eegmill-sample", "eegmill").derivative
    rows = pd.read_parquet(derivative / "features" / "signal.parquet")
    assert set(rows.feature) == {"signal_mean", "signal_quantile(q=0.9)"}
    assert rows.recording.nunique() > 1
    assert check_manifest(derivative).intact
    assert jobs(snakemake(copy, "--dry-run", features=WANTED)) == {}
