"""Bad input of the whole workflow: one clear message, exit code 1, nothing lost."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import pytest

from running import snakemake

pytestmark = pytest.mark.workflow
RECORDINGS = ["sub-01_task-attention", *(f"sub-0{i}_task-arithmetic" for i in (2, 3, 4))]
QUICK = [{"import": {}}, {"highpass": {"cutoff_hz": 1.0}}, {"reference": {}}]


@pytest.mark.parametrize(
    ("configuration", "words"),
    [
        ({"datasets": ["eegmil-sample"]}, "eegmill-sample"),
        ({"recipi": "prep"}, "'recipi' is not known; did you mean 'recipe'?"),
        ({"seed": -1}, "'seed' has the value -1"),
        ({"select": {"subject": ["9"]}}, "01, 02, 03, 04"),
        ({"api": {"url": "http://127.0.0.1:9"}}, "http://127.0.0.1:9"),
        ({"overrides": "none.tsv"}, "Overrides 'none.tsv' do not exist"),
    ],
)
def test_a_mistake_is_told_in_one_message(tmp_path: Path, configuration: dict[str, Any], words: str) -> None:
    result = snakemake(tmp_path, **configuration)
    assert result.returncode == (1 if "api" in configuration else 2)
    assert words in result.stdout + result.stderr
    assert "Traceback" not in result.stdout + result.stderr


def test_a_dry_run_tells_that_a_selection_matches_nothing_without_words_of_snakemake(tmp_path: Path) -> None:
    result = snakemake(tmp_path, "--dry-run", select={"task": ["rest"]})
    said = [line for line in result.stderr.splitlines() if not line.startswith("Using workflow specific profile")]
    assert result.returncode == 2
    assert said == [
        "eegmill: The selection matches none of the 4 recordings of 'eegmill-sample'. select.task: rest; "
        "there are: arithmetic, attention."
    ]


def test_a_decision_about_an_unknown_recording_ends_the_run_as_it_resolves(tmp_path: Path) -> None:
    head = "dataset recording kind name onset duration decision reason".replace(" ", "\t")
    row = "eegmill-sample sub-09_task-x channel Cz n/a n/a bad loose".replace(" ", "\t")
    tmp_path.joinpath("o.tsv").write_text(f"{head}\n{row}\n", encoding="utf-8")
    result = snakemake(tmp_path, overrides="o.tsv")
    assert result.returncode == 1
    assert "resolve failed: Overrides, line 2: dataset 'eegmill-sample' has no recording" in result.stderr
    assert "InputFunctionException" not in result.stderr


def test_one_corrupt_recording_does_not_stop_the_others(tmp_path: Path) -> None:
    assert snakemake(tmp_path, "--until", "fetch", recipe=QUICK).returncode == 0
    assert snakemake(tmp_path, "--until", "fetch", recipe=QUICK).returncode == 0
    raw = tmp_path / "results" / "eegmill-sample" / "sub-03" / "eeg" / "sub-03_task-arithmetic_eeg.edf"
    raw.write_bytes(bytes(raw.stat().st_size))
    result = snakemake(tmp_path, recipe=QUICK)
    derivative = tmp_path / "results" / "eegmill-sample" / "derivatives" / "eegmill-custom"
    with (derivative / "status.tsv").open(encoding="utf-8") as stream:
        rows = {row["recording"]: row for row in csv.DictReader(stream, delimiter="\t")}
    failed = rows.pop("sub-03_task-arithmetic")
    assert result.returncode == 1
    assert (failed["status"], failed["stage"]) == ("failed", "decompose")
    assert "sub-03_task-arithmetic_eeg.edf" in failed["reason"]
    assert [row["status"] for row in rows.values()] == ["ok"] * 3
    assert "1 of 4 recordings failed" in result.stderr
    assert (derivative / "manifest-sha256.txt").is_file()
