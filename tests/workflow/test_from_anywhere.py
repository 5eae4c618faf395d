"""Recordings from anywhere: BIDS folders, tables, the BIDS-App, and a run that was killed."""

from __future__ import annotations

import csv
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
import yaml

from eegmill.cli import bids_app
from running import snakemake
from tiny_bids import make_raw_dataset

pytestmark = pytest.mark.workflow
RECIPE = {"steps": [{"import": {}}, {"highpass": {"cutoff_hz": 1.0}}, {"reference": {}}]}
DERIVATIVE = Path("results/my_bids/derivatives/eegmill-quick")


def eegmill(folder: Path, *words: str, module: str = "eegmill") -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", module, *words]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False, timeout=900)


def status(derivative: Path) -> dict[str, str]:
    with (derivative / "status.tsv").open(encoding="utf-8") as stream:
        return {row["recording"]: row["status"] for row in csv.DictReader(stream, delimiter="\t")}


@pytest.fixture(scope="module")
def cleaned(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A working folder with a BIDS folder, a recipe file, and a run of one on the other by the command line."""
    folder = tmp_path_factory.mktemp("anywhere")
    make_raw_dataset(folder / "data" / "my_bids", seconds=20.0)
    (folder / "data" / "quick.yaml").write_text(yaml.safe_dump(RECIPE))
    done = eegmill(folder, "run", "data/my_bids", "--recipe", "data/quick.yaml", "--cores", "2")
    assert done.returncode == 0, done.stderr[-3000:]
    assert "my_bids: 2 ok. Look at results/my_bids" in done.stderr
    return folder


def test_a_folder_is_cleaned_without_configuration_or_server(cleaned: Path) -> None:
    assert status(cleaned / DERIVATIVE) == {"sub-01_task-odd": "ok", "sub-02_task-odd": "ok"}
    raw = cleaned / "results/my_bids/sub-01/eeg/sub-01_task-odd_eeg.eeg"
    source = cleaned / "data/my_bids/sub-01/eeg/sub-01_task-odd_eeg.eeg"
    assert raw.samefile(source) or raw.read_bytes() == source.read_bytes()


def test_plain_snakemake_with_a_configuration_elsewhere_gives_the_same(cleaned: Path, tmp_path: Path) -> None:
    configuration = cleaned / "data" / "c.yaml"
    configuration.write_text(yaml.safe_dump({"datasets": ["./my_bids"], "recipe": "quick.yaml"}))
    done = snakemake(tmp_path, "--configfile", str(configuration))
    assert done.returncode == 0, done.stderr[-3000:]
    one, other = ((place / DERIVATIVE / "manifest-sha256.txt").read_text() for place in (cleaned, tmp_path))
    assert one == other


def test_recordings_that_came_and_went_are_taken_up_and_told(cleaned: Path, tmp_path: Path) -> None:
    shutil.copytree(cleaned, tmp_path / "copy")
    folder = tmp_path / "copy"
    eeg = folder / "data/my_bids/sub-02/eeg"
    for path in sorted(eeg.iterdir()):
        if path.suffix in (".vhdr", ".vmrk"):
            path.write_text(path.read_text(encoding="utf-8").replace("task-odd", "task-even"), encoding="utf-8")
        path.rename(path.with_name(path.name.replace("task-odd", "task-even")))
    done = eegmill(folder, "run", "data/my_bids", "--recipe", "data/quick.yaml", "--cores", "2")
    assert done.returncode == 0, done.stderr[-3000:]
    assert "(1 new, 1 gone): it is resolved again" in done.stderr
    assert status(folder / DERIVATIVE) == {"sub-01_task-odd": "ok", "sub-02_task-even": "ok"}


def test_a_run_that_was_killed_just_goes_on(cleaned: Path, tmp_path: Path) -> None:
    words = ["run", str(cleaned / "data/my_bids"), "--recipe", str(cleaned / "data/quick.yaml"), "--cores", "1"]
    process = subprocess.Popen(
        [sys.executable, "-m", "eegmill", *words],
        cwd=tmp_path,
        start_new_session=True,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    deadline = time.monotonic() + 300
    while not list(tmp_path.glob("results/work/my_bids/fetch/*.json")) and time.monotonic() < deadline:
        time.sleep(0.05)
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    again = eegmill(tmp_path, *words)
    assert again.returncode == 0, again.stderr[-3000:]
    assert set(status(tmp_path / DERIVATIVE).values()) == {"ok"}


def test_recordings_that_are_refused_stop_no_other(cleaned: Path, tmp_path: Path) -> None:
    shutil.copytree(cleaned / "data", tmp_path / "data")
    odd = tmp_path / "data" / "my_bids" / "sub-09" / "eeg" / "sub-09_task-odd_eeg.edf"
    odd.mkdir(parents=True)
    done = eegmill(tmp_path, "run", "data/my_bids", "--recipe", "data/quick.yaml", "--cores", "2")
    assert done.returncode == 0, done.stderr[-3000:]
    assert status(tmp_path / DERIVATIVE)["sub-09_task-odd"] == "refused"
    assert "sub-09_task-odd: refused: " in done.stderr
    assert (tmp_path / DERIVATIVE / "manifest-sha256.txt").is_file()


def test_recordings_without_bids_names_are_cleaned_by_a_table(cleaned: Path, tmp_path: Path) -> None:
    source = tmp_path / "study"
    source.mkdir()
    for subject in ("01", "02"):
        eeg = cleaned / f"data/my_bids/sub-{subject}/eeg"
        for path in eeg.glob("*_eeg.*"):
            text = path.read_bytes().replace(f"sub-{subject}_task-odd_eeg".encode(), f"S{subject}_rest".encode())
            (source / f"S{subject}_rest{path.suffix}").write_bytes(text)
    before = {path.name: path.read_bytes() for path in source.iterdir()}
    assert "2 recordings" in eegmill(tmp_path, "init", "study").stdout
    done = eegmill(tmp_path, "run", "study.tsv", "--recipe", str(cleaned / "data/quick.yaml"), "--cores", "2")
    assert done.returncode == 0, done.stderr[-3000:]
    derivative = tmp_path / "results/study/derivatives/eegmill-quick"
    assert status(derivative) == {"sub-01_task-rest": "ok", "sub-02_task-rest": "ok"}
    assert {path.name: path.read_bytes() for path in source.iterdir()} == before


def test_the_bids_app_cleans_participants_and_gathers_the_group(cleaned: Path, tmp_path: Path) -> None:
    common = [str(cleaned / "data/my_bids"), "out"]
    options = ["--recipe", str(cleaned / "data/quick.yaml"), "--n-cpus", "1"]
    module = bids_app.__name__
    one = eegmill(tmp_path, *common, "participant", "--participant-label", "sub-01", *options, module=module)
    assert one.returncode == 0, one.stderr[-3000:]
    assert status(tmp_path / "out") == {"sub-01_task-odd": "ok"}
    group = eegmill(tmp_path, *common, "group", module=module)  # with the recipe of the participants
    assert group.returncode == 1
    assert "1 of 2 recordings were not run" in group.stderr
    other = eegmill(tmp_path, *common, "participant", "--participant-label", "02", *options, module=module)
    assert other.returncode == 0, other.stderr[-3000:]
    assert eegmill(tmp_path, *common, "group", module=module).returncode == 0
    assert status(tmp_path / "out") == {"sub-01_task-odd": "ok", "sub-02_task-odd": "ok"}
    proof = eegmill(tmp_path, "verify", "out", "--sample", "1")
    assert proof.returncode == 0, proof.stdout
