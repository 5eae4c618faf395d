"""Configurations for other tools, checked by these tools where they are installed."""

from __future__ import annotations

import json
import os
import shutil
import stat
import subprocess
import sys
from fnmatch import fnmatch
from pathlib import Path

import pytest
import yaml

from eegmill.bids.paths import PREPROC, DerivativePaths
from eegmill.cli.bids_app import parser
from eegmill.version import __version__

ROOT = Path(__file__).parents[2]
NIPOPPY = ROOT / "integrations" / "nipoppy" / "eegmill"
SAMPLE = ROOT / "src" / "eegmill" / "sample" / "eegmill-sample"
BABS = ROOT / "integrations" / "babs" / "eegmill.yaml"
RUN_SCRIPT = """
import sys, yaml
from babs.generate_bidsapp_runscript import generate_bidsapp_runscript
from babs.utils import app_output_settings_from_config

config = yaml.safe_load(open(sys.argv[1]))
folders, output = app_output_settings_from_config(config)
inputs = [{"name": "BIDS", "is_zipped": False, "unzipped_path_containing_subject_dirs": "inputs/data/BIDS"}]
text = generate_bidsapp_runscript(
    inputs, "subject", "eegmill", "image", output, folders, config["bids_app_args"], config["singularity_args"]
)
open(sys.argv[2], "w").write(text)
"""
STAND_IN = """#!/bin/sh
while [ "$1" != image ]; do shift; done
shift
exec {python} -m eegmill.cli.bids_app "$@"
"""
"""Runs the BIDS-App that is here in the place of a container."""
ZIP = """#!/bin/sh
exec {python} -m zipfile -c "$2" "$3"
"""


def program(name: str) -> str:
    """The program of another tool: on the path, or named by a variable such as ``EEGMILL_NIPOPPY``."""
    found = os.environ.get(f"EEGMILL_{name.upper()}") or shutil.which(name)
    if not found:
        pytest.skip(f"needs {name}: pip install {name} in an environment of its own, and EEGMILL_{name.upper()}=path")
    return found


def make_program(path: Path, text: str) -> None:
    path.write_text(text.format(python=sys.executable))
    path.chmod(path.stat().st_mode | stat.S_IXUSR)


@pytest.fixture
def run_script(tmp_path: Path) -> Path:
    """The script that BABS makes of our configuration for one participant."""
    python = Path(program("babs")).parent / "python"
    path = tmp_path / "run.sh"
    subprocess.run([python, "-c", RUN_SCRIPT, BABS, path], check=True, env={"PATH": os.environ["PATH"]})
    return path


def test_nipoppy_takes_the_pipeline() -> None:
    command = [program("nipoppy"), "pipeline", "validate", str(NIPOPPY)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_descriptor_of_nipoppy_is_ours() -> None:
    boutiques = ROOT / "boutiques" / "eegmill-bids.json"
    assert (NIPOPPY / "descriptor.json").read_bytes() == boutiques.read_bytes()
    assert json.loads((NIPOPPY / "config.json").read_text())["VERSION"] == __version__


def test_what_nipoppy_tracks_is_what_a_session_gives() -> None:
    lines = (NIPOPPY / "tracker.json5").read_text().splitlines()
    told = json.loads("\n".join(line for line in lines if not line.startswith("//")))
    names = {"[[NIPOPPY_BIDS_PARTICIPANT_ID]]": "sub-01", "[[NIPOPPY_BIDS_SESSION_ID]]": "ses-A"}
    paths = DerivativePaths("sub-01_ses-A_task-rest")
    tables = [paths.file(PREPROC, name) for name in ("channels.tsv", "events.tsv")]
    made = [path.as_posix() for path in (paths.signal_data, *tables, paths.record)]
    for pattern in told["PATHS"]:
        for name, value in names.items():
            pattern = pattern.replace(name, value)
        assert sum(fnmatch(path, pattern) for path in made) == 1, pattern


def test_our_command_line_takes_what_babs_is_told_to_type() -> None:
    arguments = yaml.safe_load(BABS.read_text())["bids_app_args"]
    words = [word for flag, value in arguments.items() if flag.startswith("--") for word in (flag, value)]
    asked = parser().parse_args(["in", "out", "participant", *words, arguments["$SUBJECT_SELECTION_FLAG"], "sub-01"])
    assert asked.participant_label == ["sub-01"]


def test_babs_makes_a_script_of_our_configuration(run_script: Path) -> None:
    text = run_script.read_text()
    assert '--participant-label "${subid}"' in text
    assert subprocess.run(["bash", "-n", run_script], check=False).returncode == 0


@pytest.mark.workflow
def test_a_participant_is_cleaned_under_datalad_with_a_record_of_the_run(run_script: Path, tmp_path: Path) -> None:
    """The script of BABS under ``datalad run``, with the BIDS-App of here in the place of its container."""
    datalad = program("datalad")
    programs, dataset = tmp_path / "bin", tmp_path / "dataset"
    programs.mkdir()
    make_program(programs / "singularity", STAND_IN)
    make_program(programs / "7z", ZIP)
    identity = {f"GIT_{role}_{what}": "t@example.org" for role in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}
    path = os.pathsep.join([str(programs), str(Path(datalad).parent), os.environ["PATH"]])
    environment = {**os.environ, **identity, "PATH": path, "HOME": str(tmp_path)}
    environment["PYTHONPATH"] = str(ROOT / "src")

    def run(*words: str) -> None:
        subprocess.run(words, cwd=dataset, env=environment, check=True, capture_output=True)

    shutil.copytree(SAMPLE, dataset / "inputs" / "data" / "BIDS")
    run(datalad, "create", "--force", ".")
    run(datalad, "save", "-m", "inputs")
    run(datalad, "run", "--output", "sub-01_eegmill-0-1-0.zip", f"bash {run_script} sub-01")
    assert (dataset / "sub-01_eegmill-0-1-0.zip").exists()
    log = subprocess.run(["git", "log", "-1", "--format=%B"], cwd=dataset, capture_output=True, text=True, check=True)
    assert "[DATALAD RUNCMD]" in log.stdout
