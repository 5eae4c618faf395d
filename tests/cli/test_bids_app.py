"""The command line of BIDS-Apps."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest

from eegmill.cli.bids_app import configuration, parser
from eegmill.errors import ConfigurationError
from eegmill.version import __version__

DESCRIPTOR = Path(__file__).parents[2] / "boutiques" / "eegmill-bids.json"


@pytest.fixture
def bids(tmp_path: Path) -> Path:
    (tmp_path / "dataset_description.json").write_text("{}")
    return tmp_path


def asked(bids: Path, *words: str) -> dict[str, object]:
    return configuration(parser().parse_args([str(bids), str(bids / "derivatives" / "x"), "participant", *words]))


def test_labels_come_with_and_without_prefix(bids: Path) -> None:
    words = ["--participant-label", "sub-01", "02", "--session_label", "pre", "--task-label", "rest"]
    assert asked(bids, *words)["select"] == {"subject": ["01", "02"], "session": ["pre"], "task": ["rest"], "run": []}


def test_a_filter_file_selects(bids: Path) -> None:
    (bids / "f.json").write_text(json.dumps({"eeg": {"datatype": "eeg", "task": "rest", "run": ["1", 2]}}))
    found = asked(bids, "--bids-filter-file", str(bids / "f.json"))["select"]
    assert found == {"subject": [], "session": [], "task": ["rest"], "run": ["1", "2"]}


def test_a_filter_that_is_not_known_is_refused(bids: Path) -> None:
    (bids / "f.json").write_text(json.dumps({"eeg": {"acquisition": "x"}}))
    with pytest.raises(ConfigurationError, match="'acquisition'"):
        asked(bids, "--bids-filter-file", str(bids / "f.json"))


def test_the_derivative_is_the_output_folder_itself(bids: Path) -> None:
    found = asked(bids)
    assert found["derivative"] == str(bids / "derivatives" / "x")
    assert found["output"] == str(bids / "derivatives" / "x" / ".eegmill")


def test_the_raw_dataset_is_no_output(bids: Path) -> None:
    with pytest.raises(ConfigurationError, match="OUTPUT_DIR is BIDS_DIR"):
        configuration(parser().parse_args([str(bids), str(bids), "participant"]))


def test_the_descriptor_has_every_option_and_the_version() -> None:
    told = json.loads(DESCRIPTOR.read_text(encoding="utf-8"))
    flags = {entry.get("command-line-flag") for entry in told["inputs"]} - {None}
    ours = {option for action in parser()._actions for option in action.option_strings}
    assert flags <= ours
    ids = {entry["id"] for entry in told["inputs"]}
    assert ids == {action.dest for action in parser()._actions} - {"help", "version"}
    assert told["tool-version"] == __version__


def test_boutiques_takes_the_descriptor() -> None:
    bosh = os.environ.get("EEGMILL_BOSH") or shutil.which("bosh")
    if not bosh:
        pytest.skip("needs boutiques: pip install boutiques, or EEGMILL_BOSH=path/to/bosh")
    done = subprocess.run([bosh, "validate", str(DESCRIPTOR)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
