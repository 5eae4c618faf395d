"""Whole benchmarks on small derivatives with planted effects."""

from __future__ import annotations

import json
import shutil

import pandas as pd
import pytest
from typer.testing import CliRunner

from benchmarked import noise, put_dataset, put_recording, raw_of, two_events, two_tasks
from eegmill.benchmark import load_benchmark, run
from eegmill.benchmark.configuration import Features
from eegmill.benchmark.cutting import cut_recording
from eegmill.benchmark.plan import plan_of
from eegmill.benchmark.stages import pieces_to_do
from eegmill.cli.app import app
from eegmill.errors import RecordingError

POWER = {"features": [{"spectral_bands_power": {"scale": "decibel"}}]}


def tasks_benchmark(folder, **changes):
    return {
        "name": "tasks",
        "output": str(folder / "out"),
        "cohorts": {"tiny": {"derivatives": str(folder / "tiny")}},
        "targets": {"activity": {"of": "task", "window_s": 2}},
        "features": {"power": POWER},
        "models": ["dummy", "logistic"],
        "seeds": [1, 2],
        "n_bootstrap": 100,
        "n_permutations": 20,
        **changes,
    }


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    folder = tmp_path_factory.mktemp("benchmark")
    two_tasks(folder / "tiny")
    return folder, run(tasks_benchmark(folder))


def test_a_planted_effect_is_found_and_chance_is_chance(world):
    _, report = world
    values = {(row.model, row.metric): row.value for row in report.summary}
    assert values["dummy", "roc_auc"] == values["dummy", "balanced_accuracy"] == 0.5
    assert values["logistic", "roc_auc"] > 0.95


def test_relabellings_are_all_that_four_subjects_with_two_recordings_have(world):
    row = next(row for row in world[1].summary if row.model == "logistic")
    assert (row.n_relabellings, row.exact, row.n_units, row.n_items) == (16, True, 8, 96)
    assert row.p_value == row.least_p == 2 / 16


def test_tables_hold_every_fold_and_every_item(world):
    folder = world[0] / "out" / "benchmark" / "tasks"
    scores = pd.read_parquet(folder / "scores.parquet")
    assert len(scores) == 2 * 2 * 4 * 2  # models, seeds, folds, metrics
    assert sorted(scores.tested.unique()) == [f"tiny/sub-0{k}" for k in range(1, 5)]
    items = pd.read_parquet(folder / "predictions.parquet")
    assert (items.groupby(["model", "seed"]).size() == 96).all()
    assert items.groupby(["model", "seed", "subject"]).fold.nunique().eq(1).all()


def test_the_page_is_one_file_that_says_how_few_there_are(world):
    page = (world[0] / "out" / "benchmark" / "tasks" / "index.html").read_text()
    assert "4 subjects" in page
    assert "<svg" in page
    assert "src=" not in page
    assert "http" not in page.replace("http-equiv", "")
    assert str(world[0]) not in page


def test_provenance_names_recordings_with_digests_and_no_folder(world):
    text = (world[0] / "out" / "benchmark" / "tasks" / "provenance.json").read_text()
    told = json.loads(text)
    assert len(told["cohorts"]["tiny"]) == 8
    assert all(len(one["sha256"]) == 5 for one in told["cohorts"]["tiny"])
    assert str(world[0]) not in text


def test_the_same_benchmark_elsewhere_gives_the_same_bytes(world, tmp_path):
    shutil.copytree(world[0] / "tiny", tmp_path / "tiny")
    run(tasks_benchmark(tmp_path))
    here, there = (folder / "out" / "benchmark" / "tasks" for folder in (world[0], tmp_path))
    for path in sorted(here.iterdir()):
        assert path.read_bytes() == (there / path.name).read_bytes(), path.name


def test_what_stands_is_not_done_again(world):
    plan = plan_of(load_benchmark(tasks_benchmark(world[0])))
    assert list(pieces_to_do(plan)) == []


def test_another_model_cuts_nothing_again(world):
    plan = plan_of(load_benchmark(tasks_benchmark(world[0], models=["dummy", "logistic", "ridge"])))
    words = [words for words, _ in pieces_to_do(plan)]
    assert len(words) == 2
    assert all(one.startswith("score ridge") for one in words)


def test_another_signal_is_cut_and_scored_again(world, tmp_path):
    shutil.copytree(world[0], tmp_path / "copy")
    folder = tmp_path / "copy"
    put_recording(folder / "tiny", "sub-01_task-rest", raw_of(noise(99)))
    words = [words for words, _ in pieces_to_do(plan_of(load_benchmark(tasks_benchmark(folder))))]
    assert [one for one in words if one.startswith("cut")] == ["cut tiny/sub-01_task-rest"]
    assert len(words) == 1 + 4


def test_a_regression_says_so_in_its_metrics(world):
    report = run(
        tasks_benchmark(
            world[0],
            name="age",
            targets={"age": {"of": "participants", "column": "age", "kind": "regression", "average": True}},
            models=["dummy", "ridge"],
            n_permutations=0,
        )
    )
    values = {(row.model, row.metric): row.value for row in report.summary}
    assert values["dummy", "r2"] == 0.0
    assert values["dummy", "mae"] > 0


def test_a_person_without_a_number_is_left_out_with_a_note(world, tmp_path):
    table = tmp_path / "people.tsv"
    table.write_text("participant_id\tage\nsub-01\t20\nsub-02\tn/a\nsub-03\t40\nsub-04\t35\n")
    report = run(
        tasks_benchmark(
            world[0],
            name="some",
            cohorts={"tiny": {"derivatives": str(world[0] / "tiny"), "participants": str(table)}},
            targets={"age": {"of": "participants", "column": "age", "kind": "regression"}},
            models=["ridge"],
            n_permutations=0,
        )
    )
    assert report.summary[0].n_groups == 3
    told = json.loads((world[0] / "out" / "benchmark" / "some" / "provenance.json").read_text())
    assert "tiny/sub-02_task-rest was left out: 'age' is 'n/a'." in told["scores"][0]["notes"]


def test_two_cohorts_are_combined(world):
    second = two_tasks(world[0] / "second", "second", seed=3)
    report = run(
        tasks_benchmark(
            world[0],
            name="two",
            cohorts={
                "first": {"derivatives": str(world[0] / "tiny")},
                "second": {"derivatives": str(second)},
            },
        )
    )
    together = {(one.first, one.second): one for one in report.comparisons if one.cohort == "all cohorts"}
    one = together["logistic on power", "chance"]
    assert (one.n_cohorts, one.n_subjects) == (2, 8)
    assert one.p_value < 1 / 16
    assert together["logistic on power", "dummy on power"].p_value < 1 / 16


def test_a_target_that_cannot_be_scored_stops_no_other(world):
    report = run(
        tasks_benchmark(
            world[0],
            name="refused",
            targets={
                "activity": {"of": "task", "window_s": 2},
                "sex": {"of": "participants", "column": "sex"},
            },
        )
    )
    assert {row.target for row in report.refused} == {"sex"}
    assert "no 'sex' of this person; columns are: participant_id, age" in report.refused[0].refused


def test_events_of_one_recording_are_told_apart_by_blocks(tmp_path):
    two_events(tmp_path / "events")
    report = run(
        {
            "name": "events",
            "output": str(tmp_path / "out"),
            "cohorts": {"one": {"derivatives": str(tmp_path / "events")}},
            "targets": {
                "kind": {
                    "of": "events",
                    "classes": {"target": ["target"], "other": ["other"]},
                    "tmin": 0.0,
                    "tmax": 0.7,
                    "splits": {"by": "blocks", "n_folds": 4, "gap_s": 2},
                }
            },
            "features": {"amplitude": {"features": ["signal_mean", "signal_std"]}, "signal": {"signal": True}},
            "models": ["dummy", "logistic", {"riemann": {"covariance": "xdawn", "n_filters": 2}}],
            "seeds": [1],
            "n_permutations": 0,
        }
    )
    values = {row.pipeline: row.value for row in report.summary if row.counts}
    assert values["logistic on amplitude"] > 0.9
    assert values["riemann(covariance=xdawn, n_filters=2) on signal"] > 0.9
    assert {row.over for row in report.summary} == {"blocks"}


def test_epochs_of_bad_segments_are_left_out_and_counted(tmp_path):
    folder = two_events(tmp_path / "events")
    target = load_benchmark(
        {
            "name": "x",
            "cohorts": {"a": {"derivatives": str(folder)}},
            "targets": {"t": {"of": "events", "classes": {"a": ["left"], "b": ["other"]}, "tmin": -0.2, "tmax": 0.5}},
            "features": {"signal": {"signal": True, "band_hz": [1, 30]}},
            "models": ["dummy"],
        }
    )
    found = cut_recording(folder, "sub-01_task-odd", target=target.targets["t"], features=target.features["signal"])
    assert found.x.shape == (59, 4, 71)
    assert found.notes == ("1 of 60 epochs were left out.",)
    assert found.onsets_s[0] == 1.8


def test_a_recording_without_the_events_says_which_it_has(tmp_path):
    put_dataset(tmp_path / "d", "d", {"01": {}})
    put_recording(tmp_path / "d", "sub-01_task-odd", raw_of(noise(1), [(1.0, "blink")]))
    chosen = load_benchmark(
        {
            "name": "x",
            "cohorts": {"a": {"derivatives": str(tmp_path / "d")}},
            "targets": {"t": {"of": "events", "classes": {"a": ["left"], "b": ["right"]}}},
            "features": {"f": POWER},
        }
    )
    with pytest.raises(RecordingError, match="left, right occurs; the recording has: blink"):
        cut_recording(tmp_path / "d", "sub-01_task-odd", target=chosen.targets["t"], features=chosen.features["f"])


def events_as(classes):
    return load_benchmark(
        {
            "name": "x",
            "cohorts": {"a": {"derivatives": "d"}},
            "targets": {"t": {"of": "events", "classes": classes}},
            "features": {"f": POWER},
        }
    ).targets["t"]


def test_a_class_whose_events_have_another_name_is_told(tmp_path):
    target = events_as({"a": ["left"], "b": ["other"], "c": ["rigth"]})
    found = cut_recording(
        two_events(tmp_path / "d"), "sub-01_task-odd", target=target, features=Features(features=("signal_std",))
    )
    assert "No event is called rigth." in found.notes


def test_an_event_of_two_classes_is_refused(tmp_path):
    put_dataset(tmp_path / "d", "d", {"01": {}})
    put_recording(tmp_path / "d", "sub-01_task-odd", raw_of(noise(1), [(1.0, "face/left"), (2.0, "face/right")]))
    target = events_as({"a": ["face"], "b": ["face/left"]})
    with pytest.raises(RecordingError, match="'face/left' is of two classes: a and b"):
        cut_recording(tmp_path / "d", "sub-01_task-odd", target=target, features=Features(features=("signal_std",)))


def test_the_command_says_what_was_found(world, tmp_path):
    file = tmp_path / "tasks.yaml"
    file.write_text(json.dumps(tasks_benchmark(world[0])))  # JSON is YAML
    done = CliRunner().invoke(app, ["benchmark", str(file)])
    assert done.exit_code == 0, done.output
    assert "logistic on power: ROC AUC 1.00, 4 subjects: the interval" in done.output
    assert "whatever else differs between these recordings" in done.output


def test_the_command_shows_what_it_would_do(world, tmp_path):
    file = tmp_path / "tasks.yaml"
    file.write_text(json.dumps(tasks_benchmark(world[0], seeds=[1, 2, 5])))
    done = CliRunner().invoke(app, ["benchmark", str(file), "--dry-run"])
    assert done.output.splitlines() == [
        "score dummy on power: activity of tiny, seed 5",
        "score logistic on power: activity of tiny, seed 5",
    ]
