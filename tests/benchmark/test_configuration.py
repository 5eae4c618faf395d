"""The configuration of a benchmark: what is wrong is named, with the way out."""

from __future__ import annotations

from pathlib import Path

import pytest

from eegmill.benchmark.configuration import load_benchmark
from eegmill.errors import ConfigurationError

GOOD = {
    "name": "first",
    "cohorts": {"tiny": {"derivatives": "there"}},
    "targets": {"activity": {"of": "task"}},
    "features": {"power": {"features": ["spectral_bands_power"]}},
    "models": ["dummy", {"logistic": {"penalty": 2}}],
}


def changed(**changes):
    return {**GOOD, **changes}


def test_a_good_one_is_read():
    found = load_benchmark(GOOD)
    assert found.cohorts["tiny"].derivatives == (str(Path("there").absolute()),)
    assert list(found.named_models) == ["dummy", "logistic(penalty=2)"]


@pytest.mark.parametrize(
    ("values", "message"),
    [
        (changed(nam="x"), "'nam' is not known; did you mean 'name'"),
        (changed(targets={"a": {"of": "task", "windows_s": 2}}), r"'targets\.a\.windows_s' .*'targets\.a\.window_s'"),
        (changed(targets={"a": {"of": "task", "splits": {"gap": 2}}}), r"did you mean 'targets\.a\.splits\.gap_s'"),
        (changed(cohorts={"a": {"derivative": "x"}}), r"did you mean 'cohorts\.a\.derivatives'"),
        (changed(cohorts={"a": {"derivatives": "x", "select": {"subjects": []}}}), r"'cohorts\.a\.select\.subject'"),
        (changed(targets={"a": {"of": "tasks"}}), "allowed: task, events, participants"),
        (changed(targets={"a": {"of": "events"}}), "needs 'classes'"),
        (
            changed(targets={"a": {"of": "task", "classes": {"x": ["a"], "y": ["b", "a"]}}}),
            "stands twice in 'classes'",
        ),
        (changed(targets={"a": {"of": "participants"}}), "needs 'column'"),
        (changed(targets={"a": {"of": "task", "column": "age"}}), "needs 'column', and nothing else has one"),
        (changed(targets={"a": {"of": "task", "kind": "regression"}}), "regression predicts a column"),
        (changed(targets={"a": {"of": "task", "splits": {"by": "blocks"}}}), "labels that change within"),
        (changed(targets={"a": {"of": "task", "cohorts": ["other"]}}), "names the cohort 'other', and there are: tiny"),
        (changed(features={"a": {"features": ["spectrul_entropy"]}}), "spectral_entropy"),
        (changed(features={"a": {"features": ["spectral"], "signal": True}}), "either 'features'"),
        (changed(models=["logistik"]), "did you mean 'logistic'"),
        (changed(models=["riemann"]), "no entry of 'features' has 'signal: true'"),
        (changed(features={"a": {"signal": True}}, models=["logistic"]), "no entry of 'features' has 'features'"),
        (changed(seeds=[1, 1]), "stands twice"),
        (changed(name="my benchmark"), "pattern"),
        (changed(cohorts={"a b": {"derivatives": "x"}}), "'a b' is no name"),
    ],
)
def test_what_is_wrong_is_named(values, message):
    with pytest.raises(ConfigurationError, match=message):
        load_benchmark(values)


def test_a_model_that_does_no_target_is_refused():
    values = changed(targets={"age": {"of": "participants", "column": "age", "kind": "regression"}})
    with pytest.raises(ConfigurationError, match=r"does no regression; these do: dummy, ridge"):
        load_benchmark(values)


def test_paths_count_from_the_folder_of_the_file(tmp_path):
    (tmp_path / "there").mkdir()
    (tmp_path / "set.yaml").write_text("- signal_mean\n")
    found = load_benchmark(changed(features={"own": {"features": ["set.yaml"]}}), tmp_path)
    assert found.cohorts["tiny"].derivatives == (str(tmp_path / "there"),)
    assert found.features["own"].features == ("signal_mean",)


def test_an_average_of_signals_is_refused():
    values = changed(
        targets={"a": {"of": "task", "average": True}}, features={"s": {"signal": True}}, models=["riemann"]
    )
    with pytest.raises(ConfigurationError, match="'average' of target 'a'"):
        load_benchmark(values)
