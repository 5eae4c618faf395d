"""What a second run does: nothing, or just what a change touches."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from running import jobs, snakemake

pytestmark = pytest.mark.workflow
Finished = tuple[Path, subprocess.CompletedProcess[str]]
QUICK = [{"import": {}}, {"highpass": {"cutoff_hz": 1.0}}, {"reference": {}}]
HEAD = [{"import": {}}, {"highpass": {"cutoff_hz": 1.0}}, {"ica": {"max_iterations": 20}}]


def test_a_second_run_does_nothing(finished: Finished) -> None:
    again = snakemake(finished[0])
    assert again.returncode == 0, again.stderr
    assert "Nothing to be done" in again.stdout + again.stderr
    assert "eegmill-sample: 4 ok. Look at" in again.stderr


def test_two_runs_in_two_folders_give_the_same_manifest(finished: Finished, tmp_path: Path) -> None:
    assert snakemake(tmp_path).returncode == 0
    name = "results/eegmill-sample/derivatives/eegmill/manifest-sha256.txt"
    assert (tmp_path / name).read_text() == (finished[0] / name).read_text()


def test_with_a_lock_a_dry_run_is_complete_and_asks_no_api(finished: Finished, tmp_path: Path) -> None:
    name = "results/locks/eegmill-sample.lock.json"
    (tmp_path / name).parent.mkdir(parents=True)
    shutil.copy(finished[0] / name, tmp_path / name)
    plan = snakemake(tmp_path, "--dry-run", api={"url": "http://127.0.0.1:9"}, recordings_per_job=1)
    expected = {"fetch": 4, "clean": 4, "dataset": 1, "validate": 1, "manifest": 1}
    assert plan.returncode == 0, plan.stderr
    assert expected.items() <= jobs(plan).items()
    assert "resolve" not in jobs(plan)


def test_a_changed_label_threshold_does_not_refit_the_ica(tmp_path: Path) -> None:
    def recipe(threshold: float) -> list[dict[str, object]]:
        return [*HEAD, {"iclabel": {"thresholds": {"eye": threshold}}}, {"remove_components": {}}]

    select = {"subject": ["02"]}
    first = snakemake(tmp_path, select=select, recipe=recipe(0.9))
    assert first.returncode == 0, first.stderr[-3000:]
    (state,) = tmp_path.glob("results/work/eegmill-sample/decompose/*.pkl")
    written = state.stat().st_mtime_ns
    again = snakemake(tmp_path, select=select, recipe=recipe(0.5))
    assert (again.returncode, jobs(again).get("clean"), jobs(again).get("fetch")) == (0, 1, None)
    assert state.stat().st_mtime_ns == written
    assert "recipe 'custom' has changed" in again.stderr


def test_a_failed_recording_is_tried_again_until_it_is_done(tmp_path: Path) -> None:
    asked = {"select": {"subject": ["02", "03"]}, "recipe": QUICK, "output": "my results"}
    assert snakemake(tmp_path, "--until", "fetch", **asked).returncode == 0
    assert snakemake(tmp_path, "--until", "fetch", **asked).returncode == 0
    raw = tmp_path / "my results" / "eegmill-sample" / "sub-03" / "eeg" / "sub-03_task-arithmetic_eeg.edf"
    whole = raw.read_bytes()
    raw.write_bytes(bytes(len(whole)))
    assert [snakemake(tmp_path, **asked).returncode for _ in range(2)] == [1, 1]
    raw.write_bytes(whole)
    mended = snakemake(tmp_path, **asked)
    assert (mended.returncode, jobs(mended)["clean"]) == (0, 1)


def test_an_override_redoes_its_recording_alone(copy: Path) -> None:
    header = "dataset\trecording\tkind\tname\tonset\tduration\tdecision\treason\n"
    row = "eegmill-sample\tsub-02_task-arithmetic\tcomponent\t0\tn/a\tn/a\tbad\theart\n"
    (copy / "overrides.tsv").write_text(header + row, encoding="utf-8")
    plan = jobs(snakemake(copy, "--dry-run", overrides="overrides.tsv"))
    assert plan["clean"] == 1
    assert not {"resolve", "fetch"} & set(plan)
